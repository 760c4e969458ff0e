"""Officers' pages of residents' reports: the queue, one report, its answer, its receipt."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tkpk import drafts, receipts, submissions, working_days
from tkpk.forms.acts import ReasonForm, tell
from tkpk.forms.voices import AnswerForm
from tkpk.models import Reopening, Submission, SubmissionStatus
from tkpk.models.submission import READERS, WAITING
from tkpk.pdf import PdfFailed
from tkpk.registry import registry
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.rights import scopes
from tkpk.roles import Role
from tkpk.tickets import normalise
from tkpk.workflows.submissions import REOPENING_FLOW, SUBMISSION_FLOW

PAGE_SIZE = 50
VIEWS = {
    "perlu": gettext_lazy("Needs somebody"),
    "ditahan": gettext_lazy("Held back"),
    "dijawab": gettext_lazy("Answered"),
    "bukan": gettext_lazy("No reports"),
}


def _require_reader(request: StaffRequest) -> None:
    if not scopes(request.user, READERS):
        raise PermissionDenied


def get_submission(request: StaffRequest, pk: int) -> Submission:
    """A report of the own kelurahan; a stranger gets 404."""
    rows = Submission.objects.visible_to(request.user).select_related("kelurahan", "created_by")
    return get_object_or_404(rows, pk=pk)


def _shown(request: StaffRequest, view: str) -> Any:
    rows = Submission.objects.visible_to(request.user).select_related("reopening")
    if view == "ditahan":
        return rows.filter(status=SubmissionStatus.HELD).order_by("pk")
    if view == "dijawab":
        return rows.filter(status=SubmissionStatus.ANSWERED).order_by("-answered_at", "-pk")
    if view == "bukan":
        return rows.filter(status=SubmissionStatus.SPAM).order_by("-updated_at", "-pk")
    return rows.waiting().order_by("due_on", "pk")


@never_cache
@require_safe
def voice_list(request: StaffRequest) -> HttpResponse:
    """The queue: what is due first stands first."""
    _require_reader(request)
    view = request.GET.get("tampil", "perlu")
    view = view if view in VIEWS else "perlu"
    page = Paginator(_shown(request, view), PAGE_SIZE).get_page(request.GET.get("hal"))
    off = working_days.days_off(request.kelurahan) if request.kelurahan else frozenset()
    lines = []
    for row in page:
        again: Any = getattr(row, "reopening", None)
        waiting = again is not None and again.status == Reopening.Status.WAITING
        due = again.due_on if waiting else row.due_on
        counts = waiting or row.status in WAITING
        left = submissions.time_left(due, off) if counts else ""
        lines.append((row, waiting, due, left, counts and due < timezone.localdate()))
    context = {
        "lines": lines,
        "page": page,
        "view": view,
        "views": VIEWS,
        "doors": sorted(registry.voice_doors.values(), key=lambda door: door.order),
        "may_record": bool(scopes(request.user, {Role.STAFF})),
    }
    return render(request, "staff/voices/list.html", context)


@never_cache
@require_POST
def voice_find(request: StaffRequest) -> HttpResponse:
    """Open a report by its ticket."""
    _require_reader(request)
    code = normalise(request.POST.get("tiket", ""))
    row = Submission.objects.visible_to(request.user).filter(ticket=code or "-").first()
    if row is None:
        messages.error(request, _("No report here has this number. Compare it letter by letter."))
        return redirect("voice_list")
    return redirect("voice_detail", row.pk)


def _context(request: StaffRequest, row: Submission) -> dict[str, Any]:
    moves = {found.name: found for found in SUBMISSION_FLOW.open_to(request.user, row)}
    again = Reopening.objects.filter(submission=row).first()
    if again and REOPENING_FLOW.open_to(request.user, again):
        moves["reopen"] = REOPENING_FLOW.open_to(request.user, again)[0]
    elif again is None or again.status != Reopening.Status.WAITING:
        moves.pop("reopen", None)
    door = registry.voice_doors.get(row.kind)
    panel = door.panel(request.user, row) if door else None
    return {
        "submission": row,
        "again": again,
        "door": door,
        "moves": moves,
        "unsettled": door.unsettled(row) if door else [],
        "conflicts": SUBMISSION_FLOW.conflicts(row, request.user),
        "answers": row.answers.select_related("created_by"),
        "panel_template": panel[0] if panel else "",
        "panel": panel[1] if panel else {},
        "off": working_days.days_off(row.kelurahan),
    }


@never_cache
@require_safe
def voice_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One report with what may be done about it."""
    row = get_submission(request, pk)
    context = _context(request, row)
    context["time_left"] = submissions.time_left(row.due_on, context.pop("off"))
    context["form"] = AnswerForm(drafts.restore(request))
    context["reason_form"] = ReasonForm()
    return render(request, "staff/voices/detail.html", context)


@never_cache
@FORM_METHODS
def voice_answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the answer; the sender reads it under the ticket."""
    row = get_submission(request, pk)
    form = AnswerForm(drafts.typed(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            submissions.answer(
                row,
                by=request.user,
                text=data["answer"],
                forwarded_to=data["forwarded_to"],
                forwarded_number=data["forwarded_number"],
            )
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Answered. The sender reads it under the ticket."))
            return redirect("voice_detail", pk)
    context = _context(request, row) | {"form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/voices/answer.html", context, status=status)


@never_cache
@FORM_METHODS
def voice_move(request: StaffRequest, pk: int, voice_step: str) -> HttpResponse:
    """Every other step; those that ask for a reason have a page of their own."""
    row = get_submission(request, pk)
    move = SUBMISSION_FLOW.moves[voice_step]
    form = ReasonForm(drafts.typed(request))
    if request.method == "POST" and (not move.needs_reason or form.is_valid()):
        try:
            _apply(voice_step, row, request)
        except ValidationError as error:
            if not move.needs_reason:
                messages.error(request, " ".join(error.messages))
                return redirect("voice_detail", pk)
            form.tell(error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("voice_detail", pk)
    back_url = reverse("voice_detail", args=[pk])
    context = {"submission": row, "move": move, "form": form, "back_url": back_url}
    return render(request, "staff/voices/move.html", context)


def _apply(name: str, row: Submission, request: StaffRequest) -> None:
    if name == "reopen":
        submissions.take_up_again(row, by=request.user)
    elif name == "release":
        submissions.release(row, by=request.user)
    else:
        reason = request.POST.get("reason", "").strip()[:500]
        SUBMISSION_FLOW.apply(name, row, by=request.user, reason=reason)


@never_cache
@require_POST
def voice_receipt(request: StaffRequest, pk: int) -> HttpResponse:
    """The receipt on paper: ticket, date, and how to follow it; nothing of the matter."""
    row = get_submission(request, pk)
    try:
        paper = receipts.receipt(row)
    except PdfFailed:
        messages.error(request, _("The paper could not be made. Write the number down by hand."))
        return redirect("voice_detail", pk)
    with transaction.atomic():
        submissions.note_act(row, by=request.user, move="receipt")
    response = HttpResponse(paper, content_type="application/pdf")
    name = f"tanda-terima-{row.ticket}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
