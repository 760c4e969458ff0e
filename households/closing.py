"""What hangs on a family that a merge of persons closed, and how an undo gives it back.

The place on the list and open reports go to the family that stays; what is only being surveyed is
withdrawn, for the answers are those of another household. Each is a named act of its own.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from households.listing import leaving
from households.models import Household, Survey
from households.models.listing import STANDING
from households.voices import families as reports
from households.workflows.surveys import OPEN, return_withdrawn, withdraw_open
from tkpk.models import User

Done = dict[str, list[dict[str, Any]]]


def settle(closed: Household, kept: Household, *, by: User, reason: str) -> Done:
    """Hand over or withdraw; returns what was done, to be kept with the merge."""
    words = _("%(reason)s: the family is %(code)s now") % {"reason": reason, "code": kept.code}
    return {
        "surveys": withdraw_open(closed, by=by, reason=words),
        # Objections follow the lines, so the lines go first.
        "lines": leaving.hand_over(closed, kept, by=by, reason=words),
        "reports": reports.hand_over(closed, kept, by=by, reason=words),
    }


def built_upon(done: Done, kept: Household) -> list[str]:
    """Codes of what was worked on since; the merge cannot be undone then."""
    left = leaving.built_upon(done.get("lines", []), kept)
    return left + reports.built_upon(done.get("reports", []), kept)


def take_back(done: Done, closed: Household, *, by: User, reason: str) -> None:
    """Give everything back to the family that is open again."""
    leaving.take_back(done.get("lines", []), closed, by=by, reason=reason)
    reports.take_back(done.get("reports", []), closed, by=by, reason=reason)
    if done.get("surveys"):
        return_withdrawn(closed, by=by, reason=reason)


def consequences(closed: Household, kept: Household) -> list[str]:
    """What `settle` would do, in words, before anybody confirms it."""
    said = []
    surveys = Survey.objects.filter(household=closed, status__in=sorted(OPEN)).count()
    if surveys:
        said.append(
            ngettext(
                "%(n)d survey that nobody has checked is withdrawn.",
                "%(n)d surveys that nobody has checked are withdrawn.",
                surveys,
            )
            % {"n": surveys}
        )
    taken = set(kept.listings.values_list("poor_list_id", flat=True))
    for line in closed.listings.filter(status__in=STANDING).select_related("poor_list"):
        facts = {
            "year": line.poor_list.year,
            "status": line.get_status_display(),
            "kept": kept.code,
        }
        text = (
            _("Both stand on the list of %(year)s: the place “%(status)s” of the closed family is "
              "taken off.")
            if line.poor_list_id in taken
            else _("The place on the list of %(year)s (%(status)s) goes to %(kept)s.")
        )  # fmt: skip
        said.append(text % facts)
    return said
