"""Unduh untuk diedit and isi massal, from the list of families."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from households.exporting.edit_workbook import edit_workbook
from households.forms.excel import BulkFieldForm, BulkValueForm, EditDownloadForm
from households.imports.bulk_setting import LIMIT, Order, Whom, start_order
from households.imports.jobs import ask_to_read
from households.models import Household, ImportBatch
from households.resources import note_export
from households.views.excel_lists import (
    bulk_kelurahan,
    chosen_families,
    selection_fields,
    ticked_families,
    workbook_response,
)
from tkpk import drafts
from tkpk.models import Territory
from tkpk.requests import FORM_METHODS, StaffRequest


def _back(query: str) -> str:
    url = reverse("household_list")
    return f"{url}?{query}" if query else url


@never_cache
@FORM_METHODS
def household_download(request: StaffRequest) -> HttpResponseBase:
    """The filtered list as a workbook that comes back through the import."""
    kelurahan = bulk_kelurahan(request.user)
    chosen = chosen_families(request)
    families = chosen.rows.filter(kelurahan=kelurahan)
    data = drafts.typed(request)
    form = EditDownloadForm(data)
    if request.method == "POST" and form.is_valid():
        numbers = form.cleaned_data["numbers"]
        with transaction.atomic():
            note_export(
                families, by=request.user, reason=form.cleaned_data["reason"], numbers=numbers
            )
        content = edit_workbook(families, groups=form.cleaned_data["groups"], numbers=numbers)
        return workbook_response(content, "diedit")
    context = {
        "form": form,
        "families": families.count(),
        "filtered": chosen.filtered,
        "back_url": _back(chosen.query),
    }
    return render(request, "staff/excel/download.html", context)


@never_cache
@require_POST
def household_bulk(request: StaffRequest) -> HttpResponse:
    """Choose a fact, then a value, for the rows that were ticked; the import shows the rest."""
    kelurahan = bulk_kelurahan(request.user)
    chosen = ticked_families(request)
    count = chosen.rows.count()
    if not count or count > LIMIT:
        messages.error(request, _too_few_or_many(count))
        return redirect(_back(chosen.query))
    step = request.POST.get("step", "")
    field_form = BulkFieldForm(request.POST if step else None)
    page: dict[str, Any] = {
        **selection_fields(request),
        "count": count,
        "back_url": _back(chosen.query),
        "form": field_form,
        "step": "value",
    }
    if step and field_form.is_valid():
        key = field_form.cleaned_data["key"]
        data = request.POST if step == "start" else None
        form = BulkValueForm(data, key=key, kelurahan=kelurahan)
        if step == "start" and form.is_valid():
            batch = _start(request, kelurahan, form, list(chosen.rows.order_by()))
            return redirect("import_detail", batch.pk)
        page.update(form=form, step="start", key=key)
    return render(request, "staff/excel/bulk.html", page)


def _too_few_or_many(count: int) -> str:
    if not count:
        return _("Tick the families first, or all that the filters show.")
    return _("%(count)d families are chosen; at most %(limit)d are set at once. Filter them.") % {
        "count": count,
        "limit": LIMIT,
    }


def _start(
    request: StaffRequest, kelurahan: Territory, form: BulkValueForm, rows: list[Household]
) -> ImportBatch:
    order = Order(
        key=form.key,
        value=form.cleaned_data["value"],
        families=[row.pk for row in rows if row.kelurahan_id == kelurahan.pk],
        whom=form.cleaned_data.get("whom", Whom.ALL),
        only_empty=form.cleaned_data["only_empty"],
        left_out=tuple(row.code for row in rows if row.kelurahan_id != kelurahan.pk),
    )
    with transaction.atomic():
        batch = start_order(order, kelurahan=kelurahan, by=request.user)
        ask_to_read(batch, by=request.user)
    return batch
