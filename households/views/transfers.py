"""Pages of transfers between two kelurahan. Each side sees its own part and no more."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households import families, transfers
from households.forms.events import NewFamilyForm, family_named
from households.forms.transfers import (
    AcceptForm,
    OfferForm,
    ReleaseForm,
    RequestForm,
    StatusFilterForm,
    several_kelurahan,
)
from households.models import Household, LifeEvent, Member, Transfer, TransferStatus
from households.views.editing import get_household, require_editor
from households.workflows.transferring import DESTINATION_FLOW, FLOWS, ORIGIN_FLOW, make_move
from tkpk import drafts
from tkpk.forms.acts import ReasonForm, tell
from tkpk.models import Territory
from tkpk.once import form_once
from tkpk.requests import FORM_METHODS, StaffRequest, whole_number
from tkpk.rights import holds, home_kelurahan
from tkpk.roles import Role
from tkpk.workflow import OpenMove

PAGE_SIZE = 50
# While it waits, and after it, the receiving side sees the names; not when it came to nothing.
NAMES_SHOWN = {TransferStatus.OFFERED, TransferStatus.ACCEPTED}


def _own_kelurahan(request: StaffRequest) -> Territory:
    kelurahan = home_kelurahan(request.user, {Role.STAFF})
    if kelurahan is None or not holds(request.user, families.EDITORS, code=kelurahan.code):
        raise PermissionDenied
    return kelurahan


def _get(request: StaffRequest, pk: int) -> Transfer:
    rows = Transfer.objects.visible_to(request.user).select_related(
        "origin", "destination", "household__territory__parent", "household__kelurahan",
        "new_head", "created_by", "released_by",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


def _moves(request: StaffRequest, transfer: Transfer) -> dict[str, OpenMove]:
    found = [
        m for flow in (ORIGIN_FLOW, DESTINATION_FLOW) for m in flow.open_to(request.user, transfer)
    ]
    return {move.name: move for move in found}


def _require_move(request: StaffRequest, transfer: Transfer, name: str) -> HttpResponse | None:
    """An answer for whom the step is not open; a POST is judged by the table itself."""
    if request.method == "POST" or name in _moves(request, transfer):
        return None
    messages.error(request, _("This step is not open to you now."))
    return redirect("transfer_detail", transfer.pk)


@never_cache
@require_safe
def transfer_list(request: StaffRequest) -> HttpResponse:
    kelurahan = _own_kelurahan(request)
    rows = Transfer.objects.visible_to(request.user).select_related("origin", "destination")
    form = StatusFilterForm(request.GET)
    if form.chosen:
        rows = rows.filter(status=form.chosen)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("hal"))
    context = {
        "transfers": page.object_list,
        "page": page,
        "form": form,
        "query": urlencode({"status": form.chosen}) if form.chosen else "",
        "kelurahan": kelurahan,
        "several_kelurahan": several_kelurahan(),
    }
    return render(request, "staff/events/transfers.html", context)


@never_cache
@FORM_METHODS
@form_once
def transfer_offer(request: StaffRequest, pk: int) -> HttpResponse:
    """The origin offers a family, or some of it, to another kelurahan."""
    household = get_household(request, pk)
    require_editor(request, household)
    form = OfferForm(drafts.typed(request), household=household, by=request.user, chosen=None)

    def act() -> Transfer:
        place = form.cleaned_data["destination_place"]
        return transfers.offer(form.release(), destination=place, by=request.user)

    context = {
        "household": household,
        "title": _("Move to another kelurahan of this portal"),
        "act": _("Offer the transfer"),
    }
    return _act_page(request, form, act, context)


@never_cache
@FORM_METHODS
@form_once
def transfer_request(request: StaffRequest) -> HttpResponse:
    """The receiving side asks for a person at its counter."""
    kelurahan = _own_kelurahan(request)
    form = RequestForm(drafts.typed(request), kelurahan=kelurahan)

    def act() -> Transfer:
        return transfers.ask(destination=kelurahan, by=request.user, **form.asked())

    title = _("Ask for a person of another kelurahan")
    return _act_page(request, form, act, {"title": title, "act": _("Send the request")})


@never_cache
@FORM_METHODS
def transfer_release(request: StaffRequest, pk: int) -> HttpResponse:
    """The origin agrees to a request; the family is found by the NIK, or named by its code."""
    transfer = _get(request, pk)
    if refusal := _require_move(request, transfer, "release"):
        return refusal
    household = _asked_family(request, transfer)
    context = {"transfer": transfer, "title": ORIGIN_FLOW.moves["release"].label}
    if household is None:
        return render(request, "staff/events/transfer_find.html", context)
    require_editor(request, household)
    asked = household.members.filter(nik_index=transfer.asked_index).first()
    chosen = asked.pk if asked and transfer.asked_index else None
    initial = {name: getattr(transfer, name) for name in ("on", "document_kind", "document_number")}
    form = ReleaseForm(
        drafts.typed(request), household=household, by=request.user, chosen=chosen, initial=initial
    )

    def act() -> Transfer:
        return transfers.release(transfer, form.release(), by=request.user)

    return _act_page(request, form, act, {**context, "household": household})


def _asked_family(request: StaffRequest, transfer: Transfer) -> Household | None:
    chosen = whole_number(request.GET.get("keluarga", ""))
    if chosen is not None:
        return get_household(request, chosen)
    found = Member.objects.living().visible_to(request.user)
    found = found.filter(nik_index=transfer.asked_index or "-", kelurahan=transfer.origin_id)
    member = found.select_related("household__territory__parent", "household__kelurahan").first()
    return member.household if member else None


@never_cache
@require_POST
def transfer_find(request: StaffRequest, pk: int) -> HttpResponse:
    """Name the family that a request means; its number is posted, only its key goes on."""
    transfer = _get(request, pk)
    url = reverse("transfer_release", args=[transfer.pk])
    try:
        household = family_named(request.POST.get("family", "")[:30], request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(url)
    return redirect(f"{url}?{urlencode({'keluarga': household.pk})}")


def _act_page(
    request: StaffRequest, form: Any, act: Callable[[], Transfer], context: dict[str, Any]
) -> HttpResponse:
    """A form whose act opens or moves a transfer; then the page of the transfer."""
    if request.method == "POST" and form.is_valid():
        try:
            transfer = act()
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Transfer %(code)s waits.") % {"code": transfer.code})
            return redirect("transfer_detail", transfer.pk)
    context |= {"form": form, "several_kelurahan": several_kelurahan()}
    return render(request, "staff/events/transfer_form.html", context)


@never_cache
@require_safe
def transfer_detail(request: StaffRequest, pk: int) -> HttpResponse:
    transfer = _get(request, pk)
    at_origin = holds(request.user, families.EDITORS, code=transfer.origin.code)
    sees_names = at_origin or transfer.status in NAMES_SHOWN
    codes = {transfer.origin_id: transfer.origin.code}
    codes[transfer.destination_id] = transfer.destination.code
    mine = [pk for pk, code in codes.items() if holds(request.user, families.EDITORS, code=code)]
    people = transfers.people_of(transfer)
    context = {
        "transfer": transfer,
        "at_origin": at_origin,
        "people": people if sees_names else [],
        "how_many": len(people),
        "moves": _moves(request, transfer),
        "events": LifeEvent.objects.filter(transfer=transfer, kelurahan__in=mine),
    }
    return render(request, "staff/events/transfer.html", context)


@never_cache
@FORM_METHODS
def transfer_accept(request: StaffRequest, pk: int) -> HttpResponse:
    """The receiving side takes them in: in a family that is here, or as a new one."""
    transfer = _get(request, pk)
    if refusal := _require_move(request, transfer, "accept"):
        return refusal
    if "accept" not in _moves(request, transfer):
        raise PermissionDenied
    data = drafts.typed(request)
    people = transfers.people_of(transfer)
    form = AcceptForm(data, people=people, by=request.user)
    as_new = not (data and data.get("household", "").strip())
    family = NewFamilyForm(data if as_new else None, by=request.user, prefix="baru")
    if not family.is_bound:
        # Needed only where no family is named; until then nothing here is called required.
        for field in family.fields.values():
            field.required = False
    if request.method == "POST" and _valid(form, family if as_new else None):
        home = form.cleaned_data["household"]
        new = family.family() if as_new else None
        arrival = transfers.Arrival(home, form.relations, new_family=new)
        try:
            transfers.accept(transfer, arrival, by=request.user)
        except ValidationError as error:
            at_family = {"kk_number", "territory"} & set(getattr(error, "error_dict", {}))
            tell(family if at_family and as_new else form, error)
        else:
            messages.success(request, _("They live here now. Look at their data together."))
            return redirect("transfer_detail", pk)
    context = {"transfer": transfer, "form": form, "family": family, "people": people}
    return render(request, "staff/events/transfer_accept.html", context)


def _valid(form: AcceptForm, family: NewFamilyForm | None) -> bool:
    # Both are asked, so that all errors are shown at once.
    answers = [form.is_valid(), family is None or family.is_valid()]
    return all(answers)


@never_cache
@FORM_METHODS
def transfer_step(request: StaffRequest, pk: int, step: str) -> HttpResponse:
    """Refuse, decline or withdraw, with the reason."""
    transfer = _get(request, pk)
    if refusal := _require_move(request, transfer, step):
        return refusal
    form = ReasonForm(drafts.typed(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            make_move(step, transfer, by=request.user, reason=reason)
        except ValidationError as error:
            form.tell(error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("transfer_detail", pk)
    context = {
        "transfer": transfer,
        "form": form,
        "move": FLOWS[step].moves[step],
        "back_url": reverse("transfer_detail", args=[pk]),
    }
    return render(request, "staff/events/transfer_step.html", context)
