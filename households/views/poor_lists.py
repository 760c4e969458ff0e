"""Pages of the yearly list: the years, one year, its settings, stages, papers and workbook."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from households.forms.listing import (
    EmptyForm,
    ListSettingsForm,
    NewListForm,
    NumbersForm,
    PurposeForm,
    ReasonForm,
    SheetForm,
)
from households.listing import keeping, papers, taking
from households.listing.duties import next_step
from households.listing.lines import keeper_mandate
from households.listing.rows import counts_of
from households.models import PoorList, PoorListStatus
from households.models.poor_list import AREA_HEADS, COUNT_READERS, LIST_KEEPERS
from households.slugs import LIST_PAPERS
from households.views.excel_lists import workbook_response
from households.workflows.poor_lists import CORRECTIONS, POOR_LIST_FLOW
from tkpk import drafts
from tkpk.forms.acts import tell
from tkpk.models import Territory
from tkpk.models.tracked import StaleRow
from tkpk.once import form_once
from tkpk.pdf import PdfFailed
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.rights import holds, home_kelurahan, scopes

TONES = {"SUBMITTED": "running", "ESTABLISHED": "done"}


def get_list(request: StaffRequest, pk: int) -> PoorList:
    """A list of which this person may at least know the counts."""
    rows = PoorList.objects.visible_to(request.user)
    parts = ("kelurahan", "review_1", "review_2", "rembug", "instrument", "signed_by")
    return get_object_or_404(rows.select_related(*parts), pk=pk)


def get_kept_list(request: StaffRequest, pk: int) -> PoorList:
    """A list that this person keeps; who only reads counts is refused."""
    poor_list = get_list(request, pk)
    if keeper_mandate(request.user, poor_list.kelurahan.code) is None:
        raise PermissionDenied
    return poor_list


def crumbs_to(poor_list: PoorList, here: str = "") -> list[tuple[str, str]]:
    crumbs = [(_("List of poor families"), reverse("poor_list_list"))]
    own = reverse("poor_list_detail", args=[poor_list.pk]) if here else ""
    crumbs.append((str(poor_list.year), own))
    return [*crumbs, (here, "")] if here else crumbs


def _counts(request: StaffRequest, poor_list: PoorList) -> bool:
    """Whether this person may know how many families the list has, and what it waits for."""
    return holds(request.user, COUNT_READERS, code=poor_list.kelurahan.code)


@never_cache
@require_safe
def poor_list_list(request: StaffRequest) -> HttpResponse:
    if not scopes(request.user, COUNT_READERS | AREA_HEADS):
        raise PermissionDenied
    rows = PoorList.objects.visible_to(request.user).select_related(
        "kelurahan", "review_1", "review_2", "rembug"
    )
    newest = next(iter(rows[:1]), None)
    context = {
        "lists": [(row, TONES.get(row.status, "attention")) for row in rows[:50]],
        "newest": newest,
        "next": next_step(newest) if newest and _counts(request, newest) else None,
        "may_open": home_kelurahan(request.user, LIST_KEEPERS) is not None,
    }
    return render(request, "staff/listing/years.html", context)


@never_cache
@FORM_METHODS
@form_once
def poor_list_new(request: StaffRequest) -> HttpResponse:
    home = home_kelurahan(request.user, LIST_KEEPERS)
    if home is None:
        raise PermissionDenied
    data = drafts.typed(request)
    form = NewListForm(data, kelurahan=home)
    if request.method == "POST" and form.is_valid():
        try:
            poor_list = keeping.open_list(form.save(commit=False), by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("The list is open. Put families on it."))
            return redirect("poor_list_detail", poor_list.pk)
    crumbs = [
        (_("List of poor families"), reverse("poor_list_list")),
        (_("Open a list"), ""),
    ]
    context = {"form": form, "title": _("Open a list"), "crumbs": crumbs, "save": _("Open")}
    context["back_url"] = reverse("poor_list_list")
    return render(request, "staff/listing/form.html", context)


@never_cache
@require_safe
def poor_list_detail(request: StaffRequest, pk: int) -> HttpResponse:
    poor_list = get_list(request, pk)
    keeps = keeper_mandate(request.user, poor_list.kelurahan.code) is not None
    counts = _counts(request, poor_list)
    statuses, classes = counts_of(poor_list) if counts else ([], [])
    opened = POOR_LIST_FLOW.open_to(request.user, poor_list)
    following = next_step(poor_list, opened=opened) if counts else None
    context = {
        "poor_list": poor_list,
        "tone": TONES.get(poor_list.status, "attention"),
        "steps": _steps(poor_list),
        "next": following,
        "mine": {each.name for each in opened},
        "keeps": keeps,
        "counts": counts,
        "statuses": statuses,
        "classes": classes,
        "sees_lines": keeps or bool(scopes(request.user, AREA_HEADS)),
        "may_change": keeps and bool(ListSettingsForm.offered(poor_list)),
        "papers": papers.available(poor_list, by=request.user),
        "corrections": [
            (each.name, each.move.label)
            for each in opened
            if each.name in CORRECTIONS and not each.blocked
        ],
        "answers": poor_list.decree_files.exclude(status="DISCARDED") if keeps else [],
        "conflict": POOR_LIST_FLOW.conflicts(poor_list, request.user)
        if keeps and not opened
        else [],
        "crumbs": crumbs_to(poor_list),
    }
    return render(request, "staff/listing/year.html", context)


def _steps(poor_list: PoorList) -> list[dict[str, Any]]:
    """The stages as `parts/steps.html` takes them."""
    order = list(PoorListStatus)
    at = order.index(PoorListStatus(poor_list.status))
    last = poor_list.status == PoorListStatus.ESTABLISHED
    return [
        {
            "number": place + 1,
            "word": stage.label,
            "state": "done" if place < at or last else "now" if place == at else "later",
        }
        for place, stage in enumerate(order)
    ]


@never_cache
@FORM_METHODS
def poor_list_settings(request: StaffRequest, pk: int) -> HttpResponse:
    poor_list = get_kept_list(request, pk)
    if not ListSettingsForm.offered(poor_list):
        messages.info(request, _("At this stage of the list nothing is left to set."))
        return redirect("poor_list_detail", pk)
    data = drafts.typed(request)
    form = ListSettingsForm(data, instance=poor_list)
    if request.method == "POST" and form.is_valid():
        fresh = get_kept_list(request, pk)
        version = form.cleaned_data["version"]
        try:
            keeping.change_list(fresh, form.values, by=request.user, expected_version=version)
        except ValidationError as error:
            tell(form, error)
        except StaleRow:
            form.add_error(None, _("Somebody saved the list meanwhile. Look at it and save again."))
            shown: Any = request.POST.copy()
            shown["version"] = get_kept_list(request, pk).version
            form.data = shown
        else:
            messages.success(request, _("Saved."))
            return redirect("poor_list_detail", pk)
    title = _("Settings and evidence")
    context = {"form": form, "title": title, "crumbs": crumbs_to(poor_list, title)}
    context["back_url"] = reverse("poor_list_detail", args=[pk])
    return render(request, "staff/listing/form.html", context)


@never_cache
@FORM_METHODS
def poor_list_step(request: StaffRequest, pk: int, list_step: str) -> HttpResponse:
    """What the step means, then the step."""
    poor_list = get_list(request, pk)
    back = reverse("poor_list_detail", args=[pk])
    opened = {each.name: each for each in POOR_LIST_FLOW.open_to(request.user, poor_list)}
    move = POOR_LIST_FLOW.moves[list_step]
    data = drafts.typed(request)
    form = (ReasonForm if move.needs_reason else EmptyForm)(data)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data.get("reason", "")
        try:
            keeping.advance(poor_list, list_step, by=request.user, reason=reason)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Recorded. Every family followed its list."))
            return redirect(back)
    if request.method != "POST" and list_step not in opened:
        messages.error(request, _("This step is not open to you now."))
        return redirect(back)
    context = {
        "form": form,
        "title": move.label,
        "warning": move.warning,
        # A refused POST says it above the form already.
        "missing": opened[list_step].blocked if list_step in opened and not form.errors else [],
        "crumbs": crumbs_to(poor_list, str(move.label)),
        "save": move.label,
        "back_url": back,
    }
    return render(request, "staff/listing/form.html", context)


@never_cache
@FORM_METHODS
def poor_list_carry_over(request: StaffRequest, pk: int) -> HttpResponse:
    """Who would come over from last year, then the act."""
    poor_list = get_kept_list(request, pk)
    back = reverse("poor_list_detail", args=[pk])
    if request.method == "POST":
        try:
            seen = request.POST.get("mark", "")
            count = keeping.carry_over(poor_list, by=request.user, seen=seen)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("poor_list_carry_over", pk)
        messages.success(request, _("Carried over: %(n)d families.") % {"n": count})
        return redirect(back)
    context = {
        "poor_list": poor_list,
        "plan": keeping.carry_over_preview(poor_list),
        "crumbs": crumbs_to(poor_list, _("Carry over")),
        "back_url": back,
    }
    return render(request, "staff/listing/carry_over.html", context)


@never_cache
@FORM_METHODS
def poor_list_paper(request: StaffRequest, pk: int, list_paper: str) -> HttpResponse:
    """A paper of the list: what it is for is asked, and kept in the trail."""
    poor_list = get_list(request, pk)
    codes = papers.printable(poor_list, list_paper, by=request.user)
    if not codes:
        raise PermissionDenied
    title = str(papers.TITLES[list_paper])
    data = drafts.typed(request)
    form = SheetForm(data, codes=codes) if list_paper == papers.SHEET else PurposeForm(data)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        place = Territory.objects.filter(code=said.get("place", "")).first()
        try:
            content = papers.printed(
                poor_list, list_paper, by=request.user, reason=said["reason"], place=place
            )
        except ValidationError as error:
            tell(form, error)
        except PdfFailed:
            form.add_error(None, _("The paper could not be set. Try again."))
        else:
            where = f"-{slugify(place.full_name)}" if place else ""
            day = f"{timezone.localdate():%Y-%m-%d}"
            name = f"{LIST_PAPERS[list_paper]}-{poor_list.year}{where}-{day}.pdf"
            response = HttpResponse(content, content_type="application/pdf")
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
    context = {"form": form, "title": title, "crumbs": crumbs_to(poor_list, title)}
    context |= {"back_url": reverse("poor_list_detail", args=[pk]), "save": _("Print")}
    return render(request, "staff/listing/form.html", context)


@never_cache
@FORM_METHODS
def poor_list_export(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The list as a workbook for the city: with a reason, in the trail."""
    poor_list = get_kept_list(request, pk)
    data = drafts.typed(request)
    form = NumbersForm(data)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        content = taking.workbook(
            poor_list, by=request.user, reason=said["reason"], numbers=said["numbers"]
        )
        return workbook_response(content, f"daftar-{poor_list.year}")
    title = _("Take the list")
    context = {"form": form, "title": title, "crumbs": crumbs_to(poor_list, title)}
    context |= {"back_url": reverse("poor_list_detail", args=[pk]), "save": _("Download")}
    return render(request, "staff/listing/form.html", context)
