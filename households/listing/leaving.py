"""What becomes of a place on the list when its family is closed, opened again, or merged away."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from households.listing import lines
from households.models import Household, Listing, ListingStatus, MemberStatus
from households.models.listing import STANDING
from households.workflows.listing_exits import LEFT_BY_CLOSING, last_act, seen_by_an_officer
from households.workflows.listing_guards import RETURNS_TO
from households.workflows.listings import LISTING_FLOW
from households.workflows.registering import own_family
from tkpk.models import User

S = ListingStatus
# What a family that was closed may have left the list as.
LEFT = (S.MOVED, S.DECEASED, S.DELISTED)
# What a merge did with a line.
HANDED_OVER, TAKEN_OFF = "handed_over", "taken_off"
# Rows that say nothing of what became of anybody.
_NOBODY = {MemberStatus.DUPLICATE, MemberStatus.INVALID}


def leave_move(household: Household) -> str:
    """How a closed family leaves its list, by what became of its members."""
    states = set(household.members.values_list("status", flat=True)) - _NOBODY
    if not states:
        return "record_closed"
    return "record_death" if states == {MemberStatus.DECEASED} else "record_move"


def after_closing(household: Household, *, by: User, reason: str) -> None:
    """A family that was closed without a life event leaves every list that it stands on."""
    rows = household.listings.order_by("pk")
    move = leave_move(household)
    for listing in rows.filter(status__in=STANDING):
        LISTING_FLOW.apply(move, listing, by=by, reason=reason)
    for listing in rows.monitored():
        lines.end_visits(listing, by=by, reason=reason)


def after_reopening(household: Household, *, by: User, reason: str) -> None:
    """Back where its lists stand now, if it left them because it was closed."""
    rows = household.listings.filter(status__in=LEFT, life_event=None)
    for listing in rows.select_related("poor_list").order_by("pk"):
        if last_act(listing) in LEFT_BY_CLOSING:
            put_back(listing, by=by, reason=reason)


def put_back(listing: Listing, *, by: User, reason: str) -> None:
    """Where the list stands now. Who was never verified does not pass the verification by that."""
    target = RETURNS_TO[listing.poor_list.status]
    if target != S.NOMINATED and not seen_by_an_officer(listing):
        return
    LISTING_FLOW.apply(f"return_{target.lower()}", listing, by=by, reason=reason)


# --- a family entered twice ------------------------------------------------------------------
def hand_over(closed: Household, kept: Household, *, by: User, reason: str) -> list[dict[str, Any]]:
    """The places of a family that a merge closed go to the one that stays.

    Where that one stands on the same list, the closed one's place is taken off. Returns what was
    done, for `take_back`.
    """
    done: list[dict[str, Any]] = []
    monitored = Q(status=S.GRADUATED, visit_due_on__isnull=False)
    for listing in closed.listings.filter(Q(status__in=STANDING) | monitored).order_by("pk"):
        if not kept.listings.filter(poor_list=listing.poor_list_id).exists():
            _put_under(listing, kept, by=by, reason=reason)
            done.append({"pk": listing.pk, "what": HANDED_OVER})
        elif listing.status in STANDING:
            LISTING_FLOW.apply("record_closed", listing, by=by, reason=reason)
            done.append({"pk": listing.pk, "what": TAKEN_OFF})
    return done


def _put_under(listing: Listing, household: Household, *, by: User, reason: str) -> None:
    """The same line for another row of the same family; a named act that the trail keeps."""
    with transaction.atomic():
        locked = Listing.objects.select_for_update(of=("self",)).get(pk=listing.pk)
        mandate = lines.require_keeper(by, locked.kelurahan.code)
        if refused := own_family(locked.household, by) + own_family(household, by):
            raise PermissionDenied("; ".join(refused))
        locked.household = household
        locked.updated_by, locked.version = by, locked.version + 1
        locked.save()
        lines.note(locked, "hand_over", by=by, mandate=mandate, reason=reason)


def built_upon(done: list[dict[str, Any]], kept: Household) -> list[str]:
    """Codes of the lines that are not as the merge left them."""
    found = []
    for one in done:
        line = Listing.objects.select_for_update(of=("self",)).get(pk=one["pk"])
        as_left = (
            line.household_id == kept.pk
            if one["what"] == HANDED_OVER
            else line.status == S.DELISTED and last_act(line) == "record_closed"
        )
        if not as_left:
            found.append(line.code)
    return found


def take_back(done: list[dict[str, Any]], closed: Household, *, by: User, reason: str) -> None:
    """Give the family of an undone merge its places again; it is open by now."""
    for one in done:
        line = Listing.objects.select_related("poor_list").get(pk=one["pk"])
        if one["what"] == HANDED_OVER:
            _put_under(line, closed, by=by, reason=reason)
        else:
            put_back(line, by=by, reason=reason)
