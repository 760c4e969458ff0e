"""Surveys of the demo: the officer fills them in, the Lurah checks them, as the file says."""

import csv
import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from households.models import Household, InstrumentVersion, Survey
from households.surveys import acts, questions
from households.workflows import surveys as flow
from tkpk.models import Territory, User


def make_surveys(kelurahan: Territory, *, file: Path, by: User, checker: User) -> None:
    """Replay the visits of the file; one that was made already is left."""
    with file.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            versions = InstrumentVersion.objects.in_use().with_content()
            version = versions.filter(kelurahan=kelurahan, shipped=row["shipped"]).first()
            household = Household.objects.active().with_kk(row["no_kk"]).first()
            known = Survey.objects.filter(household=household, instrument_version=version)
            if version is not None and household is not None and not known.exists():
                _visit(row, household, version, by, checker)


def _visit(
    row: dict[str, str], household: Household, version: InstrumentVersion, by: User, checker: User
) -> None:
    day = timezone.localdate() - datetime.timedelta(days=int(row["days_ago"]))
    result = int(row["result"]) if row["result"] else None
    agreed = result in {1, 2, None}
    visit = acts.Visit(
        household=household,
        version=version,
        surveyed_on=day,
        answers=_answers(row, version) if agreed else {},
        result=result,
        respondent=row["respondent"],
        consent_number=1,
        consent_at=timezone.now() - datetime.timedelta(days=int(row["days_ago"])),
    )
    if row["state"] == "DRAFT":
        acts.write(visit, by=by)
        return
    survey = acts.send(visit, by=by)
    if row["state"] == "CHECKED":
        flow.check(survey, by=checker)
    elif row["state"] == "RETURNED":
        flow.send_back(survey, by=checker, reason=row["reason"])


def _answers(row: dict[str, str], version: InstrumentVersion) -> dict[str, Any]:
    """ "ya" for what is fulfilled, "tidak" for every other choice of a finished visit."""
    fulfilled = set(row["fulfilled"].split())
    finished = bool(row["result"])
    found: dict[str, Any] = {}
    for one in (one for group in questions.groups_of(version) for one in group.asked):
        if one.is_choice and (finished or one.code in fulfilled):
            found[one.code] = "ya" if one.code in fulfilled else "tidak"
    return found | dict(part.split("=") for part in row["facts"].split(";") if part)
