"""Taking a list out by a saved layout."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from households.exporting.layout_columns import holds_numbers
from households.exporting.layouts import columns_of_layout, layout_workbook
from households.forms.excel import ReasonForm
from households.models import ExportLayout, Household
from households.resources import note_export
from households.searching import filter_families
from households.views.excel_layouts import crumbs_to, get_layout
from households.views.excel_lists import chosen_families, workbook_response
from tkpk import drafts
from tkpk.requests import FORM_METHODS, StaffRequest


@never_cache
@FORM_METHODS
def layout_export(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take the list out by a layout: the filters of the address, else those of the layout."""
    layout = get_layout(request, pk)
    if not layout.active or not layout.columns:
        raise Http404
    chosen = chosen_families(request)
    rows = chosen.rows.filter(kelurahan=layout.kelurahan)
    if not chosen.filtered:
        rows = filter_families(rows, request.user, layout.chosen)
    data = drafts.typed(request)
    form = ReasonForm(data)
    if not holds_numbers(columns_of_layout(layout)):
        del form.fields["numbers"]
    if request.method == "POST" and form.is_valid():
        return _taken(request, layout, rows, form)
    back = reverse("export_list") + (f"?{chosen.query}" if chosen.query else "")
    context = {
        "layout": layout,
        "form": form,
        "families": rows.count(),
        "filtered": chosen.filtered or bool(layout.chosen),
        "back_url": back,
        "headers": [column.header for column in columns_of_layout(layout)],
        "crumbs": crumbs_to(layout.name),
    }
    return render(request, "staff/excel/layout_export.html", context)


def _taken(
    request: StaffRequest, layout: ExportLayout, rows: Any, form: ReasonForm
) -> HttpResponseBase:
    numbers = bool(form.cleaned_data.get("numbers"))
    families = Household.objects.filter(pk__in=rows.order_by().values("pk"))
    with transaction.atomic():
        note_export(families, by=request.user, reason=form.cleaned_data["reason"], numbers=numbers)
    return workbook_response(layout_workbook(layout, families, numbers=numbers), "ekspor")
