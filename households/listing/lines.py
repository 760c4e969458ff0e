"""Acts on one family on a list: nominating, verifying, taking off, graduating, visiting."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from households.models import (
    GraduationGround,
    Household,
    HouseholdStatus,
    Listing,
    ListingOrigin,
    ListingStatus,
    MonitoringVisit,
    PoorList,
)
from households.models.poor_list import LIST_KEEPERS
from households.workflows.listing_guards import score_for
from households.workflows.listings import LISTING_FLOW
from households.workflows.registering import own_family
from tkpk import rights, trail
from tkpk.models import Mandate, Meeting, User

VISIT_EVERY = 3  # months
MONITORED_FOR = 12  # months


def keeper_mandate(user: User, code: str) -> Mandate | None:
    """The mandate by which this person keeps the list at a place, if any."""
    held = (m for m in rights.mandates(user) if m.role in LIST_KEEPERS and m.territory.covers(code))
    return next(held, None)


def require_keeper(user: User, code: str) -> Mandate:
    rights.fresh_mandates(user)
    mandate = keeper_mandate(user, code)
    if mandate is None:
        raise PermissionDenied(_("The list is kept by the officers of the kelurahan."))
    return mandate


def note(listing: Listing, move: str, *, by: User, mandate: Mandate, reason: str = "") -> None:
    """An act that is no move of the table."""
    trail.record(
        chain=listing.kelurahan,
        by=by,
        mandate=mandate,
        process=LISTING_FLOW.process,
        move=move,
        row=listing,
        to_status=listing.status,
        reason=reason,
        digest=LISTING_FLOW.digest(listing),
        schema=LISTING_FLOW.schema,
    )


# --- onto the list ---------------------------------------------------------------------------
def nominate(poor_list: PoorList, household: Household, *, by: User, origin: str) -> Listing:
    """Put a family on a list that takes nominations.

    Raises PermissionDenied (no mandate, own family) or ValidationError (too late, on it already,
    not living here).
    """
    with transaction.atomic():
        locked = PoorList.objects.select_for_update(of=("self",)).get(pk=poor_list.pk)
        mandate = require_keeper(by, locked.kelurahan.code)
        _refuse_nomination(locked, household, by)
        listing = Listing(
            kelurahan=locked.kelurahan,
            poor_list=locked,
            household=household,
            origin=ListingOrigin(origin),
            created_by=by,
            updated_by=by,
        )
        try:
            with transaction.atomic():
                listing.save(force_insert=True)
        except IntegrityError as error:
            raise _listed(Listing.objects.get(poor_list=locked, household=household)) from error
        note(listing, "nominate", by=by, mandate=mandate)
    return listing


def _listed(listing: Listing) -> ValidationError:
    return ValidationError(
        _("This family is on the list already: %(status)s.")
        % {"status": listing.get_status_display()},
        code="listed",
    )


def _refuse_nomination(poor_list: PoorList, household: Household, by: User) -> None:
    if household.kelurahan_id != poor_list.kelurahan_id:
        raise ValidationError(_("This family lives in another kelurahan."), code="elsewhere")
    if not poor_list.takes_nominations:
        raise ValidationError(
            _("The list takes no nominations any more: the second round only removes. Nominate "
              "the family next year."),
            code="no_nominations",
        )  # fmt: skip
    if household.status != HouseholdStatus.ACTIVE:
        raise ValidationError(_("This family does not live here any more."), code="closed_family")
    if reasons := own_family(household, by):
        raise PermissionDenied("; ".join(reasons))
    listed = Listing.objects.filter(poor_list=poor_list, household=household).first()
    if listed is not None:
        raise _listed(listed)


# --- verified --------------------------------------------------------------------------------
def verify(listing: Listing, *, by: User, exception: str = "") -> Listing:
    """Say after a visit that the family belongs on the list: by its score, or by an exception."""
    seen = {"verified_by": by, "verified_at": timezone.now()}
    empty: dict[str, Any] = {"confirmed_by": None, "confirmed_at": None}
    with transaction.atomic():
        if exception.strip():
            said: dict[str, Any] = {
                "exception": exception.strip(),
                "score": None,
                "score_class": None,
            }
            return LISTING_FLOW.apply(
                "verify_exception",
                listing,
                by=by,
                reason=exception.strip(),
                changes={**seen, **empty, **said},
            )
        score = score_for(listing)
        said = {
            "score": score,
            "score_class": score.category if score else None,
            "exception": "",
        }
        return LISTING_FLOW.apply("verify", listing, by=by, changes={**seen, **empty, **said})


def confirm(listing: Listing, *, by: User) -> Listing:
    """A second official looks at an official's own family."""
    seen = {"confirmed_by": by, "confirmed_at": timezone.now()}
    return LISTING_FLOW.apply("confirm_official", listing, by=by, changes=seen)


def send_back(listing: Listing, *, by: User, reason: str) -> Listing:
    """To be verified anew: what was found before counts no more."""
    return _unverified("send_back", listing, by=by, reason=reason)


def correct_verification(listing: Listing, *, by: User, reason: str) -> Listing:
    """The same out of the first round, by a second person."""
    return _unverified("correct_verification", listing, by=by, reason=reason)


def _unverified(move: str, listing: Listing, *, by: User, reason: str) -> Listing:
    nothing: dict[str, Any] = dict.fromkeys(
        ("verified_by", "verified_at", "confirmed_by", "confirmed_at", "score", "score_class")
    )
    changes = {**nothing, "exception": ""}
    return LISTING_FLOW.apply(move, listing, by=by, reason=reason, changes=changes)


# --- off the list ----------------------------------------------------------------------------
def delist(listing: Listing, *, by: User, reason: str, own_wish: bool = False) -> Listing:
    """Take a family off: upheld objection, decision of a round, or its own wish.

    An established family is struck by the Lurah alone, unless it asks for it itself.
    """
    move = "delist"
    if own_wish:
        move = "withdraw"
    elif listing.status == ListingStatus.ESTABLISHED:
        move = "strike"
    return LISTING_FLOW.apply(move, listing, by=by, reason=reason)


# --- graduation ------------------------------------------------------------------------------
def propose_graduation(listing: Listing, ground: str, *, by: User) -> Listing:
    """Propose that an established family has outgrown the list; the ground has to hold."""
    from households.listing.graduation import grounds_for  # noqa: PLC0415 - it names this module

    if ground != GraduationGround.OWN_REQUEST and ground not in grounds_for(listing):
        raise ValidationError(
            {"ground": _("The scores do not say so. Choose the ground that holds.")},
            code="ground_missing",
        )
    said = {"graduation_ground": GraduationGround(ground), "graduation_proposed_by": by}
    return LISTING_FLOW.apply("propose_graduation", listing, by=by, changes=said)


def drop_graduation(listing: Listing, *, by: User, reason: str) -> Listing:
    nothing = {"graduation_ground": "", "graduation_proposed_by": None, "graduation_meeting": None}
    return LISTING_FLOW.apply("drop_graduation", listing, by=by, reason=reason, changes=nothing)


def choose_graduation_meeting(listing: Listing, meeting: Meeting, *, by: User) -> Listing:
    """Say in which uji publik the graduation was confirmed."""
    with transaction.atomic():
        locked = Listing.objects.select_for_update(of=("self",)).get(pk=listing.pk)
        mandate = require_keeper(by, locked.kelurahan.code)
        if reasons := LISTING_FLOW.conflicts(locked, by):
            raise PermissionDenied("; ".join(reasons))
        if meeting.kelurahan_id != locked.kelurahan_id or not locked.graduation_ground:
            raise ValidationError(_("First propose the graduation, with its ground."))
        locked.graduation_meeting = meeting
        locked.updated_by, locked.version = by, locked.version + 1
        locked.save()
        note(locked, "choose_meeting", by=by, mandate=mandate)
    return locked


def graduate(listing: Listing, *, by: User) -> Listing:
    """Graduate a family and begin its year of visits."""
    today = timezone.localdate()
    begins = {
        "graduated_on": today,
        "monitored_until": months_after(today, MONITORED_FOR),
        "visit_due_on": months_after(today, VISIT_EVERY),
    }
    return LISTING_FLOW.apply("graduate", listing, by=by, changes=begins)


def note_visit(listing: Listing, *, on: datetime.date, text: str, by: User) -> Listing:
    """Keep what a visit found; the next one falls due three months later, within the year."""
    if on > timezone.localdate():
        raise ValidationError({"visited_on": _("The visit lies in the future.")}, code="future")
    if not text.strip():
        raise ValidationError({"note": _("Write what you found.")}, code="empty")
    with transaction.atomic():
        locked = Listing.objects.select_for_update(of=("self",)).get(pk=listing.pk)
        if locked.graduated_on and on < locked.graduated_on:
            raise ValidationError(
                {"visited_on": _("The visit lies before the graduation.")}, code="too_early"
            )
        due: datetime.date | None = months_after(on, VISIT_EVERY)
        if locked.monitored_until and due and due > locked.monitored_until:
            due = locked.monitored_until if on < locked.monitored_until else None
        done = LISTING_FLOW.apply("visit", locked, by=by, changes={"visit_due_on": due})
        MonitoringVisit.objects.create(
            listing=done, visited_on=on, note=text.strip(), created_by=by
        )
    return done


def end_visits(listing: Listing, *, by: User, reason: str) -> Listing:
    """The family moved, died or closed its door: nobody calls any more."""
    return LISTING_FLOW.apply(
        "end_visits", listing, by=by, reason=reason, changes={"visit_due_on": None}
    )


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - datetime.timedelta(days=1)).day
    return datetime.date(year, month + 1, min(day.day, last))
