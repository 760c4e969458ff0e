"""Mandates: a role at a territory within dates. No mandate valid today, no right."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from tkpk.models.organisation import Organisation
from tkpk.models.territory import Territory
from tkpk.models.user import User
from tkpk.roles import NEEDS_ORGANISATION, Role


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Adjectives for mandates."""

    def valid_on(self, day: datetime.date) -> "MandateQuerySet":
        """Begun and not ended; `ends_on` is the last valid day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def valid_today(self) -> "MandateQuerySet":
        return self.valid_on(timezone.localdate())


class Mandate(models.Model):
    """One person holds one role at one place, by a decree, from a day to a day."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="mandates", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="mandates", verbose_name=_("territory")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("organisation"),
    )
    position = models.CharField(_("position"), max_length=80, blank=True)
    is_acting = models.BooleanField(
        _("acting (Plh.)"), default=False, help_text=_("Stands in for the holder until a date.")
    )
    sk_number = models.CharField(_("decree (SK) number"), max_length=60, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("last valid day"), null=True, blank=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    updated_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = MandateQuerySet.as_manager()
    history = HistoricalRecords(get_user=lambda instance, **_kwargs: instance.updated_by)

    class Meta:
        ordering = ["territory__code", "role", "starts_on"]
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="mandate_role_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="mandate_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(role__in=sorted(NEEDS_ORGANISATION)),
                name="mandate_names_organisation",
            ),
            models.CheckConstraint(
                condition=Q(is_acting=False) | (Q(ends_on__isnull=False) & ~Q(sk_number="")),
                name="mandate_acting_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.territory}"

    @property
    def title(self) -> str:
        """The position in words; an acting holder is named so."""
        title = self.position or str(Role(self.role).label)
        return f"Plh. {title}" if self.is_acting else title

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        if self.role in NEEDS_ORGANISATION and self.organisation is None:
            errors["organisation"] = _("This role is held in an organisation: choose it.")
        if self.ends_on and self.starts_on and self.ends_on < self.starts_on:
            errors["ends_on"] = _("The last valid day lies before the first.")
        if self.is_acting and not (self.ends_on and self.sk_number):
            errors["is_acting"] = _("An acting mandate needs a decree number and a last day.")
        if conflicts := self._conflicts():
            errors["role"] = conflicts
        if errors:
            raise ValidationError(errors)

    def _conflicts(self) -> list[str]:
        """Why a new mandate does not go with those held here at the same time, and the way out.

        One that is there already may still be ended, whatever it clashes with.
        """
        missing = None in (self.user_id, self.territory_id, self.starts_on)
        if not self._state.adding or missing or self.role not in Role.values:
            return []
        from tkpk.clashes import against, described  # noqa: PLC0415 - they read mandates

        held = Mandate.objects.filter(user_id=self.user_id).select_related(
            "territory__parent", "organisation"
        )
        return [
            _(
                "One person cannot hold both duties: %(why)s Already held: %(held)s. End that "
                "mandate first, or let this one begin after its last day."
            )
            % {"why": conflict.words, "held": described(conflict.first)}
            for conflict in against(self, held)
        ]
