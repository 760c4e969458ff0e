"""Lists that are sent to other systems: drawn up, sent, answered, closed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households.exporting import submissions
from households.forms.excel import ReasonForm, SentForm
from households.forms.excel_submissions import AnswerFileForm, SubmissionForm
from households.forms.imports import UndoForm
from households.models import Answer, Household, SubmissionItem, SubmissionList
from households.resources import note_export
from households.views.excel_lists import (
    bulk_kelurahan,
    selection_fields,
    ticked_families,
    whole_numbers,
    workbook_response,
)
from households.workflows.submissions import SUBMISSION_FLOW
from tkpk import drafts
from tkpk.once import form_once
from tkpk.requests import FORM_METHODS, StaffRequest, whole_number

PAGE = 100
TONES = {"DRAFT": "attention", "SENT": "running", "CLOSED": "done", "DISCARDED": "neutral"}
ANSWER_TONES = {"PENDING": "attention", "ACCEPTED": "done", "REJECTED": "danger"}


def get_submission(request: StaffRequest, pk: int) -> SubmissionList:
    rows = SubmissionList.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("layout__kelurahan", "kelurahan"), pk=pk)


@never_cache
@require_POST
@form_once
def submission_new(request: StaffRequest) -> HttpResponse:
    """Put the ticked families, or the persons living in them, on a list."""
    kelurahan = bulk_kelurahan(request.user)
    chosen = ticked_families(request)
    families = chosen.rows.filter(kelurahan=kelurahan)
    count = families.count()
    back = reverse("household_list") + (f"?{chosen.query}" if chosen.query else "")
    if not count or count > submissions.LIMIT:
        messages.error(
            request,
            _("Tick the families first, or all that the filters show; at most %(n)d.")
            % {"n": submissions.LIMIT},
        )
        return redirect(back)
    form = SubmissionForm(request.POST if request.POST.get("step") else None, kelurahan=kelurahan)
    if form.is_bound and form.is_valid():
        return _put_on(request, form, families)
    page = {**selection_fields(request), "form": form, "count": count, "back_url": back}
    return render(request, "staff/excel/submission_new.html", page)


def _put_on(
    request: StaffRequest, form: SubmissionForm, families: QuerySet[Household]
) -> HttpResponse:
    said = form.cleaned_data
    with transaction.atomic():
        submission = said["draft"] or submissions.create_submission(
            name=said["name"],
            kind=said["kind"],
            layout=said["layout"],
            kelurahan=bulk_kelurahan(request.user),
            by=request.user,
        )
        added = submissions.add_rows(submission, families, by=request.user)
    messages.success(request, _("Rows added to the list: %(n)d.") % {"n": added})
    return redirect("submission_detail", submission.pk)


@never_cache
@require_safe
def submission_detail(request: StaffRequest, pk: int) -> HttpResponse:
    return render(
        request,
        "staff/excel/submission.html",
        submission_page(request, get_submission(request, pk)),
    )


def submission_page(
    request: StaffRequest, submission: SubmissionList, **changed: Any
) -> dict[str, Any]:
    opened = SUBMISSION_FLOW.open_to(request.user, submission)
    return {
        "submission": submission,
        "tone": TONES[submission.status],
        **_rows_page(request, submission),
        "buttons": {each.name: each for each in opened},
        "sent_form": SentForm(initial={"sent_on": timezone.localdate()}),
        "reason_form": ReasonForm(prefix="ambil"),
        "reopen_form": UndoForm(),
        "answer_form": AnswerFileForm(),
        "answer_files": submission.answer_files.select_related("created_by").defer("blob"),
        "crumbs": [(_("Export and proposals"), reverse("export_list")), (submission.code, "")],
        **changed,
    }


def _rows_page(request: StaffRequest, submission: SubmissionList) -> dict[str, Any]:
    """One page of the rows with the answer that is asked for, and the tabs of all answers."""
    chosen = request.GET.get("jawaban", "")
    chosen = chosen if chosen in Answer.values else ""
    counts = submissions.answer_counts(submission)
    address = reverse("submission_detail", args=[submission.pk])
    items = submission.items.select_related("household__territory__parent", "member")
    items = items.defer("blob", "nik", "kk_number")
    if chosen:
        items = items.filter(answer=chosen)
    after = whole_number(request.GET.get("sesudah", ""))
    if after is not None:
        items = items.filter(position__gt=after)
    found = list(items[: PAGE + 1])
    more = found[PAGE - 1].position if len(found) > PAGE else None
    tabs = [("", _("All"), sum(counts.values()), address)]
    tabs += [
        (code, str(word), counts[code], f"{address}?jawaban={code}")
        for code, word in Answer.choices
    ]
    return {
        "tabs": tabs,
        "tab": chosen,
        "counts": counts,
        "items": found[:PAGE],
        "more": f"{address}?jawaban={chosen}&sesudah={more}" if more else "",
    }


@require_POST
def submission_rows(request: StaffRequest, pk: int) -> HttpResponse:
    """Take ticked rows off a list that is being drawn up."""
    submission = get_submission(request, pk)
    ticked = whole_numbers(request.POST.getlist("item"))
    removed = submissions.remove_rows(submission, ticked, by=request.user)
    messages.info(request, _("Rows taken off the list: %(n)d.") % {"n": removed})
    return redirect("submission_detail", pk)


@never_cache
@require_POST
def submission_step(request: StaffRequest, pk: int, move: str) -> HttpResponse:
    submission = get_submission(request, pk)
    if move not in SUBMISSION_FLOW.moves:
        raise Http404
    form = SentForm(request.POST)
    if move == "send" and not form.is_valid():
        context = submission_page(request, submission, sent_form=form)
        return render(request, "staff/excel/submission.html", context, status=422)
    try:
        if move == "send":
            submissions.send(submission, by=request.user, sent_on=form.cleaned_data["sent_on"])
        else:
            SUBMISSION_FLOW.apply(
                move, submission, by=request.user, reason=request.POST.get("reason", "")[:300]
            )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Recorded."))
    return redirect("submission_detail", pk)


@never_cache
@FORM_METHODS
def submission_export(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The list, or the rows with one answer, as a workbook: with a reason, in the trail."""
    submission = get_submission(request, pk)
    chosen = request.GET.get("jawaban", "")
    items: QuerySet[SubmissionItem] = submission.items.all()
    if chosen in Answer.values:
        items = items.filter(answer=chosen)
    data = drafts.typed(request)
    form = ReasonForm(data)
    if request.method == "POST" and form.is_valid():
        numbers = form.cleaned_data["numbers"]
        families = Household.objects.filter(pk__in=items.order_by().values("household_id"))
        with transaction.atomic():
            note_export(
                families, by=request.user, reason=form.cleaned_data["reason"], numbers=numbers
            )
        content = submissions.submission_workbook(submission, items, numbers=numbers)
        return workbook_response(content, submission.code)
    context = {
        "submission": submission,
        "form": form,
        "count": items.count(),
        "answer": dict(Answer.choices).get(chosen, ""),
        "crumbs": [
            (_("Export and proposals"), reverse("export_list")),
            (submission.code, reverse("submission_detail", args=[pk])),
            (_("Take the list"), ""),
        ],
    }
    return render(request, "staff/excel/submission_export.html", context)
