"""Entering and editing a person: NIK, warnings, one head, who saved first."""

import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from households import families
from households.codes import Relation, Sex
from households.forms.member import MemberForm
from households.models import Member
from households.models.person_facts import DOCUMENT_FIELDS
from households.visibility import MEMBER_GROUPS
from tests.factories import (
    make_family,
    make_kelurahan,
    make_nik,
    make_rt,
)
from tkpk.models import Draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(household):
    return household.members.get(relation=Relation.CHILD)


def edit_url(member):
    return reverse("member_edit", args=[member.household_id, member.pk])


def fields(member, **changed):
    data = {
        "version": member.version,
        "name": member.name,
        "sex": member.sex,
        "relation": member.relation,
        "birth_date": member.birth_date.isoformat(),
    }
    return {**data, **changed}


def new_person(**changed):
    data = {"name": "Siti Aminah", "sex": Sex.FEMALE, "relation": Relation.WIFE}
    return {**data, **changed}


def add_url(household):
    return reverse("member_add", args=[household.pk])


def test_a_person_is_added_to_the_family(officer, staff, household):
    answer = officer.post(add_url(household), new_person(birth_date="1985-02-03"))
    assert answer["Location"] == reverse("household_file", args=[household.pk])
    member = household.members.get(name="Siti Aminah")
    assert member.name_key == "SITI AMINAH"
    assert (member.created_by, member.kelurahan) == (staff, household.kelurahan)


def test_a_person_without_nik_has_a_code_instead(officer, household):
    officer.post(add_url(household), new_person())
    member = household.members.get(name="Siti Aminah")
    page = officer.get(reverse("household_file", args=[household.pk])).content.decode()
    assert member.code in page


def test_a_second_head_is_refused_and_the_first_is_named(officer, household):
    head = household.members.get(relation=Relation.HEAD)
    answer = officer.post(add_url(household), new_person(relation=Relation.HEAD))
    assert answer.context["form"].errors["relation"]
    assert head.code in answer.content.decode()
    assert household.members.count() == 2


def test_a_nik_in_use_is_refused_and_its_holder_is_named(officer, household, child):
    answer = officer.post(add_url(household), new_person(new_nik=child.nik))
    assert answer.context["form"].errors["new_nik"]
    link = reverse("member_file", args=[household.pk, child.pk])
    assert f'<a href="{link}">{child.code}</a>' in answer.content.decode()
    assert child.nik not in re.sub(r"<input[^>]*>", "", answer.content.decode())


def test_a_disagreement_between_nik_and_person_is_told_but_saved(officer, household):
    nik = make_nik()  # a man born 17 May 1980
    data = new_person(new_nik=nik, birth_date="1985-02-03")
    answer = officer.post(add_url(household), data)
    assert answer.status_code == 302
    assert len(list(get_messages(answer.wsgi_request))) == 3
    member = household.members.get(name="Siti Aminah")
    page = officer.get(reverse("member_file", args=[household.pk, member.pk]))
    assert len(page.context["notes"]) == 2
    assert officer.get(reverse("household_file", args=[household.pk])).context["noted"] == [member]


def test_the_edit_form_shows_masks_and_changes_no_number_by_itself(officer, child):
    child.passport_number = "C1234567"
    child.save()
    nik = child.nik
    page = officer.get(edit_url(child)).content.decode()
    assert nik not in page
    assert "C1234567" not in page
    assert child.nik_masked in page
    assert officer.post(edit_url(child), fields(child, name="Budi Baru")).status_code == 302
    child.refresh_from_db()
    assert (child.nik, child.passport_number, child.name) == (nik, "C1234567", "Budi Baru")
    assert child.name_key == "BUDI BARU"


def test_a_number_that_is_typed_anew_is_changed(officer, child):
    nik = make_nik(child.birth_date)
    officer.post(edit_url(child), fields(child, new_nik=nik, new_insurance_number="0001112223334"))
    child.refresh_from_db()
    assert (child.nik, child.insurance_number) == (nik, "0001112223334")
    assert Member.objects.with_nik(nik).get() == child


def test_nobody_overwrites_a_person_that_somebody_else_saved(officer, staff, child):
    mine = fields(child, name="Nama Saya")
    child.set_name("Nama Rekan")
    families.save_member(child, by=staff, expected_version=1)
    answer = officer.post(edit_url(child), mine)
    assert answer.status_code == 409
    assert "Nama Rekan" in answer.content.decode()
    assert "Nama Saya" in answer.content.decode()
    child.refresh_from_db()
    assert child.name == "Nama Rekan"


def test_a_change_of_state_meanwhile_is_not_undone_by_an_edit(officer, staff, child):
    mine = fields(child, name="Nama Saya")
    url = reverse("member_move", args=[child.household_id, child.pk, "record_missing"])
    officer.post(url, {"on": "2026-01-05", "reason": "Belum pulang"})
    assert officer.post(edit_url(child), mine).status_code == 409
    child.refresh_from_db()
    assert child.status == Member.Status.MISSING


def test_what_was_typed_after_the_session_ended_comes_back(officer, staff, child):
    page = officer.get(edit_url(child)).content.decode()
    token = re.search(r'name="_draft" value="([^"]*)"', page)[1]
    officer.logout()
    officer.post(edit_url(child), fields(child, name="Ketikan Lama", _draft=token))
    assert Draft.objects.get().user == staff
    officer.force_login(staff)
    assert "Ketikan Lama" in officer.get(edit_url(child)).content.decode()
    child.refresh_from_db()
    assert child.name != "Ketikan Lama"


def test_a_person_of_another_family_is_not_reached_through_this_one(officer, staff, child):
    other = make_family(make_rt(make_kelurahan()), by=staff)
    url = reverse("member_file", args=[other.pk, child.pk])
    assert officer.get(url).status_code == 404


def test_every_fact_of_a_person_is_on_the_form_and_on_the_page():
    form = MemberForm(instance=Member())
    on_form = {name.removeprefix("new_") for name in form.fields} - {"version"}
    on_page = {name for group in MEMBER_GROUPS for name in group.fields} | {"nik", "name"}
    assert on_form == on_page
    assert set(DOCUMENT_FIELDS) <= on_form
    placed = [name for _title, names in MemberForm.sections for name in names]
    assert sorted(placed) == sorted(set(form.fields) - {"version"})
