"""The families that a version was asked of: what they answered, for trials and for scores."""

from collections.abc import Iterator

from households import scoring
from households.instruments.what_if import Family
from households.models import HouseholdStatus, InstrumentVersion, Survey
from households.models.survey import ANSWERED
from tkpk.models import Level, Territory


def years_of(version: InstrumentVersion) -> list[int]:
    """The years with checked surveys, the newest first."""
    rows = Survey.objects.checked().filter(instrument_version=version)
    return list(rows.order_by("-year").values_list("year", flat=True).distinct())


def checked_surveys(version: InstrumentVersion, year: int) -> list[Survey]:
    """The checked surveys with answers, of families that still live here. One query.

    A family has one a year and version; a visit that met nobody or was refused has no answers.
    """
    rows = Survey.objects.checked().filter(
        instrument_version=version,
        kelurahan_id=version.kelurahan_id,
        year=year,
        result__in=sorted(ANSWERED),
        household__status=HouseholdStatus.ACTIVE,
    )
    rows = rows.select_related("household__territory__parent").order_by("pk")
    return list(rows.defer("respondent"))


def rw_of(territory: Territory) -> Territory:
    """The RW of a place; the place itself where no RW is known."""
    return territory.parent if territory.level == Level.RT and territory.parent else territory


def families_of(instrument: scoring.Instrument, surveys: list[Survey]) -> Iterator[Family]:
    """Those families with the code of their RW. No query."""
    for survey in surveys:
        yield Family(
            key=survey.household_id,
            place=rw_of(survey.household.territory).code,
            reads=_reads(instrument, survey),
        )


def _reads(instrument: scoring.Instrument, survey: Survey) -> tuple[scoring.Read, ...]:
    try:
        return scoring.read(instrument, survey.read_answers())
    except scoring.AnswerRefused:
        # Written by something else than our forms: incomplete, and never low.
        nothing = scoring.Read(None, scoring.Why.MISSING.value)
        return tuple(nothing for _parameter in instrument.parameters)
