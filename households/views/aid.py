"""Aid on a family's file: entering, editing and withdrawing what was received."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from households import assistance, families
from households.aid import stopping
from households.forms.aid import ReceiptForm, WithdrawForm
from households.forms.aid_many import EndingForm
from households.models import AidReceipt, Household
from households.views.editing import Edit, edit_page, get_household, require_editor
from tkpk import drafts
from tkpk.models import StaleRow
from tkpk.once import form_once
from tkpk.requests import FORM_METHODS, StaffRequest


def _receipt(request: StaffRequest, pk: int, receipt_pk: int) -> AidReceipt:
    """A standing entry of a family that this person may open."""
    rows = AidReceipt.objects.visible_to(request.user).standing()
    rows = rows.select_related(
        "household__territory__parent", "household__kelurahan", "programme", "member", "kelurahan"
    )
    return get_object_or_404(rows, pk=receipt_pk, household_id=pk)


@never_cache
@FORM_METHODS
@form_once
def aid_add(request: StaffRequest, pk: int) -> HttpResponse:
    household = get_household(request, pk)
    require_editor(request, household)
    data = drafts.typed(request)
    form = ReceiptForm(data, instance=AidReceipt(household=household))
    if request.method == "POST" and form.is_valid():
        try:
            _record(form, household, request)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The aid is recorded."))
            return redirect(f"{reverse('household_file', args=[pk])}#bantuan")
    context = {"household": household, "form": form, "title": _("Record aid received")}
    return render(request, "staff/households/form.html", context)


def _record(form: ReceiptForm, household: Household, request: StaffRequest) -> AidReceipt:
    assistance.require_recorder(request.user, household)
    facts = {name: form.cleaned_data[name] for name in form.Meta.fields if name != "programme"}
    facts["despite_pair"] = form.cleaned_data["despite_pair"]
    programme = form.cleaned_data["programme"]
    return assistance.record(programme, household, by=request.user, **facts)


@never_cache
@FORM_METHODS
def aid_edit(request: StaffRequest, pk: int, receipt_pk: int) -> HttpResponse:
    receipt = _receipt(request, pk, receipt_pk)
    require_editor(request, receipt.household)
    families.note_view(receipt.household, by=request.user)

    def save(row: AidReceipt, version: int) -> None:
        assistance.change(row, by=request.user, expected_version=version)

    edit = Edit(
        row=receipt,
        make_form=lambda row, data: ReceiptForm(data, instance=row),
        save=save,
        fresh=lambda: _receipt(request, pk, receipt_pk),
        done_url=f"{reverse('household_file', args=[pk])}#bantuan",
        context={"household": receipt.household, "title": _("Edit aid received")},
    )
    return edit_page(request, edit)


@never_cache
@FORM_METHODS
def aid_withdraw(request: StaffRequest, pk: int, receipt_pk: int) -> HttpResponse:
    receipt = _receipt(request, pk, receipt_pk)
    require_editor(request, receipt.household)
    done = _("The entry is withdrawn. It stays in the history.")
    return _reason_page(request, receipt, assistance.withdraw, done, "staff/aid/withdraw.html")


def _reason_page(
    request: StaffRequest, receipt: AidReceipt, act: Callable[..., Any], done: str, template: str
) -> HttpResponse:
    """Ask why, then act on the receipt as it was shown."""
    form = WithdrawForm(
        request.POST if request.method == "POST" else None, initial={"version": receipt.version}
    )
    if request.method == "POST" and form.is_valid():
        facts: dict[str, Any] = form.cleaned_data
        try:
            act(
                receipt,
                by=request.user,
                reason=facts["reason"],
                expected_version=facts["version"],
            )
        except StaleRow:
            messages.error(request, _("Somebody changed this entry meanwhile. Look at it again."))
        except ValidationError as error:
            raise Http404 from error
        else:
            messages.success(request, done)
        return redirect(f"{reverse('household_file', args=[receipt.household_id])}#bantuan")
    context = {"household": receipt.household, "receipt": receipt, "form": form}
    return render(request, template, context)


@never_cache
@FORM_METHODS
def aid_stop(request: StaffRequest, pk: int, receipt_pk: int) -> HttpResponse:
    """Say that it is received no more; a proposal of the register fills the form."""
    receipt = _receipt(request, pk, receipt_pk)
    require_editor(request, receipt.household)
    if receipt.stopped_at:
        raise Http404
    form = EndingForm(
        request.POST if request.method == "POST" else None, initial=_proposal(receipt)
    )
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            stopping.stop(receipt, form.ending, by=request.user, expected_version=version)
        except StaleRow:
            messages.error(request, _("Somebody changed this entry meanwhile. Look at it again."))
            return redirect(f"{reverse('household_file', args=[pk])}#bantuan")
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The aid is stopped. What was received stays recorded."))
            return redirect(f"{reverse('household_file', args=[pk])}#bantuan")
    context = {"household": receipt.household, "receipt": receipt, "form": form}
    return render(request, "staff/aid/stop.html", context)


def _proposal(receipt: AidReceipt) -> dict[str, Any]:
    rows = AidReceipt.objects.filter(pk=receipt.pk)
    found: Any = stopping.proposed(rows, timezone.localdate()).first()
    said: dict[str, Any] = {"version": receipt.version}
    if found is not None:
        day = max(found.proposed_on or receipt.period_from, receipt.period_from)
        said |= {"stop_reason": found.proposed_reason, "stopped_on": day}
    return said


@never_cache
@FORM_METHODS
def aid_resume(request: StaffRequest, pk: int, receipt_pk: int) -> HttpResponse:
    """Take an end back that was recorded by mistake."""
    receipt = _receipt(request, pk, receipt_pk)
    require_editor(request, receipt.household)
    if not receipt.stopped_at:
        raise Http404
    done = _("The end is taken back: the aid goes on.")
    return _reason_page(request, receipt, stopping.resume, done, "staff/aid/resume.html")
