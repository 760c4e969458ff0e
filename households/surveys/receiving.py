"""What a phone sends, once or many times: the same key is the same survey and the same answer.

A phone whose network broke off cannot know whether its survey arrived, so it sends again. Nothing
is made twice, and what was sent first is never replaced by what comes later.
"""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from households.models import Household, InstrumentVersion, Survey, SurveySource
from households.surveys import acts, questions
from tkpk.models import User

MOST_ANSWERS = 200
LONGEST = 100
KEPT = "kept"
SENT = "sent"
REFUSED = "refused"


@dataclass(frozen=True)
class Reply:
    """What the phone is told. `errors`: field → reason with the next step."""

    state: str
    survey: Survey | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        code = self.survey.code if self.survey else ""
        return {"state": self.state, "code": code, "errors": self.errors}


class BadShape(ValueError):
    """The message is none that our page makes."""


def receive(sent: Any, *, by: User, draft: bool = False) -> Reply:
    """Keep as draft, or send to the check, what one phone filled in. Never raises for content.

    Raises BadShape for what is no message of ours.
    """
    key, facts = _facts(sent)
    survey = Survey.objects.filter(client_key=key).select_related("household").first()
    if survey is not None and survey.created_by_id != by.pk:
        return Reply(REFUSED, errors={"key": _("This survey belongs to somebody else.")})
    if survey is not None and survey.status not in acts.EDITABLE:
        return _again(survey, facts, draft=draft)
    try:
        visit = _visit(key, facts, by)
        if draft:
            return Reply(KEPT, acts.write(visit, by=by, survey=survey))
        return Reply(SENT, acts.send(visit, by=by, survey=survey))
    except PermissionDenied as error:
        return Reply(REFUSED, errors={"household": str(error)})
    except ValidationError as error:
        if survey is None and Survey.objects.filter(client_key=key, created_by=by).exists():
            # The same message, sent twice at once: the other one was first.
            return receive(sent, by=by, draft=draft)
        return Reply(REFUSED, survey, _by_field(error))


def _again(survey: Survey, facts: Mapping[str, Any], *, draft: bool) -> Reply:
    """The answer to a message about a survey that was sent already."""
    if draft or _same(survey, facts):
        return Reply(SENT, survey)
    text = _(
        "This survey was sent already with other answers (%(code)s). Compare the two; ask the "
        "checker to send it back if yours are right."
    )
    return Reply(REFUSED, survey, {"key": text % {"code": survey.code}})


def _same(survey: Survey, facts: Mapping[str, Any]) -> bool:
    answered = survey.answered
    return (
        survey.household_id == facts["household"]
        and survey.instrument_version_id == facts["version"]
        and survey.result == facts["result"]
        and survey.respondent == facts["respondent"]
        and survey.surveyed_on == facts["surveyed_on"]
        and (
            not answered
            or survey.read_answers()
            == questions.normalised(survey.instrument_version, facts["answers"])
        )
    )


def _by_field(error: ValidationError) -> dict[str, str]:
    found = getattr(error, "error_dict", None)
    if found is None:
        return {"__all__": " ".join(error.messages)}
    return {name: " ".join(ValidationError(errors).messages) for name, errors in found.items()}


def _visit(key: uuid.UUID, facts: Mapping[str, Any], by: User) -> acts.Visit:
    """The message as a visit. A family out of this person's reach is told of like an unknown."""
    rows = Household.objects.visible_to(by).select_related("territory__parent", "kelurahan")
    household = rows.filter(pk=facts["household"]).first()
    if household is None:
        text = _(
            "This family is not in your area any more: it may have moved. Search for it on the "
            "list; the answers stay here to look at."
        )
        raise ValidationError({"household": text}, code="unknown_family")
    versions = InstrumentVersion.objects.with_content().filter(kelurahan=household.kelurahan)
    version = versions.filter(pk=facts["version"]).first()
    if version is None:
        text = _("This questionnaire is not known here. Take the families along anew.")
        raise ValidationError({"version": text}, code="unknown_version")
    return acts.Visit(
        household=household,
        version=version,
        source=SurveySource.DEVICE,
        client_key=key,
        answers=questions.normalised(version, facts["answers"]),
        **{
            name: facts[name]
            for name in (
                "surveyed_on",
                "result",
                "respondent",
                "consent_number",
                "consent_at",
            )
        },
    )


# --- the shape -------------------------------------------------------------------------------
def _facts(sent: Any) -> tuple[uuid.UUID, dict[str, Any]]:
    """The message's own values, each of its kind. Raises BadShape."""
    if not isinstance(sent, dict):
        raise BadShape
    try:
        key = uuid.UUID(str(sent.get("key", "")))
    except ValueError as error:
        raise BadShape from error
    answers = sent.get("answers")
    if not isinstance(answers, dict) or len(answers) > MOST_ANSWERS:
        raise BadShape
    for code, value in answers.items():
        if not isinstance(value, str) or len(value) > LONGEST or len(code) > LONGEST:
            raise BadShape
    return key, {
        "household": _whole(sent.get("household")),
        "version": _whole(sent.get("version")),
        "result": _whole_or_none(sent.get("result")),
        "respondent": _words(sent.get("respondent")),
        "surveyed_on": _day(sent.get("surveyed_on")),
        "answers": {code: value for code, value in answers.items() if value != ""},
        "consent_number": _whole_or_none(sent.get("consent_number")),
        "consent_at": _moment(sent.get("consent_at")),
    }


def _words(value: Any) -> str:
    text = str(value or "").strip()[: LONGEST + 1]
    try:
        text.encode()
    except UnicodeEncodeError as error:  # half a character
        raise BadShape from error
    return text


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
        raise BadShape
    return value


def _whole_or_none(value: Any) -> int | None:
    return None if value is None or value == "" else _whole(value)


def _day(value: Any) -> datetime.date:
    try:
        found = parse_date(str(value))
    except ValueError as error:
        raise BadShape from error
    if found is None:
        raise BadShape
    return found


def _moment(value: Any) -> datetime.datetime | None:
    """When the family agreed by the phone's clock; a clock that runs ahead says "now"."""
    if value is None or value == "":
        return None
    try:
        found = parse_datetime(str(value))
        if found is None or timezone.is_naive(found):
            raise BadShape
        return min(found, timezone.now()).astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise BadShape from error
