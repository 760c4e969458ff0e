"""Officers' pages about reports on families: writing one down, finding the family, deciding."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from households import counter, intake
from households.forms import intake as intake_forms
from households.forms.voices import AREA_HEADS, AreaReportForm, ConfirmForm, FindForm
from households.models import Household
from households.voices import area, matching
from tkpk import drafts
from tkpk.forms.acts import ReasonForm, tell
from tkpk.models import SentKind, Submission
from tkpk.once import form_once
from tkpk.registry import registry
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.rights import home_kelurahan, scopes
from tkpk.roles import Role
from tkpk.views.voices import get_submission


# --- for a resident at the counter -----------------------------------------------------------
@never_cache
@FORM_METHODS
@form_once
def nomination_record(request: StaffRequest) -> HttpResponse:
    return _record_page(request, SentKind.NOMINATION)


@never_cache
@FORM_METHODS
@form_once
def objection_record(request: StaffRequest) -> HttpResponse:
    return _record_page(request, SentKind.OBJECTION)


@never_cache
@FORM_METHODS
@form_once
def removal_record(request: StaffRequest) -> HttpResponse:
    return _record_page(request, SentKind.SELF_REMOVAL)


def _record_page(request: StaffRequest, sent_kind: str) -> HttpResponse:
    """Write down what a resident says; the receipt is printed on the next page."""
    kelurahan = home_kelurahan(request.user, {Role.STAFF})
    if kelurahan is None:
        raise PermissionDenied
    form = intake_forms.SPOKEN[sent_kind](drafts.typed(request), kelurahan=kelurahan)
    if request.method == "POST" and form.is_valid():
        submission = intake.send(
            form.said(), form.subject(), kelurahan=kelurahan, by=request.user, **form.more()
        )
        messages.success(
            request,
            _("Written down as %(ticket)s. Print the receipt for the resident.")
            % {"ticket": submission.ticket},
        )
        return redirect("voice_detail", submission.pk)
    context = {"form": form, "door": registry.voice_doors[sent_kind]}
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/voices/record.html", context, status=status)


# --- which family ----------------------------------------------------------------------------
@never_cache
@FORM_METHODS
def voice_match(request: StaffRequest, pk: int) -> HttpResponse:
    """Find the family that a report means; what is typed goes by POST."""
    submission = get_submission(request, pk)
    report = matching.report_of(submission)
    if matching.finder_mandate(request.user, report) is None:
        raise PermissionDenied
    form = FindForm(request.POST if request.method == "POST" else None)
    hits: list[counter.Hit] = []
    if form.is_valid():
        hits = counter.find(request.user, form.cleaned_data["text"])
    context = {
        "submission": submission,
        "report": report,
        "form": form,
        "hits": hits[: counter.MOST_HITS],
        "more": len(hits) > counter.MOST_HITS,
        "suggested": matching.suggested(report, request.user),
        "searched": form.is_bound,
    }
    return render(request, "staff/voices/match.html", context)


@never_cache
@require_POST
def voice_match_choose(request: StaffRequest, pk: int, household_pk: int) -> HttpResponse:
    """Say that it is this family."""
    submission = get_submission(request, pk)
    rows = Household.objects.visible_to(request.user).select_related("kelurahan")
    household = get_object_or_404(rows, pk=household_pk)
    try:
        matching.match(matching.report_of(submission), household, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("voice_match", pk)
    messages.success(request, _("The family is noted."))
    return redirect("voice_detail", pk)


# --- deciding --------------------------------------------------------------------------------
@never_cache
@FORM_METHODS
def voice_decide(request: StaffRequest, pk: int, report_step: str) -> HttpResponse:
    """Decide about what was reported, with a reason."""
    submission = get_submission(request, pk)
    report = matching.report_of(submission)
    move = matching.flow_of(report).moves.get(report_step)
    if move is None:
        raise Http404
    form = _decision_form(report_step, drafts.typed(request))
    form.fields["reason"].required = move.needs_reason
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        reason = data.pop("reason")
        try:
            matching.decide(report, report_step, by=request.user, reason=reason, changes=data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Recorded. Now answer the sender."))
            return redirect("voice_detail", pk)
    context = {
        "submission": submission,
        "report": report,
        "move": move,
        "form": form,
        "back_url": reverse("voice_detail", args=[pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/voices/decide.html", context, status=status)


def _decision_form(step: str, data: Any) -> ReasonForm:
    return ConfirmForm(data) if step == "confirm" else ReasonForm(data)


# --- heads of RT and RW ----------------------------------------------------------------------
@never_cache
@FORM_METHODS
@form_once
def area_report(request: StaffRequest) -> HttpResponse:
    """A head of RT or RW nominates, or objects to, a family of the own area."""
    if not scopes(request.user, AREA_HEADS):
        raise PermissionDenied
    form = AreaReportForm(drafts.typed(request), by=request.user)
    if request.method == "POST" and form.is_valid():
        submission = area.report(form.cleaned_data, by=request.user)
        messages.success(request, _("Sent as %(ticket)s.") % {"ticket": submission.ticket})
        return redirect("area_report")
    own = Submission.objects.filter(created_by=request.user).order_by("-pk")[:30]
    context = {"form": form, "own": own}
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/voices/area.html", context, status=status)
