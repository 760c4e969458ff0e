"""Organisations: the ground that units and programmes extend by one-to-one rows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tkpk.models.territory import Territory


class OrganisationKind(models.TextChoices):
    """Kinds of organisation that hold mandates or are coordinated."""

    KELURAHAN = "KELURAHAN", _("Kelurahan")
    TKPK = "TKPK", _("TKPK")
    BKM = "BKM", _("BKM")
    UPK = "UPK", _("Finance unit (UPK)")
    UPL = "UPL", _("Environment unit (UPL)")
    UPS = "UPS", _("Social unit (UPS)")
    INSTITUTION = "INSTITUTION", _("Institution")
    KSM = "KSM", _("Self-help group (KSM)")
    KPP = "KPP", _("Users' and maintenance group (KPP)")
    PARTNER = "PARTNER", _("Partner")


class Organisation(models.Model):
    """A body of a kelurahan."""

    Kind = OrganisationKind

    kelurahan = models.ForeignKey(
        Territory, models.PROTECT, related_name="organisations", verbose_name=_("kelurahan")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=OrganisationKind.choices)
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="+", verbose_name=_("territory")
    )

    class Meta:
        ordering = ["kelurahan_id", "kind", "name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(fields=["kelurahan", "code"], name="organisation_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
