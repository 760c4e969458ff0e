"""A survey from the door to the check: who fills it in never checks it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households.models import Household, Score, Survey, SurveyResult, SurveyStatus
from households.models.instrument import VersionStatus
from households.surveys import questions
from households.workflows.registering import own_family
from tkpk.models import TrailEntry, User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

S = SurveyStatus
CHECKERS = {Role.STAFF, Role.LURAH}
# Nobody has confirmed it yet.
OPEN = frozenset({S.DRAFT, S.SENT, S.RETURNED})


def family_stands(survey: Survey) -> None:
    """Only of a family that lives here. Raises ValidationError at the field."""
    if survey.household.status != survey.household.Status.ACTIVE:
        raise ValidationError(
            {
                "household": _(
                    "This family has moved or was closed in the meantime. Look at its file; if it "
                    "lives here again, restore it there first, then send."
                )
            },
            code="family_closed",
        )


def version_stands(survey: Survey) -> None:
    """Only under a version in use. Raises ValidationError at the field."""
    if survey.instrument_version.status != VersionStatus.IN_USE:
        raise ValidationError(
            {
                "version": _(
                    "This questionnaire is not used any more. Begin a survey with the version in "
                    "use; the answers stay here to copy from."
                )
            },
            code="version_retired",
        )


def ready_to_send(survey: Survey) -> None:
    """A result, consent where there are answers, and nothing left out of a complete one."""
    family_stands(survey)
    version_stands(survey)
    if survey.result is None:
        raise ValidationError({"result": _("Say how the visit ended.")}, code="no_result")
    if not survey.answered:
        return
    if survey.consent_at is None:
        raise ValidationError(
            {"consent": _("Read the consent text out and note the answer first.")},
            code="no_consent",
        )
    if survey.result == SurveyResult.COMPLETE:
        groups = questions.groups_of(survey.instrument_version)
        left = questions.missing(groups, survey.read_answers())
        if left:
            text = _(
                "Not answered yet: %(first)s (%(n)d in all). Answer, or choose “not complete”."
            )
            raise ValidationError(
                {
                    "result": ValidationError(
                        text, code="incomplete", params={"first": left[0].text, "n": len(left)}
                    )
                }
            )


def family_is_closed(survey: Survey) -> None:
    if survey.household.status == survey.household.Status.ACTIVE:
        raise ValidationError(
            _("The family lives here: cancel the survey with a reason instead."), code="lives_here"
        )


def withdrawn_from(status: str) -> Any:
    """Only what went with its family comes back with it, to where it stood."""

    def guard(survey: Survey) -> None:
        family_stands(survey)
        entries = TrailEntry.objects.filter(
            chain=survey.kelurahan_id, subject="households.survey", subject_id=survey.pk
        )
        last = entries.order_by("-number").values_list("move", "from_status").first()
        if last != ("withdraw", status):
            raise ValidationError(
                _("A survey that was cancelled stays cancelled; begin a new one."), code="cancelled"
            )

    return guard


def _return_move(status: SurveyStatus) -> Move:
    label = _("Back with its family")
    return Move(label, {S.VOID}, status, {Role.STAFF}, withdrawn_from(status), needs_reason=True)


def _makers(survey: Survey) -> set[int]:
    return {survey.created_by_id, survey.surveyor_id}


SURVEY_FLOW: Workflow[Survey] = Workflow(
    process="survey",
    title=_("Survey"),
    model=Survey,
    moves={
        "send": Move(
            _("Send to the check"), {S.DRAFT, S.RETURNED}, S.SENT, {Role.STAFF}, guard=ready_to_send
        ),
        "check": Move(
            _("Confirm as checked"),
            {S.SENT},
            S.CHECKED,
            CHECKERS,
            guard=family_stands,
            four_eyes=True,
        ),
        "return": Move(
            _("Send back"), {S.SENT}, S.RETURNED, CHECKERS, needs_reason=True, four_eyes=True
        ),
        "cancel": Move(
            _("Cancel the survey"),
            {S.DRAFT, S.SENT, S.RETURNED},
            S.VOID,
            {Role.STAFF},
            needs_reason=True,
            warning=_("The answers stay readable but count for nothing; a new survey can begin."),
        ),
        "correct": Move(
            _("Correction: take back the check"),
            {S.CHECKED},
            S.VOID,
            CHECKERS,
            needs_reason=True,
            four_eyes=True,
            warning=_(
                "The survey and its scores count no more. The family's data stay as they are now."
            ),
        ),
        "withdraw": Move(
            _("Withdrawn: the family is closed"),
            OPEN,
            S.VOID,
            {Role.STAFF},
            guard=family_is_closed,
            needs_reason=True,
        ),
        **{f"return_{status.lower()}": _return_move(status) for status in sorted(OPEN)},
    },
    conflicts=lambda survey, user: own_family(survey.household, user),
    sealed_fields=(
        "kelurahan_id",
        "household_id",
        "instrument_version_id",
        "year",
        "status",
        "result",
        "surveyed_on",
        "surveyor_id",
        "consent_text_id",
        "consent_at",
        "source",
        "answers_digest",
    ),
    territory_path="household__territory",
    makers=_makers,
    duties=frozenset({"check"}),
)


def check(survey: Survey, *, by: User) -> Survey:
    """Confirm: from now on it is a dated snapshot. Raises as `Workflow.apply` does."""
    changes = {"checked_at": timezone.now(), "checked_by": by, "remark": ""}
    return SURVEY_FLOW.apply("check", survey, by=by, changes=changes)


def send_back(survey: Survey, *, by: User, reason: str) -> Survey:
    return SURVEY_FLOW.apply("return", survey, by=by, reason=reason, changes={"remark": reason})


def void(name: str, survey: Survey, *, by: User, reason: str) -> Survey:
    """Cancel a survey, or take a check back; its scores are current no more."""
    with transaction.atomic():
        moved = SURVEY_FLOW.apply(name, survey, by=by, reason=reason)
        Score.objects.filter(survey=moved, current=True).update(current=False)
    return moved


# --- with the family -------------------------------------------------------------------------
def withdraw_open(household: Household, *, by: User, reason: str) -> list[dict[str, Any]]:
    """Withdraw what nobody checked of a family that was closed. Returns where each stood."""
    done = []
    for survey in household.surveys.filter(status__in=sorted(OPEN)).order_by("pk"):
        void("withdraw", survey, by=by, reason=reason)
        done.append({"pk": survey.pk, "status": survey.status})
    return done


def return_withdrawn(household: Household, *, by: User, reason: str) -> None:
    """What went with the family comes back with it, to where it stood."""
    for survey in household.surveys.filter(status=S.VOID).order_by("pk"):
        for status in sorted(OPEN):
            name = f"return_{status.lower()}"
            if not SURVEY_FLOW.missing(name, survey):
                SURVEY_FLOW.apply(name, survey, by=by, reason=reason)
                break
