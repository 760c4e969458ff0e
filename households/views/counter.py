"""The counter: one field, an answer, and two acts that ask for a reason."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households import counter, families, health, mending, statements
from households.forms.counter import CounterForm, ReasonForm
from households.models import CounterReason, Household, Member, Statement
from households.searching import is_exact
from tkpk import search_token
from tkpk.pdf import PdfFailed
from tkpk.requests import FORM_METHODS, StaffRequest, whole_number
from tkpk.rights import scopes


def _require_counter(request: StaffRequest) -> None:
    if not scopes(request.user, counter.ROLES):
        raise PermissionDenied


def _address(token: str, **more: Any) -> str:
    return f"{reverse('counter')}?{urlencode({'cari': token, **more})}"


@never_cache
@FORM_METHODS
def counter_page(request: StaffRequest) -> HttpResponse:
    """Ask, or answer what a sealed token asks. What was typed comes by POST and leaves sealed."""
    _require_counter(request)
    if request.method == "POST":
        form = CounterForm(request.POST)
        if not form.is_valid():
            return redirect("counter")
        return redirect(_address(search_token.make(form.cleaned_data["text"], request.user)))
    token = request.GET.get("cari", "")
    text = search_token.read(token, request.user) or ""
    if not text:
        return render(request, "staff/counter/page.html", {"form": CounterForm()})
    hits = counter.find(request.user, text)
    chosen = _chosen(hits, request.GET.get("pilih", ""))
    if chosen is not None:
        return _answer(request, chosen, token)
    context = {
        "form": CounterForm(),
        "asked": True,
        "exact": is_exact(text),
        "more": len(hits) > counter.MOST_HITS,
        "hits": [
            (hit, _address(token, pilih=number))
            for number, hit in enumerate(hits[: counter.MOST_HITS], start=1)
        ],
        "may_add": bool(scopes(request.user, families.EDITORS)),
    }
    return render(request, "staff/counter/page.html", context)


def _chosen(hits: list[counter.Hit], choice: str) -> counter.Hit | None:
    """The only one, or the one whose number in the list was chosen."""
    if len(hits) == 1:
        return hits[0]
    number = whole_number(choice) or 0
    return hits[number - 1] if 0 < number <= min(len(hits), counter.MOST_HITS) else None


def _answer(request: StaffRequest, hit: counter.Hit, token: str) -> HttpResponse:
    families.note_view(hit.household, by=request.user)
    answer = counter.answer_about(hit, request.user)
    member = hit.member
    may_edit = not families.edit_refusals(request.user, hit.household)
    context = {
        "form": CounterForm(),
        "answer": answer,
        "household": hit.household,
        "token": token,
        "remarks": [
            (check, mending.remark_url(check, hit.household, may_edit=may_edit))
            for check in health.remarks_of(hit.household, answer.members)
        ],
        "reasons": CounterReason.choices[:-1],
        "may_edit": may_edit,
        "refusals": statements.refusals(request.user, member) if member else [],
    }
    return render(request, "staff/counter/page.html", context)


# --- acts ------------------------------------------------------------------------------------
def _household(request: StaffRequest, pk: int) -> Household:
    rows = counter.families_at(request.user)
    return get_object_or_404(rows.select_related("territory__parent", "kelurahan"), pk=pk)


def _member(request: StaffRequest, pk: int, member_pk: int) -> Member:
    rows = Member.objects.select_related(
        "household__territory__parent", "household__kelurahan__parent__parent"
    )
    households = counter.families_at(request.user).order_by().values("pk")
    return get_object_or_404(rows, pk=member_pk, household_id=pk, household__in=households)


def _back(request: StaffRequest) -> str:
    """Back to the answer, by the token that the form carried; a foreign one leads to the start."""
    token = request.POST.get("cari", "")
    return _address(token) if search_token.read(token, request.user) else reverse("counter")


@never_cache
@require_POST
def counter_number(request: StaffRequest, pk: int, member_pk: int | None = None) -> HttpResponse:
    """Show a full number once, on this answer only; the reason goes into the trail."""
    _require_counter(request)
    row: Household | Member
    row = _household(request, pk) if member_pk is None else _member(request, pk, member_pk)
    form, number = ReasonForm(request.POST), ""
    if form.is_valid():
        number = families.reveal_identifier(row, by=request.user, reason=form.words_of_reason)
    return _reason_page(request, form, row, number=number, is_person=member_pk is not None)


def _reason_page(
    request: StaffRequest, form: ReasonForm, row: Household | Member, **more: Any
) -> HttpResponse:
    """The number, or the question why, where the reason of one tap was not enough."""
    context = {
        "form": form,
        "row": row,
        "back_url": _back(request),
        "reasons": CounterReason.choices[:-1],
        "token": request.POST.get("cari", ""),
        "action": request.path,
        **more,
    }
    status = 200 if form.is_valid() else 422
    return render(request, "staff/counter/number.html", context, status=status)


@never_cache
@require_POST
def statement_give(request: StaffRequest, pk: int, member_pk: int) -> HttpResponse:
    """Give a statement about a person, for a reason of one tap."""
    _require_counter(request)
    member = _member(request, pk, member_pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        facts = form.cleaned_data
        try:
            statement = statements.give(
                member,
                by=request.user,
                purpose=facts["reason"],
                words=facts["words"] if facts["reason"] == CounterReason.OTHER else "",
                shows_nik=facts["shows_nik"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        except PdfFailed:
            messages.error(request, _("The paper could not be made. Nothing was given; try again."))
            return redirect(_back(request))
        else:
            return redirect("statement_page", statement.pk)
    return _reason_page(request, form, member, statement=True)


@never_cache
@require_safe
def statement_page(request: StaffRequest, pk: int) -> HttpResponse:
    """A statement that was given: its number and the way to the sealed file."""
    rows = Statement.objects.select_related("household", "member", "document", "created_by")
    statement = get_object_or_404(rows.visible_to(request.user), pk=pk)
    if not scopes(request.user, counter.ROLES):
        raise Http404
    families.note_view(statement.household, by=request.user)
    return render(request, "staff/counter/statement.html", {"statement": statement})
