"""Pages of meetings: plan, invitation, attendance, notes, closing."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tkpk import drafts, meetings
from tkpk.forms.acts import ReasonForm, tell
from tkpk.forms.meetings import AttendanceForm, ListForm, MeetingForm, NotesForm
from tkpk.models import Attendance, Meeting, MeetingStatus, StaleRow, Territory
from tkpk.models.meeting import KEEPERS, READERS
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.rights import home_kelurahan, scopes
from tkpk.workflows.meetings import MEETING_FLOW

PAGE_SIZE = 30


def _get(request: StaffRequest, pk: int) -> Meeting:
    rows = Meeting.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("kelurahan", "territory__parent", "attendance_scan"), pk=pk
    )


def _kelurahan(request: StaffRequest) -> Territory:
    kelurahan = home_kelurahan(request.user, KEEPERS)
    if kelurahan is None:
        raise PermissionDenied
    return kelurahan


@never_cache
@require_safe
def meeting_list(request: StaffRequest) -> HttpResponse:
    """Meetings, the next and the newest first."""
    if not scopes(request.user, READERS):
        raise PermissionDenied
    rows = Meeting.objects.visible_to(request.user).select_related("territory__parent")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("hal"))
    context = {"page": page, "may_plan": bool(scopes(request.user, KEEPERS))}
    return render(request, "staff/meetings/list.html", context)


@never_cache
@FORM_METHODS
def meeting_plan(request: StaffRequest) -> HttpResponse:
    """Plan a meeting."""
    kelurahan = _kelurahan(request)
    form = MeetingForm(
        drafts.typed(request), kelurahan=kelurahan, instance=Meeting(kelurahan=kelurahan)
    )

    def act() -> Meeting:
        return meetings.plan(form.instance, by=request.user)

    return _form_page(request, form, act, {"title": _("Plan a meeting")})


@never_cache
@FORM_METHODS
def meeting_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the plan."""
    meeting = _get(request, pk)
    form = MeetingForm(drafts.typed(request), kelurahan=meeting.kelurahan, instance=meeting)
    return _edit_page(request, form, _("Change the plan"))


@never_cache
@FORM_METHODS
def meeting_notes(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the notes."""
    return _edit_page(
        request, NotesForm(drafts.typed(request), instance=_get(request, pk)), _("Notes")
    )


def _edit_page(request: StaffRequest, form: Any, title: str) -> HttpResponse:
    meeting = form.instance

    def act() -> Meeting:
        expected = form.cleaned_data["version"] or 0
        return meetings.change(meeting, by=request.user, expected_version=expected)

    return _form_page(request, form, act, {"title": title, "meeting": meeting})


def _form_page(
    request: StaffRequest, form: Any, act: Callable[[], Meeting], context: dict[str, Any]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            meeting = act()
        except ValidationError as error:
            tell(form, error)
        except StaleRow as stale:
            # What was typed stays in the form; sent again, it replaces what stands there now.
            form.data = form.data.copy()
            form.data["version"] = stale.current.version
            form.add_error(
                None,
                _(
                    "Somebody else saved this meeting in between. Open it in another window, "
                    "take over what is missing here, then save again."
                ),
            )
        else:
            messages.success(request, _("Saved."))
            return redirect("meeting_detail", meeting.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/meetings/form.html", context | {"form": form}, status=status)


def _context(request: StaffRequest, meeting: Meeting) -> dict[str, Any]:
    invitation = meetings.invitation(meeting)
    keeps = meetings.keeper_mandate(request.user, meeting) is not None
    is_open = meeting.status == MeetingStatus.OPEN
    return {
        "meeting": meeting,
        "count": meetings.attendance_of(meeting),
        "attendances": meeting.attendances.select_related("territory__parent"),
        "moves": {found.name: found for found in MEETING_FLOW.open_to(request.user, meeting)},
        "invitation": invitation,
        "whatsapp": f"https://wa.me/?text={quote(invitation)}",
        "keeps": keeps and is_open,
        "plans": keeps and meeting.status in {MeetingStatus.PLANNED, MeetingStatus.OPEN},
        "attendance_form": AttendanceForm(meeting=meeting),
        "list_form": ListForm(),
    }


@never_cache
@require_safe
def meeting_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One meeting with its list, its notes and what may be done."""
    return render(request, "staff/meetings/detail.html", _context(request, _get(request, pk)))


def _again(request: StaffRequest, meeting: Meeting, **forms: Any) -> HttpResponse:
    context = _context(request, meeting) | forms
    return render(request, "staff/meetings/detail.html", context, status=422)


@never_cache
@require_POST
def attendance_add(request: StaffRequest, pk: int) -> HttpResponse:
    """Write one person onto the list."""
    meeting = _get(request, pk)
    form = AttendanceForm(request.POST, meeting=meeting)
    if form.is_valid():
        try:
            meetings.add_attendance(form.instance, by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect("meeting_detail", pk)
    return _again(request, meeting, attendance_form=form)


@never_cache
@require_POST
def attendance_strike(request: StaffRequest, pk: int, attendance_pk: int) -> HttpResponse:
    """Strike a mistake out."""
    meeting = _get(request, pk)
    row = get_object_or_404(Attendance, pk=attendance_pk, meeting=meeting)
    try:
        meetings.strike_attendance(row, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("meeting_detail", pk)


@never_cache
@require_POST
def attendance_scan(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep the signed list."""
    meeting = _get(request, pk)
    form = ListForm(request.POST, request.FILES)
    if form.is_valid():
        data, kind = form.content()
        women, men = form.cleaned_data["listed_women"], form.cleaned_data["listed_men"]
        try:
            meetings.attach_list(meeting, data, kind=kind, women=women, men=men, by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("The list is kept."))
            return redirect("meeting_detail", pk)
    return _again(request, meeting, list_form=form)


@never_cache
@FORM_METHODS
def meeting_move(request: StaffRequest, pk: int, meeting_step: str) -> HttpResponse:
    """Open, close, call off or correct; asked once, in words."""
    meeting, move = _get(request, pk), MEETING_FLOW.moves[meeting_step]
    form = ReasonForm(drafts.typed(request))
    if not move.needs_reason:
        form.fields["reason"].required = False
    if request.method == "POST" and form.is_valid():
        try:
            _apply(meeting_step, meeting, request, form.cleaned_data["reason"])
        except ValidationError as error:
            form.tell(error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("meeting_detail", pk)
    back_url = reverse("meeting_detail", args=[pk])
    context = {"meeting": meeting, "move": move, "form": form, "back_url": back_url}
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/meetings/move.html", context, status=status)


def _apply(name: str, meeting: Meeting, request: StaffRequest, reason: str) -> None:
    if name == "open":
        meetings.open_meeting(meeting, by=request.user)
    elif name == "close":
        meetings.close_meeting(meeting, by=request.user)
    else:
        MEETING_FLOW.apply(name, meeting, by=request.user, reason=reason)
