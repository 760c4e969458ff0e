"""Beginning, filling in and sending a survey, from a page, a phone or paper alike.

Beginning and sending are trailed. What is typed in between is its writer's own draft: it counts
for nothing until it is sent.
"""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households import families
from households.models import (
    Household,
    InstrumentVersion,
    Survey,
    SurveyResult,
    SurveySource,
    SurveyStatus,
)
from households.models.survey import ANSWERED
from households.surveys import consent, questions
from households.workflows.surveys import SURVEY_FLOW, family_stands, version_stands
from tkpk import rights, trail
from tkpk.models import User
from tkpk.roles import Role

FILLERS = frozenset({Role.STAFF})
EDITABLE = frozenset({SurveyStatus.DRAFT, SurveyStatus.RETURNED})
# A visit is written down in the year of its visit, or early in the next.
OLDEST_DAYS = 370


@dataclass(frozen=True)
class Visit:
    """What one visit gave, however it was written down. `answers` as the version's codes."""

    household: Household
    version: InstrumentVersion
    surveyed_on: datetime.date
    answers: Mapping[str, Any]
    result: int | None = None
    respondent: str = ""
    consent_number: int | None = None
    consent_at: datetime.datetime | None = None
    source: str = SurveySource.PAGE
    client_key: uuid.UUID | None = None


def fill_refusals(user: User, household: Household) -> list[str]:
    """Why this person may not survey the family, in words; empty if they may."""
    return families.edit_refusals(user, household)


def may_fill(user: User, survey: Survey) -> bool:
    """Whether the survey is this person's own and open to be filled in."""
    own = user.pk == survey.created_by_id and survey.status in EDITABLE
    return own and not fill_refusals(user, survey.household)


def other_survey(visit: Visit, *, than: int | None = None) -> Survey | None:
    """The survey of this family that stands already for the same year and version."""
    rows = Survey.objects.standing().filter(
        household=visit.household,
        instrument_version=visit.version,
        year=visit.surveyed_on.year,
    )
    return rows.exclude(pk=than or 0).select_related("surveyor").first()


def _require(visit: Visit, by: User) -> None:
    rights.fresh_mandates(by)
    if refusals := fill_refusals(by, visit.household):
        raise PermissionDenied("; ".join(refusals))


def _taken(other: Survey | None) -> ValidationError:
    text = _(
        "This family has been surveyed already this year: %(code)s by %(name)s. Look at that "
        "survey; if yours is right, have the other one cancelled and send again."
    )
    code, name = (other.code, other.surveyor.name) if other else ("?", "?")
    params = {"code": code, "name": name}
    return ValidationError({"household": ValidationError(text, code="surveyed", params=params)})


def _check(visit: Visit, survey: Survey) -> None:
    """What can be said of a visit before anything is written. Raises ValidationError."""
    family_stands(survey)
    version_stands(survey)
    today = timezone.localdate()
    age = (today - visit.surveyed_on).days
    if age < 0 or age > OLDEST_DAYS:
        raise ValidationError(
            {"surveyed_on": _("The date of the visit lies in the future or too far back.")},
            code="date",
        )
    if other := other_survey(visit, than=survey.pk):
        raise _taken(other)
    if visit.respondent and len(visit.respondent) > 100:
        raise ValidationError({"respondent": _("At most 100 characters.")}, code="too_long")
    refused = questions.refusals(visit.version, visit.answers)
    if refused:
        raise ValidationError({f"q-{code}": reason for code, reason in refused.items()})


def _fill(survey: Survey, visit: Visit, by: User) -> None:
    survey.surveyed_on = visit.surveyed_on
    survey.year = visit.surveyed_on.year
    survey.respondent = visit.respondent
    survey.source = visit.source
    survey.result = visit.result
    _agree(survey, visit, by)
    answers = dict(visit.answers) if visit.result is None or visit.result in ANSWERED else {}
    if answers and survey.consent_at is None:
        raise ValidationError(
            {"consent": _("Read the consent text out and note the answer first.")},
            code="no_consent",
        )
    survey.write_answers(
        {code: value for code, value in answers.items() if value not in {None, ""}}
    )


def _agree(survey: Survey, visit: Visit, by: User) -> None:
    """Note the text that was read out and when the family agreed; once noted it stays."""
    if visit.consent_number is None or survey.consent_at is not None:
        return
    text = consent.kept(visit.household.kelurahan, visit.consent_number, by=by)
    if text is None:
        raise ValidationError({"consent": _("This consent text is not known.")}, code="consent")
    survey.consent_text = text
    refused = visit.result is not None and visit.result not in ANSWERED
    survey.consent_at = None if refused else visit.consent_at


def write(visit: Visit, *, by: User, survey: Survey | None = None) -> Survey:
    """Begin a survey, or save one further, as its writer's draft.

    Raises PermissionDenied, or ValidationError with the field that stands in the way.
    """
    _require(visit, by)
    try:
        with transaction.atomic():
            return _written(visit, by, survey)
    except IntegrityError as error:
        # Somebody else began this family's survey at the same moment.
        raise _taken(other_survey(visit)) from error


def _written(visit: Visit, by: User, survey: Survey | None) -> Survey:
    if survey is None:
        row = Survey(
            household=visit.household,
            instrument_version=visit.version,
            kelurahan=visit.household.kelurahan,
            created_by=by,
            surveyor=by,
            client_key=visit.client_key or uuid.uuid4(),
        )
    else:
        row = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
        row.household, row.instrument_version = visit.household, visit.version
        if row.created_by_id != by.pk or row.status not in EDITABLE:
            raise ValidationError(
                _("This survey is not open to you any more: its status is “%(status)s”."),
                code="not_open",
                params={"status": row.get_status_display()},
            )
        row.version += 1
    _check(visit, row)
    row.updated_by = by
    _fill(row, visit, by)
    row.save()
    if survey is None:
        _record("begin", row, by)
    return row


def _record(move: str, survey: Survey, by: User) -> None:
    trail.record(
        chain=survey.kelurahan,
        by=by,
        mandate=families.editor_mandate(by, survey.household),
        process=SURVEY_FLOW.process,
        move=move,
        row=survey,
        to_status=survey.status,
    )


def send(visit: Visit, *, by: User, survey: Survey | None = None) -> Survey:
    """Save and send to the check. Raises as `write`; nothing is kept of what was refused."""
    with transaction.atomic():
        row = write(visit, by=by, survey=survey)
        return SURVEY_FLOW.apply("send", row, by=by, changes={"sent_at": timezone.now()})


def visit_of(survey: Survey, **changed: Any) -> Visit:
    """A survey as it stands, with some of it changed: what a page saves one screen of."""
    facts: dict[str, Any] = {
        "household": survey.household,
        "version": survey.instrument_version,
        "surveyed_on": survey.surveyed_on,
        "answers": survey.read_answers(),
        "result": survey.result,
        "respondent": survey.respondent,
        "source": survey.source,
    }
    return Visit(**{**facts, **changed})


def begin_page(
    household: Household, version: InstrumentVersion, *, by: User, answer: str, text_number: int
) -> Survey:
    """The answer at the door: agreed opens the questions, anything else ends the visit here.

    `answer`: "agreed", or a `SurveyResult` without answers.
    """
    now = timezone.now()
    visit = Visit(
        household=household,
        version=version,
        surveyed_on=timezone.localdate(now),
        answers={},
        consent_number=text_number,
    )
    if answer == "agreed":
        return write(replace_visit(visit, consent_at=now), by=by)
    result = int(answer)
    read_out = text_number if result == SurveyResult.REFUSED else None
    return send(replace_visit(visit, result=result, consent_number=read_out), by=by)


def replace_visit(visit: Visit, **changed: Any) -> Visit:
    """`dataclasses.replace`, under a name that says of what."""
    return Visit(**{**visit.__dict__, **changed})
