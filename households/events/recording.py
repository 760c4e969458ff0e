"""Life events of families: what would follow, writing them down, taking them back.

Each event is one act in one transaction: its own row, everything that follows from it, and its
entry in the trail stand or fall together.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from households import families
from households.events.acts import Act, Plan, Told
from households.events.identity import plan_correction, plan_return
from households.events.plans import (
    plan_birth,
    plan_death,
    plan_head,
    plan_join,
    plan_move_in,
    plan_move_out,
    plan_split,
)
from households.imports.sealing import sealed_json
from households.models import (
    EventFamily,
    EventKind,
    EventPerson,
    Household,
    HouseholdStatus,
    LifeEvent,
    Member,
    MemberStatus,
)
from households.workflows.life_events import LABELS, LIFE_EVENT_FLOW, ledger_of
from households.workflows.registering import moves_between
from tkpk import files, rights, trail
from tkpk.encryption import blind_index
from tkpk.models import Document, User

PLANS: dict[str, Callable[[Any, Told], Plan]] = {
    EventKind.BIRTH: plan_birth,
    EventKind.DEATH: plan_death,
    EventKind.MOVE_OUT: plan_move_out,
    EventKind.MOVE_IN: plan_move_in,
    EventKind.SPLIT: plan_split,
    EventKind.JOIN: plan_join,
    EventKind.HEAD: plan_head,
    EventKind.CORRECTION: plan_correction,
    EventKind.RETURN: plan_return,
}
# What other parts do in the same transaction, called with the event and `by`.
AFTER_EVENT: list[Callable[..., None]] = []
AFTER_CANCELLING: list[Callable[..., None]] = []


# --- asking ----------------------------------------------------------------------------------
def preview(kind: str, household: Household | None, told: Told, *, by: User) -> Plan:
    """What would follow from the event. Raises PermissionDenied, or ValidationError by field."""
    trail.refuse_identifiers(told.note)
    trail.refuse_identifiers(told.destination)
    rights.fresh_mandates(by)
    given = [found for found in (household, told.other_family, told.new_family) if found]
    # Before anything is said about the families: what stands in the way is not for strangers.
    for family in given:
        if refusals := families.edit_refusals(by, family):
            raise PermissionDenied("; ".join(refusals))
    plan = PLANS[kind](household, told)
    corrected = blind_index("nik", told.identity.get("nik") or "")
    for member, _role in plan.people:
        if by.nik_index and by.nik_index in (member.nik_index, corrected):
            raise PermissionDenied(str(_("This is your own NIK: another officer has to do it.")))
    return plan


@contextmanager
def told_when_taken() -> Iterator[None]:
    """Turn the constraint that lost a race into a sentence, and write nothing."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise ValidationError(
            _("Somebody has just saved the same number or another head. Look at it again."),
            code="taken",
        ) from error


def _lock(household: Household | None, told: Told) -> Household | None:
    """The families as they stand now, locked with their members, in the order of their keys."""
    keys = {found.pk for found in (household, told.other_family) if found is not None}
    rows = Household.objects.select_for_update(of=("self",)).select_related(
        "territory__parent", "kelurahan"
    )
    fresh = {row.pk: row for row in rows.filter(pk__in=keys).order_by("pk")}
    members = Member.objects.select_for_update(of=("self",)).filter(household__in=keys)
    list(members.order_by("pk").values_list("pk", flat=True))
    if told.other_family is not None:
        told.other_family = fresh[told.other_family.pk]
    return None if household is None else fresh[household.pk]


# --- acting ----------------------------------------------------------------------------------
class OtherConsequences(Exception):
    """Something changed since the officer was shown what would follow. Nothing is written."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("other consequences")
        self.plan = plan


def record(
    kind: str, household: Household | None, told: Told, *, by: User, seen: str | None = None
) -> LifeEvent:
    """Write an event down with everything that follows from it.

    `household` is the family where it happened; None for a new family that moves in. `seen` is the
    mark of the plan that was confirmed.
    Raises PermissionDenied, ValidationError by field, or OtherConsequences; nothing is written
    then.
    """
    with told_when_taken():
        family = _lock(household, told)
        plan = preview(kind, family, told, by=by)
        if seen is not None and seen != plan.mark:
            raise OtherConsequences(plan)
        if plan.place.pk is None:
            plan.place.created_by = plan.place.updated_by = by
            plan.place.save()
        event = _write_down(kind, plan, told, by=by)
        act = Act(event, by)
        for step in plan.steps:
            step.run(act)
        _link(event, plan)
        event.changes = sealed_json(act.ledger(), context=event.changes_context)
        event.save(update_fields=["changes"])
        for follow in AFTER_EVENT:
            follow(event, by=by)
        _trail(event, f"record_{kind.lower()}", by=by)
    return event


def _write_down(kind: str, plan: Plan, told: Told, *, by: User) -> LifeEvent:
    return LifeEvent.objects.create(
        kelurahan=plan.place.kelurahan,
        kind=kind,
        on=told.on,
        household=plan.place,
        document_kind=told.document_kind,
        document_number=told.document_number,
        destination=told.destination,
        note=told.note,
        transfer=told.transfer,
        created_by=by,
        updated_by=by,
    )


def _link(event: LifeEvent, plan: Plan) -> None:
    EventPerson.objects.bulk_create(
        EventPerson(event=event, member=member, role=role) for member, role in plan.people
    )
    EventFamily.objects.bulk_create(
        EventFamily(event=event, household=household, role=role)
        for household, role in plan.families
    )


def _trail(event: LifeEvent, move: str, *, by: User) -> None:
    mandate = families.editor_mandate(by, event.household)
    LIFE_EVENT_FLOW.note(event, move, by=by, mandate=mandate)


def attach_scan(event: LifeEvent, data: bytes, *, kind: str, by: User) -> Document:
    """Keep the scan of the event's document; an earlier one's bytes go. `kind` is its MIME type.

    It gets a name of ours: what a phone or an officer calls the photo of a card may hold the
    person's name or NIK, and the name of a file lies in clear and stands in the trail.
    """
    name = f"{event.code}-dokumen.{kind.rsplit('/', 1)[-1]}"
    with transaction.atomic():
        locked = LifeEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
        rights.fresh_mandates(by)
        if refusals := families.edit_refusals(by, locked.household):
            raise PermissionDenied("; ".join(refusals))
        former, kelurahan = locked.scan, locked.kelurahan
        locked.scan = files.store(data, name=name, content_type=kind, kelurahan=kelurahan, by=by)
        locked.version += 1
        locked.updated_by = by
        locked.save()
        _trail(locked, "attach_scan", by=by)
        if former:
            files.remove(former)
    return locked.scan


# --- taking back -----------------------------------------------------------------------------
def cancel(event: LifeEvent, *, by: User, reason: str) -> LifeEvent:
    """Take an event back: every row gets its old values, what it created is set aside.

    Raises PermissionDenied, or ValidationError, naming what was built on it later.
    """
    with told_when_taken():
        touched = Household.objects.filter(life_events__event=event).distinct()
        # In the order in which whoever records an event takes its locks.
        for family in touched.order_by("pk"):
            _lock(family, Told(on=event.on, document_kind=event.document_kind))
        cancelled = LIFE_EVENT_FLOW.apply("cancel", event, by=by, reason=reason)
        _take_back(cancelled, Act(cancelled, by))
        for follow in AFTER_CANCELLING:
            follow(cancelled, by=by)
    return cancelled


def _take_back(event: LifeEvent, act: Act) -> None:
    """First what frees a NIK or the place of head, then what takes it again."""
    entries = [(entry, _row(entry)) for entry in ledger_of(event)]
    people = [(entry, row) for entry, row in entries if isinstance(row, Member)]
    homes = [(entry, row) for entry, row in entries if isinstance(row, Household)]
    today = timezone.localdate()
    for entry, member in people:
        if entry["created"]:
            act.move("invalidate", member, on=today)
    for entry, home in homes:
        if entry["old"].get("status") == HouseholdStatus.ACTIVE:
            act.move("reopen", home, on=entry["old"].get("status_on", home.status_on))
    changed = [(entry["old"], member) for entry, member in people if not entry["created"]]
    for old, member in sorted(changed, key=lambda pair: not pair[1].is_head):
        _restore(member, old, act)
    for entry, home in homes:
        if entry["created"] or entry["old"].get("status") == HouseholdStatus.CLOSED:
            since = today if entry["created"] else entry["old"].get("status_on", home.status_on)
            act.move("close", home, on=since)


def _row(entry: dict[str, Any]) -> Member | Household:
    rows = LABELS[entry["label"]]._default_manager
    return rows.select_related("kelurahan").get(pk=entry["pk"])


def _restore(member: Member, old: dict[str, Any], act: Act) -> None:
    values = {name: value for name, value in old.items() if name not in ("status", "status_on")}
    target = old.get("status", member.status)
    # Who is to leave again leaves first; who is to come back gets the old facts first.
    leaves_first = target != MemberStatus.ACTIVE
    if values and not leaves_first:
        act.change(member, **values)
    if target != member.status:
        for move in moves_between(member.status, target):
            act.move(move, member, on=old.get("status_on", member.status_on))
    if values and leaves_first:
        act.change(member, **values)
