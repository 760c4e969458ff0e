"""Acts on a whole list: opening it, its settings and evidence, its stages."""

import datetime
import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from households.listing.lines import require_keeper
from households.models import (
    Basis,
    DecreeFinding,
    DecreeRow,
    HouseholdStatus,
    Listing,
    ListingOrigin,
    ListingStatus,
    PoorList,
    PoorListStatus,
)
from households.workflows.listings import LISTING_FLOW
from households.workflows.poor_lists import POOR_LIST_FLOW
from tkpk import trail
from tkpk.models import Mandate, User, save_edit
from tkpk.public_pages import published

S = ListingStatus
CHUNK = 500


def note(
    poor_list: PoorList,
    move: str,
    *,
    by: User,
    mandate: Mandate,
    digest: str = "",
    reason: str = "",
) -> None:
    """An act on the list that is no move of its table."""
    trail.record(
        chain=poor_list.kelurahan,
        by=by,
        mandate=mandate,
        process=POOR_LIST_FLOW.process,
        move=move,
        # A digest of other rows is no seal of the list's own row.
        row=None if digest else poor_list,
        to_status=poor_list.status,
        reason=reason,
        digest=digest or POOR_LIST_FLOW.digest(poor_list),
        schema=POOR_LIST_FLOW.schema,
    )


# --- opening and settings --------------------------------------------------------------------
def open_list(poor_list: PoorList, *, by: User) -> PoorList:
    """Save a new list. Raises ValidationError where the year has one already."""
    poor_list.created_by = poor_list.updated_by = by
    mandate = require_keeper(by, poor_list.kelurahan.code)
    try:
        with transaction.atomic():
            poor_list.save(force_insert=True)
            note(poor_list, "open", by=by, mandate=mandate)
    except IntegrityError as error:
        raise ValidationError(
            {"year": _("This year has a list already.")}, code="year_taken"
        ) from error
    return poor_list


# Which settings may still be changed at which stage: what was decided by them stays.
CHANGEABLE: dict[str, tuple[str, ...]] = {
    PoorListStatus.OPEN: ("basis", "objection_days", "instrument", "review_1"),
    PoorListStatus.REVIEW_1: ("basis", "objection_days", "review_1"),
    PoorListStatus.REVIEW_2: ("basis", "objection_days", "review_2"),
    PoorListStatus.OBJECTION_WINDOW: (),
    PoorListStatus.SUBMITTED: ("decree_number", "decree_on", "rembug"),
    PoorListStatus.ESTABLISHED: (),
}


def change_list(
    poor_list: PoorList, values: dict[str, Any], *, by: User, expected_version: int
) -> PoorList:
    """Change settings or evidence that the stage still allows. Raises StaleRow."""
    mandate = require_keeper(by, poor_list.kelurahan.code)
    with transaction.atomic():
        locked = PoorList.objects.select_for_update(of=("self",)).get(pk=poor_list.pk)
        for name, value in values.items():
            if getattr(locked, name) != value and name not in CHANGEABLE[locked.status]:
                raise ValidationError(
                    _("At this stage of the list that stays as it is."), code="frozen"
                )
            setattr(locked, name, value)
        locked.full_clean(exclude=["kelurahan", "created_by", "updated_by"])
        saved = save_edit(locked, by=by, expected_version=expected_version)
        note(saved, "change", by=by, mandate=mandate)
    return saved


# --- stages ----------------------------------------------------------------------------------
def advance(
    poor_list: PoorList,
    move: str,
    *,
    by: User,
    reason: str = "",
    at: datetime.datetime | None = None,
) -> PoorList:
    """Make a move of the list; its families follow in the same transaction.

    The public pages say whether objections are taken, so they are built anew.
    `at` is the moment of an act that is recorded later (riwayat, demo).
    Raises PermissionDenied, or ValidationError with everything that is missing.
    """
    with transaction.atomic():
        changes = _changes(move, poor_list, by, at or timezone.now())
        done = POOR_LIST_FLOW.apply(move, poor_list, by=by, reason=reason, changes=changes, at=at)
        _follow(done, move, by=by, reason=reason)
        published()
    return done


def _changes(move: str, poor_list: PoorList, by: User, moment: datetime.datetime) -> dict[str, Any]:
    if move == "open_window":
        days = PoorList.objects.values_list("objection_days", flat=True).get(pk=poor_list.pk)
        opened_on = timezone.localdate(moment)
        closes_on = opened_on + datetime.timedelta(days=days)
        return {"objection_opened_on": opened_on, "objection_closes_on": closes_on}
    if move == "send":
        return {"signed_by": by, "signed_at": moment}
    if move == "establish":
        return {"established_at": moment}
    if move == "correct_window":
        return {"objection_opened_on": None, "objection_closes_on": None}
    return {}


def _follow(poor_list: PoorList, move: str, *, by: User, reason: str) -> None:
    def all_at(status: str) -> QuerySet[Listing]:
        return poor_list.listings.filter(status=status)

    if move == "start_review_1":
        LISTING_FLOW.apply_to_all("review_1", all_at(S.FIELD_VERIFIED), by=by)
    elif move == "start_review_2":
        # Those who were nominated in the first round were heard of there.
        LISTING_FLOW.apply_to_all("review_1", all_at(S.FIELD_VERIFIED), by=by)
        LISTING_FLOW.apply_to_all("review_2", all_at(S.PUBLIC_REVIEW_1), by=by)
    elif move == "send":
        LISTING_FLOW.apply_to_all("submit", all_at(S.PUBLIC_REVIEW_2), by=by)
    elif move == "establish":
        _establish_families(poor_list, all_at(S.SUBMITTED), by=by)
    elif move == "correct_review_1":
        back = all_at(S.PUBLIC_REVIEW_1)
        LISTING_FLOW.apply_to_all("follow_back_1", back, by=by, reason=reason)
    elif move == "correct_review_2":
        back = all_at(S.PUBLIC_REVIEW_2)
        LISTING_FLOW.apply_to_all("follow_back_2", back, by=by, reason=reason)


def _establish_families(poor_list: PoorList, sent: QuerySet[Listing], *, by: User) -> None:
    if poor_list.basis == Basis.DECREE:
        _add_by_city(poor_list, by=by)
        answers = DecreeRow.objects.filter(
            file__poor_list=poor_list,
            file__status="APPLIED",
            finding__in=[DecreeFinding.ACCEPTED, DecreeFinding.NEW],
        )
        accepted = Q(household__in=answers.values("household"))
        LISTING_FLOW.apply_to_all("not_accept", sent.exclude(accepted), by=by)
    LISTING_FLOW.apply_to_all("accept", sent, by=by)


def _add_by_city(poor_list: PoorList, *, by: User) -> None:
    """Families that the city put on by itself, where they are known here."""
    new = DecreeRow.objects.filter(
        file__poor_list=poor_list, file__status="APPLIED", finding=DecreeFinding.NEW
    ).exclude(household__in=poor_list.listings.values("household"))
    families = sorted(set(new.values_list("household_id", flat=True)))
    _put_on(poor_list, families, origin=ListingOrigin.CITY, by=by)
    added = poor_list.listings.filter(origin=ListingOrigin.CITY, status=S.NOMINATED)
    LISTING_FLOW.apply_to_all("add_by_city", added, by=by)


# --- carrying over ---------------------------------------------------------------------------
@dataclass(frozen=True)
class CarryOver:
    """What carrying last year's list over would do; `mark` names exactly these families."""

    source: PoorList | None
    families: list[int]
    listed: int
    gone: int

    @property
    def mark(self) -> str:
        return _digest(self.families)


def _digest(keys: list[int]) -> str:
    return hashlib.sha256(trail.canonical({"families": keys})).hexdigest()


def carry_over_preview(poor_list: PoorList) -> CarryOver:
    """The families of the last established list: who comes over, is on the list, has gone."""
    earlier = PoorList.objects.established().filter(
        kelurahan=poor_list.kelurahan_id, year__lt=poor_list.year
    )
    source = earlier.order_by("-year").first()
    if source is None:
        return CarryOver(None, [], 0, 0)
    rows = source.listings.established()
    on_it = Q(household__in=poor_list.listings.values("household"))
    lives = Q(household__status=HouseholdStatus.ACTIVE)
    keys = rows.filter(lives).exclude(on_it).order_by("household_id")
    return CarryOver(
        source,
        list(keys.values_list("household_id", flat=True)),
        rows.filter(on_it).count(),
        rows.exclude(lives).exclude(on_it).count(),
    )


def carry_over(poor_list: PoorList, *, by: User, seen: str) -> int:
    """Nominate last year's established families, as they were shown. Returns how many.

    One entry in the trail with the digest of all: each line's own entries begin with its
    verification.
    """
    with transaction.atomic():
        locked = PoorList.objects.select_for_update(of=("self",)).get(pk=poor_list.pk)
        mandate = require_keeper(by, locked.kelurahan.code)
        if locked.status != PoorListStatus.OPEN:
            raise ValidationError(
                _("Families are carried over before the first round begins."), code="too_late"
            )
        plan = carry_over_preview(locked)
        if plan.mark != seen:
            raise ValidationError(
                _("Something has changed meanwhile. Look at it again."), code="changed"
            )
        if not plan.families:
            raise ValidationError(_("There is no family to carry over."), code="nothing")
        _put_on(locked, plan.families, origin=ListingOrigin.CARRIED_OVER, by=by)
        note(locked, "carry_over", by=by, mandate=mandate, digest=plan.mark)
    return len(plan.families)


def _put_on(poor_list: PoorList, families: list[int], *, origin: str, by: User) -> None:
    rows = [
        Listing(
            kelurahan=poor_list.kelurahan,
            poor_list=poor_list,
            household_id=pk,
            origin=origin,
            created_by=by,
            updated_by=by,
        )
        for pk in families
    ]
    Listing.objects.bulk_create(rows, batch_size=CHUNK)
    Listing.history.bulk_history_create(rows, batch_size=CHUNK, default_user=by)
