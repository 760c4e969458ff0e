"""Writing the staged receipts of a batch, and what its undo needs to know of them."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from households.imports.known import chunks
from households.imports.plan import Plan, StaleRegistry
from households.imports.receipts import FACTS
from households.imports.sealing import sealed_json
from households.models import AidProgramme, AidReceipt, AidSource, ImportBatch, ImportChange
from tkpk.models import User

CHUNK = 500


@dataclass(frozen=True)
class _Staged:
    """One receipt with the keys of its family and person, who are saved by now."""

    said: dict[str, Any]
    household_pk: int
    member_pk: int | None


def write_receipts(plan: Plan, *, batch: ImportBatch, by: User) -> None:
    """Write the receipts of a plan whose families and persons are saved, and journal them.

    In the caller's transaction. Raises StaleRegistry where a receipt or its programme is not what
    the preview was computed from.
    """
    if not plan.receipts:
        return
    staged = _staged(plan)
    _refuse_gone({one.said["programme"] for one in staged}, batch)
    _create([one for one in staged if one.said["pk"] is None], batch, by)
    _change([one.said for one in staged if one.said["pk"]], batch, by)


def _staged(plan: Plan) -> list[_Staged]:
    families = plan.new_families.ids() if any(not p.family.pk for p in plan.receipts) else {}
    members = plan.new_members.ids() if any(not p.member_pk for p in plan.receipts) else {}
    return [
        _Staged(
            said,
            planned.family.pk or families[planned.family.number],
            (planned.member_pk or members[planned.number]) if said["to_person"] else None,
        )
        for planned in plan.receipts
        for said in planned.staged
    ]


def _refuse_gone(programmes: set[int], batch: ImportBatch) -> None:
    known = AidProgramme.objects.filter(kelurahan_id=batch.kelurahan_id, pk__in=programmes)
    if known.count() != len(programmes):
        raise StaleRegistry


def _create(staged: list[_Staged], batch: ImportBatch, by: User) -> None:
    rows = [
        AidReceipt(
            kelurahan_id=batch.kelurahan_id,
            programme_id=one.said["programme"],
            household_id=one.household_pk,
            member_id=one.member_pk,
            period_from=one.said["period_from"],
            source_kind=AidSource.IMPORT,
            source_code=batch.code,
            source_value=one.said["source_value"],
            # Who saved the list said why; the words stand in the trail of the batch.
            despite_pair=batch.code if one.said.get("excluded") else "",
            created_by=by,
            updated_by=by,
            **one.said["new"],
        )
        for one in staged
    ]
    # A receipt that somebody entered meanwhile raises IntegrityError: the preview is old.
    bulk_create_with_history(rows, AidReceipt, batch_size=CHUNK, default_user=by)
    _journal(batch, [(row, None) for row in rows])


def _change(changed: list[dict[str, Any]], batch: ImportBatch, by: User) -> None:
    by_pk = {said["pk"]: said for said in changed}
    rows: list[AidReceipt] = []
    for part in chunks(sorted(by_pk)):
        rows += AidReceipt.objects.filter(pk__in=part).select_for_update(of=("self",))
    if len(rows) != len(by_pk) or any(by_pk[row.pk]["version"] != row.version for row in rows):
        raise StaleRegistry
    before, now = [], timezone.now()
    for row in rows:
        said = by_pk[row.pk]["new"]
        before.append((row, {name: getattr(row, name) for name in [*said, "version"]}))
        for name, value in said.items():
            setattr(row, name, value)
        row.updated_by, row.updated_at, row.version = by, now, row.version + 1
    if rows:
        names = [*FACTS, "updated_by", "updated_at", "version"]
        bulk_update_with_history(rows, AidReceipt, names, batch_size=CHUNK, default_user=by)
    _journal(batch, before)


def _journal(batch: ImportBatch, rows: Any) -> None:
    """Rows with their old values, or None for those that the batch made."""
    changes = []
    for row, old in rows:
        kind = ImportChange.Kind.CREATED if old is None else ImportChange.Kind.CHANGED
        change = ImportChange(
            batch=batch,
            label=AidReceipt._meta.label_lower,
            object_pk=row.pk,
            kind=kind,
            version_after=row.version,
        )
        if old is not None:
            change.blob = sealed_json(old, context=change.blob_context)
        changes.append(change)
    ImportChange.objects.bulk_create(changes, batch_size=CHUNK)
