"""The list and the file: who opens what, what stands there, and what it costs."""

import re
from urllib.parse import unquote

import pytest
from django.urls import reverse

from households import families
from households.codes import Relation, Sex
from households.models import Household
from households.models.household import READERS
from households.visibility import COLUMNS, FULL, Column
from tests.factories import (
    SURYATMAJAN,
    make_family,
    make_kelurahan,
    make_member,
    make_rt,
    make_user,
)
from tests.households.pages import file_url, page_text
from tkpk.models import AccessLog
from tkpk.registry import registry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
HEAD = "Wiryo Kartosuwignyo"


# --- roles -----------------------------------------------------------------------------------
def urls_of(household):
    member = household.members.first()
    return {
        "list": reverse("household_list"),
        "file": file_url(household),
        "history": reverse("household_history", args=[household.pk]),
        "member": reverse("member_file", args=[household.pk, member.pk]),
        "edit": reverse("household_edit", args=[household.pk]),
        "member_edit": reverse("member_edit", args=[household.pk, member.pk]),
        "member_add": reverse("member_add", args=[household.pk]),
        "add": reverse("household_add"),
    }


READING = {"list": 200, "file": 200, "history": 200, "member": 200}
WRITING = {"edit": 200, "member_edit": 200, "member_add": 200, "add": 200}
OWN = {
    Role.STAFF: {**READING, **WRITING},
    Role.LURAH: {**READING, **dict.fromkeys(WRITING, 403)},
    Role.RW_HEAD: {**dict.fromkeys([*READING, *WRITING], 403), "list": 200, "file": 200},
    Role.RT_HEAD: {**dict.fromkeys([*READING, *WRITING], 403), "list": 200, "file": 200},
}
CLOSED = {**dict.fromkeys([*READING, *WRITING], 404), "list": 403, "add": 403}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_the_table_of_visibility_says(client, role, kelurahan, rt, household):
    place = {Role.RW_HEAD: rt.parent, Role.RT_HEAD: rt}.get(role, kelurahan)
    client.force_login(make_user("seseorang", role, place))
    found = {name: client.get(url).status_code for name, url in urls_of(household).items()}
    assert found == OWN.get(role, CLOSED)


@pytest.mark.parametrize("role", [Role.STAFF, Role.LURAH, Role.RW_HEAD, Role.RT_HEAD])
def test_a_family_of_another_kelurahan_does_not_exist(client, role, household):
    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    place = make_rt(other) if role in {Role.RW_HEAD, Role.RT_HEAD} else other
    client.force_login(make_user("tetangga", role, place))
    found = {name: client.get(url).status_code for name, url in urls_of(household).items()}
    expected = dict.fromkeys(found, 404) | {"list": 200}
    expected["add"] = 200 if role == Role.STAFF else 403
    assert found == expected
    assert HEAD not in client.get(reverse("household_list")).content.decode()
    for name in ("kk_reveal",):
        answer = client.post(reverse(name, args=[household.pk]), {"choice": "COUNTER"})
        assert answer.status_code == 404


def test_the_tables_of_readers_and_of_visibility_name_the_same_roles():
    assert set(COLUMNS) == READERS
    assert COLUMNS[Role.STAFF] == COLUMNS[Role.LURAH] == FULL
    assert COLUMNS[Role.RW_HEAD] == COLUMNS[Role.RT_HEAD] == {Column.NAMES}


def test_a_head_of_rt_sees_names_and_status_and_nothing_else(client, rt, household):
    client.force_login(make_user("rt12", Role.RT_HEAD, rt))
    member = household.members.get(relation=Relation.HEAD)
    page = client.get(file_url(household)).content.decode()
    assert HEAD in page
    for hidden in ("1.250.000", household.kk_masked, member.nik_masked, "1980"):
        assert hidden not in page
    assert "1.250.000" not in client.get(reverse("household_list")).content.decode()


def test_a_head_of_rt_cannot_ask_for_a_number_or_a_decile(client, rt, household):
    client.force_login(make_user("rt12", Role.RT_HEAD, rt))
    answer = client.post(reverse("household_search"), {"text": household.kk_number})
    assert answer.url.startswith(reverse("household_list") + "?cari=")
    assert HEAD not in client.get(answer.url).content.decode()
    Household.objects.update(decile=1, decile_as_of="2026-01-01", registry_source="DTSEN")
    # The filter is not offered to this role, so it is not obeyed either.
    assert HEAD in client.get(reverse("household_list"), {"desil": "2"}).content.decode()


def test_an_officer_does_not_edit_the_own_family(officer, staff, household):
    member = household.members.first()
    member.set_nik(staff.nik)
    member.save()
    assert officer.get(file_url(household)).status_code == 200
    assert officer.get(reverse("household_edit", args=[household.pk])).status_code == 403
    assert officer.get(reverse("member_edit", args=[household.pk, member.pk])).status_code == 403


def test_state_changing_pages_refuse_the_wrong_verb(officer, household):
    assert officer.get(reverse("household_search")).status_code == 405
    assert officer.get(reverse("kk_reveal", args=[household.pk])).status_code == 405
    assert officer.post(file_url(household)).status_code == 405


# --- the file --------------------------------------------------------------------------------
def test_the_file_says_what_is_known_and_what_is_not(officer, household):
    text = page_text(officer.get(file_url(household)))
    assert HEAD in text
    assert "RT 12 RW 03" in text
    assert "Rp1.250.000" in text
    assert household.kk_masked in text
    assert household.kk_number not in text
    assert all(member.nik not in text for member in household.members.all())


def test_every_opening_of_the_file_is_noted(officer, staff, household):
    officer.get(file_url(household))
    officer.get(reverse("member_file", args=[household.pk, household.members.first().pk]))
    officer.get(reverse("household_edit", args=[household.pk]))
    notes = AccessLog.objects.filter(subject="households.household", subject_id=household.pk)
    assert [note.by for note in notes] == [staff] * 3


def test_pages_with_persons_are_never_kept_by_the_browser(officer, household):
    for url in urls_of(household).values():
        assert "no-store" in officer.get(url)["Cache-Control"]


def test_the_history_tells_old_and_new_but_of_numbers_only_that_they_changed(
    officer, staff, household
):
    old_number = household.kk_number
    household.address = "Jalan Mataram 12"
    household.set_kk_number("3471010101010000")
    families.save_family(household, by=staff, expected_version=1)
    text = page_text(officer.get(reverse("household_history", args=[household.pk])))
    assert "Jalan Mataram 12" in text
    assert staff.name in text
    assert old_number not in text
    assert "3471010101010000" not in text


def test_the_history_comes_in_pages_without_gaps(officer, staff, household):
    for number in range(25):
        household.address = f"Jalan Mataram {number}"
        families.save_family(household, by=staff, expected_version=household.version)
    url = reverse("household_history", args=[household.pk])
    first = officer.get(url)
    rest = officer.get(url + first.context["older"])
    assert len(first.context["changes"]) == 20
    assert len(rest.context["changes"]) == 25 + 3 - 20
    assert rest.context["older"] == ""
    seen = [change.fields[0].new for change in first.context["changes"]]
    assert seen == [f"Jalan Mataram {number}" for number in range(24, 4, -1)]


def test_a_panel_of_an_app_above_stands_in_the_file(officer, household, monkeypatch):
    panel = ("staff/households/_groups.html", {"groups": []})
    monkeypatch.setitem(registry.file_panels, "uji", lambda user, row: panel)
    response = officer.get(file_url(household))
    assert panel in response.context["panels"]


# --- the list --------------------------------------------------------------------------------
def test_the_list_asks_the_same_number_of_questions_at_one_and_three_rows(
    officer, staff, rt, household, django_assert_num_queries, django_assert_max_num_queries
):
    url = reverse("household_list")
    with django_assert_max_num_queries(12) as asked:
        officer.get(url)
    make_family(rt, by=staff)
    make_family(rt, by=staff, others=3)
    with django_assert_num_queries(len(asked)):
        response = officer.get(url)
    assert len(response.context["page"].rows) == 3


def test_the_file_asks_no_more_questions_at_six_members_than_at_two(
    officer, staff, household, django_assert_max_num_queries
):
    with django_assert_max_num_queries(24) as asked:
        officer.get(file_url(household))
    for _number in range(4):
        make_member(household, by=staff)
    with django_assert_max_num_queries(len(asked)):
        officer.get(file_url(household))


def test_the_list_goes_through_all_families_once_both_ways(officer, staff, kelurahan):
    made = {make_family(make_rt(kelurahan, rt=1 + n % 4), by=staff, others=0).pk for n in range(60)}
    seen, url, pages = [], reverse("household_list"), []
    while url:
        page = officer.get(url).context["page"]
        seen += [row.pk for row in page.rows]
        pages.append([row.pk for row in page.rows])
        url = reverse("household_list") + page.next_url if page.next_url else ""
    assert len(seen) == 60
    assert set(seen) == made
    last = officer.get(reverse("household_list") + page.previous_url).context["page"]
    assert [row.pk for row in last.rows] == pages[-2]
    assert "OFFSET" not in str(Household.objects.all().query)


def test_a_broken_mark_shows_the_first_page(officer, household):
    response = officer.get(reverse("household_list"), {"sesudah": "x~y", "sebelum": "'"})
    assert [row.pk for row in response.context["page"].rows] == [household.pk]


def rows_at(officer, **query):
    return {row.pk for row in officer.get(reverse("household_list"), query).context["page"].rows}


def test_filters_by_place_status_and_decile_can_be_linked(officer, staff, kelurahan, household):
    other_rt = make_rt(kelurahan, rw=4, rt=1)
    poor = make_family(
        other_rt, by=staff, decile=1, decile_as_of="2026-01-01", registry_source="DTSEN"
    )
    loose = make_family(other_rt.parent, by=staff)
    assert rows_at(officer, rw=other_rt.parent.code) == {poor.pk, loose.pk}
    assert rows_at(officer, rt=other_rt.code) == {poor.pk}
    assert rows_at(officer, tanpa_rt="on") == {loose.pk}
    assert rows_at(officer, desil="1") == {poor.pk}
    assert rows_at(officer, desil="-") == {household.pk, loose.pk}
    assert rows_at(officer, status="CLOSED") == set()
    assert rows_at(officer, rw="tidak-ada") == {household.pk, poor.pk, loose.pk}


def test_a_search_by_name_stands_sealed_in_the_address(officer, staff, rt, household):
    make_family(rt, by=staff, head="Sastro Ngadimin")
    answer = officer.post(reverse("household_search"), {"text": "anak kartosuwignyo"})
    assert "karto" not in unquote(answer["Location"]).lower()
    response = officer.get(answer["Location"])
    assert [row.pk for row in response.context["page"].rows] == [household.pk]
    assert "Anak 1 Wiryo Kartosuwignyo" in response.content.decode()


def test_a_full_number_leads_straight_to_the_file(officer, household):
    member = household.members.exclude(relation=Relation.HEAD).get()
    spaced = f"{member.nik[:4]} {member.nik[4:8]}.{member.nik[8:]}"
    for text in (household.kk_number, member.nik, spaced, household.code, member.code):
        answer = officer.post(reverse("household_search"), {"text": text})
        assert answer["Location"] == file_url(household), text


def test_a_number_that_nobody_has_finds_nobody(officer, household):
    answer = officer.post(reverse("household_search"), {"text": "3471019999990000"})
    assert "3471019999990000" not in answer["Location"]
    assert officer.get(answer["Location"]).context["page"].rows == []
    part = officer.post(reverse("household_search"), {"text": household.kk_number[:12]})
    assert officer.get(part["Location"]).context["page"].rows == []


def test_the_global_search_finds_families_through_the_registry(staff, household):
    hits = list(registry.search_sources["families"](staff, "kartosuwignyo"))
    assert [(hit.title, hit.url) for hit in hits] == [(HEAD, file_url(household))]
    assert list(registry.search_sources["families"](make_user(), "kartosuwignyo")) == []


def test_the_empty_list_says_what_to_do_first(officer):
    assert reverse("household_add") in officer.get(reverse("household_list")).content.decode()


# --- addresses -------------------------------------------------------------------------------
def test_no_address_on_any_page_holds_a_name_or_a_number(officer, household):
    make_member(household, "Siti Aminah", by=household.created_by, sex=Sex.FEMALE)
    found = officer.post(reverse("household_search"), {"text": "Siti"})["Location"]
    for url in [*urls_of(household).values(), found]:
        page = officer.get(url).content.decode()
        for address in re.findall(r'(?:href|action|src)="([^"]*)"', page):
            plain = unquote(address).lower()
            assert not re.search(r"[0-9]{16}", plain)
            assert "siti" not in plain
            assert "wiryo" not in plain
