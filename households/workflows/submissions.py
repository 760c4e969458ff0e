"""The way of a list that is sent to another system, and of each file of answers."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.models import (
    AnswerFile,
    AnswerFileStatus,
    SubmissionList,
    SubmissionStatus,
)
from households.workflows.registering import own_families
from tkpk.models import User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

S = SubmissionStatus
F = AnswerFileStatus
_STAFF = {Role.STAFF}


def own_family_listed(submission: SubmissionList, user: User) -> list[str]:
    """Nobody proposes the own family, or objects to a neighbour in the same list."""
    if submission.status != S.DRAFT or not (own := own_families(user)):
        return []
    if submission.items.filter(household__in=own).exists():
        return [str(_("Your own family is on this list: take it off, or let another officer."))]
    return []


def _has_rows(submission: SubmissionList) -> None:
    if not submission.items.exists():
        raise ValidationError(_("The list has no row yet."), code="no_rows")


SUBMISSION_FLOW = Workflow(
    process="submission",
    title=_("List to send"),
    model=SubmissionList,
    moves={
        "send": Move(
            _("Mark as sent"),
            {S.DRAFT},
            S.SENT,
            _STAFF,
            guard=_has_rows,
            warning=_("From then on the rows stay as they were sent."),
        ),
        "discard": Move(_("Discard"), {S.DRAFT}, S.DISCARDED, _STAFF),
        "close": Move(_("Close"), {S.SENT}, S.CLOSED, _STAFF),
        "reopen": Move(_("Open again"), {S.CLOSED}, S.SENT, _STAFF, needs_reason=True),
    },
    conflicts=own_family_listed,
    sealed_fields=("kelurahan_id", "name", "kind", "layout_id", "status", "sent_on"),
    duties=frozenset({"send"}),
)


def no_conflicts(answers: AnswerFile, user: User) -> list[str]:
    """None: the answers are the receiver's."""
    return []


def _something_new(answers: AnswerFile) -> None:
    if answers.submission.status != S.SENT:
        raise ValidationError(_("The list is closed: open it again first."), code="closed")
    if not answers.counts.get("changed"):
        raise ValidationError(_("There is nothing new to save."), code="nothing_to_save")


ANSWER_FLOW = Workflow(
    process="answers",
    title=_("Answers"),
    model=AnswerFile,
    moves={
        "confirm": Move(_("Save"), {F.CHECKED}, F.APPLIED, _STAFF, guard=_something_new),
        "discard": Move(_("Discard"), {F.CHECKED}, F.DISCARDED, _STAFF),
        "undo": Move(
            _("Undo"),
            {F.APPLIED},
            F.UNDONE,
            _STAFF,
            needs_reason=True,
            warning=_("Rows answered by this file get the answer they had before."),
        ),
    },
    conflicts=no_conflicts,
    sealed_fields=("kelurahan_id", "submission_id", "status", "counts"),
    duties=frozenset({"confirm"}),
)
