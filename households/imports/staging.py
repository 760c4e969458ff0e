"""Batches and their staged rows: how an examination is kept until somebody decides."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from households.imports.collecting import without_collector
from households.imports.comparison import person_changes
from households.imports.copying import copy_rows
from households.imports.examination import Examination, Person
from households.imports.sealing import sealed_json, unsealed_json
from households.models import ImportBatch, ImportCounter, ImportRow, Outcome
from tkpk import files
from tkpk.keyring import keyring, using
from tkpk.models import Territory, User
from tkpk.nik import mask_identifiers


def start_batch(  # noqa: PLR0913 - what an officer chooses on one form
    data: bytes,
    *,
    name: str,
    kelurahan: Territory,
    by: User,
    content_type: str = "application/octet-stream",
    fallback: Territory | None = None,
    all_or_nothing: bool = False,
    layout: str = "",
    areas_asked: bool = False,
) -> ImportBatch:
    """Store the file encrypted and open a batch for it, in the caller's transaction."""
    with transaction.atomic():
        # The document carries the code and the kind of file in clear, never the name it came with.
        code = next_code(kelurahan)
        suffix = name.rsplit(".", 1)[-1].lower()[:5] if "." in name else "dat"
        source = files.store(
            data,
            name=f"{code}.{suffix}",
            content_type=content_type,
            kelurahan=kelurahan,
            by=by,
        )
        return ImportBatch.objects.create(
            kelurahan=kelurahan,
            code=code,
            source=source,
            # It is shown in the list of imports, where a number is masked as everywhere.
            file_name=mask_identifiers(name)[-200:],
            source_sha256=source.sha256,
            layout=layout,
            fallback=fallback,
            areas_asked=areas_asked,
            all_or_nothing=all_or_nothing,
            created_by=by,
            updated_by=by,
        )


def next_code(kelurahan: Territory) -> str:
    """`I-2026-0007`: one counter per kelurahan and year, its row locked."""
    year = timezone.localdate().year
    ImportCounter.objects.get_or_create(kelurahan=kelurahan, year=year)
    counter = ImportCounter.objects.select_for_update().get(kelurahan=kelurahan, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return str(counter)


_COLUMNS = (
    *("batch_id", "position", "row_number", "family_number", "family_key", "outcome"),
    *("possible_duplicate", "awaits_confirmation", "member_pk", "member_version"),
    *("household_pk", "household_version", "blob"),
)


def stage_rows(batch: ImportBatch, examination: Examination) -> None:
    """Replace the staged rows; in the caller's transaction."""
    batch.rows.all().delete()
    with using(keyring()), without_collector():  # keys are looked up once, not once a row
        rows = (_staged(batch, person) for person in examination.persons)
        copy_rows(ImportRow._meta.db_table, _COLUMNS, rows)


def _staged(batch: ImportBatch, person: Person) -> tuple[Any, ...]:
    member, household = person.member, person.household
    return (
        batch.pk,
        person.position,
        person.row.row_number,
        person.family_number,
        person.family_key,
        person.outcome.value,
        person.possible_duplicate,
        person.awaits_confirmation,
        member.pk if member else None,
        member.version if member else None,
        household.pk if household else None,
        household.version if household else None,
        sealed_json(_content(person), context=ImportRow.context_of(batch.pk, person.position)),
    )


def _content(person: Person) -> dict[str, Any]:
    row, is_new = person.row, person.outcome == Outcome.NEW
    content = {
        "sheet": row.sheet,
        "name": row.values["name"] or (person.member.name if person.member else ""),
        "kk_number": row.values["kk_number"],
        "area": row.area.key,
        "changes": person_changes(row, None) if is_new else person.changes,
        "family_changes": person.family_changes,
        "moves_family": person.moves_family,
        "findings": [finding.as_dict() for finding in row.findings],
    }
    # Most rows have neither.
    if person.receipts:
        content["receipts"] = person.receipts
    if person.beside:
        content["beside"] = person.beside
    return content


def staged_content(row: ImportRow) -> dict[str, Any]:
    return unsealed_json(row.blob, context=row.blob_context)


def sealed_notes(batch: ImportBatch, examination: Examination) -> bytes:
    """Findings about the file, areas to be asked for, and where each sheet has its columns."""
    content = {
        "findings": [finding.as_dict() for finding in examination.notes],
        "areas": examination.unknown_areas,
        "programmes": examination.unknown_programmes,
        "columns": examination.columns,
    }
    return sealed_json(content, context=batch.notes_context)


def notes_of(batch: ImportBatch) -> dict[str, Any]:
    return unsealed_json(batch.notes, context=batch.notes_context) or {
        "findings": [],
        "areas": [],
        "programmes": [],
        "columns": {},
    }
