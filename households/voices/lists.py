"""Where reports about families meet the year's list."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from households.models import (
    Ground,
    Household,
    Listing,
    Objection,
    PoorList,
)
from tkpk.models import Territory


def nominated_list(kelurahan: Territory) -> PoorList:
    """The list that takes nominations now. Raises ValidationError when there is none."""
    for poor_list in PoorList.objects.running().filter(kelurahan=kelurahan):
        if poor_list.takes_nominations:
            return poor_list
    raise ValidationError(
        _(
            "No list takes nominations now: after round 1 of the uji publik a list only gets "
            "shorter. Keep the report until next year's list is opened, or decline it."
        ),
        code="no_list",
    )


def line_of(poor_list_id: int | None, household: Household) -> Listing | None:
    """The family's line on a list, whatever became of it."""
    if poor_list_id is None:
        return None
    return Listing.objects.filter(poor_list_id=poor_list_id, household=household).first()


def lines_left(household: Household | None) -> Any:
    """The lines that a family may still be taken off, the newest list first."""
    return Listing.objects.standing().filter(household=household).order_by("-poor_list__year")


def facts_of(report: Any, household: Household) -> dict[str, Any]:
    """What finding the family says about the list: for an objection, its line there.

    Raises ValidationError where the family must stand on the list and does not.
    """
    if not isinstance(report, Objection):
        return {}
    line = line_of(report.poor_list_id, household)
    if report.ground == Ground.MISSED:
        if line is not None:
            raise ValidationError(
                _("This family is on the list already, so it is not missing: %(status)s.")
                % {"status": line.get_status_display()},
                code="listed",
            )
        return {"listing": None}
    if line is None:
        raise ValidationError(
            _("This family is not on this list. Choose another family, or reject the objection."),
            code="not_listed",
        )
    return {"listing": line}
