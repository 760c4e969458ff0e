"""Scores: computed by a named act, shown part by part."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households import families, scores
from households.instruments.assessed import years_of
from households.instruments.computing import ask_to_compute
from households.models import Score, Survey
from households.views.instruments import get_version
from tkpk.requests import StaffRequest


@never_cache
@require_safe
def score_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One score, today's or an old one, with the version it was computed under."""
    rows = Score.objects.visible_to(request.user).select_related(
        "category",
        "computed_by",
        "household__territory__parent",
        "instrument_version__instrument",
        "survey",
    )
    score = get_object_or_404(rows, pk=pk)
    families.note_view(score.household, by=request.user)
    file_url = reverse("household_file", args=[score.household_id])
    crumbs: list[tuple[Any, str]] = [
        (_("Families"), reverse("household_list")),
        (score.household.code, file_url),
        (_("Score"), ""),
    ]
    context = {
        "score": score,
        "aspects": scores.explained(score),
        "result": scores.result_words(score),
        "crumbs": crumbs,
    }
    return render(request, "staff/instruments/score.html", context)


@require_POST
def score_compute(request: StaffRequest, pk: int) -> HttpResponse:
    """Compute the score of one survey."""
    survey = get_object_or_404(Survey.objects.visible_to(request.user), pk=pk)
    try:
        score = scores.compute(survey, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("household_file", survey.household_id)
    messages.success(request, _("The score was computed."))
    return redirect("score_detail", score.pk)


@require_POST
def scores_compute(request: StaffRequest, pk: int) -> HttpResponse:
    """Compute all scores of a year; the page of the version shows how far it is."""
    version = get_version(request, pk)
    said = request.POST.get("year", "")
    year = next((year for year in years_of(version) if str(year) == said), None)
    if year is None:
        messages.error(request, _("There is no checked survey of that year."))
        return redirect("instrument_version", pk)
    try:
        ask_to_compute(version, year=year, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The scores are being computed. Open this page again later."))
    return redirect("instrument_version", pk)
