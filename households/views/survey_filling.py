"""Filling in a survey on pages: at the door one screen a group, from paper all on one page.

A survey has one writer, who may have it open twice: each screen replaces its own answers alone,
and the last one sent holds. So these forms carry no version number.
"""

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from households import families
from households.forms.surveys import DoorForm, EndForm, StepForm, TypingForm, end_initial
from households.models import Household, InstrumentVersion, Survey, SurveySource
from households.models.survey import ANSWERED
from households.surveys import acts, consent, paper, questions
from households.views.editing import get_household
from households.views.surveys import get_survey, versions_in_use
from tkpk import drafts
from tkpk.forms.acts import tell
from tkpk.pdf import PdfFailed
from tkpk.requests import FORM_METHODS, StaffRequest


def _family(request: StaffRequest, pk: int, version_pk: int) -> tuple[Household, InstrumentVersion]:
    """A family that this person surveys, and a version in use there; 404 for any other."""
    household = get_household(request, pk)
    if refusals := acts.fill_refusals(request.user, household):
        raise PermissionDenied("; ".join(refusals))
    rows = InstrumentVersion.objects.in_use().with_content()
    return household, get_object_or_404(rows, pk=version_pk, kelurahan=household.kelurahan_id)


def _taken(request: StaffRequest, household: Household, version: InstrumentVersion) -> Any:
    """The page of the survey that stands already; None where there is none."""
    visit = acts.Visit(household, version, timezone.localdate(), {})
    other = acts.other_survey(visit)
    if other is None:
        return None
    messages.info(request, _("This family has a survey of this year already: here it is."))
    return redirect("survey_detail", other.pk)


@never_cache
@FORM_METHODS
def survey_begin(request: StaffRequest, pk: int, version_pk: int) -> HttpResponse:
    """The consent text comes before the first question."""
    household, version = _family(request, pk, version_pk)
    if request.method != "POST" and (answer := _taken(request, household, version)):
        return answer
    families.note_view(household, by=request.user)
    text = consent.current(household.kelurahan)
    form = DoorForm(drafts.typed(request), initial={"text_number": text.number})
    if request.method == "POST" and form.is_valid():
        try:
            survey = acts.begin_page(
                household,
                version,
                by=request.user,
                answer=form.cleaned_data["answer"],
                text_number=form.cleaned_data["text_number"],
            )
        except ValidationError as error:
            tell(form, error)
        else:
            if survey.status == Survey.Status.DRAFT:
                return redirect("survey_step", survey.pk, 1)
            messages.success(request, _("Recorded and sent to the check."))
            return redirect("survey_detail", survey.pk)
    context = {
        "household": household,
        "version": version,
        "form": form,
        "text": text,
        "head": families.head_of(household.pk),
    }
    return render(request, "staff/surveys/begin.html", context)


def _own(request: StaffRequest, pk: int) -> Survey:
    survey = get_survey(request, pk)
    if not acts.may_fill(request.user, survey):
        raise PermissionDenied(_("Only who began this survey fills it in, until it is sent."))
    return survey


@never_cache
@FORM_METHODS
def survey_step(request: StaffRequest, pk: int, screen: int) -> HttpResponse:
    """One screen: one group of questions. Saved with each step, onwards or back."""
    survey = _own(request, pk)
    if survey.consent_at is None:
        messages.info(
            request,
            _("The family has not agreed. If it does now, cancel this survey and begin anew."),
        )
        return redirect("survey_end", survey.pk)
    groups = questions.groups_of(survey.instrument_version)
    if not 1 <= screen <= len(groups):
        raise Http404
    group, answers = groups[screen - 1], survey.read_answers()
    initial = {f"q-{code}": str(value).replace(".", ",") for code, value in answers.items()}
    form = StepForm(
        drafts.typed(request), group=group, version=survey.instrument_version, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            acts.write(
                acts.visit_of(survey, answers=form.merged(answers), result=None),
                by=request.user,
                survey=survey,
            )
        except ValidationError as error:
            tell(form, error)
        else:
            return _onwards(request, survey, screen, len(groups))
    context = {
        "survey": survey,
        "household": survey.household,
        "form": form,
        "group": group,
        "step": screen,
        "steps": len(groups),
        "before": screen - 1,
    }
    return render(request, "staff/surveys/fill.html", context)


def _onwards(request: StaffRequest, survey: Survey, step: int, last: int) -> HttpResponse:
    if "back" in request.POST and step > 1:
        return redirect("survey_step", survey.pk, step - 1)
    if "pause" in request.POST:
        messages.success(request, _("Saved. You can go on at any time."))
        return redirect("survey_detail", survey.pk)
    return redirect("survey_end", survey.pk) if step == last else _step(survey, step + 1)


def _step(survey: Survey, step: int) -> HttpResponse:
    return redirect("survey_step", survey.pk, step)


@never_cache
@FORM_METHODS
def survey_end(request: StaffRequest, pk: int) -> HttpResponse:
    """The last screen: what is still missing, how it ended, and sending."""
    survey = _own(request, pk)
    groups = questions.groups_of(survey.instrument_version)
    left = questions.missing(groups, survey.read_answers())
    initial = end_initial(survey)
    if left and survey.result is None:
        del initial["result"]
    form = EndForm(drafts.typed(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            sent = acts.send(
                acts.visit_of(survey, **form.cleaned_data), by=request.user, survey=survey
            )
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Sent: a second person checks it now."))
            return redirect("survey_detail", sent.pk)
    context = {
        "survey": survey,
        "household": survey.household,
        "form": form,
        "left": [(one, _screen(groups, one.code)) for one in left],
        "last": len(groups),
    }
    return render(request, "staff/surveys/end.html", context)


def _screen(groups: list[questions.Group], code: str) -> int:
    return next(
        number
        for number, group in enumerate(groups, start=1)
        if any(one.code == code for one in group.asked)
    )


@never_cache
@FORM_METHODS
def survey_type(request: StaffRequest, pk: int, version_pk: int) -> HttpResponse:
    """A paper form typed in by keyboard: one page, Enter leads to the next field."""
    household, version = _family(request, pk, version_pk)
    if request.method != "POST" and (answer := _taken(request, household, version)):
        return answer
    families.note_view(household, by=request.user)
    text, groups = consent.current(household.kelurahan), questions.groups_of(version)
    form = TypingForm(
        drafts.typed(request),
        groups=groups,
        version=version,
        texts=consent.on_paper(household.kelurahan),
        initial={"text_number": text.number},
    )
    if request.method == "POST" and form.is_valid():
        try:
            survey = acts.send(_typed_visit(household, version, form), by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Sent: a second person checks it now."))
            return redirect("survey_detail", survey.pk)
    context = {
        "household": household,
        "version": version,
        "form": form,
        "head": families.head_of(household.pk),
    }
    return render(request, "staff/surveys/typing.html", context)


def _typed_visit(household: Household, version: InstrumentVersion, form: TypingForm) -> acts.Visit:
    facts = form.cleaned_data
    agreed = facts["consent"] == "1"
    answered = facts["result"] in ANSWERED
    day = facts["surveyed_on"]
    signed = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
    return acts.Visit(
        household=household,
        version=version,
        surveyed_on=day,
        answers=form.answers,
        result=facts["result"],
        respondent=facts["respondent"],
        consent_number=facts["text_number"] if answered or not agreed else None,
        # The paper says the day on which the family agreed, and no hour.
        consent_at=signed if agreed else None,
        source=SurveySource.PAPER,
    )


@never_cache
@require_safe
def survey_form_pdf(request: StaffRequest, version_pk: int) -> HttpResponse:
    """The blank paper form of a version in use. It names nobody."""
    offered = {version.pk for version in versions_in_use(request, acts.FILLERS)}
    if version_pk not in offered:
        raise Http404
    version = InstrumentVersion.objects.with_content().get(pk=version_pk)
    try:
        data = paper.form_pdf(version)
    except PdfFailed:
        messages.error(request, _("The form could not be made. Try again."))
        return redirect("survey_list")
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="formulir-survei-{version.pk}.pdf"'
    return response
