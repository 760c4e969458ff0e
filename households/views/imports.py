"""The import under `/kerja/impor/`: file, areas, check, save, undo."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households.exporting.workbook import XLSX
from households.forms.imports import ImportForm, UndoForm
from households.imports import bulk_setting, standing
from households.imports.areas import remember
from households.imports.checking import close_batch
from households.imports.error_workbook import refused_workbook
from households.imports.jobs import ask_again, ask_to_read
from households.imports.programmes import answer_programmes
from households.imports.staging import start_batch
from households.imports.undoing import BuiltUpon, undo_batch
from households.models import BatchStatus, ImportBatch
from households.views.import_batches import batch_for, move_to_job
from households.views.import_pages import areas_form, detail_context
from households.workflows.importing import BUTTONS
from tkpk import rights, trail
from tkpk.files import FileRemoved
from tkpk.models import Mandate, Territory
from tkpk.once import form_once
from tkpk.requests import FORM_METHODS, StaffRequest, whole_number
from tkpk.roles import Role

LISTED = 30


def _mandate(request: StaffRequest, kelurahan: Territory) -> Mandate:
    mandate = rights.mandate_at(request.user, {Role.STAFF}, code=kelurahan.code)
    if mandate is None:
        raise PermissionDenied
    return mandate


def _kelurahan(request: StaffRequest) -> Territory:
    kelurahan = rights.home_kelurahan(request.user, {Role.STAFF})
    if not kelurahan:
        raise PermissionDenied
    _mandate(request, kelurahan)
    return kelurahan


@never_cache
@require_safe
def import_list(request: StaffRequest) -> HttpResponse:
    _kelurahan(request)
    rows = ImportBatch.objects.visible_to(request.user).select_related("created_by")
    before = whole_number(request.GET.get("sebelum", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.defer("notes")[: LISTED + 1])
    older = found[LISTED - 1].pk if len(found) > LISTED else None
    lines = [
        {
            "batch": batch,
            "words": standing.words(batch),
            "tone": standing.TONES.get(batch.status, "neutral"),
            "fate": standing.fate(batch),
            "counted": batch.status in standing.COUNTED,
        }
        for batch in found[:LISTED]
    ]
    return render(request, "staff/imports/list.html", {"lines": lines, "older": older})


@never_cache
@FORM_METHODS
@form_once
def import_new(request: StaffRequest) -> HttpResponse:
    kelurahan = _kelurahan(request)
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, kelurahan=kelurahan)
        if form.is_valid():
            return redirect("import_detail", _started(request, kelurahan, form).pk)
    else:
        form = ImportForm(kelurahan=kelurahan)
    return render(request, "staff/imports/new.html", {"form": form})


def _started(request: StaffRequest, kelurahan: Territory, form: ImportForm) -> ImportBatch:
    file = form.cleaned_data["file"]
    with transaction.atomic():
        batch = start_batch(
            file.read(),
            name=file.name,
            content_type=file.content_type or "",
            kelurahan=kelurahan,
            by=request.user,
            fallback=form.cleaned_data["fallback"],
            all_or_nothing=form.cleaned_data["all_or_nothing"],
        )
        ask_to_read(batch, by=request.user)
    return batch


@never_cache
@require_safe
def import_detail(request: StaffRequest, pk: int) -> HttpResponse:
    batch = batch_for(request, pk)
    if batch.status == BatchStatus.NEEDS_COLUMNS:
        return redirect("import_columns", pk)
    return render(request, "staff/imports/detail.html", detail_context(request, batch))


@require_POST
def import_areas(request: StaffRequest, pk: int) -> HttpResponse:
    batch = batch_for(request, pk)
    form = areas_form(batch, request.POST)
    if not form.is_valid():
        context = detail_context(request, batch, asking=form)
        return render(request, "staff/imports/detail.html", context, status=422)
    with transaction.atomic():
        if move_to_job(request, "map_areas", batch, changes={"areas_asked": True}):
            remember(batch.kelurahan, batch.layout, form.answers(), by=request.user)
            answer_programmes(batch.kelurahan, form.programmes(), by=request.user)
    return redirect("import_detail", pk)


@require_POST
def import_moves(request: StaffRequest, pk: int) -> HttpResponse:
    """Confirm, row by row, that known persons have moved to the KK of the file."""
    batch = batch_for(request, pk)
    typed = map(whole_number, request.POST.getlist("position"))
    ticked = [number for number in typed if number is not None]
    waiting = batch.rows.filter(awaits_confirmation=True, position__in=ticked)
    confirmed = sorted({*batch.confirmed_moves, *waiting.values_list("position", flat=True)})
    if confirmed == batch.confirmed_moves:
        messages.info(request, _("Tick the persons who have moved to this KK."))
    else:
        move_to_job(request, "recheck", batch, changes={"confirmed_moves": confirmed})
    return redirect("import_detail", pk)


@require_POST
def import_step(request: StaffRequest, pk: int, move: str) -> HttpResponse:
    if move not in BUTTONS:
        raise Http404
    batch = batch_for(request, pk)
    if move == "undo":
        return _undo(request, batch)
    if move == "confirm":
        _confirm(request, batch)
    else:
        _close(request, batch, move)
    return redirect("import_detail", pk)


def _confirm(request: StaffRequest, batch: ImportBatch) -> None:
    # The version that the preview was shown with: what is saved is what was seen.
    if request.POST.get("version") != str(batch.version):
        messages.error(request, _("The preview has changed. Look at it again before saving."))
        return
    said = {}
    if batch.counts.get("excluded"):
        # Receipts that a rule on pairs excludes are saved only with a reason.
        try:
            said = {"reason": _reason(request)}
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return
    move_to_job(request, "confirm", batch, changes={"problem_code": ""}, **said)


def _reason(request: StaffRequest) -> str:
    form = UndoForm(request.POST)
    if form.is_valid():
        return str(form.cleaned_data["reason"])
    raise ValidationError(list(form.errors["reason"]))


def _undo(request: StaffRequest, batch: ImportBatch) -> HttpResponse:
    """A reason that is refused stays in its field; the page opens again at it."""
    form = UndoForm(request.POST)
    try:
        if form.is_valid():
            undo_batch(batch, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, _("The import is undone."))
            return redirect("import_detail", batch.pk)
    except BuiltUpon as error:
        messages.error(request, error.message)
        return redirect("import_detail", batch.pk)
    except ValidationError as error:
        form.add_error("reason", error.messages)
    batch.refresh_from_db()
    if batch.status != BatchStatus.APPLIED:  # no field on the page to say it at
        messages.error(request, " ".join(str(line) for line in form.errors["reason"]))
        return redirect("import_detail", batch.pk)
    context = detail_context(request, batch, undoing=form)
    return render(request, "staff/imports/detail.html", context, status=422)


def _close(request: StaffRequest, batch: ImportBatch, move: str) -> None:
    try:
        close_batch(move, batch, by=request.user)
        messages.success(request, _("The import is discarded. The registry is unchanged."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))


@require_POST
def import_retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Send a batch whose job failed to the worker again."""
    batch = batch_for(request, pk)
    _mandate(request, batch.kelurahan)
    ask_again(batch, by=request.user)
    return redirect("import_detail", pk)


@require_POST
def import_refused(request: StaffRequest, pk: int) -> HttpResponse:
    """The refused rows as a workbook. It holds persons: the trail says who took it."""
    batch = batch_for(request, pk)
    mandate = _mandate(request, batch.kelurahan)
    # An order to set many rows is no file whose rows could be mended.
    none = not batch.counts.get("refused") or not batch.rows.exists()
    if none or batch.layout == bulk_setting.NAME:
        raise Http404
    try:
        content = refused_workbook(batch)
    except FileRemoved as error:
        raise Http404 from error
    with transaction.atomic():
        trail.record(
            chain=batch.kelurahan,
            by=request.user,
            mandate=mandate,
            process="import",
            move="error_workbook",
            row=batch,
        )
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{batch.code}-ditolak.xlsx"'
    response["Cache-Control"] = "no-store"
    return response
