"""Rules on pairs of programmes: what may go together in one family, and what must not."""

import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.models.aid import AidProgramme
from households.models.checks import no_identifier
from tkpk.models import Tracked
from tkpk.models.tracked import tracked_history


class PairRule(models.TextChoices):
    """Values are stored: never rename one."""

    ALLOWED = "ALLOWED", _("may go together")
    FORBIDDEN = "FORBIDDEN", _("must not go together")


class AidPairQuerySet(models.QuerySet["AidPair"]):
    """Adjectives for rules."""

    def holding(self, day: datetime.date) -> "AidPairQuerySet":
        """The rules in force that day: of each pair the one that began last."""
        later = AidPair.objects.filter(
            first=models.OuterRef("first"),
            second=models.OuterRef("second"),
            valid_from__gt=models.OuterRef("valid_from"),
            valid_from__lte=day,
        )
        return self.filter(~models.Exists(later), valid_from__lte=day)

    def forbidden(self) -> "AidPairQuerySet":
        return self.filter(rule=PairRule.FORBIDDEN)


class AidPair(Tracked):
    """What holds of two programmes from a day on; the earlier rule of the pair ends with it.

    A pair has no order: the programme with the lower key stands first, so that one rule cannot
    say this and another that.
    """

    Rule = PairRule

    first = models.ForeignKey(
        AidProgramme, models.PROTECT, related_name="+", verbose_name=_("programme")
    )
    second = models.ForeignKey(
        AidProgramme, models.PROTECT, related_name="+", verbose_name=_("and programme")
    )
    rule = models.CharField(_("rule"), max_length=10, choices=PairRule.choices)
    note = models.CharField(
        _("where that is written"), max_length=200, blank=True, validators=[no_identifier]
    )
    valid_from = models.DateField(_("holds from"))

    objects = AidPairQuerySet.as_manager()
    history = tracked_history()

    class Meta:
        ordering = ["first__name", "second__name", "-valid_from"]
        verbose_name = _("pair of programmes")
        verbose_name_plural = _("pairs of programmes")
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second", "valid_from"], name="aidpair_once_a_day"
            ),
            # Also refuses a programme beside itself.
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="aidpair_in_order"),
            models.CheckConstraint(
                condition=Q(rule__in=PairRule.values), name="aidpair_rule_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} + {self.second}"

    def clean(self) -> None:
        """Put the pair into its order. Raises ValidationError for one that cannot be a pair."""
        if not (self.first_id and self.second_id):
            return
        if self.first_id == self.second_id:
            raise ValidationError({"second": _("Choose two different programmes.")})
        if self.first.kelurahan_id != self.second.kelurahan_id:
            raise ValidationError({"second": _("This programme belongs to another kelurahan.")})
        if self.first_id > self.second_id:
            self.first, self.second = self.second, self.first
