"""What is decided about an objection, a nomination, and a family's wish to leave the list."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.models import (
    Ground,
    Nomination,
    NominationStatus,
    Objection,
    ObjectionStatus,
    RemovalStatus,
    RemovalWish,
)
from households.workflows.registering import own_family
from tkpk.models import SubmissionStatus, User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

_STAFF = {Role.STAFF}
# Who decides never typed it in: an officer finds the family, the Lurah decides.
_DECIDES = {Role.LURAH}
Report = Objection | Nomination | RemovalWish


def own_matter(report: Any, user: User) -> list[str]:
    """Nobody touches a report about the own family, found or only named by its NIK."""
    if report.household is not None and (reasons := own_family(report.household, user)):
        return reasons
    if user.nik_index and report.nik_index == user.nik_index:
        return [str(_("This is your own family: another officer has to do it."))]
    return []


def not_looked_at(report: Any, user: User) -> list[str]:
    """What is held back, or is no report, waits for nobody's decision."""
    if report.submission.status in {SubmissionStatus.HELD, SubmissionStatus.SPAM}:
        return [str(_("This report is held back or was marked as none."))]
    return own_matter(report, user)


def _is_taken_up(report: Any) -> None:
    if report.submission.status == SubmissionStatus.RECEIVED:
        raise ValidationError(_("Take the report up first."), code="not_taken_up")


def _is_matched(report: Any) -> None:
    _is_taken_up(report)
    if report.household_id is None:
        raise ValidationError(_("First find the family that is meant."), code="not_matched")


def _may_be_upheld(objection: Objection) -> None:
    _is_matched(objection)
    if objection.ground != Ground.MISSED and objection.listing_id is None:
        raise ValidationError(
            _("The family that was found is not on this list, so nothing can be taken off."),
            code="not_listed",
        )


def makers(report: Any) -> set[int]:
    """Who wrote it down and who found the family."""
    return {pk for pk in (report.created_by_id, report.matched_by_id) if pk is not None}


_COMMON = ("kelurahan_id", "submission_id", "status", "household_id")
OBJECTION_FLOW = Workflow(
    process="objection",
    title=_("Objection to the list"),
    model=Objection,
    moves={
        "uphold": Move(
            _("Uphold"),
            {ObjectionStatus.OPEN},
            ObjectionStatus.UPHELD,
            _DECIDES,
            guard=_may_be_upheld,
            needs_reason=True,
            four_eyes=True,
            warning=_("The family is taken off this year's list, unless it was missing on it."),
        ),
        "reject": Move(
            _("Reject"),
            {ObjectionStatus.OPEN},
            ObjectionStatus.REJECTED,
            _DECIDES,
            guard=_is_taken_up,
            needs_reason=True,
            four_eyes=True,
        ),
        "withdraw": Move(
            _("Withdrawn by its sender"),
            {ObjectionStatus.OPEN},
            ObjectionStatus.WITHDRAWN,
            _STAFF,
            needs_reason=True,
        ),
    },
    conflicts=not_looked_at,
    sealed_fields=(*_COMMON, "ground", "poor_list_id", "listing_id"),
    makers=makers,
    duties=frozenset({"uphold", "reject"}),
)
NOMINATION_FLOW = Workflow(
    process="nomination",
    title=_("Nomination"),
    model=Nomination,
    moves={
        "accept": Move(
            _("Put on the list"),
            {NominationStatus.OPEN},
            NominationStatus.ACCEPTED,
            _STAFF,
            guard=_is_matched,
            warning=_("The family is nominated; whether it is poor is verified at home."),
        ),
        "decline": Move(
            _("Do not take"),
            {NominationStatus.OPEN},
            NominationStatus.DECLINED,
            _STAFF,
            guard=_is_taken_up,
            needs_reason=True,
        ),
        "withdraw": Move(
            _("Withdrawn by its sender"),
            {NominationStatus.OPEN},
            NominationStatus.WITHDRAWN,
            _STAFF,
            needs_reason=True,
        ),
    },
    conflicts=not_looked_at,
    sealed_fields=(*_COMMON, "listing_id"),
    makers=makers,
    # The report itself stands in the inbox already.
    duties=frozenset(),
)
REMOVAL_FLOW = Workflow(
    process="removal_wish",
    title=_("Wish to leave the list"),
    model=RemovalWish,
    moves={
        "confirm": Move(
            _("The family confirms it"),
            {RemovalStatus.OPEN},
            RemovalStatus.CONFIRMED,
            _STAFF,
            guard=_is_matched,
            warning=_("The family leaves the list by its own wish."),
        ),
        "refute": Move(
            _("It is not the family's wish"),
            {RemovalStatus.OPEN},
            RemovalStatus.REFUTED,
            _STAFF,
            guard=_is_taken_up,
            needs_reason=True,
        ),
        "withdraw": Move(
            _("Withdrawn by its sender"),
            {RemovalStatus.OPEN},
            RemovalStatus.WITHDRAWN,
            _STAFF,
            needs_reason=True,
        ),
    },
    conflicts=not_looked_at,
    sealed_fields=(*_COMMON, "confirmed_how", "confirmed_on"),
    makers=makers,
    duties=frozenset(),
)
FLOWS: dict[type, Workflow[Any]] = {
    Objection: OBJECTION_FLOW,
    Nomination: NOMINATION_FLOW,
    RemovalWish: REMOVAL_FLOW,
}
