"""One receipt for each of several families or members of a group: preview first, then one act."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from households import assistance, families
from households.aid.access import WRITERS, mandate_at
from households.aid.pairs import Clashes, book_of
from households.codes import Relation
from households.models import (
    LIVING,
    AidProgramme,
    AidReceipt,
    AidSource,
    AidTarget,
    Household,
    Member,
)
from households.searching import with_counts
from tkpk import rights, trail
from tkpk.models import User

MOST = 500  # families at once; more come as a list through the import
HEAD, EVERYBODY = "head", "everybody"


@dataclass(frozen=True)
class Given:
    """What each of them received."""

    programme: AidProgramme
    period_from: datetime.date
    period_to: datetime.date | None = None
    amount_idr: int | None = None
    goods: str = ""
    who: str = HEAD  # of a programme for persons: the head, or everybody who lives there

    @property
    def period(self) -> tuple[datetime.date, datetime.date | None]:
        return self.period_from, self.period_to


@dataclass
class Planned:
    """One receipt that would be written, and what stands against it or is worth a word."""

    household: Household
    member: Member | None
    refused: str = ""
    excluded: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def plan(rows: QuerySet[Household], given: Given, *, by: User) -> list[Planned]:
    """What would be written for these families; a fixed number of queries."""
    named = with_counts(rows).select_related("territory__parent", "kelurahan")
    chosen: list[Any] = list(named.order_by("territory__code", "pk")[: MOST + 1])
    if len(chosen) > MOST:
        raise ValidationError(
            _("At most %(n)d families at once. For more, import the list of receivers.")
            % {"n": MOST},
            code="too_many",
        )
    allowed = families.editable(by, chosen)
    planned = list(_planned(chosen, given))
    known = _known(chosen, given)
    clashes = Clashes(book_of(given.programme.kelurahan_id, given.period_from))
    clashes.read([one.pk for one in chosen], [given.programme.pk])
    for one in planned:
        _judge(one, given, known=known, allowed=allowed, clashes=clashes)
    return planned


def _planned(chosen: Sequence[Household], given: Given) -> Iterable[Planned]:
    if given.programme.target == AidTarget.FAMILY:
        yield from (Planned(one, None) for one in chosen)
        return
    people = Member.objects.filter(household__in=chosen, status__in=sorted(LIVING))
    if given.who == HEAD:
        people = people.filter(relation=Relation.HEAD)
    by_family: dict[int, list[Member]] = {}
    for member in people.order_by("relation", "pk"):
        by_family.setdefault(member.household_id, []).append(member)
    for one in chosen:
        members = by_family.get(one.pk, [])
        if not members:
            yield Planned(one, None, refused=_("Nobody of this family is recorded as living here."))
        for member in members:
            member.household = one
            yield Planned(one, member)


def _known(chosen: Sequence[Household], given: Given) -> set[tuple[int, int | None]]:
    rows = AidReceipt.objects.standing().filter(
        programme=given.programme, period_from=given.period_from, household__in=chosen
    )
    return set(rows.values_list("household_id", "member_id"))


def _judge(
    one: Planned, given: Given, *, known: set[Any], allowed: set[int], clashes: Clashes
) -> None:
    if one.refused:
        return
    member_pk = one.member.pk if one.member else None
    if one.household.pk not in allowed:
        one.refused = _("You may not enter aid for this family: another officer does it.")
    elif (one.household.pk, member_pk) in known:
        one.refused = _("This aid for this period is recorded already.")
    elif one.household.status != Household.Status.ACTIVE:
        one.refused = _("This family does not live here any more.")
    else:
        found = clashes.of(one.household.pk, given.programme.pk, given.period)
        one.excluded = [clash.message for clash in found]
        if note := decile_note(given.programme, one.household):
            one.notes.append(note)


def decile_note(programme: AidProgramme, household: Household) -> str:
    """A word on the decile where it does not fit the programme; nothing is refused because of it.

    The caller may show deciles to whoever reads it.
    """
    if programme.max_decile is None:
        return ""
    words = {"programme": programme.name, "most": programme.max_decile, "own": household.decile}
    if household.decile is None:
        return _("%(programme)s is meant for deciles 1–%(most)s; no decile is recorded.") % words
    if household.decile > programme.max_decile:
        return (
            _("%(programme)s is meant for deciles 1–%(most)s; this family has decile %(own)s.")
            % words
        )
    return ""


@dataclass(frozen=True)
class Recorded:
    """How many receipts were written, and how many were left out because of what."""

    written: int
    refused: int
    excluded: int


def record_many(
    rows: QuerySet[Household], given: Given, *, by: User, despite_pair: str = ""
) -> Recorded:
    """Write them in one act. Excluded pairs are left out and counted unless a reason is given.

    Raises PermissionDenied, or ValidationError (too many, a number in the reason, nothing left).
    """
    rights.fresh_mandates(by)
    mandate = mandate_at(given.programme.kelurahan, by, WRITERS)
    if mandate is None:
        raise PermissionDenied(str(_("Aid for many is entered by an officer of the kelurahan.")))
    trail.refuse_identifiers(despite_pair)
    reason = despite_pair.strip()
    with transaction.atomic():
        planned = plan(rows, given, by=by)
        open_ = [one for one in planned if not one.refused]
        taken = [one for one in open_ if reason or not one.excluded]
        if not taken:
            raise ValidationError(_("Nothing of this can be recorded."), code="nothing")
        for one in taken:
            _write(one, given, by=by, reason=reason)
        trail.record(
            chain=given.programme.kelurahan,
            by=by,
            mandate=mandate,
            process="aid",
            move="record_many",
            row=given.programme,
            reason=_("%(n)d receipts from %(day)s")
            % {"n": len(taken), "day": given.period_from.isoformat()},
        )
    return Recorded(len(taken), len(planned) - len(open_), len(open_) - len(taken))


def _write(one: Planned, given: Given, *, by: User, reason: str) -> None:
    assistance.record(
        given.programme,
        one.household,
        by=by,
        member=one.member,
        period_from=given.period_from,
        period_to=given.period_to,
        amount_idr=given.amount_idr,
        goods=given.goods,
        despite_pair=reason if one.excluded else "",
    )


@dataclass(frozen=True)
class Share:
    """What one member of a group received."""

    member: Member
    amount_idr: int | None = None
    goods: str = ""


def record_group(  # noqa: PLR0913 - what a receipt consists of
    programme: AidProgramme,
    shares: Sequence[Share],
    *,
    by: User,
    group_code: str,
    period_from: datetime.date,
    period_to: datetime.date | None = None,
    despite_pair: str = "",
) -> list[AidReceipt]:
    """What a self-help group received, written as one receipt for each member: all or none.

    The caller has checked that `by` may record for the group, whose members may be of any family.
    Raises ValidationError for a group without members, a member named twice or not living here,
    and for whatever `assistance.record` refuses.
    """
    people = [share.member for share in shares]
    if not group_code.strip() or not people:
        raise ValidationError(_("A group has a code and at least one member."), code="no_group")
    if len({person.pk for person in people}) != len(people):
        raise ValidationError(_("A member is named twice."), code="twice")
    if any(person.status not in LIVING for person in people):
        raise ValidationError(_("A member does not live here any more."), code="gone")
    with transaction.atomic():
        return [
            assistance.record(
                programme,
                share.member.household,
                by=by,
                member=share.member,
                period_from=period_from,
                period_to=period_to,
                amount_idr=share.amount_idr,
                goods=share.goods,
                source_kind=AidSource.GROUP,
                source_code=group_code.strip(),
                despite_pair=despite_pair,
            )
            for share in shares
        ]
