"""Days on which the office is closed, as data: they change by decree in the middle of a year."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from tkpk.models.territory import Territory
from tkpk.models.user import User


class HolidayKind(models.TextChoices):
    """Who declared the day off."""

    NATIONAL = "NATIONAL", _("National holiday")
    JOINT_LEAVE = "JOINT_LEAVE", _("Joint leave (cuti bersama)")
    LOCAL = "LOCAL", _("Local holiday")
    CALLED_OFF = "CALLED_OFF", _("Called off: the office is open")


class HolidayQuerySet(models.QuerySet["Holiday"]):
    """Adjectives for lines of the calendar."""

    def standing(self) -> "HolidayQuerySet":
        """Not called off again."""
        return self.exclude(kind=HolidayKind.CALLED_OFF)


class Holiday(models.Model):
    """One day off in one kelurahan. One that was called off stays, marked so."""

    kelurahan = models.ForeignKey(
        Territory, models.PROTECT, related_name="+", editable=False, verbose_name=_("kelurahan")
    )
    day = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(
        _("kind"), max_length=12, choices=HolidayKind.choices, default=HolidayKind.NATIONAL
    )
    note = models.CharField(
        _("note"),
        max_length=200,
        blank=True,
        help_text=_("The decree, or that the date is only estimated."),
    )
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    updated_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = HolidayQuerySet.as_manager()
    history = HistoricalRecords(get_user=lambda instance, **_kwargs: instance.updated_by)

    class Meta:
        ordering = ["day"]
        verbose_name = _("day off")
        verbose_name_plural = _("days off")
        constraints = [
            models.UniqueConstraint(fields=["kelurahan", "day"], name="holiday_day_once"),
            models.CheckConstraint(
                condition=Q(kind__in=HolidayKind.values), name="holiday_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"
