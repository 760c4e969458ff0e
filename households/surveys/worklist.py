"""Which families still wait for a visit, and how far the others are."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from households.models import Household, InstrumentVersion, Survey, SurveyStatus
from households.models.listing import Listing, ListingOrigin
from households.models.survey import COUNT_READERS
from tkpk.models import User
from tkpk.models.territory import within
from tkpk.rights import scopes


def _own(version: InstrumentVersion, year: int) -> QuerySet[Survey]:
    return (
        Survey.objects.standing()
        .filter(household=OuterRef("pk"), instrument_version=version, year=year)
        .order_by("-pk")
    )


def without_survey(
    rows: QuerySet[Household], version: InstrumentVersion, *, year: int
) -> QuerySet[Household]:
    """Families of which nobody has begun a survey of this year and version."""
    return rows.filter(~Exists(_own(version, year)))


def with_state(
    rows: QuerySet[Household], version: InstrumentVersion, *, year: int
) -> QuerySet[Household]:
    """Rows with `survey_pk`, `survey_status` and `survey_by`; None where there is no survey."""
    own = _own(version, year)
    return rows.annotate(
        survey_pk=Subquery(own.values("pk")[:1]),
        survey_status=Subquery(own.values("status")[:1]),
        survey_by=Subquery(own.values("created_by_id")[:1]),
    )


def nominated(rows: QuerySet[Household], *, year: int) -> QuerySet[Household]:
    """Families that RT or RW put forward for the list of a year."""
    own = Listing.objects.filter(
        household=OuterRef("pk"), poor_list__year=year, origin=ListingOrigin.RT_RW
    )
    return rows.filter(Exists(own))


def counts_by_rw(
    user: User, version: InstrumentVersion, *, year: int
) -> list[tuple[str, dict[str, int]]]:
    """RW → number of families and of surveys sent and checked, in the reader's area; one query."""
    codes = scopes(user, COUNT_READERS)
    sent = [SurveyStatus.SENT, SurveyStatus.RETURNED, SurveyStatus.CHECKED]
    rows = Household.objects.active().filter(
        within("territory__code", *codes), kelurahan=version.kelurahan_id
    )
    # Of the standing ones: the index that finds the one of a family holds no others.
    mine = _own(version, year).order_by()
    numbers = (
        rows.annotate(
            is_sent=Exists(mine.filter(status__in=sent)),
            is_checked=Exists(mine.filter(status=SurveyStatus.CHECKED)),
        )
        .values("territory__code")
        .annotate(
            families=Count("pk"),
            sent=Count("pk", filter=Q(is_sent=True)),
            checked=Count("pk", filter=Q(is_checked=True)),
        )
        .order_by("territory__code")
    )
    return _summed(numbers)


def _summed(rows: Any) -> list[tuple[str, dict[str, int]]]:
    """RT rows added up to their RW; "" for families whose RW is not known."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        parts = row["territory__code"].split(".")
        rw = f"RW {int(parts[4]):02d}" if len(parts) > 4 else ""
        into = found.setdefault(rw, {"families": 0, "sent": 0, "checked": 0})
        for name in into:
            into[name] += row[name]
    return sorted(found.items())
