"""The second half of an import: from staged rows to the registry, in one transaction."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from households.codes import Relation
from households.imports.plan import Plan, PlannedMember, StaleRegistry, lock_targets, plan_of
from households.imports.sealing import sealed_json
from households.imports.staging import CHUNK
from households.models import (
    BatchStatus,
    Household,
    ImportBatch,
    ImportChange,
    Member,
)
from households.workflows.importing import IMPORT_FLOW
from households.workflows.registering import MEMBER_FLOW, MOVE_TO
from tkpk.models import KelurahanOffice, User


def apply_batch(
    batch: ImportBatch, *, by: User, beat: Callable[[int], None] = lambda done: None
) -> ImportBatch:
    """APPLYING → APPLIED, or back to READING when the registry is not what the preview showed.

    Safe to run again: a batch that is applied already is returned as it is.
    """
    plan = plan_of(batch)  # unsealed before the lock is taken
    beat(0)
    try:
        with transaction.atomic():
            # Two imports of one kelurahan wait for each other here.
            KelurahanOffice.objects.select_for_update().get(territory=batch.kelurahan_id)
            locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            if locked.status != BatchStatus.APPLYING:
                return locked
            lock_targets(plan, kelurahan=batch.kelurahan)
            changes = write_plan(plan, batch=locked, by=by)
            ImportChange.objects.bulk_create(changes, batch_size=CHUNK)
            return IMPORT_FLOW.apply(
                "save", locked, by=by, changes={"closed_at": timezone.now(), "problem_code": ""}
            )
    except (StaleRegistry, IntegrityError):
        # Somebody was faster: nothing was written, and what is shown must be computed anew.
        return IMPORT_FLOW.apply(
            "renew", batch, by=by, changes={"problem_code": "changed_since_preview"}
        )


def write_plan(plan: Plan, *, batch: ImportBatch, by: User) -> list[ImportChange]:
    """Write in the order that keeps "one head a family" true after every statement."""
    reason = _("Import %(code)s") % {"code": batch.code}
    journal = _Journal(batch)
    for member in plan.members:
        if member.pk:
            journal.note_old(member.row, member.fields())
    for family in plan.families:
        if family.pk and family.changes:
            journal.note_old(family.row, list(family.changes))
    _create_families(plan, batch, by)
    _update_families(plan, by)
    _change_states([m for m in plan.changed if m.leaves], by=by, reason=reason)
    _update_members(plan, by)
    _change_states([m for m in plan.changed if m.returns], by=by, reason=reason)
    created = [member for member in plan.members if not member.pk]
    _create_members(created, batch, by)
    for family in plan.families:
        if not family.pk:
            journal.created(family.row)
    for member in created:
        journal.created(member.row)
    return journal.finish()


def _create_families(plan: Plan, batch: ImportBatch, by: User) -> None:
    fresh = [family.row for family in plan.families if not family.pk]
    for row in fresh:
        row.kelurahan = batch.kelurahan
        row.created_by = row.updated_by = by
    bulk_create_with_history(fresh, Household, batch_size=CHUNK, default_user=by)


def _update_families(plan: Plan, by: User) -> None:
    changed = [family for family in plan.families if family.pk and family.changes]
    rows = [family.row for family in changed]
    names = sorted({name for family in changed for name in family.changes})
    _update(rows, Household, names, by)


def _update_members(plan: Plan, by: User) -> None:
    changed = [member for member in plan.changed if member.direct_fields()]
    stepping_down = [
        member
        for member in changed
        if "relation" in member.changes and member.changes["relation"][0] == Relation.HEAD
    ]
    others = [member for member in changed if member not in stepping_down]
    for group in (stepping_down, others):
        names = sorted({name for member in group for name in member.direct_fields()})
        for member in group:
            member.put_changes()
        _update([member.row for member in group], Member, names, by)


def _update(rows: list[Any], model: type[Any], names: list[str], by: User) -> None:
    if not rows:
        return
    now = timezone.now()
    for row in rows:
        row.updated_by, row.updated_at, row.version = by, now, row.version + 1
    fields = [*names, "updated_by", "updated_at", "version"]
    bulk_update_with_history(rows, model, fields, batch_size=CHUNK, default_user=by)


def _change_states(members: list[PlannedMember], *, by: User, reason: str) -> None:
    today = timezone.localdate()
    for member in members:
        move = MOVE_TO[member.changes["status"][1]]
        fresh = MEMBER_FLOW.apply(
            move, member.row, by=by, reason=reason, changes={"status_on": today}
        )
        # The other fields still wait on this object, so it learns only what the move wrote.
        for name in ("status", "status_on", "version", "updated_at", "updated_by"):
            setattr(member.row, name, getattr(fresh, name))


def _create_members(members: list[PlannedMember], batch: ImportBatch, by: User) -> None:
    for member in members:
        row = member.row
        row.kelurahan = batch.kelurahan
        row.household = member.family.row
        row.created_by = row.updated_by = by
    rows = [member.row for member in members]
    bulk_create_with_history(rows, Member, batch_size=CHUNK, default_user=by)


class _Journal:
    """What undo will need, collected while the batch is written."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.old: list[tuple[Any, dict[str, Any]]] = []
        self.fresh: list[Any] = []

    def note_old(self, row: Any, names: list[str]) -> None:
        if names:
            # The version too: an undo leads back to it, for the import before this one.
            self.old.append((row, {name: getattr(row, name) for name in [*names, "version"]}))

    def created(self, row: Any) -> None:
        self.fresh.append(row)

    def _change(self, row: Any, kind: str) -> ImportChange:
        return ImportChange(
            batch=self.batch,
            label=row._meta.label_lower,
            object_pk=row.pk,
            kind=kind,
            version_after=row.version,
        )

    def finish(self) -> list[ImportChange]:
        changes = [self._change(row, ImportChange.Kind.CREATED) for row in self.fresh]
        for row, values in self.old:
            change = self._change(row, ImportChange.Kind.CHANGED)
            change.blob = sealed_json(values, context=change.blob_context)
            changes.append(change)
        return changes
