"""Reports about a family that a merge closed: they are about the family that stays."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from households.models import Ground, Household, Nomination, Objection, RemovalWish
from households.voices import lists, matching
from households.workflows.objections import own_matter
from tkpk.models import User

KINDS = {model._meta.label: model for model in (Objection, Nomination, RemovalWish)}


def hand_over(closed: Household, kept: Household, *, by: User, reason: str) -> list[dict[str, Any]]:
    """Open reports name the family that stays from now on; decided ones stay as decided.

    The lines of the list have to be handed over before. Returns what was done, for `take_back`.
    """
    done = []
    for label, model in KINDS.items():
        rows: Any = model.objects.filter(household=closed, status="OPEN").order_by("pk")
        for report in rows:
            _put_under(report, kept, by=by, reason=reason)
            done.append({"label": label, "pk": report.pk})
    return done


def _put_under(report: Any, household: Household, *, by: User, reason: str) -> None:
    """A named act: the family that was found is another row now."""
    mandate = matching.finder_mandate(by, report)
    if mandate is None:
        raise PermissionDenied(_("The family is found by an officer of the kelurahan."))
    if refused := own_matter(report, by):
        raise PermissionDenied("; ".join(refused))
    report.household = household
    if isinstance(report, Objection) and report.ground != Ground.MISSED:
        report.listing = lists.line_of(report.poor_list_id, household)
    report.updated_by, report.version = by, report.version + 1
    report.save()
    flow = matching.flow_of(report)
    flow.note(report, "hand_over", by=by, mandate=mandate, reason=reason)


def _row(one: dict[str, Any]) -> Any:
    rows: Any = KINDS[one["label"]].objects
    return rows.select_for_update(of=("self",)).get(pk=one["pk"])


def built_upon(done: list[dict[str, Any]], kept: Household) -> list[str]:
    """Tickets of reports that were decided, or found to mean another family, since the merge."""
    rows = [_row(one) for one in done]
    return [row.code for row in rows if row.household_id != kept.pk or row.status != "OPEN"]


def take_back(done: list[dict[str, Any]], closed: Household, *, by: User, reason: str) -> None:
    """They name the family of the undone merge again. Its lines have to be back before."""
    for one in done:
        _put_under(_row(one), closed, by=by, reason=reason)
