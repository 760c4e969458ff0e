"""Batches and their staged rows: how an examination is kept until somebody decides."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from households.imports.examination import Examination, Person
from households.imports.sealing import sealed_json, unsealed_json
from households.models import ImportBatch, ImportCounter, ImportRow
from tkpk import files
from tkpk.models import Territory, User

CHUNK = 500


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
            file_name=name[-200:],
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


def stage_rows(batch: ImportBatch, examination: Examination) -> None:
    """Replace the staged rows; in the caller's transaction."""
    batch.rows.all().delete()
    rows = [_staged(batch, person) for person in examination.persons]
    ImportRow.objects.bulk_create(rows, batch_size=CHUNK)


def _staged(batch: ImportBatch, person: Person) -> ImportRow:
    member, household = person.member, person.household
    row = ImportRow(
        batch=batch,
        position=person.position,
        row_number=person.row.row_number,
        family_number=person.family_number,
        family_key=person.family_key,
        outcome=person.outcome,
        possible_duplicate=person.possible_duplicate,
        awaits_confirmation=person.awaits_confirmation,
        member_pk=member.pk if member else None,
        member_version=member.version if member else None,
        household_pk=household.pk if household else None,
        household_version=household.version if household else None,
    )
    content = {
        "sheet": person.row.sheet,
        "name": person.row.values["name"],
        "kk_number": person.row.values["kk_number"],
        "area": person.row.area.key,
        "changes": person.changes,
        "family_changes": person.family_changes,
        "moves_family": person.moves_family,
        "findings": [finding.as_dict() for finding in person.row.findings],
    }
    row.blob = sealed_json(content, context=row.blob_context)
    return row


def staged_content(row: ImportRow) -> dict[str, Any]:
    return unsealed_json(row.blob, context=row.blob_context)


def sealed_notes(batch: ImportBatch, examination: Examination) -> bytes:
    """Findings about the file, areas to be asked for, and where each sheet has its columns."""
    content = {
        "findings": [finding.as_dict() for finding in examination.notes],
        "areas": examination.unknown_areas,
        "columns": examination.columns,
    }
    return sealed_json(content, context=batch.notes_context)


def notes_of(batch: ImportBatch) -> dict[str, Any]:
    return unsealed_json(batch.notes, context=batch.notes_context) or {
        "findings": [],
        "areas": [],
        "columns": {},
    }
