"""Papers that tell a family who opened its file."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.models.household import READERS, Household
from tkpk.encryption import EncryptedTextField
from tkpk.models import Document, Tracked, User
from tkpk.models.territory import within
from tkpk.models.tracked import tracked_history
from tkpk.rights import scopes


class AccessReportQuerySet(models.QuerySet["AccessReport"]):
    """Adjectives for these papers."""

    def visible_to(self, user: User) -> "AccessReportQuerySet":
        """Those about families whose file this person may open."""
        return self.filter(within("household__territory__code", *scopes(user, READERS)))


class AccessReport(Tracked):
    """One paper, given once at the family's request; its bytes are kept and never made again."""

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="access_reports", verbose_name=_("family")
    )
    asked_by = EncryptedTextField(_("who asks"), context="access_report.asked_by")
    asked_on = models.DateField(_("asked on"))
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    document = models.OneToOneField(
        Document, models.PROTECT, related_name="+", editable=False, verbose_name=_("document")
    )

    objects = AccessReportQuerySet.as_manager()
    history = tracked_history(excluded_fields=["asked_by"])

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("access report")
        verbose_name_plural = _("access reports")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="accessreport_days_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"AKS-{self.pk:06d}" if self.pk else "AKS-baru"
