"""The front door for reports of residents. A ticket shows status, date and answer, never a person.

Not even what the sender wrote: codes are read out at counters and on telephones, and a neighbour
who overheard one must not learn of whom the report speaks.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tkpk import form_guard, submissions, tickets, working_days
from tkpk.forms.acts import tell
from tkpk.forms.voices import ReopenForm
from tkpk.models import Reopening, ReopeningStatus, Submission, SubmissionStatus
from tkpk.public_pages import PublicRequest, public_page
from tkpk.registry import registry

View = Callable[..., HttpResponse]
# What a ticket says of each status. A held report reads like one that was received: a machine
# must not learn that it was caught, and a person has lost nothing by waiting.
SHOWN = {
    SubmissionStatus.HELD: "received",
    SubmissionStatus.RECEIVED: "received",
    SubmissionStatus.IN_REVIEW: "in_review",
    SubmissionStatus.ANSWERED: "answered",
    SubmissionStatus.SPAM: "set_aside",
}


def private_page(view: View) -> View:
    """Open to everybody, kept by nobody: no cache, no search engine, no referrer."""

    @login_not_required
    @never_cache
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return page


@public_page
def voices_home(request: PublicRequest) -> HttpResponse:
    """What one may send, and where to follow it."""
    doors = sorted(registry.voice_doors.values(), key=lambda door: door.order)
    kelurahan = request.kelurahan
    shown = [(door, door.closed(kelurahan)) for door in doors] if kelurahan else []
    return render(request, "public/voices/home.html", {"doors": shown})


@private_page
@require_safe
def voice_lookup(request: HttpRequest) -> HttpResponse:
    """From a typed code to its page; a code of the wrong form is told at the field."""
    typed = request.GET.get("tiket", "")
    if ticket := tickets.normalise(typed):
        return redirect("voice_ticket", ticket)
    context = {"typed": typed[:40], "asked": "tiket" in request.GET}
    return render(request, "public/voices/lookup.html", context)


def _wrong_ticket(request: HttpRequest, typed: str) -> HttpResponse:
    form_guard.note_wrong_ticket(request)
    return render(
        request,
        "public/voices/unknown.html",
        {"typed": typed[:40]},
        status=HTTPStatus.NOT_FOUND,
    )


def _of_ticket(view: View) -> View:
    """Find the report; a wrong ticket gets a plain page, far too many of them a pause."""

    @wraps(view)
    def page(request: PublicRequest, ticket: str) -> HttpResponse:
        if not form_guard.may_look_up(request):
            return form_guard.too_many(request)
        code = tickets.normalise(ticket)
        rows = Submission.objects.filter(ticket=code, kelurahan=request.kelurahan)
        row = rows.select_related("kelurahan").first() if code else None
        if row is None:
            return _wrong_ticket(request, ticket)
        if code != ticket and request.method in {"GET", "HEAD"}:
            return redirect("voice_ticket", code)
        return view(request, row)

    return page


def _facts(row: Submission) -> dict[str, Any]:
    again = Reopening.objects.filter(submission=row).first()
    waiting = again is not None and again.status == ReopeningStatus.WAITING
    due = again.due_on if again and waiting else row.due_on
    shown = "reopened" if waiting else SHOWN[SubmissionStatus(row.status)]
    due_counts = shown in {"received", "in_review", "reopened"}
    off = working_days.days_off(row.kelurahan) if due_counts else frozenset()
    door = registry.voice_doors.get(row.kind)
    return {
        "submission": row,
        "title": door.title if door else row.get_kind_display(),
        "shown": shown,
        "due_on": due if due_counts else None,
        "time_left": submissions.time_left(due, off) if due_counts else "",
        "answers": list(row.answers.all()),
        "may_reopen": submissions.may_reopen(row),
        "may_settle": shown == "answered" and row.settled_at is None,
    }


@private_page
@require_safe
@_of_ticket
def voice_ticket(request: PublicRequest, row: Submission) -> HttpResponse:
    """Where the report stands, by when it is answered, and the answer."""
    context = _facts(row) | {"is_new": "baru" in request.GET, "form": ReopenForm()}
    return render(request, "public/voices/ticket.html", context)


@private_page
@require_POST
@_of_ticket
def voice_settle(request: PublicRequest, row: Submission) -> HttpResponse:
    submissions.settle(row)
    return redirect("voice_ticket", row.ticket)


@private_page
@require_POST
@_of_ticket
def voice_reopen(request: PublicRequest, row: Submission) -> HttpResponse:
    """The sender says what is still missing, once."""
    form = ReopenForm(request.POST)
    if form.is_valid():
        try:
            submissions.reopen(row, text=form.cleaned_data["text"])
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(f"{reverse('voice_ticket', args=[row.ticket])}?lagi")
    return render(request, "public/voices/ticket.html", _facts(row) | {"form": form}, status=422)


def sent(row: Submission) -> HttpResponse:
    """Where a form leads that was taken: to the page of its ticket, which says to keep it."""
    return redirect(f"{reverse('voice_ticket', args=[row.ticket])}?baru")


def words_of_closed_door(kind: str, request: PublicRequest) -> str:
    """Why nobody can send a report of this kind now, in words; "" while it is open."""
    if request.kelurahan is None:
        return _("The portal is not set up yet.")
    return registry.voice_doors[kind].closed(request.kelurahan)
