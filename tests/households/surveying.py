"""Surveys for tests: a version in use, answers that it takes, and a survey at each status."""

import uuid

from django.utils import timezone

from households.models import InstrumentVersion, Survey
from households.surveys import acts
from tests.households.instruments import in_use, plain, yes

POOR = ("jenis-lantai", "jamban", "makan", "berobat")


def bps(kelurahan):
    """BPS-14 in use, with its content."""
    version = InstrumentVersion.objects.filter(kelurahan=kelurahan, shipped="bps14").first()
    if version is None or version.status != "IN_USE":
        version = in_use("bps14", kelurahan)
    return InstrumentVersion.objects.with_content().get(pk=version.pk)


def answers(**changed):
    found = yes(plain("bps14"), *POOR, members_count="4", floor_area_m2="36.5")
    return {code: value for code, value in {**found, **changed}.items() if value is not None}


def visit(household, version, /, **changed):
    facts = {
        "household": household,
        "version": version,
        "surveyed_on": timezone.localdate(),
        "answers": answers(),
        "result": 1,
        "respondent": "Wiryo",
        "consent_number": 1,
        "consent_at": timezone.now(),
    }
    return acts.Visit(**{**facts, **changed})


def sent(household, version, *, by):
    return acts.send(visit(household, version), by=by)


def begun(household, version, *, by):
    return acts.write(visit(household, version, result=None, answers={}), by=by)


def message(household, version, /, **changed):
    """What a phone sends."""
    facts = {
        "key": str(uuid.uuid4()),
        "household": household.pk,
        "version": version.pk,
        "surveyed_on": timezone.localdate().isoformat(),
        "respondent": "Wiryo",
        "result": 1,
        "consent_number": 1,
        "consent_at": timezone.now().isoformat(),
        "answers": answers(),
    }
    return {**facts, **changed}


def only_survey():
    return Survey.objects.get()
