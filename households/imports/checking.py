"""The first half of an import: read the file, compare it, keep the result. A job may repeat it."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from households.imports.areas import AreaBook
from households.imports.content import read_content
from households.imports.examination import Choices, Examination, examine
from households.imports.staging import sealed_notes, stage_rows
from households.imports.unreadable import UnreadableFile
from households.models import BatchStatus, ImportBatch
from households.workflows.importing import IMPORT_FLOW
from tkpk import files
from tkpk.models import Installation, Territory, User


def examine_file(
    data: bytes,
    *,
    name: str,
    kelurahan: Territory,
    layout: str = "",
    fallback: Territory | None = None,
    answers: dict[str, Territory] | None = None,
    **chosen: Any,
) -> Examination:
    """What a file would do, without writing anything. Raises UnreadableFile."""
    content = read_content(
        data,
        name=name,
        demo=Installation.current().demo,
        today=timezone.localdate(),
        layout=layout,
    )
    book = AreaBook(kelurahan, content.layout, fallback=fallback, answers=answers or {})
    return examine(content, Choices(book, **chosen))


def check_batch(
    batch: ImportBatch, *, by: User, beat: Callable[[int], None] = lambda done: None
) -> ImportBatch:
    """READING → NEEDS_AREAS, CHECKED or REFUSED. The registry is not touched."""
    try:
        found = examine_file(
            files.load(batch.source),
            name=batch.source.name,
            kelurahan=batch.kelurahan,
            layout=batch.layout,
            fallback=batch.fallback,
            refuse_unknown=batch.areas_asked,
            confirmed=frozenset(batch.confirmed_moves),
            acting_nik_index=by.nik_index,
            beat=beat,
        )
    except UnreadableFile as error:
        return close_batch("refuse", batch, by=by, problem_code=error.code, problem=error.message)
    move = "ask_areas" if found.unknown_areas else "present"
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.status != BatchStatus.READING:
            return locked  # discarded meanwhile, or done by the worker before this one
        stage_rows(batch, found)
        return IMPORT_FLOW.apply(
            move,
            batch,
            by=by,
            changes={
                "layout": found.layout,
                "counts": found.counts,
                "notes": sealed_notes(batch, found),
            },
        )


def close_batch(
    move: str, batch: ImportBatch, *, by: User, reason: str = "", **changes: Any
) -> ImportBatch:
    """A move that ends the batch; staged rows of what is never saved go at once."""
    with transaction.atomic():
        if move in {"discard", "refuse", "undo"}:
            batch.rows.all().delete()
            changes["notes"] = b""
        return IMPORT_FLOW.apply(
            move, batch, by=by, reason=reason, changes={"closed_at": timezone.now(), **changes}
        )
