"""The way of a report from the door to its answer.

Its sender is nobody of ours: what the sender does under the ticket (settled, open again) is a row
or a date of its own; a status is written by officers alone.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tkpk.models import Reopening, ReopeningStatus, Submission, SubmissionStatus, User
from tkpk.registry import registry
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

S = SubmissionStatus
R = ReopeningStatus
_STAFF = {Role.STAFF}


def own_matter(submission: Submission, user: User) -> list[str]:
    """What the app of its kind knows: whose family it is about."""
    door = registry.voice_doors.get(submission.kind)
    return door.conflicts(submission, user) if door else []


def answers_needed(submission: Submission) -> int:
    """One answer, and one more when it was taken up again."""
    again = Reopening.objects.filter(submission=submission, status=R.TAKEN_UP).exists()
    return 2 if again else 1


def _is_settled_inside(submission: Submission) -> None:
    door = registry.voice_doors.get(submission.kind)
    if missing := (door.unsettled(submission) if door else []):
        raise ValidationError(" ".join(missing), code="unsettled")


def _answer_is_written(submission: Submission) -> None:
    _is_settled_inside(submission)
    if submission.answers.count() < answers_needed(submission):
        raise ValidationError(_("Write the answer to the sender."), code="no_answer")


def _taken_up_again(submission: Submission) -> None:
    if answers_needed(submission) == 1:
        raise ValidationError(
            _("Only the sender opens an answered report again."), code="not_reopened"
        )


def _text_is_there(submission: Submission) -> None:
    if submission.erased_at:
        raise ValidationError(_("The text was removed after its time."), code="erased")


SUBMISSION_FLOW = Workflow(
    process="voice",
    title=_("Report of a resident"),
    model=Submission,
    moves={
        "release": Move(_("Let through"), {S.HELD}, S.RECEIVED, _STAFF),
        "take_up": Move(_("Take up"), {S.RECEIVED}, S.IN_REVIEW, _STAFF),
        "answer": Move(_("Answer"), {S.IN_REVIEW}, S.ANSWERED, _STAFF, guard=_answer_is_written),
        "forward": Move(
            _("Forward to another office"),
            {S.IN_REVIEW},
            S.ANSWERED,
            _STAFF,
            guard=_answer_is_written,
        ),
        "reopen": Move(
            _("Take up again"), {S.ANSWERED}, S.IN_REVIEW, _STAFF, guard=_taken_up_again
        ),
        "set_aside": Move(
            _("Mark as no report"),
            {S.HELD, S.RECEIVED, S.IN_REVIEW},
            S.SPAM,
            _STAFF,
            needs_reason=True,
            warning=_("Its text is removed after some time. Until then it can be brought back."),
        ),
        "bring_back": Move(
            _("Bring back"), {S.SPAM}, S.RECEIVED, _STAFF, guard=_text_is_there, needs_reason=True
        ),
    },
    conflicts=own_matter,
    sealed_fields=(
        "kelurahan_id",
        "kind",
        "ticket",
        "channel",
        "status",
        "due_on",
        "answered_at",
        "forwarded_to",
        "forwarded_number",
    ),
    duties=frozenset({"release", "take_up", "answer"}),
)


def own_matter_again(reopening: Reopening, user: User) -> list[str]:
    return own_matter(reopening.submission, user)


REOPENING_FLOW = Workflow(
    process="voice_again",
    title=_("Report opened again by its sender"),
    model=Reopening,
    moves={"take_up": Move(_("Take up again"), {R.WAITING}, R.TAKEN_UP, _STAFF)},
    conflicts=own_matter_again,
    sealed_fields=("kelurahan_id", "submission_id", "status", "due_on"),
)
