"""While a person is typed: who may be in the registry already."""

import datetime

import pytest
from django.core.cache import cache
from django.urls import reverse

from households.codes import Relation
from households.models import Member
from tests.factories import make_family, make_kelurahan, make_member, make_nik, make_rt, make_user
from tests.households.duplicates import AGAIN, BORN, TWICE
from tests.households.pages import page_text
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(kelurahan, staff):
    """Somebody who lives elsewhere in the kelurahan."""
    household = make_family(make_rt(kelurahan, 7, 3), by=staff, head=TWICE, others=0)
    head = household.members.get()
    head.birth_date = BORN
    head.save()
    return head


@pytest.fixture
def household(rt, staff):
    return make_family(rt, by=staff, head="Ngadimin Prawiro", others=0)


def ask(client, household, **typed):
    return client.post(reverse("member_check", args=[household.pk]), typed)


def typed(**other):
    return {
        "name": AGAIN, "sex": "1", "relation": str(int(Relation.CHILD)),
        "birth_date": BORN.isoformat(), **other,
    }  # fmt: skip


# --- while typing ----------------------------------------------------------------------------
def test_somebody_alike_is_named_with_code_and_area(officer, household, known):
    text = page_text(ask(officer, household, name=AGAIN, birth_date=BORN.isoformat()))
    assert TWICE in text
    assert known.household.code in text
    assert "RT 03" in text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "Wi"},
        {"name": "Parjiyem Lestari", "birth_date": "1990-03-04"},
        {"name": AGAIN, "birth_date": "1956-99-99"},
        {"new_nik": "12"},
        {"name": "\0", "sex": "x", "row": "9" * 30},
    ],
)
def test_where_nobody_is_alike_nothing_is_said(officer, household, known, data):
    answer = ask(officer, household, **data)
    assert answer.status_code == 200
    assert "alert" not in answer.content.decode()


def test_a_number_is_recognised_also_with_spaces(officer, household, known):
    number = f"{known.nik[:4]} {known.nik[4:]}"
    assert known.household.code in page_text(ask(officer, household, new_nik=number))


def test_the_person_that_is_edited_is_not_its_own_duplicate(officer, known):
    data = {"name": TWICE, "birth_date": BORN.isoformat(), "row": str(known.pk)}
    assert "alert" not in ask(officer, known.household, **data).content.decode()


def test_of_a_family_that_may_not_be_seen_only_code_and_area_are_said(client, rt, household, known):
    client.force_login(make_user("rw", Role.STAFF, rt.parent))
    text = page_text(ask(client, household, name=TWICE, birth_date=BORN.isoformat()))
    assert TWICE not in text
    assert known.code in text


def test_people_of_another_kelurahan_are_not_told_of(officer, household, staff):
    other = make_kelurahan("34.71.04.1001", "Suryatmajan")
    there = make_family(make_rt(other), by=staff, head=TWICE, others=0).members.get()
    Member.objects.filter(pk=there.pk).update(birth_date=BORN)
    assert "alert" not in ask(officer, household, name=TWICE, birth_date=BORN).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.STAFF])
def test_nobody_but_who_may_enter_people_may_ask(client, household, known, kelurahan, role):
    client.force_login(make_user("lain", role, kelurahan))
    answer = ask(client, household, name=TWICE, birth_date=BORN.isoformat())
    assert answer.status_code in {403, 404}
    assert client.get(reverse("member_check", args=[household.pk])).status_code == 405


def test_numbers_cannot_be_tried_one_after_another(officer, household, monkeypatch):
    monkeypatch.setattr("households.views.editing.NUMBERS_A_MINUTE", 3)
    cache.clear()
    answers = [ask(officer, household, new_nik=make_nik()).status_code for _try in range(5)]
    assert answers[0] == 200
    assert answers[-1] == 429


@pytest.mark.parametrize("people", [1, 6])
def test_a_check_costs_the_same_queries_however_many_are_alike(
    officer, household, staff, people, django_assert_max_num_queries
):
    for _number in range(people):
        make_member(household, TWICE, by=staff, birth_date=BORN)
    with django_assert_max_num_queries(23):
        ask(officer, household, name=TWICE, birth_date=BORN.isoformat())


# --- without JavaScript ----------------------------------------------------------------------
def test_the_form_asks_before_somebody_alike_is_saved(officer, household, known):
    address = reverse("member_add", args=[household.pk])
    answer = officer.post(address, typed())
    assert answer.status_code == 200
    assert TWICE in page_text(answer)
    assert 'name="save_anyway"' in answer.content.decode()
    assert household.members.count() == 1
    assert officer.post(address, typed(save_anyway="1")).status_code == 302
    assert household.members.count() == 2


def test_the_form_says_nothing_where_nobody_is_alike(officer, household, known):
    address = reverse("member_add", args=[household.pk])
    data = typed(name="Parjiyem Lestari", birth_date="1990-03-04")
    assert officer.post(address, data).status_code == 302
    assert 'name="save_anyway"' not in officer.get(address).content.decode()


def test_an_edit_that_makes_two_people_alike_asks_too(officer, household, known, staff):
    member = make_member(household, "Anak Lain", by=staff, birth_date=datetime.date(1999, 9, 9))
    address = reverse("member_edit", args=[household.pk, member.pk])
    data = typed(version=member.version)
    assert TWICE in page_text(officer.post(address, data))
    member.refresh_from_db()
    assert member.name == "Anak Lain"
    assert officer.post(address, {**data, "save_anyway": "1"}).status_code == 302


def test_an_edit_of_something_else_asks_nothing(officer, household, known, staff):
    member = make_member(household, AGAIN, by=staff, birth_date=BORN)
    address = reverse("member_edit", args=[household.pk, member.pk])
    data = typed(version=member.version, birth_place="Bantul")
    assert officer.post(address, data).status_code == 302


def test_the_form_asks_the_page_by_post_and_names_nobody_in_an_address(officer, household, known):
    page = officer.get(reverse("member_add", args=[household.pk])).content.decode()
    assert f'hx-post="{reverse("member_check", args=[household.pk])}"' in page
