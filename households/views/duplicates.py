"""Possible duplicates: the queue, a pair side by side, and what an officer decides about it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households import families, merging
from households.duplicates import review, same_kk
from households.duplicates.search import ask_to_search, last_search
from households.duplicates.words import score_text, told
from households.forms.duplicates import DismissForm, MergeForm, QueueForm, UndoForm
from households.models import DismissReason, DuplicatePair, Member, PairStatus
from households.models.duplicate import REVIEWERS
from households.workflows import duplicates as acts
from households.workflows.duplicates import DUPLICATE_FLOW
from tkpk import trail
from tkpk.models import Job, Level, Territory
from tkpk.models.territory import within
from tkpk.requests import StaffRequest
from tkpk.rights import home_kelurahan, mandate_at, scopes

PAGE_SIZE = 25


def _reviewer(request: StaffRequest) -> list[str]:
    codes = scopes(request.user, REVIEWERS)
    if not codes:
        raise PermissionDenied
    return codes


def _get_pair(request: StaffRequest, pk: int) -> tuple[DuplicatePair, dict[int, Member]]:
    """A pair of which this person may open both rows; a stranger gets 404."""
    rows = DuplicatePair.objects.visible_to(request.user).select_related("kelurahan")
    pair = get_object_or_404(rows, pk=pk)
    return pair, review.members_of([pair])


@never_cache
@require_safe
def duplicate_list(request: StaffRequest) -> HttpResponse:
    codes = _reviewer(request)
    places = Territory.objects.filter(within("code", *codes), level=Level.RW).order_by("code")
    form = QueueForm(request.GET, rws=list(places.values_list("code", "name")))
    rows = _filtered(DuplicatePair.objects.visible_to(request.user), form.chosen)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("hal"))
    pairs = list(page.object_list)
    members = review.members_of(pairs)
    kelurahan = home_kelurahan(request.user, REVIEWERS)
    job = last_search(kelurahan) if kelurahan else None
    context = {
        "form": form,
        "page": page,
        "query": urlencode(form.chosen),
        "filtered": bool(form.chosen),
        "lines": [
            (pair, members[pair.low], members[pair.high], told(pair.parts)[:4], _percent(pair))
            for pair in pairs
        ],
        "job": job,
        "searching": job is not None and job.status in {Job.Status.QUEUED, Job.Status.RUNNING},
    }
    return render(request, "staff/duplicates/list.html", context)


def _percent(pair: DuplicatePair) -> str:
    return score_text(pair.score)


def _filtered(rows: Any, chosen: dict[str, str]) -> QuerySet[DuplicatePair]:
    shown = chosen.get("tampil")
    rows = rows.filter(status=shown) if shown else rows.waiting()
    if chosen.get("jenis"):
        rows = rows.filter(kind=chosen["jenis"])
    if chosen.get("nilai"):
        rows = rows.filter(score__gte=chosen["nilai"])
    if chosen.get("rw"):
        there = Member.objects.filter(within("household__territory__code", chosen["rw"]))
        keys = there.values("pk")
        rows = rows.filter(low__in=keys) | rows.filter(high__in=keys)
    return rows.order_by("-score", "pk")


@never_cache
@require_POST
def duplicate_search(request: StaffRequest) -> HttpResponse:
    """Ask for a search in the background."""
    _reviewer(request)
    kelurahan = home_kelurahan(request.user, REVIEWERS)
    if kelurahan is None:
        raise PermissionDenied
    with transaction.atomic():
        ask_to_search(kelurahan, by=request.user)
        mandate = mandate_at(request.user, REVIEWERS, code=kelurahan.code)
        trail.record(
            chain=kelurahan, by=request.user, mandate=mandate, process="duplicate", move="search"
        )
    messages.success(request, _("The search has started. Come back to this page in a while."))
    return redirect("duplicate_list")


@never_cache
@require_safe
def duplicate_pair(request: StaffRequest, pk: int) -> HttpResponse:
    pair, members = _get_pair(request, pk)
    for household in {member.household for member in members.values()}:
        families.note_view(household, by=request.user)
    return _pair_page(request, pair, members)


def _pair_page(
    request: StaffRequest,
    pair: DuplicatePair,
    members: dict[int, Member],
    *,
    errors: list[str] | None = None,
) -> HttpResponse:
    low, high = members[pair.low], members[pair.high]
    record = merging.standing_merge(pair) if pair.status == PairStatus.MERGED else None
    kept = review.proposed_side(low, high)
    moves = {found.name: found for found in DUPLICATE_FLOW.open_to(request.user, pair)}
    context = {
        "pair": pair,
        "parts": told(pair.parts),
        "score": score_text(pair.score),
        "sides": review.sides_of(pair, members),
        "lines": review.lines_of(low, high, kept=kept),
        "kept": kept,
        "low": low,
        "high": high,
        "moves": moves,
        "may_merge": "merge" in moves and not moves["merge"].blocked,
        "may_dismiss": "dismiss" in moves and not moves["dismiss"].blocked,
        "conflicts": DUPLICATE_FLOW.conflicts(pair, request.user),
        "reasons": [(v, w) for v, w in DismissReason.choices if v != DismissReason.OTHER],
        "record": record,
        "errors": errors or [],
        "typed": request.POST.get("words", ""),
    }
    return render(request, "staff/duplicates/pair.html", context, status=422 if errors else 200)


def _errors(form: Any) -> list[str]:
    return [message for found in form.errors.values() for message in found]


@never_cache
@require_POST
def duplicate_merge(request: StaffRequest, pk: int) -> HttpResponse:
    """First what would follow, then, confirmed, the merge."""
    pair, members = _get_pair(request, pk)
    low, high = members[pair.low], members[pair.high]
    lines = review.lines_of(low, high, kept=review.proposed_side(low, high))
    form = MergeForm(request.POST, lines=lines)
    if not form.is_valid():
        choose = _("Choose which row stays, and one value for each field that differs.")
        return _pair_page(request, pair, members, errors=[choose])
    plan = form.plan(low, high)
    if "confirm" not in request.POST:
        context = {
            "pair": pair,
            "plan": plan,
            "posted": form.as_posted,
            "consequences": review.consequences(plan),
        }
        return render(request, "staff/duplicates/confirm.html", context)
    try:
        merging.merge(pair, plan, by=request.user)
    except ValidationError as error:
        return _pair_page(request, *_get_pair(request, pk), errors=error.messages)
    messages.success(request, _("Merged. It can be undone on this page."))
    return redirect("duplicate_pair", pk)


@never_cache
@require_POST
def duplicate_dismiss(request: StaffRequest, pk: int) -> HttpResponse:
    pair, members = _get_pair(request, pk)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _pair_page(request, pair, members, errors=_errors(form))
    choice = form.cleaned_data["choice"]
    try:
        acts.dismiss(pair, by=request.user, dismissed_as=choice, reason=form.reason)
    except ValidationError as error:
        return _pair_page(request, pair, members, errors=error.messages)
    messages.success(request, _("Recorded: two persons."))
    return redirect("duplicate_list")


@never_cache
@require_POST
def duplicate_reopen(request: StaffRequest, pk: int) -> HttpResponse:
    pair, members = _get_pair(request, pk)
    try:
        acts.reopen(pair, by=request.user)
    except ValidationError as error:
        return _pair_page(request, pair, members, errors=error.messages)
    return redirect("duplicate_pair", pk)


@never_cache
@require_POST
def duplicate_undo(request: StaffRequest, pk: int) -> HttpResponse:
    pair, members = _get_pair(request, pk)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _pair_page(request, pair, members, errors=_errors(form))
    try:
        merging.undo_merge(pair, by=request.user, reason=form.cleaned_data["words"])
    except ValidationError as error:
        return _pair_page(request, *_get_pair(request, pk), errors=error.messages)
    messages.success(request, _("The merge is undone: both rows are as they were."))
    return redirect("duplicate_pair", pk)


@never_cache
@require_safe
def same_kk_list(request: StaffRequest) -> HttpResponse:
    """Families that stand in the registry more than once under one KK number."""
    _reviewer(request)
    context = {"groups": same_kk.groups_for(request.user)}
    return render(request, "staff/duplicates/same_kk.html", context)
