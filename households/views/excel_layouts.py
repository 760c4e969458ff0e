"""Ekspor & usulan: saved layouts, and taking a list out by one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households.exporting.layout_columns import LayoutColumn, source_names
from households.exporting.layouts import (
    LONGEST,
    columns_of_layout,
    create_layout,
    save_layout,
    take_shipped_layouts,
)
from households.exporting.shipped import missing_layouts
from households.forms.excel_layouts import (
    CodedColumnForm,
    ColumnForm,
    LayoutForm,
    words_as_lines,
)
from households.forms.search import FilterForm
from households.models import ExportLayout, SubmissionList
from households.models.export_layout import TAKERS
from households.views.excel_lists import (
    bulk_kelurahan,
    bulk_mandate,
    chosen_families,
)
from tkpk import drafts
from tkpk.forms.acts import tell
from tkpk.models import StaleRow
from tkpk.requests import FORM_METHODS, StaffRequest, whole_number
from tkpk.rights import scopes

LISTED = 50


def _taker(request: StaffRequest) -> None:
    if not scopes(request.user, TAKERS):
        raise PermissionDenied


def get_layout(request: StaffRequest, pk: int) -> ExportLayout:
    rows = ExportLayout.objects.visible_to(request.user).select_related("kelurahan")
    return get_object_or_404(rows, pk=pk)


def _own_layout(request: StaffRequest, pk: int) -> ExportLayout:
    """A layout that this officer may change."""
    layout = get_layout(request, pk)
    if bulk_kelurahan(request.user).pk != layout.kelurahan_id:
        raise PermissionDenied
    return layout


@never_cache
@require_safe
def export_list(request: StaffRequest) -> HttpResponse:
    _taker(request)
    chosen = chosen_families(request)
    layouts = ExportLayout.objects.visible_to(request.user)
    mandate = bulk_mandate(request.user)
    context = {
        "layouts": layouts.filter(active=True),
        "retired": layouts.filter(active=False) if mandate else [],
        "query": chosen.query,
        "filtered": chosen.filtered,
        "may_keep": bool(mandate),
        "missing": bool(mandate and missing_layouts(mandate.territory)),
        "submissions": SubmissionList.objects.visible_to(request.user).select_related("layout")[
            :LISTED
        ],
    }
    return render(request, "staff/excel/export_list.html", context)


@require_POST
def layouts_shipped(request: StaffRequest) -> HttpResponse:
    """Add the layouts of the portal that the kelurahan has not yet."""
    take_shipped_layouts(bulk_kelurahan(request.user), by=request.user)
    messages.success(request, _("Saved."))
    return redirect("export_list")


@never_cache
@FORM_METHODS
def layout_new(request: StaffRequest) -> HttpResponse:
    kelurahan = bulk_kelurahan(request.user)
    data = drafts.typed(request)
    form = LayoutForm(data, instance=ExportLayout(kelurahan=kelurahan))
    if request.method == "POST" and form.is_valid():
        try:
            layout = create_layout(form.put_lines(), kelurahan=kelurahan, by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved. Now add its columns."))
            return redirect("layout_edit", layout.pk)
    context = {"form": form, "crumbs": crumbs_to(_("New layout"))}
    return render(request, "staff/excel/layout_new.html", context)


def crumbs_to(here: str) -> list[tuple[str, str]]:
    return [(_("Export and proposals"), reverse("export_list")), (here, "")]


def _filters(request: StaffRequest, data: Any) -> FilterForm:
    codes = [bulk_kelurahan(request.user).code]
    return FilterForm(data, user=request.user, codes=codes, deciles=True, prefix="filter")


@never_cache
@FORM_METHODS
def layout_edit(request: StaffRequest, pk: int) -> HttpResponse:
    layout = _own_layout(request, pk)
    data = drafts.typed(request)
    form = LayoutForm(data, instance=layout)
    stored = {f"filter-{name}": value for name, value in layout.chosen.items()}
    filters = _filters(request, data or stored)
    if request.method == "POST" and form.is_valid():
        changed = form.put_lines()
        changed.chosen = filters.chosen
        try:
            if _saved(request, changed, form.cleaned_data["version"]):
                return redirect("layout_edit", pk)
        except ValidationError as error:
            tell(form, error)
            layout.refresh_from_db()
    context = {
        "layout": layout,
        "form": form,
        "filters": filters,
        "columns": _column_rows(layout),
        "column_form": ColumnForm(),
        "crumbs": crumbs_to(layout.name),
    }
    return render(request, "staff/excel/layout.html", context)


def _column_rows(layout: ExportLayout) -> list[dict[str, Any]]:
    names, columns = source_names(), columns_of_layout(layout)
    return [
        {
            "place": place,
            "header": column.header,
            "source": names.get(column.source, _("no longer known")),
            "is_first": place == 0,
            "is_last": place == len(columns) - 1,
        }
        for place, column in enumerate(columns)
    ]


def _saved(request: StaffRequest, layout: ExportLayout, version: int | None) -> bool:
    try:
        save_layout(layout, by=request.user, expected_version=version or 0)
    except StaleRow:
        messages.error(
            request, _("Somebody else changed this layout. Look at it again, then repeat.")
        )
        return False
    messages.success(request, _("Saved."))
    return True


@require_POST
def layout_column(request: StaffRequest, pk: int) -> HttpResponse:
    """Add a column, or move or remove one."""
    layout = _own_layout(request, pk)
    columns = list(layout.columns)
    act, place = request.POST.get("act", ""), _place_of(request, columns)
    if act == "add":
        form = ColumnForm(request.POST)
        if not form.is_valid() or len(columns) >= LONGEST:
            messages.error(request, _("Choose what the column holds; at most 40 columns."))
            return redirect("layout_edit", pk)
        columns.append(form.column.kept())
    elif place is None:
        raise Http404
    elif act == "remove":
        columns.pop(place)
    else:
        other = place + {"up": -1, "down": 1}.get(act, 0)
        if not 0 <= other < len(columns):
            raise Http404
        columns[place], columns[other] = columns[other], columns[place]
    layout.columns = columns
    _saved(request, layout, _version(request))
    return redirect(reverse("layout_edit", args=[pk]) + "#kolom")


def _version(request: StaffRequest) -> int:
    return whole_number(request.POST.get("version", "")) or 0


def _place_of(request: StaffRequest, columns: list[Any]) -> int | None:
    place = whole_number(request.POST.get("place", ""))
    return place if place is not None and place < len(columns) else None


@never_cache
@FORM_METHODS
def column_edit(request: StaffRequest, pk: int, place: int) -> HttpResponse:
    """Header and words of one column."""
    layout = _own_layout(request, pk)
    if place >= len(layout.columns):
        raise Http404
    column = LayoutColumn.read(layout.columns[place])
    data = drafts.typed(request)
    form = CodedColumnForm(
        data,
        source=column.source,
        initial={"header": column.header, "codes": column.codes, "words": words_as_lines(column)},
    )
    if request.method == "POST" and form.is_valid():
        columns = list(layout.columns)
        columns[place] = form.column.kept()
        layout.columns = columns
        if _saved(request, layout, _version(request)):
            return redirect(reverse("layout_edit", args=[pk]) + "#kolom")
    context = {
        "layout": layout,
        "form": form,
        "source": source_names().get(column.source, ""),
        "crumbs": [
            (_("Export and proposals"), reverse("export_list")),
            (layout.name, reverse("layout_edit", args=[pk])),
            (column.header, ""),
        ],
    }
    return render(request, "staff/excel/column.html", context)


@require_POST
def layout_use(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a layout aside, or take it back into use."""
    layout = _own_layout(request, pk)
    layout.active = not layout.active
    try:
        _saved(request, layout, _version(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("export_list")
