"""What the office sets for itself about reports and meetings, each set from a date on."""

import datetime

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tkpk.models.territory import Territory
from tkpk.models.tracked import Tracked, tracked_history


class OfficeRule(Tracked):
    """One set of terms; the latest that has begun holds."""

    valid_from = models.DateField(_("valid from"))
    answer_days = models.PositiveSmallIntegerField(
        _("working days to answer a report"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
    )
    spam_days = models.PositiveSmallIntegerField(
        _("days until the text of what was no report is removed"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    contact_days = models.PositiveSmallIntegerField(
        _("days until text and contact of an answered report are removed"),
        default=365,
        validators=[MinValueValidator(30), MaxValueValidator(3650)],
    )
    least_attendance = models.PositiveSmallIntegerField(
        _("persons that must attend an uji publik"),
        default=10,
        validators=[MaxValueValidator(1000)],
    )
    minutes_code = models.CharField(
        _("middle part of the number of minutes"),
        max_length=40,
        default="BA/TKPK",
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9.\-]+(?:/[A-Za-z0-9.\-]+)*\Z",
                _("Letters, digits, dots, dashes and slashes only, like BA/TKPK."),
            )
        ],
        help_text=_("BA/TKPK makes numbers like 07/BA/TKPK/XI/2026."),
    )

    history = tracked_history()

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("terms of reports and meetings")
        verbose_name_plural = _("terms of reports and meetings")
        constraints = [
            models.UniqueConstraint(
                fields=["kelurahan", "valid_from"], name="officerule_date_once"
            ),
            models.CheckConstraint(
                condition=Q(answer_days__gte=1, spam_days__gte=1, contact_days__gte=30),
                name="officerule_days_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d}"

    @classmethod
    def on(cls, day: datetime.date, kelurahan: Territory) -> "OfficeRule":
        """The terms that hold on a day; before the first set, those that a new one begins with."""
        rules = cls.objects.filter(kelurahan=kelurahan, valid_from__lte=day)
        return rules.first() or cls(kelurahan=kelurahan, valid_from=day)
