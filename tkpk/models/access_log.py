"""Who opened whose file. Unchained, kept two years; the only write that a GET may cause."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tkpk.models.territory import Territory
from tkpk.models.user import User


class AccessLog(models.Model):
    """One view of one file."""

    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    kelurahan = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()

    class Meta:
        ordering = ["-at"]
        verbose_name = _("view of a file")
        verbose_name_plural = _("views of files")
        indexes = [models.Index(fields=["subject", "subject_id"], name="accesslog_subject")]

    def __str__(self) -> str:
        return gettext("Opened file %(number)s") % {"number": self.subject_id}
