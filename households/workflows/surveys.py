"""A survey from the door to the check: who fills it in never checks it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households.models import Score, Survey, SurveyResult, SurveyStatus
from households.models.instrument import VersionStatus
from households.surveys import questions
from households.workflows.registering import own_family
from tkpk.models import User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

S = SurveyStatus
CHECKERS = {Role.STAFF, Role.LURAH}


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
