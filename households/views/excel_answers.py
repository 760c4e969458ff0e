"""A file of answers: brought, compared with its list, saved, undone."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households.exporting import answers as answering
from households.forms.excel_submissions import AnswerColumnsForm, AnswerFileForm
from households.forms.imports import UndoForm
from households.imports.unreadable import UnreadableFile
from households.models import Answer, AnswerFile, SubmissionStatus
from households.views.excel_submissions import get_submission, submission_page
from households.workflows.submissions import ANSWER_FLOW
from tkpk.requests import StaffRequest

SHOWN = 200


def _answers(request: StaffRequest, pk: int) -> AnswerFile:
    rows = AnswerFile.objects.visible_to(request.user).select_related(
        "submission", "source", "kelurahan", "created_by"
    )
    return get_object_or_404(rows, pk=pk)


@never_cache
@require_POST
def answer_new(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a file of answers in and compare it. Nothing is saved on the list yet."""
    submission = get_submission(request, pk)
    if submission.status != SubmissionStatus.SENT:
        raise Http404
    form = AnswerFileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            answers = answering.start_answers(
                submission,
                file.read(),
                name=file.name,
                content_type=file.content_type or "",
                by=request.user,
            )
            return redirect("answer_detail", answers.pk)
        except UnreadableFile as error:
            form.add_error("file", error.message)
    context = submission_page(request, submission, answer_form=form)
    return render(request, "staff/excel/submission.html", context, status=422)


@never_cache
@require_safe
def answer_detail(request: StaffRequest, pk: int) -> HttpResponse:
    answers = _answers(request, pk)
    return render(request, "staff/excel/answers.html", _context(request, answers))


def _context(
    request: StaffRequest, answers: AnswerFile, form: AnswerColumnsForm | None = None
) -> dict[str, Any]:
    content = answering.content_of(answers)
    columns = answering.columns_of(answers)
    submission = answers.submission
    opened = ANSWER_FLOW.open_to(request.user, answers)
    return {
        "answers": answers,
        "submission": submission,
        "form": form or AnswerColumnsForm(columns=columns, headers=content["headers"]),
        "complete": columns.complete,
        "changes": _changed_rows(answers, content["changes"][:SHOWN]),
        "foreign": content["foreign"][:SHOWN],
        "unread": content["unread"][:SHOWN],
        "buttons": {each.name: each for each in opened},
        "undo_form": UndoForm(),
        "crumbs": [
            (_("Export and proposals"), reverse("export_list")),
            (submission.code, reverse("submission_detail", args=[submission.pk])),
            (_("Answers"), ""),
        ],
    }


def _changed_rows(answers: AnswerFile, changes: list[Any]) -> list[dict[str, Any]]:
    items = answers.submission.items.select_related("household", "member").defer(
        "blob", "nik", "kk_number"
    )
    found = {item.pk: item for item in items.filter(pk__in=[change[0] for change in changes])}
    words = dict(Answer.choices)
    return [
        {"item": found[pk], "answer": words[answer], "reason": reason}
        for pk, answer, reason in changes
        if pk in found
    ]


@never_cache
@require_POST
def answer_columns(request: StaffRequest, pk: int) -> HttpResponse:
    """Compare anew with other columns or other meanings of the words."""
    answers = _answers(request, pk)
    content = answering.content_of(answers)
    form = AnswerColumnsForm(
        request.POST, columns=answering.columns_of(answers), headers=content["headers"]
    )
    if not form.is_valid():
        context = _context(request, answers, form)
        return render(request, "staff/excel/answers.html", context, status=422)
    answering.arrange(answers, form.chosen, by=request.user)
    return redirect("answer_detail", pk)


@never_cache
@require_POST
def answer_step(request: StaffRequest, pk: int, move: str) -> HttpResponse:
    answers = _answers(request, pk)
    if move not in ANSWER_FLOW.moves:
        raise Http404
    if move == "confirm" and request.POST.get("version") != str(answers.version):
        messages.error(request, _("The preview has changed. Look at it again before saving."))
        return redirect("answer_detail", pk)
    try:
        _make(request, answers, move)
    except answering.AnsweredSince as error:
        messages.error(
            request,
            _("A later file answered rows of this one (%(rows)s): undo that file first.")
            % {"rows": ", ".join(error.codes[:10])},
        )
        return redirect("answer_detail", pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("answer_detail", pk)
    messages.success(request, _("Recorded."))
    return redirect("submission_detail", answers.submission_id)


def _make(request: StaffRequest, answers: AnswerFile, move: str) -> None:
    if move == "confirm":
        answering.confirm(answers, by=request.user)
    elif move == "undo":
        form = UndoForm(request.POST)
        if not form.is_valid():
            raise ValidationError(list(form.errors["reason"]))
        answering.undo(answers, by=request.user, reason=form.cleaned_data["reason"])
    else:
        ANSWER_FLOW.apply(move, answers, by=request.user)
