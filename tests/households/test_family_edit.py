"""Entering and editing a family: what is refused, where it is said, and who saved first."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from households import families
from households.codes import Relation, Sex
from households.forms.family import FamilyForm
from households.models import Household, Member
from tests.factories import (
    SURYATMAJAN,
    make_family,
    make_kelurahan,
    make_kk_number,
    make_member,
    make_nik,
    make_rt,
    make_user,
)
from tkpk.models import Installation, StaleRow
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def household(rt, staff):
    return make_family(rt, by=staff, address="Jalan Mataram 1")


def edit_url(household):
    return reverse("household_edit", args=[household.pk])


def fields(household, **changed):
    """What the browser would send for the family as it stands, with these changes."""
    data = {
        "version": household.version,
        "territory": household.territory_id,
        "address": household.address,
    }
    return {**data, **changed}


def new_family(rt, **changed):
    data = {
        "territory": rt.pk,
        "new_kk_number": make_kk_number(),
        "kepala-name": "Sastro Ngadimin",
        "kepala-new_nik": make_nik(),
        "kepala-sex": Sex.MALE,
        "kepala-birth_date": "1980-05-17",
    }
    return {**data, **changed}


# --- entering --------------------------------------------------------------------------------
def test_a_family_is_entered_together_with_its_head(officer, staff, rt, kelurahan):
    answer = officer.post(reverse("household_add"), new_family(rt))
    household = Household.objects.get()
    assert answer["Location"] == reverse("household_file", args=[household.pk])
    head = household.members.get()
    assert head.is_head
    assert head.name == "Sastro Ngadimin"
    assert (household.kelurahan, household.created_by) == (kelurahan, staff)
    assert household.history.get().history_user == staff


def test_a_family_without_a_head_is_not_entered(officer, rt):
    answer = officer.post(reverse("household_add"), new_family(rt, **{"kepala-name": ""}))
    assert answer.status_code == 200
    assert answer.context["head_form"].errors["name"]
    assert not Household.objects.exists()


def test_places_outside_the_officers_area_are_not_offered(officer, kelurahan):
    foreign = make_rt(make_kelurahan(SURYATMAJAN, "Suryatmajan"))
    answer = officer.post(reverse("household_add"), new_family(foreign))
    assert answer.context["form"].errors["territory"]
    assert not Household.objects.exists()


def test_the_domain_function_itself_refuses_a_foreign_place(staff, household):
    foreign = make_rt(make_kelurahan(SURYATMAJAN, "Suryatmajan"))
    household.territory = foreign
    with pytest.raises(PermissionDenied):
        families.save_family(household, by=staff, expected_version=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("new_kk_number", "34710112345"),
        ("new_kk_number", "1111111111111111"),
        ("kepala-new_nik", "3471019999990000"),
        ("kepala-new_nik", "347101170580000X"),
        ("kepala-birth_date", "2999-01-01"),
        ("kepala-name", "123"),
        ("address", "dekat 3471012345670000"),
        ("latitude", "-7.79"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(officer, rt, field, value):
    answer = officer.post(reverse("household_add"), new_family(rt, **{field: value}))
    form = answer.context["head_form" if field.startswith("kepala") else "form"]
    assert form.errors[field.removeprefix("kepala-")]
    assert not Household.objects.exists()


def test_a_decile_needs_its_date_and_its_source(officer, rt):
    answer = officer.post(reverse("household_add"), new_family(rt, decile=2))
    assert set(answer.context["form"].errors) == {"decile_as_of", "registry_source"}
    answer = officer.post(reverse("household_add"), new_family(rt, decile_as_of="2026-01-01"))
    assert set(answer.context["form"].errors) == {"decile"}


def test_outside_a_demo_a_number_ending_in_0000_is_refused(staff, rt):
    Installation.objects.update(demo=False)
    # The form alone is asked: outside a demo the page wants a second step first.
    form = FamilyForm(new_family(rt), by=staff)
    assert form.errors["new_kk_number"]


def test_an_officer_does_not_enter_the_own_family(officer, staff, rt):
    data = new_family(rt, **{"kepala-new_nik": staff.nik})
    assert officer.post(reverse("household_add"), data).status_code == 200
    assert not Household.objects.exists()


# --- numbers that somebody has ---------------------------------------------------------------
def test_a_kk_number_in_use_names_the_other_family_with_a_link(officer, rt, household):
    data = new_family(rt, new_kk_number=household.kk_number)
    page = officer.post(reverse("household_add"), data).content.decode()
    assert (
        f'<a href="{reverse("household_file", args=[household.pk])}">{household.code}</a>' in page
    )
    assert Household.objects.count() == 1


def test_a_nik_in_use_names_the_other_person_with_a_link(officer, rt, household):
    member = household.members.get(relation=Relation.HEAD)
    page = officer.post(
        reverse("household_add"), new_family(rt, **{"kepala-new_nik": member.nik})
    ).content.decode()
    link = reverse("member_file", args=[household.pk, member.pk])
    assert f'<a href="{link}">{member.code}</a>' in page
    assert Household.objects.count() == 1


def test_the_same_numbers_in_another_kelurahan_are_no_clash(officer, household, rt):
    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    colleague = make_user("petugas2", Role.STAFF, other)
    officer.force_login(colleague)
    data = new_family(make_rt(other), new_kk_number=household.kk_number)
    assert officer.post(reverse("household_add"), data).status_code == 302


def test_the_number_of_a_closed_family_is_free_again(officer, rt, household):
    Household.objects.filter(pk=household.pk).update(status="CLOSED")
    Member.objects.update(status="MOVED")
    data = new_family(rt, new_kk_number=household.kk_number)
    assert officer.post(reverse("household_add"), data).status_code == 302


def test_a_race_for_one_number_ends_in_a_sentence(officer, staff, rt, household):
    second = Household(territory=rt)
    second.set_kk_number(household.kk_number)
    head = Member(sex=Sex.MALE)
    head.set_name("Sastro")
    with pytest.raises(ValidationError):
        families.create_family(second, head, by=staff)
    assert Household.objects.count() == 1


# --- editing ---------------------------------------------------------------------------------
def test_an_edit_is_saved_with_its_author_and_next_version(officer, staff, household):
    answer = officer.post(edit_url(household), fields(household, address="Jalan Hayam Wuruk 2"))
    assert answer["Location"] == reverse("household_file", args=[household.pk])
    household.refresh_from_db()
    assert (household.address, household.version) == ("Jalan Hayam Wuruk 2", 2)
    assert household.history.first().history_user == staff


def test_the_kk_number_stays_unless_it_is_typed_anew(officer, household):
    number = household.kk_number
    page = officer.get(edit_url(household)).content.decode()
    assert number not in page
    assert household.kk_masked in page
    officer.post(edit_url(household), fields(household))
    household.refresh_from_db()
    assert household.kk_number == number
    typed = make_kk_number()
    officer.post(edit_url(household), fields(household, new_kk_number=typed))
    household.refresh_from_db()
    assert household.kk_number == typed
    assert Household.objects.with_kk(typed).get() == household


def test_an_edit_without_its_version_is_refused(officer, household):
    data = fields(household, address="Jalan Lain 9")
    del data["version"]
    assert officer.post(edit_url(household), data).status_code == 200
    household.refresh_from_db()
    assert household.address == "Jalan Mataram 1"


# --- two people at once ----------------------------------------------------------------------
def test_nobody_overwrites_what_somebody_else_saved_meanwhile(officer, staff, household):
    mine = fields(household, address="Punya saya 1", hamlet="Tukangan")
    household.address = "Punya rekan 2"
    families.save_family(household, by=staff, expected_version=1)
    answer = officer.post(edit_url(household), mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Punya rekan 2" in page
    assert "Punya saya 1" in page
    household.refresh_from_db()
    assert household.address == "Punya rekan 2"
    assert [row[3] for row in answer.context["rows"]] == ["address", "hamlet"]


def test_the_second_person_chooses_field_by_field(officer, staff, household):
    mine = fields(household, address="Punya saya 1", hamlet="Tukangan")
    household.address = "Punya rekan 2"
    families.save_family(household, by=staff, expected_version=1)
    page = officer.post(edit_url(household), mine).content.decode()
    again = hidden_fields(page)
    assert again["version"] == "2"
    again |= {"keep-address": "theirs", "keep-hamlet": "mine", "differing": ["address", "hamlet"]}
    assert officer.post(edit_url(household), again).status_code == 302
    household.refresh_from_db()
    assert (household.address, household.hamlet) == ("Punya rekan 2", "Tukangan")
    assert household.version == 3


def hidden_fields(page):
    found = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and name[1] not in {"csrfmiddlewaretoken", "differing"}:
            found[name[1]] = value[1] if value else ""
    return found


def test_without_a_choice_for_every_field_nothing_is_saved(officer, staff, household):
    mine = fields(household, address="Punya saya 1", hamlet="Tukangan")
    household.address = "Punya rekan 2"
    families.save_family(household, by=staff, expected_version=1)
    again = hidden_fields(officer.post(edit_url(household), mine).content.decode())
    again |= {"keep-address": "mine", "differing": ["address", "hamlet"]}
    assert officer.post(edit_url(household), again).status_code == 409
    household.refresh_from_db()
    assert household.version == 2


def test_a_third_saving_in_between_shows_the_versions_again(officer, staff, household):
    mine = fields(household, address="Punya saya 1")
    household.address = "Punya rekan 2"
    families.save_family(household, by=staff, expected_version=1)
    again = hidden_fields(officer.post(edit_url(household), mine).content.decode())
    household.address = "Punya orang ketiga 3"
    families.save_family(household, by=staff, expected_version=2)
    again |= {"keep-address": "mine", "differing": ["address"]}
    answer = officer.post(edit_url(household), again)
    assert answer.status_code == 409
    assert "Punya orang ketiga 3" in answer.content.decode()


def test_a_typed_number_survives_the_conflict_without_being_shown(officer, staff, household):
    typed = make_kk_number()
    mine = fields(household, new_kk_number=typed)
    household.hamlet = "Tukangan"
    families.save_family(household, by=staff, expected_version=1)
    answer = officer.post(edit_url(household), mine)
    assert [row[3] for row in answer.context["rows"]] == ["new_kk_number", "hamlet"]
    assert typed not in re.sub(r"<input[^>]*>", "", answer.content.decode())
    again = hidden_fields(answer.content.decode())
    again |= {
        "keep-new_kk_number": "mine",
        "keep-hamlet": "theirs",
        "differing": ["new_kk_number", "hamlet"],
    }
    officer.post(edit_url(household), again)
    household.refresh_from_db()
    assert (household.kk_number, household.hamlet) == (typed, "Tukangan")


def test_the_domain_function_gives_the_row_that_was_saved_first(staff, household):
    families.save_family(household, by=staff, expected_version=1)
    stale = Household.objects.get(pk=household.pk)
    with pytest.raises(StaleRow) as told:
        families.save_family(stale, by=staff, expected_version=1)
    assert told.value.current.version == 2


# --- what the database itself refuses ---------------------------------------------------------
def refused():
    return pytest.raises(IntegrityError)


def test_the_database_refuses_a_second_head(staff, household):
    with refused(), transaction.atomic():
        make_member(household, by=staff, relation=Relation.HEAD)


def test_the_database_refuses_a_nik_that_a_living_person_has(staff, rt, household):
    other = make_family(rt, by=staff)
    nik = household.members.first().nik
    with refused(), transaction.atomic():
        make_member(other, by=staff, nik=nik)
    make_member(other, by=staff, nik=nik, status=Member.Status.DUPLICATE)


def test_the_database_refuses_a_second_family_on_one_kk(staff, rt, household):
    other = make_family(rt, by=staff)
    other.set_kk_number(household.kk_number)
    with refused(), transaction.atomic():
        other.save()


@pytest.mark.parametrize(
    "wrong",
    [
        {"decile": 2},
        {"decile": 11, "decile_as_of": "2026-01-01", "registry_source": "DTSEN"},
        {"latitude": "-97.79", "longitude": "110.37"},
        {"status": "LOST"},
        {"tenure": 99},
        {"kk_index": ""},
    ],
)
def test_the_database_refuses_a_family_that_cannot_be(household, wrong):
    with refused(), transaction.atomic():
        Household.objects.filter(pk=household.pk).update(**wrong)


@pytest.mark.parametrize("wrong", [{"sex": 3}, {"relation": 12}, {"nik": "x", "nik_index": ""}])
def test_the_database_refuses_a_person_that_cannot_be(household, wrong):
    with refused(), transaction.atomic():
        household.members.update(**wrong)


def test_neither_tables_nor_histories_hold_a_number_in_clear(staff, household):
    member = household.members.first()
    member.insurance_number = "0001234567890"
    families.save_member(member, by=staff, expected_version=1)
    numbers = [household.kk_number, member.nik, member.insurance_number]
    with connection.cursor() as cursor:
        for table in (
            "households_household",
            "households_historicalhousehold",
            "households_member",
            "households_historicalmember",
        ):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - names of our own
            stored = repr(cursor.fetchall())
            assert "AA" in stored
            assert not [number for number in numbers if number in stored]
