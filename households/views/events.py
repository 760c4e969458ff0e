"""Pages of life events: the list of a family, writing one down, its own page, taking it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households import families
from households.events import recording
from households.events.acts import Plan
from households.events.checks import ABSENT
from households.forms.event_entry import Entry
from households.forms.transfers import several_kelurahan
from households.models import EventKind, EventPerson, Household, LifeEvent
from households.views.editing import asks_too_often, get_household, require_editor
from households.visibility import Column, columns_for
from households.workflows.life_events import LIFE_EVENT_FLOW
from tkpk import drafts
from tkpk.drafts import FIELD as DRAFT
from tkpk.forms.acts import ReasonForm, ScanForm
from tkpk.registry import registry
from tkpk.requests import FORM_METHODS, StaffRequest, whole_number
from tkpk.rights import scopes

LISTED = 200
# Not part of what was written down.
BUTTONS = {"csrfmiddlewaretoken", DRAFT, "confirm", "again", "more"}


def _get_readable(request: StaffRequest, pk: int) -> Household:
    household = get_household(request, pk)
    if Column.FACTS not in columns_for(request.user, household.territory.code):
        raise PermissionDenied
    return household


def _get_event(request: StaffRequest, pk: int, event_pk: int) -> tuple[Household, LifeEvent]:
    """An event that touched this family."""
    household = _get_readable(request, pk)
    rows = LifeEvent.objects.of_family(household).select_related(
        "household__territory", "scan", "transfer", "created_by"
    )
    return household, get_object_or_404(rows, pk=event_pk)


@never_cache
@require_safe
def event_list(request: StaffRequest, pk: int) -> HttpResponse:
    household = _get_readable(request, pk)
    families.note_view(household, by=request.user)
    rows = LifeEvent.objects.of_family(household).prefetch_related("people__member")
    context = {
        "household": household,
        "events": rows[:LISTED],
        "may_record": not families.edit_refusals(request.user, household),
    }
    return render(request, "staff/events/list.html", context)


@never_cache
@require_safe
def event_choose(request: StaffRequest, pk: int) -> HttpResponse:
    """Which kind of event?"""
    household = get_household(request, pk)
    require_editor(request, household)
    nobody_left = not household.members.filter(status__in=sorted(ABSENT)).exists()
    context = {
        "household": household,
        "kinds": [
            (kind, label)
            for kind, label in EventKind.choices
            if kind != EventKind.RETURN or not nobody_left
        ],
        "several_kelurahan": several_kelurahan(),
    }
    return render(request, "staff/events/choose.html", context)


@never_cache
@FORM_METHODS
def event_add(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    household = get_household(request, pk)
    require_editor(request, household)
    return _event_page(request, kind, household)


@never_cache
@FORM_METHODS
def family_arrival(request: StaffRequest) -> HttpResponse:
    """A family that moves in and is not in the registry yet."""
    if not scopes(request.user, families.EDITORS):
        raise PermissionDenied
    return _event_page(request, EventKind.MOVE_IN, None)


def _event_page(request: StaffRequest, kind: str, household: Household | None) -> HttpResponse:
    """Form → what would follow → written down."""
    posted = request.method == "POST"
    if posted and asks_too_often(request):
        return HttpResponse(status=429)
    data: Any = drafts.typed(request)
    chosen = whole_number((data or {}).get("people", "") or request.GET.get("orang", ""))
    if posted and "more" in request.POST:
        data = request.POST.copy()
        data["count"] = str((whole_number(data.get("count", "")) or 1) + 1)
    entry = Entry(kind, household, by=request.user, data=data, chosen=chosen)
    context: dict[str, Any] = {
        "household": household,
        "kind": kind,
        "title": EventKind(kind).label,
    }
    if posted and not {"more", "again"} & set(request.POST) and entry.is_valid():
        try:
            return _recorded(request, entry, context)
        except ValidationError as error:
            entry.tell(error)
    context |= {
        "entry": entry,
        "people": _offered(kind, household, chosen),
        "several_kelurahan": kind == EventKind.MOVE_IN and several_kelurahan(),
    }
    return render(request, "staff/events/form.html", context)


def _recorded(request: StaffRequest, entry: Entry, context: dict[str, Any]) -> HttpResponse:
    """Write down what was confirmed, else show what would follow. Raises ValidationError."""
    kind, household = context["kind"], context["household"]
    try:
        if "confirm" not in request.POST:
            plan = recording.preview(kind, household, entry.told(), by=request.user)
            return _confirm_page(request, plan, context)
        seen = request.POST["confirm"]
        event = recording.record(kind, household, entry.told(), by=request.user, seen=seen)
    except recording.OtherConsequences as other:
        messages.warning(request, _("Something has changed meanwhile. Look at it again."))
        return _confirm_page(request, other.plan, context)
    messages.success(request, _("Recorded as %(code)s.") % {"code": event.code})
    return redirect("event_detail", event.household_id, event.pk)


def _confirm_page(request: StaffRequest, plan: Plan, context: dict[str, Any]) -> HttpResponse:
    """What would follow, with everything typed carried along out of sight."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in BUTTONS
    ]
    return render(request, "staff/events/confirm.html", {**context, "plan": plan, "typed": typed})


def _offered(kind: str, household: Household | None, chosen: int | None) -> list[Any]:
    """For a correction the person is chosen first, so that the form shows what is recorded."""
    if kind != EventKind.CORRECTION or household is None or chosen:
        return []
    return list(household.members.order_by("relation", "birth_date", "pk"))


@never_cache
@require_safe
def event_detail(request: StaffRequest, pk: int, event_pk: int) -> HttpResponse:
    household, event = _get_event(request, pk, event_pk)
    families.note_view(household, by=request.user)
    columns = columns_for(request.user, household.territory.code)
    context = {
        "household": household,
        "event": event,
        "people": EventPerson.objects.filter(event=event).select_related("member"),
        "families": event.families.select_related("household"),
        "sees_numbers": Column.IDENTIFIERS in columns,
        "moves": LIFE_EVENT_FLOW.open_to(request.user, event),
        "may_attach": not families.edit_refusals(request.user, event.household),
        "scan_form": ScanForm(),
        "may_read_scan": event.scan is not None
        and any(reader(request.user, event.scan) for reader in registry.document_readers),
    }
    return render(request, "staff/events/detail.html", context)


@never_cache
@require_POST
def event_scan(request: StaffRequest, pk: int, event_pk: int) -> HttpResponse:
    """Keep the scan of the event's document."""
    _household, event = _get_event(request, pk, event_pk)
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        data, kind = form.content()
        recording.attach_scan(event, data, kind=kind, by=request.user)
        messages.success(request, _("The scan is kept, encrypted."))
    else:
        for error in form.errors.get("scan", []):
            messages.error(request, str(error))
    return redirect("event_detail", pk, event_pk)


@never_cache
@FORM_METHODS
def event_cancel(request: StaffRequest, pk: int, event_pk: int) -> HttpResponse:
    household, event = _get_event(request, pk, event_pk)
    url = reverse("event_detail", args=[pk, event_pk])
    data = drafts.typed(request)
    form = ReasonForm(data)
    if request.method == "POST" and form.is_valid():
        try:
            recording.cancel(event, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.tell(error)
        else:
            messages.success(request, _("The event is taken back."))
            return redirect(url)
    found = [move for move in LIFE_EVENT_FLOW.open_to(request.user, event) if not move.blocked]
    if request.method != "POST" and not found:
        messages.error(request, _("This step is not open to you now."))
        return redirect(url)
    context = {
        "household": household,
        "form": form,
        "move": LIFE_EVENT_FLOW.moves["cancel"],
        "back_url": url,
    }
    return render(request, "staff/households/move.html", context)
