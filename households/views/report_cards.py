"""Pages of the report card: the family's cards, one year, what is written on it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households import families, scores
from households.forms.report_cards import (
    NoteForm,
    PromiseForm,
    SetAsideForm,
    SettleForm,
    StartForm,
)
from households.models import CardStatus, Commitment, Household, Listing, ReportCard
from households.models.report_card import CARD_READERS
from households.report_cards import reading, writing
from households.views.editing import get_household, require_editor
from households.workflows.report_cards import REPORT_CARD_FLOW
from tkpk import drafts
from tkpk.models.territory import within
from tkpk.pdf import PdfFailed
from tkpk.requests import FORM_METHODS, StaffRequest, whole_number
from tkpk.rights import holds, scopes


def _reads_whole(request: StaffRequest, household: Household) -> bool:
    return holds(request.user, CARD_READERS, code=household.territory.code)


@never_cache
@require_safe
def report_cards(request: StaffRequest, pk: int) -> HttpResponse:
    """The cards of a family, and the start of a new one."""
    household = get_household(request, pk)
    families.note_view(household, by=request.user)
    if not _reads_whole(request, household):
        return redirect("report_card", pk, timezone.localdate().year)
    cards = ReportCard.objects.filter(household=household).select_related(
        "category", "closed_by", "document"
    )
    context = {
        "household": household,
        "cards": list(cards),
        "may_write": not families.edit_refusals(request.user, household),
        "form": StartForm(),
    }
    return render(request, "staff/report_cards/list.html", context)


@never_cache
@require_POST
def report_card_start(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin the card of a year, or the next edition of a closed one."""
    household = get_household(request, pk)
    require_editor(request, household)
    form = StartForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose this year or an earlier one."))
        return redirect("report_cards", pk)
    card = writing.start(household, form.cleaned_data["year"], by=request.user)
    return redirect("report_card", pk, card.year)


@never_cache
@require_safe
def report_card(request: StaffRequest, pk: int, year: int) -> HttpResponse:
    """One year: whole for officers, without scores for RT and RW, the class alone for the TKPK."""
    if not writing.FIRST_YEAR <= year <= timezone.localdate().year + 1:
        raise Http404
    rows = Household.objects.visible_to(request.user)
    household = rows.select_related("territory__parent", "kelurahan").filter(pk=pk).first()
    if household is None:
        return _class_page(request, pk, year)
    families.note_view(household, by=request.user)
    if not _reads_whole(request, household):
        return _area_page(request, household, year)
    card = _newest(household, year)
    if card is None:
        raise Http404
    return _card_page(request, card)


def _newest(household: Household, year: int) -> ReportCard | None:
    rows = ReportCard.objects.standing().filter(household=household, year=year)
    card = rows.select_related("closed_by", "document").order_by("-edition").first()
    if card is not None:
        card.household, card.kelurahan = household, household.kelurahan
    return card


def _class_page(request: StaffRequest, pk: int, year: int) -> HttpResponse:
    """For the TKPK: the class of a family on a list of the year, without its name."""
    codes = scopes(request.user, scores.CLASS_READERS)
    rows = Household.objects.filter(within("kelurahan__code", *codes))
    on_list = Listing.objects.of_year(year).standing().filter(household=pk)
    household = get_object_or_404(rows.filter(pk__in=on_list.values("household")))
    score = reading.score_of(household, year)
    context = {
        "household": household,
        "year": year,
        "words": scores.class_words(score) if score else _("not assessed this year"),
    }
    return render(request, "staff/report_cards/class.html", context)


def _area_page(request: StaffRequest, household: Household, year: int) -> HttpResponse:
    """For RT and RW: status on the list and aid, nothing of income and health."""
    context = {
        "household": household,
        "year": year,
        "listing": reading.listing_words(household, year),
        "aid": reading.aid_lines(household, year, amounts=False),
    }
    return render(request, "staff/report_cards/area.html", context)


def _card_page(
    request: StaffRequest, card: ReportCard, *, status: int = 200, **bound: Any
) -> HttpResponse:
    """The card; `bound` are forms that were refused, shown in their places."""
    household, closed = card.household, card.status == CardStatus.CLOSED
    may_write = not families.edit_refusals(request.user, household)
    moves = REPORT_CARD_FLOW.open_to(request.user, card)
    restored = None if bound else drafts.restore(request)
    context = {
        "household": household,
        "card": card,
        "said": writing.sealed_content(card) if closed else reading.content(card),
        "may_write": may_write,
        "writable": may_write and not closed,
        "notes": [] if closed else list(card.notes.filter(struck_at=None)),
        "commitments": list(card.commitments.standing()),
        "earlier": reading.earlier_commitments(card),
        "moves": {found.name: found for found in moves},
        "note_form": bound.get("note_form") or NoteForm(restored),
        "promise_form": bound.get("promise_form") or PromiseForm(),
        "set_aside_form": bound.get("set_aside_form") or SetAsideForm(prefix="aside"),
    }
    return render(request, "staff/report_cards/card.html", context, status=status)


# --- writing ---------------------------------------------------------------------------------
def _draft(request: StaffRequest, pk: int, year: int) -> ReportCard:
    """The card of a year that is being written, for who may write on it."""
    household = get_household(request, pk)
    require_editor(request, household)
    card = _newest(household, year)
    if card is None or card.status != CardStatus.DRAFT:
        raise Http404
    return card


def _back(card: ReportCard) -> HttpResponse:
    return redirect("report_card", card.household_id, card.year)


@never_cache
@require_POST
def card_note(request: StaffRequest, pk: int, year: int) -> HttpResponse:
    card = _draft(request, pk, year)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            writing.add_note(card, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The note is on the card."))
            return _back(card)
    return _card_page(request, card, status=422, note_form=form)


@never_cache
@require_POST
def card_promise(request: StaffRequest, pk: int, year: int) -> HttpResponse:
    card = _draft(request, pk, year)
    form = PromiseForm(request.POST)
    if form.is_valid():
        try:
            writing.promise(card, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The commitment is on the card."))
            return _back(card)
    return _card_page(request, card, status=422, promise_form=form)


@never_cache
@require_POST
def card_strike(request: StaffRequest, pk: int, year: int) -> HttpResponse:
    """Strike out a note or a commitment that was written by mistake."""
    card = _draft(request, pk, year)
    rows: Any = card.notes if "note" in request.POST else card.commitments
    key = whole_number(request.POST.get("note") or request.POST.get("commitment") or "")
    row = get_object_or_404(rows.select_related("card__household__territory"), pk=key)
    writing.strike(row, by=request.user)
    messages.success(request, _("Struck out."))
    return _back(card)


@never_cache
@FORM_METHODS
def commitment_settle(
    request: StaffRequest, pk: int, year: int, commitment_pk: int
) -> HttpResponse:
    """What became of a commitment, on an open card or a closed one."""
    household = get_household(request, pk)
    require_editor(request, household)
    rows = Commitment.objects.standing().select_related(
        "card__household__territory", "card__household__kelurahan", "kelurahan"
    )
    one = get_object_or_404(rows, pk=commitment_pk, card__household=household, card__year=year)
    data = drafts.typed(request)
    form = SettleForm(data, initial={"outcome": one.outcome, "remark": one.remark})
    if request.method == "POST" and form.is_valid():
        try:
            writing.settle(one, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("report_card", pk, year)
    context = {"household": household, "commitment": one, "form": form, "year": year}
    return render(request, "staff/report_cards/settle.html", context)


@never_cache
@require_POST
def card_close(request: StaffRequest, pk: int, year: int) -> HttpResponse:
    """Make the paper and close the card."""
    card = _draft(request, pk, year)
    try:
        writing.close(card, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except PdfFailed:
        messages.error(request, _("The paper could not be made. The card stays open; try again."))
    else:
        messages.success(request, _("The card is closed and its paper is kept."))
    return _back(card)


@never_cache
@require_POST
def card_set_aside(request: StaffRequest, pk: int, year: int) -> HttpResponse:
    card = _draft(request, pk, year)
    form = SetAsideForm(request.POST, prefix="aside")
    if not form.is_valid():
        return _card_page(request, card, status=422, set_aside_form=form)
    try:
        REPORT_CARD_FLOW.apply(
            "set_aside", card, by=request.user, reason=form.cleaned_data["reason"]
        )
    except (ValidationError, PermissionDenied) as error:
        raise PermissionDenied(str(error)) from error
    messages.success(request, _("The card is set aside."))
    return redirect(reverse("report_cards", args=[pk]))
