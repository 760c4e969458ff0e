"""The demo's aid: four programmes that say they are examples, with receipts of recent months."""

import datetime

import pytest
from django.utils import timezone

from households.aid import overlap
from households.models import AidPair, AidProgramme, AidReceipt, AidTarget, ReportCard
from programs import demo, demo_aid
from tests import factories as make
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def kelurahan():
    make.make_installation()
    return make.make_kelurahan()


@pytest.fixture
def officer(kelurahan):
    """With the families of the demo that received something, and nobody else."""
    officer = make.make_user("petugas", Role.STAFF, kelurahan)
    people: dict[str, set[str]] = {}
    for row in demo.rows("bantuan.csv"):
        people.setdefault(row["no_kk"], set()).update({row["nik"]} - {""})
    rt = make.make_rt(kelurahan)
    for number, niks in people.items():
        household = make.make_family(rt, by=officer, others=0)
        household.set_kk_number(number)
        household.save()
        for nik in sorted(niks):
            make.make_member(household, by=officer, nik=nik)
    return officer


def test_the_demo_knows_four_programmes_and_their_receipts(kelurahan, officer):
    for _time in range(2):  # a load that was cut off goes on where it stopped
        demo._aid(kelurahan, by=officer)
    assert AidReceipt.objects.count() == 43
    assert AidProgramme.objects.count() == 4
    assert all("(contoh)" in f"{p.name} {p.provider}" for p in AidProgramme.objects.all())
    for receipt in AidReceipt.objects.select_related("programme"):
        to_person = receipt.programme.target == AidTarget.PERSON
        assert (receipt.member_id is not None) == to_person


def test_its_periods_are_whole_months_counted_back_from_today(kelurahan, officer):
    demo._aid(kelurahan, by=officer)
    today = timezone.localdate()
    for receipt in AidReceipt.objects.all():
        assert receipt.period_from.day == 1
        assert today - datetime.timedelta(days=366) < receipt.period_from <= today
        if receipt.period_to:
            assert (receipt.period_to + datetime.timedelta(days=1)).day == 1


def test_those_who_receive_are_people_of_the_demo():
    families = {row["no_kk"] for row in demo.rows("keluarga.csv")}
    people = {(row["no_kk"], row["nik"]) for row in demo.rows("penduduk.csv")}
    for row in demo.rows("bantuan.csv"):
        assert row["no_kk"] in families
        assert not row["nik"] or (row["no_kk"], row["nik"]) in people


def test_the_demo_has_a_rule_that_is_broken_and_a_card_to_try(kelurahan, officer):
    demo._aid(kelurahan, by=officer)
    for _time in range(2):
        demo_aid.keep_rules(kelurahan, file=demo.DEMO_DIR / "aturan_bantuan.csv", by=officer)
        demo_aid.write_cards(kelurahan, file=demo.DEMO_DIR / "rapor.csv", by=officer)
    assert AidPair.objects.count() == 2
    assert ReportCard.objects.get().status == "DRAFT"
    counts = overlap.counts(AidReceipt.objects.in_year(timezone.localdate().year))
    rule = AidPair.objects.forbidden().get()
    assert counts[rule.first_id, rule.second_id] >= 1
