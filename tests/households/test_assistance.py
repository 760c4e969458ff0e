"""Aid that is recorded: what a receipt may say, and that none is written twice."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from households import assistance
from households.models import AidProgramme, AidReceipt, AidTarget
from tests.factories import make_family, make_kelurahan, make_rt, make_user
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
START = datetime.date(2026, 1, 1)


@pytest.fixture
def place():
    return make_kelurahan()


@pytest.fixture
def officer(place):
    return make_user("petugas", Role.STAFF, place)


@pytest.fixture
def family(place, officer):
    return make_family(make_rt(place), by=officer)


def programme(place, officer, target=AidTarget.FAMILY, name="Sembako"):
    return AidProgramme.objects.create(
        kelurahan=place, name=name, target=target, created_by=officer, updated_by=officer
    )


def test_a_receipt_of_a_family_is_recorded_with_its_amount(place, officer, family):
    receipt = assistance.record(
        programme(place, officer), family, by=officer, period_from=START, amount_idr=200_000
    )
    assert (receipt.kelurahan_id, receipt.amount_idr, receipt.version) == (place.pk, 200_000, 1)
    assert receipt.history.count() == 1


@pytest.mark.parametrize("target", list(AidTarget))
def test_the_same_receipt_twice_is_refused_and_nothing_is_written(place, officer, family, target):
    given = {"by": officer, "period_from": START, "member": None}
    if target == AidTarget.PERSON:
        given["member"] = family.members.first()
    kind = programme(place, officer, target)
    assistance.record(kind, family, **given)
    with pytest.raises(ValidationError) as caught:
        assistance.record(kind, family, **given)
    assert list(caught.value.message_dict) == ["period_from"]
    assert AidReceipt.objects.count() == 1


def test_another_period_is_another_receipt(place, officer, family):
    kind = programme(place, officer)
    for month in (1, 2):
        assistance.record(kind, family, by=officer, period_from=datetime.date(2026, month, 1))
    assert AidReceipt.objects.count() == 2


def test_a_programme_for_persons_needs_the_person(place, officer, family):
    with pytest.raises(ValidationError) as caught:
        assistance.record(
            programme(place, officer, AidTarget.PERSON), family, by=officer, period_from=START
        )
    assert list(caught.value.message_dict) == ["member"]


def test_a_person_of_another_family_is_refused(place, officer, family):
    other = make_family(make_rt(place, rt=13), by=officer, head="Suro Diharjo")
    with pytest.raises(ValidationError) as caught:
        assistance.record(
            programme(place, officer),
            family,
            by=officer,
            period_from=START,
            member=other.members.first(),
        )
    assert list(caught.value.message_dict) == ["member"]


def test_a_programme_of_another_kelurahan_is_refused(place, officer, family):
    elsewhere = make_kelurahan("34.71.04.1001", "Suryatmajan", host="lain.contoh")
    with pytest.raises(ValidationError) as caught:
        assistance.record(programme(elsewhere, officer), family, by=officer, period_from=START)
    assert list(caught.value.message_dict) == ["programme"]


def test_a_period_does_not_end_before_it_begins(place, officer, family):
    kind = programme(place, officer)
    with pytest.raises(ValidationError) as caught:
        assistance.record(
            kind, family, by=officer, period_from=START, period_to=datetime.date(2025, 12, 31)
        )
    assert list(caught.value.message_dict) == ["period_to"]
    with pytest.raises(IntegrityError), transaction.atomic():
        AidReceipt.objects.create(
            programme=kind,
            household=family,
            period_from=START,
            period_to=datetime.date(2025, 12, 31),
            source_kind="ENTRY",
            kelurahan=place,
            created_by=officer,
            updated_by=officer,
        )


def test_only_those_who_may_open_the_family_see_its_aid(place, officer, family):
    assistance.record(programme(place, officer), family, by=officer, period_from=START)
    companion = make_user("pendamping", Role.COMPANION, place)
    assert AidReceipt.objects.visible_to(officer).count() == 1
    assert AidReceipt.objects.visible_to(companion).count() == 0
