"""Rules on pairs of programmes: dated, without an order, and never refusing in silence."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from households import assistance
from households.aid import pairs, stopping
from households.models import AidPair, AidReceipt, PairRule
from tests.factories import SURYATMAJAN, make_family, make_kelurahan, make_user
from tests.households.aided import START, give, make_pair, make_programme
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def blt(kelurahan, staff):
    return make_programme(kelurahan, staff, "BLT")


@pytest.fixture
def bpnt(kelurahan, staff):
    return make_programme(kelurahan, staff, "BPNT")


@pytest.fixture
def rule(blt, bpnt, staff):
    return make_pair(bpnt, blt, staff, note="Perwal contoh")


def test_a_pair_has_no_order(blt, bpnt, rule):
    assert rule.first_id < rule.second_id
    book = pairs.book_of(blt.kelurahan, START)
    assert book.forbids(blt.pk, bpnt.pk) == book.forbids(bpnt.pk, blt.pk) == rule
    assert book.excluded_by(blt.pk) == {bpnt.pk: rule}
    assert book.excluded_by(bpnt.pk) == {blt.pk: rule}


def test_the_rule_that_began_last_holds(blt, bpnt, rule, staff):
    later = START + 90 * DAY
    make_pair(blt, bpnt, staff, rule=PairRule.ALLOWED, valid_from=later)
    assert pairs.book_of(blt.kelurahan, START - DAY).rules == {}
    assert pairs.book_of(blt.kelurahan, later - DAY).forbids(blt.pk, bpnt.pk)
    assert pairs.book_of(blt.kelurahan, later).forbids(blt.pk, bpnt.pk) is None
    assert pairs.book_of(blt.kelurahan, later).rule(bpnt.pk, blt.pk).rule == PairRule.ALLOWED


def test_a_programme_is_no_pair_of_itself_or_of_another_kelurahan(blt, staff):
    other = make_programme(make_kelurahan(SURYATMAJAN, "Suryatmajan"), staff)
    for second in (blt, other):
        pair = AidPair(kelurahan=blt.kelurahan, first=blt, second=second)
        with pytest.raises(ValidationError) as caught:
            pair.clean()
        assert list(caught.value.message_dict) == ["second"]


@pytest.mark.parametrize("spoilt", ["order", "itself", "twice", "rule"])
def test_the_database_refuses_what_is_no_rule(blt, bpnt, rule, staff, spoilt):
    facts = {"kelurahan": blt.kelurahan, "created_by": staff, "updated_by": staff,
             "first": blt, "second": bpnt, "rule": "FORBIDDEN",
             "valid_from": START + DAY}  # fmt: skip
    facts |= {
        "order": {"first": bpnt, "second": blt},
        "itself": {"second": blt},
        "twice": {"valid_from": START},
        "rule": {"rule": "PERHAPS"},
    }[spoilt]
    with pytest.raises(IntegrityError), transaction.atomic():
        AidPair.objects.create(**facts)


def test_an_excluded_pair_is_recorded_only_with_a_reason(household, staff, blt, bpnt, rule):
    give(blt, household, staff)
    with pytest.raises(ValidationError) as caught:
        give(bpnt, household, staff)
    told = " ".join(caught.value.message_dict["despite_pair"])
    assert "BLT" in told
    assert "Perwal contoh" in told
    receipt = give(bpnt, household, staff, despite_pair="Keputusan kota menyusul")
    entry = TrailEntry.objects.get(process="aid", move="despite_pair")
    assert (entry.reason, entry.subject_id) == ("Keputusan kota menyusul", receipt.pk)
    assert receipt.despite_pair == "Keputusan kota menyusul"


def test_a_reason_without_a_pair_is_not_kept(household, staff, bpnt):
    assert give(bpnt, household, staff, despite_pair="tidak perlu").despite_pair == ""
    assert not TrailEntry.objects.filter(move="despite_pair").exists()


def test_a_number_in_the_reason_is_refused(household, staff, blt, bpnt, rule):
    give(blt, household, staff)
    with pytest.raises(ValidationError):
        give(bpnt, household, staff, despite_pair="NIK 3471012345670000")


def test_aid_at_another_time_in_another_family_or_stopped_does_not_clash(
    household, rt, staff, blt, bpnt, rule
):
    give(blt, make_family(rt, by=staff), staff)
    give(blt, household, staff, period_to=START + 30 * DAY)
    give(bpnt, household, staff, start=START + 31 * DAY)
    running = give(blt, household, staff, start=START - 60 * DAY, period_to=START - 30 * DAY)
    assert running.pk
    third = make_family(rt, by=staff)
    stopped = give(blt, third, staff)
    ending = stopping.Ending(START + 10 * DAY, "MOVED")
    stopping.stop(stopped, ending, by=staff, expected_version=1)
    with pytest.raises(ValidationError):
        give(bpnt, third, staff, start=START + 10 * DAY)
    give(bpnt, third, staff, start=START + 11 * DAY)


def test_a_withdrawn_receipt_does_not_clash(household, staff, blt, bpnt, rule):
    wrong = give(blt, household, staff)
    assistance.withdraw(wrong, by=staff, reason="Salah", expected_version=1)
    give(bpnt, household, staff)


def test_an_edit_into_an_excluded_time_asks_for_the_reason(household, staff, blt, bpnt, rule):
    give(blt, household, staff, period_to=START + 30 * DAY)
    receipt = give(bpnt, household, staff, start=START + 31 * DAY)
    receipt.period_from = START + 5 * DAY
    with pytest.raises(ValidationError):
        assistance.change(receipt, by=staff, expected_version=1)
    receipt.despite_pair = "Dua tahap"
    assistance.change(receipt, by=staff, expected_version=1)
    assert TrailEntry.objects.filter(move="despite_pair").count() == 1
    # A later edit that leaves the reason as it is says nothing new.
    receipt.amount_idr = 5
    assistance.change(receipt, by=staff, expected_version=2)
    assert TrailEntry.objects.filter(move="despite_pair").count() == 1


# --- the form on the family's file -----------------------------------------------------------
def test_the_form_warns_and_takes_the_reason(officer, household, staff, blt, bpnt, rule):
    give(blt, household, staff)
    url = reverse("aid_add", args=[household.pk])
    said = {"programme": bpnt.pk, "member": "", "period_from": "2026-02-01", "period_to": "",
            "amount_idr": "", "goods": ""}  # fmt: skip
    page = officer.post(url, said)
    assert page.status_code == 200
    assert "BLT" in page.context["form"].errors["despite_pair"][0]
    assert '<textarea name="despite_pair"' in page.content.decode()
    assert AidReceipt.objects.count() == 1
    number = officer.post(url, {**said, "despite_pair": "3471012345670000"})
    assert number.context["form"].errors["despite_pair"]
    assert officer.post(url, {**said, "despite_pair": "Surat dinas"}).status_code == 302
    assert AidReceipt.objects.get(programme=bpnt).despite_pair == "Surat dinas"


# --- the settings ----------------------------------------------------------------------------
def test_rules_are_kept_in_the_management_screen(officer, client, kelurahan, blt, bpnt):
    url = reverse("admin:households_aidpair_add")
    said = {"first": bpnt.pk, "second": blt.pk, "rule": "FORBIDDEN", "note": "",
            "valid_from": "2026-01-01", "read_version": ""}  # fmt: skip
    assert officer.post(url, said).status_code == 302
    pair = AidPair.objects.get()
    assert (pair.first, pair.second, pair.kelurahan) == (blt, bpnt, kelurahan)
    again = officer.post(url, said)
    assert again.status_code == 200
    assert officer.post(url, {**said, "second": bpnt.pk}).status_code == 200
    assert AidPair.objects.count() == 1
    client.force_login(make_user("tkpk", Role.TKPK_MEMBER, kelurahan))
    assert client.get(url).status_code in {302, 403}
