"""Where families stand on lists, for pages of other parts."""

from collections.abc import Iterable

from households.models import Household, Listing


def status_of(households: Iterable[Household]) -> dict[int, Listing]:
    """Family → its line on the newest list that it stands on; one query."""
    keys = [household.pk for household in households]
    rows = Listing.objects.filter(household__in=keys).select_related("poor_list", "score_class")
    found: dict[int, Listing] = {}
    for row in rows.order_by("poor_list__year"):
        found[row.household_id] = row
    return found


def current_listing(household: Household) -> Listing | None:
    """The line of one family on the newest list that it stands on."""
    return status_of([household]).get(household.pk)
