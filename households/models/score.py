"""Scores: what a survey came to under one version. Computed by a named act and kept for good."""

import json
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.household import Household
from households.models.instrument import InstrumentVersion
from households.models.instrument_content import ScoreClass
from households.scoring import Part
from tkpk.encryption import seal, unseal
from tkpk.models import Tracked, User
from tkpk.models.territory import within, within_kelurahan
from tkpk.rights import scopes
from tkpk.roles import Role

# The parts of a score tell of income and goods.
SCORE_READERS = frozenset({Role.STAFF, Role.LURAH})
CONTEXT = "score.parts"


def _living_within(*codes: str) -> Q:
    return within("household__territory__code", *codes)


class ScoreQuerySet(models.QuerySet["Score"]):
    """Adjectives for scores."""

    def visible_to(self, user: User) -> "ScoreQuerySet":
        """The scores whose parts this person may read."""
        return self.filter(within_kelurahan(*scopes(user, SCORE_READERS), place=_living_within))

    def current(self) -> "ScoreQuerySet":
        """The last computed of each survey and version."""
        return self.filter(current=True)

    def complete(self) -> "ScoreQuerySet":
        return self.filter(complete=True)

    def for_year(self, year: int) -> "ScoreQuerySet":
        return self.filter(survey__year=year)


class Score(Tracked):
    """One result. `total` and `category` are NULL while an answer is missing."""

    survey = models.ForeignKey(
        "households.Survey", models.PROTECT, related_name="scores", verbose_name=_("survey")
    )
    # The survey's, kept here so that lists of scores need no way around.
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="scores", verbose_name=_("family")
    )
    # Not called `version`: that is the counter of every tracked row.
    instrument_version = models.ForeignKey(
        InstrumentVersion, models.PROTECT, related_name="scores", verbose_name=_("version")
    )
    total = models.DecimalField(_("score"), max_digits=8, decimal_places=4, null=True)
    category = models.ForeignKey(
        ScoreClass, models.PROTECT, null=True, related_name="+", verbose_name=_("class")
    )
    complete = models.BooleanField(_("complete"), default=False)
    parts = models.BinaryField(editable=False)
    current = models.BooleanField(_("current"), default=True)
    computed_at = models.DateTimeField(_("computed at"))
    computed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("computed by")
    )

    objects = ScoreQuerySet.as_manager()

    class Meta:
        ordering = ["-computed_at", "-pk"]
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "instrument_version"],
                condition=Q(current=True),
                name="score_current_once",
            ),
            models.CheckConstraint(
                condition=Q(complete=True, total__isnull=False)
                | Q(complete=False, total__isnull=True, category__isnull=True),
                name="score_incomplete_has_no_total",
            ),
        ]

    def __str__(self) -> str:
        return f"SK-{self.pk:06d}" if self.pk else "SK-baru"

    @property
    def parts_context(self) -> str:
        """What the blob is bound to: it cannot be read under another survey."""
        return f"{CONTEXT}.{self.survey_id}"

    def write_parts(self, parts: tuple[Part, ...]) -> None:
        """Seal the parts: they hold answers about income and goods."""
        rows = [
            [p.aspect, p.parameter, p.option, _text(p.score), _text(p.maximum), _text(p.value)]
            for p in parts
        ]
        self.parts = seal(json.dumps(rows).encode(), context=self.parts_context)

    def read_parts(self) -> list[Part]:
        """The parts in the order of the instrument; `why` is left to who shows them."""
        rows = json.loads(unseal(bytes(self.parts), context=self.parts_context))
        return [
            Part(
                aspect=row[0],
                parameter=row[1],
                option=row[2],
                score=_number(row[3]),
                maximum=Decimal(row[4]),
                value=_number(row[5]),
            )
            for row in rows
        ]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(text: Any) -> Decimal | None:
    return None if text is None else Decimal(text)
