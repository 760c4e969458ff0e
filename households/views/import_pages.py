"""What the page of one import shows, by its status."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from households.forms.imports import AreasForm, UndoForm
from households.imports import bulk_setting, standing
from households.imports import edited as edited_layout
from households.imports.column_choice import said_of
from households.imports.findings import Finding
from households.imports.jobs import is_stuck, job_of
from households.imports.preview import (
    TABS,
    keyset_page,
    lines_of,
    remark,
    rows_of_tab,
)
from households.imports.staging import notes_of
from households.models import BatchStatus, ImportBatch
from households.workflows.importing import BUTTONS, IMPORT_FLOW
from tkpk.requests import StaffRequest, whole_number

S = BatchStatus
STEPS: dict[str, int] = {
    S.READING: 2,
    S.NEEDS_COLUMNS: 2,
    S.NEEDS_AREAS: 3,
    S.CHECKED: 4,
    S.APPLYING: 5,
    S.APPLIED: 6,
    S.UNDONE: 6,
}
_COUNT_OF_TAB = {
    "semua": "rows",
    "baru": "new",
    "berubah": "changed",
    "ditolak": "refused",
    "ganda": "duplicates",
}


def detail_context(
    request: StaffRequest,
    batch: ImportBatch,
    *,
    asking: AreasForm | None = None,
    undoing: UndoForm | None = None,
) -> dict[str, Any]:
    """Everything for the page; rows are unsealed only where they are shown."""
    context: dict[str, Any] = {
        "batch": batch,
        "step": STEPS.get(batch.status, 1),
        "asked": standing.asked_step(batch),
        "tone": standing.TONES.get(batch.status, "neutral"),
        "status_word": standing.words(batch),
        "fate": standing.fate(batch),
        "crumbs": [(_("Import"), reverse("import_list")), (batch.code, "")],
        "buttons": {
            found.name: found
            for found in IMPORT_FLOW.open_to(request.user, batch)
            if found.name in {*BUTTONS, "arrange"}
        },
        "saves": standing.saves(batch),
        "closes": standing.only_to_close(batch),
    }
    if batch.is_busy:
        job = job_of(batch)
        context["job"] = job
        context["stuck"] = is_stuck(batch)
    if batch.status == S.NEEDS_AREAS:
        context["areas_form"] = asking or areas_form(batch)
    if batch.status in {S.CHECKED, S.APPLIED}:
        context.update(_preview(request, batch))
        context["undo_form"] = undoing or UndoForm()
        said = said_of(batch)
        context["mapping_name"] = said.name if said else ""
    return context


def areas_form(batch: ImportBatch, said: Any = None) -> AreasForm:
    """The questions of this batch: unknown areas, and unknown programmes of aid."""
    notes = notes_of(batch)
    return AreasForm(
        said,
        kelurahan=batch.kelurahan,
        # None on a batch that asks nothing any more: the table of moves refuses the answer.
        areas=notes.get("areas", []),
        programmes=notes.get("programmes", []),
    )


def _preview(request: StaffRequest, batch: ImportBatch) -> dict[str, Any]:
    tab = request.GET.get("lihat", "")
    tab = tab if tab in TABS else _first_tab(batch)
    address = reverse("import_detail", args=[batch.pk])
    page = keyset_page(
        rows_of_tab(batch, tab),
        after=_position(request, "sesudah"),
        before=_position(request, "sebelum"),
    )
    lines = lines_of(batch, page.rows)
    total = batch.counts.get(_COUNT_OF_TAB[tab], 0)
    return {
        "tab": tab,
        "tabs": [
            (
                name,
                label,
                batch.counts.get(_COUNT_OF_TAB[name], 0),
                f"{address}?lihat={name}",
            )
            for name, label in TABS.items()
        ],
        "lines": lines,
        "notes": [remark(Finding(**said), {}) for said in notes_of(batch)["findings"]],
        "asks_moves": batch.status == S.CHECKED
        and any(line.row.awaits_confirmation for line in lines),
        "pager": {
            "shown": len(lines),
            "total_text": total,
            "previous_url": _link(address, tab, "sebelum", page.previous),
            "next_url": _link(address, tab, "sesudah", page.following),
        },
    }


def _first_tab(batch: ImportBatch) -> str:
    """Where an officer edited the rows, most stay as they are: the others come first."""
    if batch.layout in {edited_layout.NAME, bulk_setting.NAME}:
        for tab in ("berubah", "ditolak"):
            if batch.counts.get(_COUNT_OF_TAB[tab]):
                return tab
    return "semua"


def _position(request: StaffRequest, name: str) -> int:
    return whole_number(request.GET.get(name, "")) or 0


def _link(address: str, tab: str, name: str, position: int | None) -> str:
    return f"{address}?lihat={tab}&{name}={position}" if position else ""
