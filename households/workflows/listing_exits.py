"""Leaving the list with a family that is closed, coming back with it, and what was a mistake."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.models import (
    LIVING,
    EventStatus,
    Household,
    HouseholdStatus,
    Listing,
    ListingOrigin,
    ListingStatus,
    ObjectionStatus,
    RemovalStatus,
    RemovalWish,
)
from households.workflows.listing_guards import RETURNS_TO, list_stands_at
from tkpk.models import TrailEntry

S = ListingStatus


def has_left(household: Household) -> bool:
    """Closed, or nobody lives in the family any more."""
    if household.status != HouseholdStatus.ACTIVE:
        return True
    return not household.members.filter(status__in=sorted(LIVING)).exists()


def family_has_left(listing: Listing) -> None:
    if not has_left(listing.household):
        raise ValidationError(
            _("The family still lives here. Record the life event in its file first."),
            code="lives_here",
        )


# Acts by which a family left because it was closed, and not by anybody's decision.
LEFT_BY_CLOSING = frozenset({"record_move", "record_death", "record_closed"})


def last_act(listing: Listing) -> str:
    """The name of the last act on this line; "" if nothing was done with it yet."""
    entries = TrailEntry.objects.filter(
        chain=listing.kelurahan_id, subject="households.listing", subject_id=listing.pk
    )
    return entries.order_by("-number").values_list("move", flat=True).first() or ""


def seen_by_an_officer(listing: Listing) -> bool:
    """Whether the line may stand past the verification: verified, or added by the city."""
    return listing.verified_at is not None or listing.origin == ListingOrigin.CITY


def family_came_back(status: str) -> Any:
    """Its life event was taken back, or the family that was closed lives here again."""

    def guard(listing: Listing) -> None:
        if listing.life_event is not None:
            came_back = listing.life_event.status == EventStatus.CANCELLED
        else:
            reopened = not has_left(listing.household)
            came_back = reopened and last_act(listing) in LEFT_BY_CLOSING
        if not came_back:
            raise ValidationError(
                _("The family is back on the list once its life event is taken back."),
                code="event_stands",
            )
        _stands_again(listing, status)

    return guard


def _stands_again(listing: Listing, status: str) -> None:
    """Only where the list stands now, and past the verification only who was verified."""
    if RETURNS_TO[listing.poor_list.status] != status:
        list_stands_at()(listing)
    if status != S.NOMINATED and not seen_by_an_officer(listing):
        raise ValidationError(
            _(
                "The family was never verified, and the list is past that. Nominate it for next "
                "year's list."
            ),
            code="not_verified",
        )


# --- corrections -----------------------------------------------------------------------------
def taken_off_by_mistake(status: str) -> Any:
    """Back to where the list stands; what was decided on a report of residents stays decided."""

    def guard(listing: Listing) -> None:
        if has_left(listing.household):
            raise ValidationError(
                _("This family does not live here any more: record what became of it first."),
                code="closed_family",
            )
        upheld = listing.objections.filter(status=ObjectionStatus.UPHELD)
        wishes = RemovalWish.objects.filter(
            household=listing.household_id, status=RemovalStatus.CONFIRMED
        )
        if upheld.exists() or wishes.exists():
            raise ValidationError(
                _(
                    "The family left the list by a decision on a report of residents, which "
                    "stands. It can be nominated for next year's list."
                ),
                code="decided",
            )
        _stands_again(listing, status)

    return guard
