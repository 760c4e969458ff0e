"""Data health: each list finds what it is for and nothing else, and costs the same."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from households import assistance, families, health, nik_remarks
from households.codes import Relation, Sex
from households.models import (
    AidProgramme,
    AidTarget,
    HealthFinding,
    Household,
    HouseholdStatus,
    Member,
)
from tests.factories import (
    SURYATMAJAN,
    make_family,
    make_kelurahan,
    make_member,
    make_nik,
    make_rt,
    make_user,
)
from tests.households.pages import page_text
from tests.households.spoilt import (
    OVERVIEW,
    SPOILT,
    found,
    list_url,
    mend_url,
    sound,
    spoil_aid,
    spoil_decile,
    spoil_nik,
    spoil_parent,
)
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(household):
    return sound(household)


@pytest.fixture
def head(family):
    return family.members.get(relation=Relation.HEAD)


@pytest.fixture
def child(family):
    return family.members.get(relation=Relation.CHILD)


# --- what each list finds -------------------------------------------------------------------
def test_a_sound_family_stands_in_no_list(staff, family):
    assert found(staff) == {}


@pytest.mark.parametrize("code", SPOILT)
def test_a_list_finds_what_it_is_for_and_no_other_list_does(
    officer, staff, family, head, child, code
):
    SPOILT[code](family, head, child)
    assert found(staff) == {code: 1}
    check = health.CHECKS[code]
    row = health.rows_of(check, staff).get()
    page = officer.get(list_url(code))
    assert [line["row"].pk for line in page.context["lines"]] == [row.pk]
    assert str(check.title) in page_text(page)
    assert str(check.title) in page_text(officer.get(OVERVIEW))
    members = list(family.members.all())
    family.refresh_from_db()
    # A birth date that was changed behind the night's back disagrees with the NIK at once.
    remarks = {one.code for one in health.remarks_of(family, members)} - {"nik-berbeda"}
    assert remarks == {code}


def test_every_list_is_tested_here():
    assert set(health.CHECKS) == {*SPOILT, "kk-sama", "nik-berbeda"}


def test_a_parent_who_is_not_older_is_found_and_an_unknown_status_is_no_conflict(
    staff, family, head, child
):
    spoil_parent(family, head, child)
    assert found(staff) == {"umur-terbalik": 1}
    Member.objects.filter(pk=child.pk).update(relation=Relation.WIFE, marital_status=None)
    assert found(staff) == {}


def test_a_kk_number_in_two_files_is_found_on_the_one_that_is_open(staff, rt, family):
    other = sound(make_family(rt, by=staff))
    Household.objects.filter(pk=other.pk).update(
        kk_number=family.kk_number, kk_index=family.kk_index, status=HouseholdStatus.CLOSED
    )
    assert found(staff) == {"kk-sama": 1}


def test_aid_that_was_withdrawn_does_not_count(staff, kelurahan, family, head, child):
    spoil_aid(family, head, child)
    programme = AidProgramme.objects.create(
        kelurahan=kelurahan, name="PKH", target=AidTarget.FAMILY, created_by=staff, updated_by=staff
    )
    receipt = assistance.record(programme, family, by=staff, period_from=datetime.date(2026, 1, 1))
    assert found(staff) == {}
    assistance.withdraw(receipt, by=staff, reason="Salah", expected_version=1)
    assert found(staff) == {"desil-rendah-tanpa-bantuan": 1}


# --- remarks on a NIK ------------------------------------------------------------------------
def test_a_nik_that_disagrees_is_found_by_the_night_and_by_saving(staff, family, head):
    Member.objects.filter(pk=head.pk).update(sex=Sex.FEMALE)
    assert found(staff) == {}
    nik_remarks.check_everybody(timezone.now())
    assert HealthFinding.objects.get().code == "NIK_SEX"
    assert found(staff) == {"nik-berbeda": 1}
    head.refresh_from_db()
    head.sex = Sex.MALE
    families.save_member(head, by=staff, expected_version=head.version)
    assert found(staff) == {}


def test_the_list_looks_once_more_and_the_night_forgets_who_is_gone(officer, staff, family, head):
    Member.objects.filter(pk=head.pk).update(sex=Sex.FEMALE)
    nik_remarks.check_everybody(timezone.now())
    Member.objects.filter(pk=head.pk).update(sex=Sex.MALE)
    assert officer.get(list_url("nik-berbeda")).context["lines"] == []
    HealthFinding.objects.create(
        kelurahan=family.kelurahan, member_id=999_999, code="NIK_SEX", found_at=timezone.now()
    )
    nik_remarks.check_everybody(timezone.now())
    assert not HealthFinding.objects.exists()


def test_checking_costs_the_same_for_many_persons(staff, family):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            nik_remarks.check_everybody(timezone.now())
        return len(asked)

    few = cost()
    for number in range(4):
        make_member(family, f"Anak {number}", by=staff)
    assert cost() == few


# --- who -------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_officers_and_the_lurah_read_and_only_officers_mend(
    client, role, kelurahan, rt, family, head, child
):
    spoil_nik(family, head, child)
    place = {Role.RW_HEAD: rt.parent, Role.RT_HEAD: rt}.get(role, kelurahan)
    client.force_login(make_user("seseorang", role, place))
    expected = 200 if role in {Role.STAFF, Role.LURAH} else 403
    assert client.get(OVERVIEW).status_code == expected
    page = client.get(list_url("tanpa-nik"))
    assert page.status_code == expected
    answer = client.post(mend_url("tanpa-nik", child), {"new_nik": make_nik(), "version": 1})
    assert answer.status_code == (302 if role == Role.STAFF else 403)
    if role == Role.LURAH:
        assert '<form class="mend-form' not in page.content.decode()


def test_a_family_of_another_kelurahan_is_neither_counted_nor_mended(client, family, head, child):
    spoil_nik(family, head, child)
    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    neighbour = make_user("tetangga", Role.STAFF, other)
    client.force_login(neighbour)
    assert found(neighbour) == {}
    data = {"new_nik": make_nik(), "version": child.version}
    assert client.post(mend_url("tanpa-nik", child), data).status_code == 404


def test_wrong_verbs_and_unknown_lists(officer, family):
    assert officer.post(OVERVIEW).status_code == 405
    assert officer.get(mend_url("tanpa-rt", family)).status_code == 405
    assert officer.get(list_url("tanpa-apa")).status_code == 404
    assert officer.post(mend_url("tanpa-apa", family)).status_code == 404
    # What a page of its own mends has no form here.
    assert officer.post(mend_url("tanpa-penghuni", family)).status_code == 404


def test_the_own_family_is_mended_by_somebody_else(officer, staff, family, head, child):
    spoil_decile(family, head, child)
    head.set_nik(staff.nik)
    head.save()
    page = officer.get(list_url("tanpa-desil"))
    assert page.context["lines"][0].get("form") is None
    assert officer.post(mend_url("tanpa-desil", family), {"version": 1}).status_code == 403


# --- lists -----------------------------------------------------------------------------------
def test_a_list_is_narrowed_to_an_rw(officer, staff, kelurahan, family):
    other = sound(make_family(make_rt(kelurahan, 4, 7), by=staff))
    Household.objects.update(decile=None, decile_as_of=None)
    page = officer.get(list_url("tanpa-desil"), {"rw": other.territory.parent.code})
    assert [line["row"].pk for line in page.context["lines"]] == [other.pk]
    overview = officer.get(OVERVIEW, {"rw": other.territory.parent.code})
    numbers = {check.code: number for check, number in overview.context["lists"]}
    assert numbers["tanpa-desil"] == 1
    page = officer.get(list_url("tanpa-desil"), {"rw": "34.71.04.1001.001"})
    assert len(page.context["lines"]) == 2


def test_a_long_list_goes_on_from_the_last_row(officer, staff, rt, family):
    for _number in range(26):
        make_family(rt, by=staff, others=0)
    Household.objects.update(decile=None, decile_as_of=None)
    page = officer.get(list_url("tanpa-desil")).context["page"]
    assert len(page.rows) == 25
    following = officer.get(list_url("tanpa-desil") + page.next_url).context["page"]
    assert len(following.rows) == 2
    Member.objects.update(nik="", nik_index="")
    page = officer.get(list_url("tanpa-nik")).context["page"]
    following = officer.get(list_url("tanpa-nik") + page.next_url).context["page"]
    assert not {row.pk for row in page.rows} & {row.pk for row in following.rows}


@pytest.mark.parametrize("code", [*SPOILT, "nik-berbeda", "kk-sama"])
def test_a_list_costs_the_same_at_one_and_three_rows(officer, staff, rt, family, head, child, code):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            officer.get(list_url(code))
        return len(asked)

    def spoil(one):
        people = one.members.order_by("relation")
        if code in SPOILT:
            SPOILT[code](one, people[0], people[1])
        elif code == "nik-berbeda":
            Member.objects.update(sex=Sex.FEMALE)
            nik_remarks.check_everybody(timezone.now())
        else:
            for other in Household.objects.active():
                twin = make_family(rt, by=staff)
                Household.objects.filter(pk=twin.pk).update(
                    kk_number=other.kk_number, kk_index=other.kk_index, status="CLOSED"
                )

    spoil(family)
    one = cost()
    for _number in range(2):
        spoil(sound(make_family(rt, by=staff)))
    rows = health.rows_of(health.CHECKS[code], staff)
    assert rows.count() >= 3
    assert cost() == one


def test_the_overview_costs_the_same_whatever_it_counts(officer, staff, rt, family):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            officer.get(OVERVIEW)
        return len(asked)

    one = cost()
    for _number in range(3):
        make_family(rt, by=staff)
    assert cost() == one


def test_the_first_page_says_how_many_remarks_wait(officer, client, rt, family, head, child):
    spoil_decile(family, head, child)
    spoil_nik(family, head, child)
    page = officer.get("/kerja/")
    assert OVERVIEW in page.content.decode()
    panel = [one for one in page.context["panels"] if "health" in str(one)]
    assert panel
    client.force_login(make_user("rt12", Role.RT_HEAD, rt))
    assert OVERVIEW not in client.get("/kerja/").content.decode()
