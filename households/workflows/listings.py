"""The way of a family on the list of a year. Where the whole list moves, its families follow."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from households.models import Listing, ListingStatus, PoorListStatus
from households.workflows.listing_exits import (
    family_came_back,
    family_has_left,
    taken_off_by_mistake,
)
from households.workflows.listing_guards import (
    added_by_city,
    has_score,
    is_monitored,
    is_officials,
    is_proposed,
    list_stands_at,
    lives_here,
    may_graduate,
    not_proposed,
    not_sent,
)
from households.workflows.registering import own_family
from tkpk.models import User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

S = ListingStatus
L = PoorListStatus
_STAFF = {Role.STAFF}
_LURAH = {Role.LURAH}
_OFFICE = {Role.STAFF, Role.LURAH}
BEFORE_SENDING = {S.NOMINATED, S.FIELD_VERIFIED, S.PUBLIC_REVIEW_1, S.PUBLIC_REVIEW_2}


def own_listing(listing: Listing, user: User) -> list[str]:
    return own_family(listing.household, user)


# --- four eyes -------------------------------------------------------------------------------
def makers(listing: Listing) -> set[int]:
    """Whose work a second person looks at, at each stage."""
    by_stage = {
        S.NOMINATED: listing.created_by_id,
        S.FIELD_VERIFIED: listing.verified_by_id,
        S.PUBLIC_REVIEW_1: listing.verified_by_id,
        # Nothing happens with a line that was taken off, so who wrote it last took it off.
        S.DELISTED: listing.updated_by_id,
        S.REFUSED: listing.updated_by_id,
        S.ESTABLISHED: listing.graduation_proposed_by_id,
    }
    maker = by_stage.get(S(listing.status))
    return set() if maker is None else {maker}


# --- the table -------------------------------------------------------------------------------
_STANDING = BEFORE_SENDING | {S.SUBMITTED, S.ESTABLISHED}
# A closed family that neither moved nor died (entered twice, not valid) is taken off.
_LEFT = {S.MOVED, S.DECEASED, S.DELISTED}


def _leave_move(label: Any, target: ListingStatus) -> Move:
    return Move(label, _STANDING, target, _STAFF, guard=family_has_left, needs_reason=True)


def _return_move(target: ListingStatus) -> Move:
    return Move(_("Back on the list"), _LEFT, target, _STAFF, guard=family_came_back(target))


def _correction(sources: set[ListingStatus], target: ListingStatus) -> Move:
    return Move(
        _("Correction: taken off by mistake"),
        sources,
        target,
        _OFFICE,
        guard=taken_off_by_mistake(target),
        needs_reason=True,
        four_eyes=True,
        warning=_("The family stands again where its list stands now. Both entries stay."),
    )


def _follow_back(source: ListingStatus, target: ListingStatus, stage: PoorListStatus) -> Move:
    label = _("Back with its list")
    return Move(label, {source}, target, _LURAH, guard=list_stands_at(stage), needs_reason=True)


MOVES = {
    "verify": Move(
        _("Verify"), {S.NOMINATED}, S.FIELD_VERIFIED, _OFFICE, guard=has_score, four_eyes=True
    ),
    "verify_exception": Move(
        _("Verify as an exception"),
        {S.NOMINATED},
        S.FIELD_VERIFIED,
        _OFFICE,
        guard=lives_here,
        needs_reason=True,
        four_eyes=True,
    ),
    "confirm_official": Move(
        _("Confirm as second official"),
        {S.FIELD_VERIFIED},
        S.FIELD_VERIFIED,
        _OFFICE,
        guard=is_officials,
        four_eyes=True,
    ),
    "send_back": Move(
        _("Verify anew"),
        {S.FIELD_VERIFIED},
        S.NOMINATED,
        _OFFICE,
        guard=not_sent,
        needs_reason=True,
    ),
    "review_1": Move(
        _("Into round 1"),
        {S.FIELD_VERIFIED},
        S.PUBLIC_REVIEW_1,
        _STAFF,
        guard=list_stands_at(L.REVIEW_1),
    ),
    "review_2": Move(
        _("Into round 2"),
        {S.PUBLIC_REVIEW_1},
        S.PUBLIC_REVIEW_2,
        _STAFF,
        guard=list_stands_at(L.REVIEW_2),
    ),
    "submit": Move(
        _("Send"), {S.PUBLIC_REVIEW_2}, S.SUBMITTED, _LURAH, guard=list_stands_at(L.SUBMITTED)
    ),
    "add_by_city": Move(
        _("Added by the city"), {S.NOMINATED}, S.SUBMITTED, _LURAH, guard=added_by_city
    ),
    "accept": Move(
        _("Establish"), {S.SUBMITTED}, S.ESTABLISHED, _LURAH, guard=list_stands_at(L.ESTABLISHED)
    ),
    "not_accept": Move(
        _("Not accepted"),
        {S.SUBMITTED},
        S.NOT_ACCEPTED,
        _LURAH,
        guard=list_stands_at(L.ESTABLISHED),
    ),
    "record_refusal": Move(
        _("The family refuses"), BEFORE_SENDING, S.REFUSED, _OFFICE, needs_reason=True
    ),
    "delist": Move(
        _("Take off the list"),
        BEFORE_SENDING | {S.SUBMITTED},
        S.DELISTED,
        _OFFICE,
        needs_reason=True,
        warning=_("This year the family does not come back onto the list."),
    ),
    "strike": Move(
        _("Take off the established list"),
        {S.ESTABLISHED},
        S.DELISTED,
        _LURAH,
        needs_reason=True,
        warning=_("This year the family does not come back onto the list."),
    ),
    "withdraw": Move(
        _("Leaves by its own wish"), _STANDING, S.DELISTED, _OFFICE, needs_reason=True
    ),
    "record_move": _leave_move(_("Record as moved away"), S.MOVED),
    "record_death": _leave_move(_("Record as deceased"), S.DECEASED),
    "record_closed": _leave_move(_("Take off: the family is closed"), S.DELISTED),
    "return_nominated": _return_move(S.NOMINATED),
    "return_public_review_2": _return_move(S.PUBLIC_REVIEW_2),
    "return_submitted": _return_move(S.SUBMITTED),
    "return_established": _return_move(S.ESTABLISHED),
    "correct_verification": Move(
        _("Correction: verify anew"),
        {S.PUBLIC_REVIEW_1},
        S.NOMINATED,
        _OFFICE,
        guard=list_stands_at(L.REVIEW_1),
        needs_reason=True,
        four_eyes=True,
        warning=_("The family has to be verified again before round 2 begins. Both entries stay."),
    ),
    "correct_nominated": _correction({S.DELISTED, S.REFUSED}, S.NOMINATED),
    "correct_public_review_2": _correction({S.DELISTED, S.REFUSED}, S.PUBLIC_REVIEW_2),
    "correct_submitted": _correction({S.DELISTED}, S.SUBMITTED),
    "follow_back_1": _follow_back(S.PUBLIC_REVIEW_1, S.FIELD_VERIFIED, L.OPEN),
    "follow_back_2": _follow_back(S.PUBLIC_REVIEW_2, S.PUBLIC_REVIEW_1, L.REVIEW_1),
    "propose_graduation": Move(
        _("Propose graduation"), {S.ESTABLISHED}, S.ESTABLISHED, _STAFF, guard=not_proposed
    ),
    "drop_graduation": Move(
        _("Drop the proposal"),
        {S.ESTABLISHED},
        S.ESTABLISHED,
        _OFFICE,
        guard=is_proposed,
        needs_reason=True,
    ),
    "graduate": Move(
        _("Graduate"),
        {S.ESTABLISHED},
        S.GRADUATED,
        _LURAH,
        guard=may_graduate,
        four_eyes=True,
        warning=_("For twelve months the family is visited."),
    ),
    "visit": Move(_("Note a visit"), {S.GRADUATED}, S.GRADUATED, _STAFF, guard=is_monitored),
    "end_visits": Move(
        _("End the visits"),
        {S.GRADUATED},
        S.GRADUATED,
        _STAFF,
        guard=is_monitored,
        needs_reason=True,
    ),
}
LISTING_FLOW = Workflow(
    process="listing",
    title=_("Family on the list"),
    model=Listing,
    moves=MOVES,
    conflicts=own_listing,
    sealed_fields=(
        "kelurahan_id",
        "poor_list_id",
        "household_id",
        "origin",
        "status",
        "score_id",
        "verified_by_id",
        "confirmed_by_id",
        "graduation_ground",
        "visit_due_on",
    ),
    makers=makers,
    # Thousands of families wait at once: the first page counts them instead of naming each.
    duties=frozenset(),
)
# Shown only while nothing stands in their way: what they lack is no work to do.
WHERE_POSSIBLE = frozenset(
    {
        "record_move",
        "record_death",
        "record_closed",
        "correct_verification",
        "correct_nominated",
        "correct_public_review_2",
        "correct_submitted",
        *(name for name in MOVES if name.startswith("return_")),
    }
)
# The buttons of one family's page; the others follow its list, an event or the city's answer.
BY_HAND = frozenset(
    {
        "verify",
        "verify_exception",
        "confirm_official",
        "send_back",
        "record_refusal",
        "delist",
        "strike",
        "withdraw",
        *WHERE_POSSIBLE,
        "propose_graduation",
        "drop_graduation",
        "graduate",
        "visit",
        "end_visits",
    }
)
