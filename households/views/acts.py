"""Acts on families and persons: changes of state, and showing a full number."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from households import families
from households.events.checks import ABSENT
from households.forms.acts import MoveForm, RevealForm
from households.models import LIVING, EventKind, Household, Member
from households.views.editing import get_household, get_member
from households.workflows.registering import (
    HOUSEHOLD_FLOW,
    MEMBER_FLOW,
    change_household_state,
    change_member_state,
)
from tkpk import drafts
from tkpk.forms.acts import tell
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.workflow import OpenMove, Workflow


def event_of_move(move: str, member: Member) -> str:
    """The kind of event by which a change of state is recorded; "" where the move stands alone."""
    if move == "restore":
        return EventKind.RETURN if member.status in ABSENT else ""
    if member.status not in LIVING:
        return ""  # no event asks about those who left already
    return {"record_death": EventKind.DEATH, "record_move": EventKind.MOVE_OUT}.get(move, "")


def event_url(kind: str, member: Member) -> str:
    """The form of an event about one person."""
    url = reverse("event_add", args=[member.household_id, kind])
    return f"{url}?{urlencode({'orang': member.pk})}"


@never_cache
@FORM_METHODS
def household_move(request: StaffRequest, pk: int, move: str) -> HttpResponse:
    household = get_household(request, pk)
    url = reverse("household_file", args=[pk])
    page = {"household": household, "back_url": url}
    return _move_page(request, HOUSEHOLD_FLOW, household, move, change_household_state, page)


@never_cache
@FORM_METHODS
def member_move(request: StaffRequest, pk: int, member_pk: int, move: str) -> HttpResponse:
    member = get_member(request, pk, member_pk)
    kind = event_of_move(move, member)
    if kind:
        return redirect(event_url(kind, member))
    url = reverse("member_file", args=[pk, member_pk])
    page = {"household": member.household, "member": member, "back_url": url}
    return _move_page(request, MEMBER_FLOW, member, move, change_member_state, page)


def _move_page(
    request: StaffRequest, flow: Workflow, row: Any, name: str, change: Any, page: dict[str, Any]
) -> HttpResponse:
    """Ask since when and why, then make the move; the table decides whether it may be made."""
    if name not in flow.moves:
        raise Http404
    data = drafts.typed(request)
    form = MoveForm(data, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        on, reason = form.cleaned_data["on"], form.cleaned_data["reason"]
        try:
            change(name, row, by=request.user, on=on, reason=reason)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Recorded."))
            return redirect(page["back_url"])
    if request.method != "POST" and not _open(flow, request, row, name):
        messages.error(request, _("This step is not open to you now."))
        return redirect(page["back_url"])
    context = {**page, "form": form, "move": flow.moves[name]}
    return render(request, "staff/households/move.html", context)


def _open(flow: Workflow, request: StaffRequest, row: Any, name: str) -> list[OpenMove]:
    return [found for found in flow.open_to(request.user, row) if found.name == name]


@never_cache
@require_POST
def identifier_reveal(request: StaffRequest, pk: int, member_pk: int | None = None) -> HttpResponse:
    """Show a full KK number or NIK once, on this response only, with the reason in the trail."""
    row: Household | Member
    if member_pk is None:
        row = household = get_household(request, pk)
        back_url = reverse("household_file", args=[pk])
    else:
        row = get_member(request, pk, member_pk)
        household = row.household
        back_url = reverse("member_file", args=[pk, member_pk])
    form = RevealForm(request.POST)
    number = None
    if form.is_valid():
        number = families.reveal_identifier(row, by=request.user, reason=form.reason)
    context = {
        "form": form,
        "row": row,
        "household": household,
        "back_url": back_url,
        "number": number,
        "is_person": member_pk is not None,
    }
    return render(request, "staff/households/number.html", context)
