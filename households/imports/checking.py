"""The first half of an import: read the file, compare it, keep the result. A job may repeat it."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from households.imports import bulk_setting, edited, standing
from households.imports.areas import AreaBook
from households.imports.column_choice import (
    ColumnsNeeded,
    Said,
    ask_for_columns,
    choose,
    said_of,
    sealed_said,
)
from households.imports.content import read_content
from households.imports.edited_examination import examine_edited
from households.imports.examination import Choices, Examination, examine
from households.imports.layout import Layout
from households.imports.probing import SheetProbe
from households.imports.sheet_notes import sealed_columns
from households.imports.staging import sealed_notes, stage_rows
from households.imports.unreadable import UnreadableFile
from households.models import BatchStatus, ImportBatch
from households.workflows.importing import IMPORT_FLOW
from tkpk import files
from tkpk.models import Installation, Territory, User

UNKNOWN_LAYOUT = "unknown_layout"


def _silent(done: int) -> None:
    """For those whom nobody watches."""


def examine_file(
    data: bytes,
    *,
    name: str,
    kelurahan: Territory,
    layout: Layout | str = "",
    fallback: Territory | None = None,
    answers: dict[str, Territory] | None = None,
    **chosen: Any,
) -> Examination:
    """What a file would do, without writing anything. Raises UnreadableFile."""
    if layout == bulk_setting.NAME:
        return bulk_setting.examine_order(data, Choices(AreaBook(kelurahan, layout), **chosen))
    content = read_content(
        data,
        name=name,
        demo=Installation.current().demo,
        today=timezone.localdate(),
        layout=layout,
        # Parsing a long list takes longer than a worker may be silent.
        beat=lambda: chosen.get("beat", _silent)(0),
    )
    book = AreaBook(kelurahan, content.layout, fallback=fallback, answers=answers or {})
    compare = examine_edited if content.layout == edited.NAME else examine
    return compare(content, Choices(book, **chosen))


def check_batch(
    batch: ImportBatch, *, by: User, beat: Callable[[int], None] = lambda done: None
) -> ImportBatch:
    """READING → NEEDS_COLUMNS, NEEDS_AREAS, CHECKED or REFUSED. The registry is not touched."""
    try:
        said, found = _examined(batch, by, beat)
    except ColumnsNeeded as asked:
        return _ask_columns(batch, asked.sheets, by=by)
    except UnreadableFile as error:
        return close_batch("refuse", batch, by=by, problem_code=error.code, problem=error.message)
    move = "ask_areas" if found.unknown_areas or found.unknown_programmes else "present"
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.status != BatchStatus.READING:
            return locked  # discarded meanwhile, or done by the worker before this one
        stage_rows(batch, found)
        counts = {**found.counts, **standing.asked(batch.counts)}
        if move == "ask_areas":
            counts[standing.ASKED_AREAS] = len(found.unknown_areas)
            counts[standing.ASKED_PROGRAMMES] = len(found.unknown_programmes)
        return IMPORT_FLOW.apply(
            move,
            batch,
            by=by,
            changes={
                "layout": found.layout,
                "columns": sealed_said(batch, said),
                "counts": counts,
                "notes": sealed_notes(batch, found),
            },
        )


def _examined(
    batch: ImportBatch, by: User, beat: Callable[[int], None]
) -> tuple[Said | None, Examination]:
    """What was said of the columns, and the comparison. Raises ColumnsNeeded, UnreadableFile."""
    data, name = files.load(batch.source), batch.source.name
    said = said_of(batch)
    if batch.own_columns or said or not batch.layout:
        said = choose(data, name=name, kelurahan=batch.kelurahan, said=said, ask=batch.own_columns)
    try:
        return said, examine_file(
            data,
            name=name,
            kelurahan=batch.kelurahan,
            layout=said.layout() if said else batch.layout,
            fallback=batch.fallback,
            refuse_unknown=batch.areas_asked,
            confirmed=frozenset(batch.confirmed_moves),
            acting_nik_index=by.nik_index,
            beat=beat,
        )
    except UnreadableFile as error:
        if error.code == UNKNOWN_LAYOUT and (asked := ask_for_columns(data, name=name)):
            raise asked from error
        raise


def _ask_columns(batch: ImportBatch, sheets: list[SheetProbe], *, by: User) -> ImportBatch:
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.status != BatchStatus.READING:
            return locked
        batch.rows.all().delete()
        notes = sealed_columns(batch, sheets)
        return IMPORT_FLOW.apply(
            "ask_columns", batch, by=by, changes={"counts": {}, "notes": notes}
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
