"""The second half of an import: from staged rows to the registry, in one transaction."""

from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from households.codes import Relation
from households.imports import bulk, journal
from households.imports.collecting import without_collector
from households.imports.heads import set_aside
from households.imports.own_family import OwnFamily, refuse_own_family
from households.imports.plan import (
    Plan,
    PlannedFamily,
    PlannedMember,
    StaleRegistry,
    lock_targets,
    plan_of,
)
from households.imports.receipt_writing import write_receipts
from households.models import (
    BatchStatus,
    Household,
    ImportBatch,
    Member,
)
from households.workflows.importing import IMPORT_FLOW
from households.workflows.registering import MEMBER_FLOW, moves_between
from tkpk.keyring import Keyring, keyring, using
from tkpk.models import KelurahanOffice, User


def apply_batch(
    batch: ImportBatch, *, by: User, beat: Callable[[int], None] = lambda done: None
) -> ImportBatch:
    """APPLYING → APPLIED, or back to READING when the registry is not what the preview showed.

    Safe to run again: a batch that is applied already is returned as it is.
    """
    beat(0)
    keys = keyring()
    # Unsealed and sealed anew before the lock is taken, with the keys looked up once.
    with using(keys), without_collector():
        plan = plan_of(batch, by=by, beat=beat)
    try:
        with transaction.atomic():
            # Two imports of one kelurahan wait for each other here.
            KelurahanOffice.objects.select_for_update().get(territory=batch.kelurahan_id)
            locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            if locked.status != BatchStatus.APPLYING:
                return locked
            _refuse_new_keys(keys)
            with using(keys):
                lock_targets(plan, kelurahan_pk=locked.kelurahan_id)
                refuse_own_family(plan, kelurahan_pk=locked.kelurahan_id, by=by)
                write_plan(plan, batch=locked, by=by)
            return IMPORT_FLOW.apply(
                "save", locked, by=by, changes={"closed_at": timezone.now(), "problem_code": ""}
            )
    except OwnFamily:
        # Computed anew for this officer, the preview refuses what another one has to save.
        return IMPORT_FLOW.apply("renew", batch, by=by, changes={"problem_code": "own_family"})
    except (StaleRegistry, IntegrityError):
        # Somebody was faster: nothing was written, and what is shown must be computed anew.
        return IMPORT_FLOW.apply(
            "renew", batch, by=by, changes={"problem_code": "changed_since_preview"}
        )
    finally:
        plan.drop()


def _refuse_new_keys(prepared_with: Keyring) -> None:
    """What was prepared before a rotation of the keys has the old blind indexes."""
    if keyring() != prepared_with:
        raise StaleRegistry


def write_plan(plan: Plan, *, batch: ImportBatch, by: User) -> None:
    """Write in the order that keeps "one head a family" true after every statement."""
    reason = _("Import %(code)s") % {"code": batch.code}
    changed = plan.changed
    homes = [family for family in plan.families if family.pk and family.changes]
    old = journal.old_values(Member, [(m.pk, m.fields()) for m in changed])
    old += journal.old_values(Household, [(f.pk or 0, tuple(f.changes)) for f in homes])
    _create_families(plan, by)
    _update_families(homes, by)
    _change_states([member for member in changed if member.leaves], by=by, reason=reason)
    _update_members(changed, by)
    _change_states([member for member in changed if member.returns], by=by, reason=reason)
    _create_members(plan, by)
    write_receipts(plan, batch=batch, by=by)
    journal.note_created(plan.new_families, batch)
    journal.note_created(plan.new_members, batch)
    journal.note_changed(old, batch)


def _create_families(plan: Plan, by: User) -> None:
    plan.new_families.give_ids()
    bulk.insert_families(plan.new_families, user_pk=by.pk)
    if any(member.moves_family and not member.family.pk for member in plan.members):
        ids = plan.new_families.ids()
        for family in plan.families:
            family.pk = family.pk or ids[family.number]


def _update_families(families: list[PlannedFamily], by: User) -> None:
    rows = [(f.pk or 0, {name: new for name, (_old, new) in f.changes.items()}) for f in families]
    bulk.update_by_columns(Household, rows, user_pk=by.pk)


def _update_members(members: list[PlannedMember], by: User) -> None:
    written = [member for member in members if member.direct_fields()]
    stepping_down = [m for m in written if m.changes.get("relation", [None])[0] == Relation.HEAD]
    down = {member.pk for member in stepping_down}
    rising = [member for member in written if member.pk not in down]
    aside = set_aside(m.pk for m in rising if m.moves_family and "relation" not in m.changes)
    for group in (stepping_down, rising):
        # Who leaves a family makes room there before somebody takes the place.
        for moving in (True, False):
            chosen = [m for m in group if m.moves_family == moving]
            rows = [(m.pk, {**m.values(), **aside.get(m.pk, {})}) for m in chosen]
            bulk.update_by_columns(Member, rows, user_pk=by.pk)


def _change_states(members: list[PlannedMember], *, by: User, reason: str) -> None:
    today = timezone.localdate()
    for member in members:
        for move in moves_between(*member.changes["status"]):
            MEMBER_FLOW.apply(
                move, Member(pk=member.pk), by=by, reason=reason, changes={"status_on": today}
            )


def _create_members(plan: Plan, by: User) -> None:
    plan.new_members.give_ids()
    bulk.insert_members(plan.new_members, plan.new_families, user_pk=by.pk)
