"""Transfers of persons between two kelurahan: asking, letting go, receiving.

Nothing changes before the receiving side accepts. Then, in one transaction, the persons leave the
one kelurahan and arrive in the other: the old rows stay as "moved away", new rows are entered.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from households import families
from households.events import recording
from households.events.acts import Told
from households.events.checks import living_in, pick, refuse
from households.models import (
    EventKind,
    Household,
    LifeEvent,
    Member,
    Transfer,
    TransferPerson,
    TransferStatus,
)
from households.models.transfer import OPEN
from households.workflows.transferring import (
    DESTINATION_FLOW,
    ORIGIN_FLOW,
    make_move,
    note,
    other_side,
    own_persons,
)
from tkpk import rights, trail
from tkpk.models import Territory, User
from tkpk.workflow import Workflow

# What the receiving kelurahan needs to know who somebody is and to serve them: what a family card
# says, and school and work. Health, income, insurance and the numbers of other papers were told to
# the one office for its own purpose; the new one asks the person.
CARRIED = (
    "birth_place",
    "birth_date",
    "sex",
    "religion",
    "marital_status",
    "citizenship",
    "father_name",
    "mother_name",
    "education",
    "education_current",
    "work",
    "main_activity",
)


@dataclass
class Release:
    """What the origin writes down when it lets persons go."""

    household: Household
    people: list[int]
    on: date
    document_kind: str
    document_number: str = ""
    note: str = ""
    new_head: int | None = None


@dataclass
class Arrival:
    """Where the receiving side takes them in: a family that is there, or a new one."""

    household: Household | None
    relations: dict[int, int] = field(default_factory=dict)
    new_family: Household | None = None


# --- asking and offering ---------------------------------------------------------------------
def offer(release: Release, *, destination: Territory, by: User) -> Transfer:
    """The origin offers persons to another kelurahan. Raises PermissionDenied, ValidationError."""
    origin = release.household.kelurahan
    transfer = Transfer(
        kelurahan=origin, origin=origin, destination=destination, created_by=by, updated_by=by
    )
    if origin == destination:
        refuse("destination", _("Choose another kelurahan than your own."), code="same")
    with transaction.atomic():
        changes = _released(transfer, release, by=by)
        for name, value in changes.items():
            setattr(transfer, name, value)
        transfer.status = TransferStatus.OFFERED
        transfer.save()
        _put_people(transfer, release)
        _open_in_both_chains(transfer, "offer", flow=ORIGIN_FLOW, by=by)
    return transfer


def ask(  # noqa: PLR0913 - what a request consists of
    *,
    origin: Territory,
    destination: Territory,
    nik: str,
    name: str,
    on: date,
    document_kind: str,
    document_number: str = "",
    remark: str = "",
    by: User,
) -> Transfer:
    """The receiving side asks for somebody by what the card at its counter says.

    It is not told whether the other side knows the person. The same request sent twice is one.
    """
    if origin == destination:
        refuse("origin", _("Choose another kelurahan than your own."), code="same")
    trail.refuse_identifiers(remark)
    transfer = Transfer(
        kelurahan=destination,
        origin=origin,
        destination=destination,
        asked_nik=nik,
        asked_name=name,
        on=on,
        document_kind=document_kind,
        document_number=document_number,
        note=remark,
        status=TransferStatus.REQUESTED,
        created_by=by,
        updated_by=by,
    )
    _require_officer(transfer, DESTINATION_FLOW, by)
    with transaction.atomic():
        if earlier := _asked_before(transfer):
            return earlier
        transfer.save()
        _open_in_both_chains(transfer, "ask", flow=DESTINATION_FLOW, by=by)
    return transfer


SAID = ("asked_name", "on", "document_kind", "document_number", "note", "status")


def _asked_before(transfer: Transfer) -> Transfer | None:
    """The same request, sent twice by one press too many; another one for the person is refused.

    NIKs are stored encrypted, so the few open requests between the two places are read.
    """
    # One request of a kelurahan at a time: the second of two equal ones sees the first.
    Territory.objects.select_for_update().get(pk=transfer.destination_id)
    standing = Transfer.objects.filter(
        origin=transfer.origin, destination=transfer.destination, status__in=OPEN
    )
    for earlier in standing:
        if not earlier.asked_nik or earlier.asked_nik != transfer.asked_nik:
            continue
        if all(getattr(earlier, name) == getattr(transfer, name) for name in SAID):
            return earlier
        words = _("This person is asked for already, in %(code)s.") % {"code": earlier.code}
        refuse("nik", words, code="asked_twice")
    return None


def release(transfer: Transfer, told: Release, *, by: User) -> Transfer:
    """The origin agrees to a request and says who goes."""
    with transaction.atomic():
        changes = _released(transfer, told, by=by)
        moved = make_move("release", transfer, by=by, changes=changes)
        _put_people(moved, told)
    return moved


def _require_officer(transfer: Transfer, flow: Workflow[Transfer], by: User) -> None:
    rights.fresh_mandates(by)
    if not rights.holds(by, families.EDITORS, code=flow.place(transfer).code):
        raise PermissionDenied(
            str(_("No mandate of yours that is valid today allows entering data here."))
        )
    if reasons := own_persons(transfer, by):
        raise PermissionDenied("; ".join(reasons))


def _open_in_both_chains(
    transfer: Transfer, name: str, *, flow: Workflow[Transfer], by: User
) -> None:
    for side in (flow, other_side(flow)):
        note(transfer, name, flow=side, by=by)


def _released(transfer: Transfer, told: Release, *, by: User) -> dict[str, Any]:
    """Check a release by what it would do at the origin; the fields that it sets."""
    if told.household.kelurahan_id != transfer.origin_id:
        refuse("people", _("Choose a family of your own kelurahan."), code="family")
    recording.preview(EventKind.MOVE_OUT, told.household, _departure(told, transfer), by=by)
    people = pick(living_in(told.household), told.people, field="people")
    list(Member.objects.select_for_update(of=("self",)).filter(pk__in=told.people).order_by("pk"))
    waiting = TransferPerson.objects.filter(member__in=people, transfer__status__in=sorted(OPEN))
    for other in waiting.exclude(transfer=transfer.pk or 0).select_related("transfer")[:1]:
        text = _("Transfer %(code)s with one of these persons waits already.")
        refuse("people", text % {"code": other.transfer.code}, code="waits")
    return {
        "household": told.household,
        "on": told.on,
        "document_kind": told.document_kind,
        "document_number": told.document_number,
        "note": told.note or transfer.note,
        "new_head_id": told.new_head,
        "released_by": by,
        "released_at": timezone.now(),
    }


def _departure(told: Release, transfer: Transfer) -> Told:
    return Told(
        on=told.on,
        document_kind=told.document_kind,
        document_number=told.document_number,
        note=told.note,
        people=told.people,
        new_head=told.new_head,
        destination=transfer.destination.name,
        transfer=transfer if transfer.pk else None,
    )


def _put_people(transfer: Transfer, told: Release) -> None:
    TransferPerson.objects.bulk_create(
        TransferPerson(transfer=transfer, member_id=pk) for pk in sorted(set(told.people))
    )


# --- receiving -------------------------------------------------------------------------------
def people_of(transfer: Transfer) -> list[TransferPerson]:
    rows = transfer.people.select_related("member", "arrived")
    return list(rows.order_by("member__relation", "member__birth_date", "member_id"))


def arriving(transfer: Transfer, arrival: Arrival) -> list[Member]:
    """The rows that would be entered at the receiving side, unsaved, in the order of `people_of`.

    They carry `CARRIED`, name and NIK, and nothing else.
    """
    found = []
    for person in people_of(transfer):
        member = Member(relation=arrival.relations.get(person.member_id) or person.member.relation)
        member.set_name(person.member.name)
        member.set_nik(person.member.nik)
        for column in CARRIED:
            setattr(member, column, getattr(person.member, column))
        found.append(member)
    return found


def accept(transfer: Transfer, arrival: Arrival, *, by: User) -> Transfer:
    """Receive the persons: they leave the origin and arrive here, or nothing happens.

    The origin's part is the act of the officer who let them go, so it needs that officer's right
    today. Raises PermissionDenied or ValidationError.
    """
    home = arrival.household or arrival.new_family
    if home is None or home.kelurahan_id != transfer.destination_id:
        refuse("household", _("Choose a family or a place of your own kelurahan."), code="family")
    with recording.told_when_taken():
        moved = make_move("accept", transfer, by=by)
        _leave(moved)
        arrived = arriving(moved, arrival)
        told = Told(
            on=moved.on,
            document_kind=moved.document_kind,
            document_number=moved.document_number,
            newcomers=arrived,
            destination=moved.origin.name,
            new_family=arrival.new_family,
            transfer=moved,
        )
        recording.record(EventKind.MOVE_IN, arrival.household, told, by=by)
        for person, member in zip(people_of(moved), arrived, strict=True):
            person.arrived = member
            person.save(update_fields=["arrived"])
    return moved


def _leave(transfer: Transfer) -> LifeEvent:
    """What follows at the origin; what stands in its way there is not told here."""
    assert transfer.household is not None  # noqa: S101 - a constraint holds it for offers
    assert transfer.released_by is not None  # noqa: S101 - likewise
    told = Release(
        household=transfer.household,
        people=[person.member_id for person in people_of(transfer)],
        on=transfer.on,
        document_kind=transfer.document_kind,
        document_number=transfer.document_number,
        note=transfer.note,
        new_head=transfer.new_head_id,
    )
    try:
        return recording.record(
            EventKind.MOVE_OUT,
            transfer.household,
            _departure(told, transfer),
            by=transfer.released_by,
        )
    except (PermissionDenied, ValidationError) as error:
        raise ValidationError(
            _(
                "Something has changed in the kelurahan of origin since it let them go. Decline, "
                "and ask it to offer them again."
            ),
            code="origin_changed",
        ) from error
