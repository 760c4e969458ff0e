"""Scores of surveys: computed by a named act, kept with the version, explained part by part."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from households import scoring
from households.instruments.words import amount_words, number_words
from households.models import (
    InstrumentVersion,
    Parameter,
    Score,
    Survey,
    SurveyStatus,
)
from households.workflows.registering import own_family
from tkpk import trail
from tkpk.models import Mandate, Territory, User
from tkpk.rights import mandates
from tkpk.roles import TKPK_ROLES, Role

COMPUTERS = frozenset({Role.STAFF, Role.LURAH})
# Who hears the class of a family and nothing of the answers behind it.
CLASS_READERS = TKPK_ROLES
_SEALED = ("survey_id", "instrument_version_id", "total", "category_id", "complete")


def mandate_to_compute(user: User, place: Territory) -> Mandate | None:
    """The mandate by which this person may compute scores at a place."""
    held = (m for m in mandates(user) if m.role in COMPUTERS and m.territory.covers(place.code))
    return next(held, None)


def compute(survey: Survey, *, by: User) -> Score:
    """Compute the score of a checked survey under its version: the one act that does.

    The score before stays readable. Where nothing has changed, the current one is returned; the
    act is in the trail all the same. Raises PermissionDenied (no mandate, own family) or
    ValidationError (not checked, an answer that the version does not know).
    """
    with transaction.atomic():
        locked = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
        mandate = mandate_to_compute(by, locked.household.territory)
        if mandate is None:
            raise PermissionDenied(str(_("No mandate of yours lets you compute scores here.")))
        if reasons := own_family(locked.household, by):
            raise PermissionDenied("; ".join(reasons))
        score = store(locked, locked.instrument_version.compiled(), by=by)
        trail.record(
            chain=locked.kelurahan,
            by=by,
            mandate=mandate,
            process="score",
            move="compute",
            row=score,
            digest=trail.seal_row(score, _SEALED, schema=1),
        )
    return score


def store(survey: Survey, instrument: scoring.Instrument, *, by: User) -> Score:
    """Save what the survey comes to, if that differs from its current score. Call it in `compute`.

    The survey's row is locked by the caller, so that there is one current score.
    """
    if survey.status != SurveyStatus.CHECKED:
        raise ValidationError(
            _("Only a checked survey has a score. Let a second officer check it first."),
            code="not_checked",
        )
    if not survey.answered:
        raise ValidationError(_("The visit brought no answers, so there is no score."), code="none")
    try:
        result = scoring.score(instrument, survey.read_answers())
    except scoring.AnswerRefused as refused:
        raise ValidationError(
            _("The answer to “%(code)s” is none of this version. Send the survey back."),
            code="answer_refused",
            params={"code": refused.code},
        ) from refused
    known = survey.scores.filter(current=True, instrument_version=survey.instrument_version).first()
    if known is not None:
        if _same(known, result):
            return known
        Score.objects.filter(pk=known.pk).update(current=False)
    return _saved(survey, result, by=by)


def _same(known: Score, result: scoring.Score) -> bool:
    """Whether a stored score says the same, part by part."""
    if (known.total, known.complete) != (result.total, result.complete):
        return False
    return [_key(part) for part in known.read_parts()] == [_key(part) for part in result.parts]


def _key(part: scoring.Part) -> tuple[object, ...]:
    return part.parameter, part.option, part.score, part.value


def _saved(survey: Survey, result: scoring.Score, *, by: User) -> Score:
    version: InstrumentVersion = survey.instrument_version
    code = result.category.code if result.category else None
    score = Score(
        kelurahan_id=survey.kelurahan_id,
        survey=survey,
        household_id=survey.household_id,
        instrument_version=version,
        total=result.total,
        category=next((one for one in version.classes.all() if one.code == code), None),
        complete=result.complete,
        computed_at=timezone.now(),
        computed_by=by,
        created_by=by,
        updated_by=by,
    )
    score.write_parts(result.parts)
    score.save()
    return score


# --- in words ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One parameter: what was answered, and what it adds. `score` is None while it is missing."""

    question: str
    words: str
    score: Decimal | None
    maximum: Decimal

    @property
    def signed(self) -> str:
        """ "+12", or "0"; "–" while it is missing."""
        if self.score is None:
            return "–"
        return f"+{number_words(self.score)}" if self.score else "0"


@dataclass(frozen=True)
class AspectLines:
    """An aspect with its parameters; `score` adds those that are known."""

    name: str
    lines: tuple[Line, ...]

    @property
    def score(self) -> Decimal:
        return sum((line.score for line in self.lines if line.score is not None), Decimal(0))

    @property
    def maximum(self) -> Decimal:
        return sum((line.maximum for line in self.lines), Decimal(0))


def explained(score: Score) -> list[AspectLines]:
    """The stored parts in the words of the version. Three queries; nothing is computed anew."""
    rows = {
        row.code: row
        for row in Parameter.objects.filter(aspect__version_id=score.instrument_version_id)
        .select_related("aspect")
        .prefetch_related("options")
    }
    found = []
    for _aspect, parts in groupby(score.read_parts(), key=lambda part: part.aspect):
        lines = [(rows[part.parameter], part) for part in parts]
        found.append(
            AspectLines(
                name=lines[0][0].aspect.said("name"),
                lines=tuple(_line(row, part) for row, part in lines),
            )
        )
    return found


def _line(row: Parameter, part: scoring.Part) -> Line:
    return Line(
        question=row.said("question"),
        words=_words(row, part),
        score=part.score,
        maximum=part.maximum,
    )


def _words(row: Parameter, part: scoring.Part) -> str:
    option = next((o for o in row.options.all() if o.code == part.option), None)
    if option is None:
        return _("not answered yet") if part.value is None else _("no band for this number")
    if part.value is None:
        return option.said("label")
    return f"{option.said('label')} ({amount_words(part.value, row.unit)})"


def result_words(score: Score) -> str:
    """The outcome in words: "belum lengkap", a class, or "6 dari 9 terpenuhi"."""
    if not score.complete or score.total is None:
        return _("not complete yet")
    version = score.instrument_version
    if version.method == InstrumentVersion.Method.COUNT:
        counted = _("%(n)s of %(all)s fulfilled") % {
            "n": number_words(score.total),
            "all": len(score.read_parts()),
        }
        return f"{score.category.said('name')}, {counted}" if score.category else counted
    total = _("score %(n)s") % {"n": number_words(score.total)}
    return f"{score.category.said('name')}, {total}" if score.category else total


def class_words(score: Score) -> str:
    """The class alone, for those who may not know more."""
    if not score.complete:
        return _("not complete yet")
    return score.category.said("name") if score.category else _("no class")


def scores_of(household_pks: Sequence[int], *, year: int) -> dict[int, Score]:
    """The current complete score of each family in a year; of several, the one computed last."""
    rows = Score.objects.current().complete().for_year(year).filter(household_id__in=household_pks)
    rows = rows.select_related("category", "instrument_version").order_by("computed_at", "pk")
    return {row.household_id: row for row in rows}
