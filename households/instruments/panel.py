"""The scores of a family as its file shows them."""

from typing import Any

from django.db.models import Model

from households import scores
from households.models import Household, Score, Survey
from households.models.survey import ANSWERED
from households.visibility import Column, columns_for
from households.workflows.registering import own_family
from tkpk.models import User


def score_panel(user: User, row: Model) -> tuple[str, dict[str, Any]] | None:
    """The newest score part by part, and the others by their result.

    Nothing for those who may not know of income: the parts tell of it.
    """
    if not isinstance(row, Household):
        return None
    if Column.INCOME not in columns_for(user, row.territory.code):
        return None
    found = list(
        Score.objects.filter(household=row).select_related(
            "category", "instrument_version__instrument", "survey"
        )
    )
    newest = next((score for score in found if score.current), None)
    context = {
        "newest": newest,
        "aspects": scores.explained(newest) if newest else [],
        "result": scores.result_words(newest) if newest else "",
        "to_compute": _to_compute(user, row),
        "others": [(score, scores.result_words(score)) for score in found if score is not newest],
    }
    return "staff/instruments/_panel.html", context


def _to_compute(user: User, household: Household) -> list[Survey]:
    """Checked surveys whose score nobody computed yet, for those who may."""
    if not scores.mandate_to_compute(user, household.territory):
        return []
    rows = Survey.objects.checked().filter(household=household, result__in=sorted(ANSWERED))
    rows = rows.exclude(pk__in=Score.objects.current().values("survey"))
    found = list(rows.select_related("instrument_version__instrument").defer("answers"))
    # Asked last: of most families there is nothing to compute.
    return [] if found and own_family(household, user) else found
