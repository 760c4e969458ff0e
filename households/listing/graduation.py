"""Which families have outgrown the list, by what was measured of them."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Min, QuerySet

from households.models import (
    GraduationGround,
    Listing,
    ListingStatus,
    PoorList,
    Score,
    ScoreClass,
    SurveyStatus,
)

YEARS = 3  # two improvements need three classes


def grounds_for(listing: Listing) -> set[str]:
    """The measured grounds on which this family may be proposed."""
    return proposals([listing]).get(listing.pk, set())


def proposals(listings: Iterable[Listing]) -> dict[int, set[str]]:
    """Line → grounds that hold, in three queries whatever the number of families."""
    rows = list(listings)
    history = _classes_by_year({row.household_id for row in rows})
    floors = _lowest_poor_class()
    found: dict[int, set[str]] = {}
    for row in rows:
        grounds = _grounds(history.get(row.household_id, {}), floors)
        if grounds:
            found[row.pk] = grounds
    return found


def _grounds(by_version: dict[int, dict[int, Score]], floors: dict[int, Decimal]) -> set[str]:
    """Only scores of one version are held against each other."""
    grounds: set[str] = set()
    newest = max(
        (score for years in by_version.values() for score in years.values()),
        key=lambda score: (score.survey.year, score.computed_at),
        default=None,
    )
    if newest is None:
        return grounds
    floor = floors.get(newest.instrument_version_id)
    if floor is not None and newest.total is not None and newest.total < floor:
        grounds.add(GraduationGround.BELOW_CLASSES)
    years = by_version[newest.instrument_version_id]
    last = [years.get(newest.survey.year - back) for back in range(YEARS)]
    ranks = [score.category.lower for score in last if score is not None and score.category]
    if len(ranks) == YEARS and ranks[0] < ranks[1] < ranks[2]:
        grounds.add(GraduationGround.TWO_STEPS_UP)
    return grounds


def _classes_by_year(households: set[int]) -> dict[int, dict[int, dict[int, Score]]]:
    """Family → version → year → its score."""
    rows: QuerySet[Score] = (
        Score.objects.current()
        .complete()
        .filter(household__in=households, survey__status=SurveyStatus.CHECKED)
        .select_related("survey", "category")
        .defer("parts", "survey__answers")
    )
    found: dict[int, dict[int, dict[int, Score]]] = defaultdict(lambda: defaultdict(dict))
    for score in rows:
        found[score.household_id][score.instrument_version_id][score.survey.year] = score
    return found


def _lowest_poor_class() -> dict[int, Decimal]:
    """Version → where the classes of the poor begin."""
    rows = ScoreClass.objects.filter(needs_help=True).values("version_id")
    return {row["version_id"]: row["floor"] for row in rows.annotate(floor=Min("lower"))}


def proposable(poor_list: PoorList) -> QuerySet[Listing]:
    """Established families that nobody has proposed yet."""
    return poor_list.listings.filter(status=ListingStatus.ESTABLISHED, graduation_ground="")
