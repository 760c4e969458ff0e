"""Instruments: the list, a version to read, its moves, a copy, a workbook from elsewhere."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households.forms.instruments import CopyForm, WorkbookForm
from households.imports.reading import read_file
from households.imports.unreadable import UnreadableFile
from households.instruments.assessed import years_of
from households.instruments.checking import problems, remarks
from households.instruments.computing import last_job
from households.instruments.shipping import add_shipped, correction, missing, named
from households.instruments.versions import copy_version
from households.instruments.words import number_words
from households.instruments.workbook import Parsed, read_workbook, save_draft
from households.instruments.workbook_rows import Finding, WorkbookRefused
from households.models import InstrumentVersion
from households.models.instrument import INSTRUMENT_READERS
from households.scores import mandate_to_compute
from households.workflows.instruments import INSTRUMENT_FLOW
from tkpk.models import Territory
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.rights import holds, home_kelurahan, scopes
from tkpk.roles import Role

TONES = {"DRAFT": "attention", "IN_USE": "done", "RETIRED": "neutral"}


def get_version(request: StaffRequest, pk: int) -> InstrumentVersion:
    """A version of a kelurahan whose instruments this person may read."""
    rows = InstrumentVersion.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("instrument", "kelurahan"), pk=pk)


def crumbs_to(version: InstrumentVersion, here: str = "") -> list[tuple[str, str]]:
    crumbs = [(_("Instruments"), reverse("instrument_list"))]
    own = reverse("instrument_version", args=[version.pk]) if here else ""
    crumbs.append((str(version), own))
    return [*crumbs, (here, "")] if here else crumbs


def _office(request: StaffRequest) -> Territory:
    """The kelurahan whose instruments this officer keeps."""
    home = home_kelurahan(request.user, {Role.STAFF})
    if home is None:
        raise PermissionDenied
    return home


@never_cache
@require_safe
def instrument_list(request: StaffRequest) -> HttpResponse:
    if not scopes(request.user, INSTRUMENT_READERS):
        raise PermissionDenied
    versions = InstrumentVersion.objects.visible_to(request.user)
    home = home_kelurahan(request.user, {Role.STAFF})
    context = {
        "versions": [
            {"row": row, "tone": TONES[row.status]}
            for row in versions.select_related("instrument").order_by(
                "instrument__name", "instrument_id", "-number"
            )
        ],
        "may_keep": home is not None,
        "missing": [named(name, home) for name in missing(home)] if home else [],
    }
    return render(request, "staff/instruments/list.html", context)


@require_POST
def instruments_shipped(request: StaffRequest) -> HttpResponse:
    """Add the instruments of the portal that the kelurahan has not yet."""
    add_shipped(_office(request), request.user)
    messages.success(request, _("Saved."))
    return redirect("instrument_list")


@never_cache
@require_safe
def instrument_version(request: StaffRequest, pk: int) -> HttpResponse:
    version = get_version(request, pk)
    return render(request, "staff/instruments/version.html", version_page(request, version))


def version_page(
    request: StaffRequest, version: InstrumentVersion, **changed: Any
) -> dict[str, Any]:
    """What the page of a version shows."""
    aspects = list(version.aspects.prefetch_related("parameters__options"))
    instrument = version.compiled()
    own = holds(request.user, {Role.STAFF}, code=version.kelurahan.code)
    years = years_of(version)
    low, high = instrument.range
    corrected_by = correction(version)
    return {
        "version": version,
        "tone": TONES[version.status],
        "aspects": aspects,
        "questions": version.questions.all(),
        "classes": sorted(version.classes.all(), key=lambda row: row.lower),
        "range": (number_words(low), number_words(high)),
        "problems": [problem.message for problem in problems(instrument)],
        "remarks": remarks(instrument),
        "corrected": bool(corrected_by),
        "correction": version.instrument.versions.filter(shipped=corrected_by).first()
        if corrected_by
        else None,
        "moves": INSTRUMENT_FLOW.open_to(request.user, version),
        "may_edit": own and not version.frozen,
        "copy_form": CopyForm(initial={"valid_from": timezone.localdate()}) if own else None,
        "years": years,
        "jobs": [(year, last_job(version, year)) for year in years[:3]],
        "may_compute": version.frozen
        and mandate_to_compute(request.user, version.kelurahan) is not None,
        "crumbs": crumbs_to(version),
        **changed,
    }


@require_POST
def instrument_step(request: StaffRequest, pk: int, instrument_move: str) -> HttpResponse:
    version = get_version(request, pk)
    reason = request.POST.get("reason", "")[:300]
    if request.POST.get("version") != str(version.version):
        words = _("The draft was changed while you read it. Read it again, then decide.")
        return _refused_step(request, pk, [words], reason)
    try:
        INSTRUMENT_FLOW.apply(instrument_move, version, by=request.user, reason=reason)
    except ValidationError as error:
        return _refused_step(request, pk, error.messages, reason)
    messages.success(request, _("Recorded."))
    return redirect("instrument_version", pk)


def _refused_step(request: StaffRequest, pk: int, errors: list[str], reason: str) -> HttpResponse:
    said = {"move_errors": errors, "reason": reason}
    page = version_page(request, get_version(request, pk), **said)
    return render(request, "staff/instruments/version.html", page, status=422)


@require_POST
def instrument_copy(request: StaffRequest, pk: int) -> HttpResponse:
    """A draft with the same content under a new name."""
    version = get_version(request, pk)
    if not holds(request.user, {Role.STAFF}, code=version.kelurahan.code):
        raise PermissionDenied
    form = CopyForm(request.POST, instance=InstrumentVersion(instrument=version.instrument))
    if not form.is_valid():
        page = version_page(request, version, copy_form=form)
        return render(request, "staff/instruments/version.html", page, status=422)
    made = copy_version(
        version,
        label=form.cleaned_data["label"],
        valid_from=form.cleaned_data["valid_from"],
        by=request.user,
    )
    messages.success(request, _("The draft is there. Change it, then let the Lurah decide."))
    return redirect("instrument_version", made.pk)


@never_cache
@FORM_METHODS
def instrument_import(request: StaffRequest) -> HttpResponse:
    """A questionnaire's workbook as a draft; refused with every fault named, sheet and row."""
    home = _office(request)
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    findings: list[Finding] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            parsed = read_workbook(read_file(file.read(), name=file.name))
            version = save_draft(parsed, kelurahan=home, by=request.user)
        except UnreadableFile as error:
            form.add_error("file", error.message)
        except WorkbookRefused as refused:
            findings = refused.findings
        else:
            _tell(request, parsed)
            return redirect("instrument_version", version.pk)
    context = {
        "form": form,
        "findings": findings,
        "crumbs": [
            (_("Instruments"), reverse("instrument_list")),
            (_("Import a questionnaire"), ""),
        ],
    }
    status = 422 if findings or form.errors else 200
    return render(request, "staff/instruments/import.html", context, status=status)


def _tell(request: StaffRequest, parsed: Parsed) -> None:
    messages.success(request, _("The questionnaire is a draft now. Nothing is in use yet."))
    messages.info(request, _("Say in the draft which classes count as poor."))
    for remark in parsed.remarks:
        messages.info(request, remark)
