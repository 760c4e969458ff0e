"""The page on which an officer says what the columns of a list mean."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from households.forms.columns import ColumnsForm
from households.imports.column_choice import (
    MAPPED,
    Said,
    remember_columns,
    remembered_for,
    said_of,
    sealed_said,
)
from households.imports.probing import probe
from households.imports.programmes import make_programme
from households.imports.sheet_notes import SheetNote, note_of, sheets_of
from households.models import BatchStatus, ImportBatch
from households.views.import_batches import batch_for, move_to_job
from tkpk import drafts, files
from tkpk.requests import FORM_METHODS, StaffRequest, whole_number


@never_cache
@FORM_METHODS
def import_columns(request: StaffRequest, pk: int) -> HttpResponse:
    batch = batch_for(request, pk)
    if batch.status != BatchStatus.NEEDS_COLUMNS:
        return redirect("import_detail", pk)
    sheets = sheets_of(batch)
    number, sheet = _chosen_sheet(request, batch, sheets)
    before = said_of(batch) or remembered_for(batch.kelurahan, sheet.signatures)
    if before and before.signature not in sheet.signatures:
        before = None
    options: dict[str, Any] = {"sheet": sheet, "kelurahan": batch.kelurahan, "before": before}
    if request.method == "POST":
        form = ColumnsForm(request.POST, **options)
        if form.is_valid() and _answered(request, batch, form):
            return redirect("import_detail", pk)
    else:
        kept = drafts.restore(request)
        form = ColumnsForm(kept, **options) if kept else ColumnsForm(**options)
    context = _context(batch, sheets, number, form)
    status = 422 if form.errors else 200
    return render(request, "staff/imports/columns.html", context, status=status)


def _chosen_sheet(
    request: StaffRequest, batch: ImportBatch, sheets: list[SheetNote]
) -> tuple[int, SheetNote]:
    """By its number, and with another row of headers where the officer chose one."""
    said = request.POST if request.method == "POST" else request.GET
    number = whole_number(said.get("lembar", "")) or 0
    if number >= len(sheets):
        raise Http404
    sheet = sheets[number]
    row = whole_number(said.get("judul", ""))
    if row is None or row == sheet.header_row:
        return number, sheet
    if row and row not in sheet.header_rows:
        raise Http404
    return number, _with_header(batch, sheet, row)


def _with_header(batch: ImportBatch, sheet: SheetNote, row: int) -> SheetNote:
    """Costs a look at the file: rare, where the likeliest row is not the header."""
    chosen = {sheet.name: (row, 1)}
    found = probe(files.load(batch.source), name=batch.source.name, header_rows=chosen)
    return next(note_of(one) for one in found if one.name == sheet.name)


def _context(
    batch: ImportBatch, sheets: list[SheetNote], number: int, form: ColumnsForm
) -> dict[str, Any]:
    detail = reverse("import_detail", args=[batch.pk])
    return {
        "batch": batch,
        "form": form,
        "sheet": form.sheet,
        "number": number,
        "header_rows": sorted({*sheets[number].header_rows, sheets[number].header_row} - {0}),
        "sheets": sheets,
        "rows": list(form.rows()),
        "remembered": form.before,
        "known_layout": batch.layout if batch.layout != MAPPED else "",
        "crumbs": [(_("Import"), reverse("import_list")), (batch.code, detail), (_("Columns"), "")],
    }


def _answered(request: StaffRequest, batch: ImportBatch, form: ColumnsForm) -> bool:
    said = form.said()
    try:
        with transaction.atomic():
            if not move_to_job(request, "map_columns", batch, changes=_changes(batch, said)):
                return False
            target = form.new_programme_target()
            if target:
                name = said.constants["aid_programme"]
                make_programme(batch.kelurahan, name, target=target, by=request.user)
            remember_columns(batch.kelurahan, said, by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _changes(batch: ImportBatch, said: Said | None) -> dict[str, Any]:
    """What a new answer about the columns sets; places and moves are asked for anew."""
    return {
        "columns": sealed_said(batch, said),
        "own_columns": False,
        "areas_asked": False,
        "confirmed_moves": [],
        "layout": MAPPED if said else batch.layout,
    }


@require_POST
def import_known_layout(request: StaffRequest, pk: int) -> HttpResponse:
    """Back to the layout of ours that had been recognised."""
    batch = batch_for(request, pk)
    if batch.status == BatchStatus.NEEDS_COLUMNS and batch.layout in {"", MAPPED}:
        raise Http404
    move_to_job(request, "map_columns", batch, changes=_changes(batch, None))
    return redirect("import_detail", pk)


@require_POST
def import_arrange(request: StaffRequest, pk: int) -> HttpResponse:
    """The officer says the columns, whatever layout was recognised."""
    batch = batch_for(request, pk)
    move_to_job(request, "arrange", batch, changes={"own_columns": True})
    return redirect("import_detail", pk)
