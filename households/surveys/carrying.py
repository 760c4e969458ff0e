"""What a phone takes along into the field: families of one RT, what to ask, what to read out.

Names are personal data. They leave by an explicit act that the trail keeps, for at most so many
families, and the phone keeps them encrypted with a key that only its own user is given.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from households.models import Household, InstrumentVersion, Survey
from households.searching import with_counts
from households.surveys import acts, consent, questions
from households.surveys.worklist import without_survey
from households.workflows.surveys import SURVEY_FLOW
from tkpk import rights, trail
from tkpk.encryption import blind_index
from tkpk.models import AccessLog, Level, Territory, User

MOST_FAMILIES = 40


def device_key(user: User) -> str:
    """64 hex digits: the key under which a phone keeps this person's surveys.

    The same on every phone and after every sign-in, and given to nobody else: another person on
    the same phone holds ciphertext, and who signs in again finds everything unsent.
    """
    return blind_index("survey.device", str(user.pk))


def device_tag(user: User) -> str:
    """What the phone files this person's surveys under; it says nothing about the person."""
    return blind_index("survey.tag", str(user.pk))[:16]


def definition(version: InstrumentVersion) -> dict[str, Any]:
    """A version as the phone asks it, with the consent text of today. No personal data."""
    text = consent.current(version.kelurahan)
    return {
        "version": version.pk,
        "label": str(version),
        "consent": {"number": text.number, "text": text.said},
        "groups": [
            {
                "name": group.name,
                "asked": [
                    {
                        "code": one.code,
                        "text": one.text,
                        "help": one.help,
                        "kind": one.kind,
                        "unit": one.unit,
                        "options": [list(option) for option in one.options],
                    }
                    for one in group.asked
                ],
            }
            for group in questions.groups_of(version)
        ],
    }


def _family(household: Household) -> dict[str, Any]:
    return {
        "id": household.pk,
        "code": household.code,
        "name": getattr(household, "head_name", None) or household.code,
        "address": household.address,
        "place": household.territory.full_name,
    }


def pack(place: Territory, version: InstrumentVersion, *, by: User) -> dict[str, Any]:
    """The families of an RT that are not surveyed this year, and all that is asked.

    Raises PermissionDenied, or ValidationError where the place is wider than an RT.
    """
    rights.fresh_mandates(by)
    mandate = rights.mandate_at(by, acts.FILLERS, code=place.code)
    if mandate is None:
        raise PermissionDenied(str(_("No mandate of yours that is valid today covers this RT.")))
    if place.level != Level.RT:
        raise ValidationError({"rt": _("Choose one RT.")}, code="no_rt")
    rows: QuerySet[Household] = Household.objects.visible_to(by).active().filter(territory=place)
    rows = without_survey(rows, version, year=timezone.localdate().year)
    found = list(with_counts(rows).order_by("pk")[:MOST_FAMILIES])
    with transaction.atomic():
        _note_views(found, by)
        trail.record(
            chain=version.kelurahan,
            by=by,
            mandate=mandate,
            process=SURVEY_FLOW.process,
            move="take_along",
            row=place,
        )
    return {**definition(version), "families": [_family(row) for row in found]}


def pack_survey(survey: Survey, *, by: User) -> dict[str, Any]:
    """One survey that was begun on a page, to go on with where there is no network."""
    if not acts.may_fill(by, survey):
        raise PermissionDenied
    household = with_counts(Household.objects.filter(pk=survey.household_id)).get()
    with transaction.atomic():
        _note_views([household], by)
        trail.record(
            chain=survey.kelurahan,
            by=by,
            mandate=rights.mandate_at(by, acts.FILLERS, code=household.territory.code),
            process=SURVEY_FLOW.process,
            move="take_along",
            row=survey,
        )
    return {
        **definition(survey.instrument_version),
        "families": [],
        "survey": {
            "key": str(survey.client_key),
            "family": _family(household),
            "surveyed_on": survey.surveyed_on.isoformat(),
            "respondent": survey.respondent,
            "answers": survey.read_answers(),
            "consent_number": survey.consent_text.number if survey.consent_text else None,
            "consent_at": survey.consent_at.isoformat() if survey.consent_at else None,
        },
    }


def _note_views(households: list[Household], by: User) -> None:
    AccessLog.objects.bulk_create(
        AccessLog(
            by=by,
            kelurahan_id=row.kelurahan_id,
            subject="households.household",
            subject_id=row.pk,
        )
        for row in households
    )
