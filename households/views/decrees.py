"""Pages of the city's answer: bringing a file, what it says, keeping it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households.forms.listing import DecreeFileForm, ReasonForm
from households.imports.sealing import unsealed_json
from households.imports.unreadable import UnreadableFile
from households.listing import decree as answering
from households.models import DecreeFile, DecreeFinding, DecreeRow, Listing
from households.views.poor_lists import crumbs_to, get_kept_list
from households.workflows.decrees import DECREE_FLOW
from tkpk.forms.acts import tell
from tkpk.nik import mask
from tkpk.requests import FORM_METHODS, StaffRequest, whole_number

PAGE = 50
TONES = {
    "ACCEPTED": "done",
    "NOT_ACCEPTED": "danger",
    "NEW": "running",
    "UNKNOWN": "attention",
    "UNCLEAR": "attention",
    "MISSING": "neutral",
}


@never_cache
@FORM_METHODS
def decree_new(request: StaffRequest, pk: int) -> HttpResponse:
    """A file is read and compared; nothing is saved of it but what the page then shows."""
    poor_list = get_kept_list(request, pk)
    form = DecreeFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            decree = answering.start(poor_list, file.read(), name=file.name, by=request.user)
        except UnreadableFile as error:
            form.add_error("file", str(error))
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect("decree_detail", decree.pk)
    title = _("Bring the answer of the city")
    context = {"form": form, "title": title, "crumbs": crumbs_to(poor_list, title)}
    context |= {
        "back_url": reverse("poor_list_detail", args=[pk]),
        "save": _("Compare the file"),
        "files": True,
    }
    return render(request, "staff/listing/form.html", context)


def get_decree(request: StaffRequest, pk: int) -> DecreeFile:
    rows = DecreeFile.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("poor_list", "kelurahan", "created_by"), pk=pk)


@never_cache
@require_safe
def decree_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """What the city says, held against what was sent."""
    decree = get_decree(request, pk)
    chosen = request.GET.get("hasil", "")
    chosen = chosen if chosen in DecreeFinding.values else ""
    after = whole_number(request.GET.get("sesudah", ""))
    rows = decree.rows.select_related("household__territory__parent")
    rows = rows.defer("household__kk_number", "household__source_value")
    if chosen:
        rows = rows.filter(finding=chosen)
    if after is not None:
        rows = rows.filter(position__gt=after)
    found = list(rows[: PAGE + 1])
    lines = dict(
        Listing.objects.filter(
            poor_list=decree.poor_list_id, household__in=[row.household_id for row in found]
        ).values_list("household_id", "pk")
    )
    address = reverse("decree_detail", args=[pk])
    total = sum(decree.counts.values())
    tabs: list[tuple[str, Any, int, str]] = [("", _("All"), total, address)]
    tabs += [
        (code, label, decree.counts[code], f"{address}?hasil={code}")
        for code, label in DecreeFinding.choices
        if decree.counts.get(code)
    ]
    more = found[PAGE - 1].position if len(found) > PAGE else None
    context = {
        "decree": decree,
        "tabs": tabs,
        "tab": chosen,
        "rows": [_shown(row, lines) for row in found[:PAGE]],
        "more": f"{address}?hasil={chosen}&sesudah={more}" if more else "",
        "moves": {each.name: each for each in DECREE_FLOW.open_to(request.user, decree)},
        "reason_form": ReasonForm(),
        "crumbs": crumbs_to(decree.poor_list, str(decree)),
    }
    return render(request, "staff/listing/decree.html", context)


def _shown(row: DecreeRow, lines: dict[int, int]) -> dict[str, Any]:
    """A row with its numbers masked."""
    written = unsealed_json(row.blob, context=row.context) or {}
    return {
        "row": row,
        "tone": TONES[row.finding],
        "name": written.get("name", ""),
        "numbers": [mask(number) for number in written.get("numbers", "").split()],
        "word": written.get("word", ""),
        "line": lines.get(row.household_id or 0),
    }


@never_cache
@require_POST
def decree_step(request: StaffRequest, pk: int, decree_step: str) -> HttpResponse:
    decree = get_decree(request, pk)
    reason = request.POST.get("reason", "")[:300]
    try:
        DECREE_FLOW.apply(decree_step, decree, by=request.user, reason=reason)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("decree_detail", pk)
    messages.success(request, _("Recorded."))
    if decree_step == "confirm":
        return redirect("decree_detail", pk)
    return redirect("poor_list_detail", decree.poor_list_id)
