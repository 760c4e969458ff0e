"""What a life event means for the list: who moved or died leaves it, and comes back with it."""

from households.listing import leaving, lines
from households.models import EventKind, HouseholdStatus, LifeEvent, Listing, ListingStatus
from households.models.listing import STANDING
from households.workflows.listings import LISTING_FLOW
from tkpk.models import User


def after_event(event: LifeEvent, *, by: User) -> None:
    """A family that the event closed leaves every list that it stands on."""
    rows = Listing.objects.filter(
        household__in=event.families.values("household"),
        household__status=HouseholdStatus.CLOSED,
    )
    move = "record_death" if event.kind == EventKind.DEATH else "record_move"
    for listing in rows.filter(status__in=STANDING).order_by("pk"):
        LISTING_FLOW.apply(move, listing, by=by, reason=event.code, changes={"life_event": event})
    for listing in rows.monitored().order_by("pk"):
        lines.end_visits(listing, by=by, reason=event.code)


def after_cancelling(event: LifeEvent, *, by: User) -> None:
    """An event that was a mistake puts the family back where its list stands now."""
    rows = Listing.objects.filter(
        life_event=event, status__in=[ListingStatus.MOVED, ListingStatus.DECEASED]
    )
    for listing in rows.select_related("poor_list").order_by("pk"):
        leaving.put_back(listing, by=by, reason=event.code)
