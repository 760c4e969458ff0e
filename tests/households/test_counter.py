"""The counter: from a card or a name to the answer, by role, without a number in an address."""

import datetime
from urllib.parse import unquote

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households import counter, families
from households.codes import Relation
from households.models import Household, Statement, Transfer, TransferStatus
from households.workflows.registering import change_member_state
from tests.factories import (
    SURYATMAJAN,
    make_family,
    make_kelurahan,
    make_mandate,
    make_member,
    make_rt,
    make_user,
)
from tests.households.aided import make_programme
from tests.households.pages import page_text
from tkpk.models import AccessLog, TrailEntry
from tkpk.registry import OpenMatter, registry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
HEAD = "Wiryo Kartosuwignyo"
COUNTER = "/kerja/loket/"


def ask(client, text):
    """The page after the one Enter, with the address to which it led."""
    answer = client.post(COUNTER, {"text": text})
    assert answer.status_code == 302
    return client.get(answer.url), answer.url


def head_of(household):
    return household.members.get(relation=Relation.HEAD)


# --- who -------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_officers_and_the_lurah_stand_at_the_counter_and_nobody_else(
    client, role, kelurahan, rt, household
):
    place = {Role.RW_HEAD: rt.parent, Role.RT_HEAD: rt}.get(role, kelurahan)
    client.force_login(make_user("seseorang", role, place))
    expected = 200 if role in {Role.STAFF, Role.LURAH} else 403
    assert client.get(COUNTER).status_code == expected
    answer = client.post(COUNTER, {"text": household.kk_number})
    assert answer.status_code == (302 if expected == 200 else 403)


def test_a_head_of_rt_who_is_officer_elsewhere_finds_nobody_of_the_rt(client, rt, household):
    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    person = make_user("rangkap", Role.STAFF, other)

    make_mandate(person, Role.RT_HEAD, rt)
    assert counter.find(person, HEAD) == []
    assert counter.find(person, household.kk_number) == []


def test_the_counter_of_another_kelurahan_knows_nobody(client, household):
    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    client.force_login(make_user("tetangga", Role.STAFF, other))
    head = head_of(household)
    for text in (head.nik, household.kk_number, HEAD, household.code, head.code):
        page, _url = ask(client, text)
        assert HEAD not in page.content.decode()
    post = client.post(reverse("counter_nik", args=[household.pk, head.pk]), {"reason": "AID"})
    assert post.status_code == 404
    post = client.post(reverse("statement_give", args=[household.pk, head.pk]), {"reason": "AID"})
    assert post.status_code == 404


def test_acts_at_the_counter_refuse_the_wrong_verb(officer, household):
    head = head_of(household)
    for name, args in (
        ("counter_kk", [household.pk]),
        ("counter_nik", [household.pk, head.pk]),
        ("statement_give", [household.pk, head.pk]),
    ):
        assert officer.get(reverse(name, args=args)).status_code == 405


# --- finding ---------------------------------------------------------------------------------
@pytest.mark.parametrize("decorated", ["{}", " {}\n", "'{}", "{} "])
def test_a_card_number_answers_at_once_and_is_never_in_the_address(officer, household, decorated):
    head = head_of(household)
    for number in (head.nik, household.kk_number):
        page, url = ask(officer, decorated.format(number))
        assert number not in unquote(url)
        text = page_text(page)
        assert HEAD in text
        assert household.territory.full_name in text
        assert number not in page.content.decode()
        assert "3471••••••••••••" in text or head.nik_masked in text


def test_the_answer_can_be_loaded_again_and_only_by_the_one_who_asked(
    officer, client, kelurahan, household
):
    _page, url = ask(officer, household.kk_number)
    assert HEAD in page_text(officer.get(url))
    client.force_login(make_user("lain", Role.STAFF, kelurahan))
    assert HEAD not in page_text(client.get(url))


def test_a_look_is_noted_as_a_view_of_the_file_and_writes_nothing_else(officer, staff, household):
    ask(officer, household.kk_number)
    note = AccessLog.objects.get()
    assert (note.by, note.subject_id) == (staff, household.pk)
    assert not TrailEntry.objects.exists()


def test_the_words_of_a_search_stand_in_no_log(officer, household, caplog):
    with caplog.at_level("DEBUG"):
        ask(officer, head_of(household).nik)
        ask(officer, HEAD)
    said = " ".join(record.getMessage() for record in caplog.records if "sql" not in record.name)
    assert head_of(household).nik not in said
    assert "Kartosuwignyo" not in said


def test_several_of_one_name_are_listed_with_place_and_year_and_chosen_by_number(
    officer, staff, kelurahan, household
):
    other = make_family(make_rt(kelurahan, 4, 7), by=staff, head="Wiryo Kartosuwignyo", others=0)
    other.members.update(birth_date=datetime.date(1951, 2, 3))
    page, url = ask(officer, "wiryo karto")
    text = page_text(page)
    assert "RT 07 RW 04" in text
    assert "RT 12 RW 03" in text
    assert "1951" in text
    addresses = {hit.household: url for hit, url in page.context["hits"]}
    chosen = officer.get(addresses[other])
    assert chosen.context["household"] == other
    # Nothing was chosen yet: a list is no look into a file.
    assert AccessLog.objects.count() == 1
    assert officer.get(url + "&pilih=99").context["hits"]
    assert officer.get(url + "&pilih=²").context["hits"]


def test_many_of_one_name_are_cut_and_said_so(officer, staff, rt):
    for _number in range(counter.MOST_HITS + 2):
        make_family(rt, by=staff, head="Sri Rahayu", others=0)
    page, _url = ask(officer, "Sri Rahayu")
    assert len(page.context["hits"]) == counter.MOST_HITS
    assert page.context["more"]


def test_the_living_person_of_a_card_is_answered_before_the_one_entered_twice(
    officer, staff, rt, household
):
    head = head_of(household)
    change_member_state(
        "mark_duplicate", head, by=staff, on=datetime.date(2026, 1, 1), reason="Dua kali"
    )
    fresh = make_family(rt, by=staff, head="Wiryo yang Benar", others=0)
    person = head_of(fresh)
    person.set_nik(head.nik)
    person.save()
    page, _url = ask(officer, head.nik)
    assert page.context["household"] == fresh


def test_a_person_who_is_gone_is_found_with_the_state(officer, staff, household):
    head = head_of(household)
    change_member_state("record_death", head, by=staff, on=datetime.date(2026, 1, 1), reason="Akta")
    page, _url = ask(officer, head.nik)
    assert page.context["answer"].member == head
    assert page.context["refusals"]


def test_nobody_leads_to_entering_the_family(officer, client, kelurahan, household):
    for text in ("3471012345670000", "Bathara Guru"):
        page, _url = ask(officer, text)
        assert reverse("household_add") in page.content.decode()
    client.force_login(make_user("lurah", Role.LURAH, kelurahan))
    page, _url = ask(client, "Bathara Guru")
    assert reverse("household_add") not in page.content.decode().split("<main")[1]
    assert client.post(COUNTER, {"text": " "}).url == COUNTER


# --- answering -------------------------------------------------------------------------------
def test_a_decile_stands_with_source_and_date_and_without_a_promise(officer, staff, household):
    Household.objects.update(decile=5, decile_as_of="2026-10-01", registry_source="DTSEN")
    for name, up_to in (("PKH", 4), ("Sembako", 5), ("BLT", None)):
        make_programme(household.kelurahan, staff, name, max_decile=up_to)
    page, _url = ask(officer, household.kk_number)
    text = page_text(page)
    assert "DTSEN" in text
    assert "2026" in text
    within = {one.name: holds for one, holds in page.context["answer"].guidelines}
    assert within == {"PKH": False, "Sembako": True}


def test_without_a_decile_nothing_is_said_of_programmes(officer, household):
    page, _url = ask(officer, household.kk_number)
    assert page.context["answer"].guidelines == []


def test_what_others_register_as_open_is_shown(officer, household, monkeypatch):
    matter = OpenMatter("Sanggah S-7KQ4-M2", "/kerja/", "menunggu jawaban")
    monkeypatch.setitem(registry.open_matters, "uji", lambda user, row: [matter])
    page, _url = ask(officer, household.kk_number)
    assert "Sanggah S-7KQ4-M2" in page_text(page)


def test_a_transfer_that_waits_stands_among_the_open_matters(staff, kelurahan, household):

    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    transfer = Transfer.objects.create(
        kelurahan=kelurahan,
        origin=kelurahan,
        destination=other,
        household=household,
        on=datetime.date(2026, 11, 1),
        document_kind="STATEMENT",
        status=TransferStatus.REQUESTED,
        created_by=staff,
        updated_by=staff,
    )
    found = list(counter.waiting_matters(staff, household))
    assert [transfer.code in matter.title for matter in found] == [True]


def test_remarks_on_the_family_lead_to_where_they_are_mended(officer, household):
    page, _url = ask(officer, household.kk_number)
    remarks = {check.code: url for check, url in page.context["remarks"]}
    assert remarks["tanpa-desil"] == reverse("household_edit", args=[household.pk])


def queries_of(client, url):
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_the_answer_costs_the_same_for_a_large_family_and_a_long_list(
    officer, staff, rt, household
):
    _page, url = ask(officer, household.kk_number)
    small = queries_of(officer, url)
    for number in range(5):
        make_member(household, f"Anak Lain {number}", by=staff)
    assert queries_of(officer, url) == small
    _page, url = ask(officer, "anak wiryo")
    make_family(rt, by=staff, head="Anak Wiryo", others=0)
    one = queries_of(officer, url)
    for _number in range(3):
        make_family(rt, by=staff, head="Anak Wiryo", others=0)
    assert queries_of(officer, url) == one


# --- numbers ---------------------------------------------------------------------------------
def test_one_tap_shows_the_number_once_with_the_reason_in_the_trail(officer, staff, household):
    head = head_of(household)
    _page, url = ask(officer, head.nik)
    token = url.split("cari=")[1]
    answer = officer.post(
        reverse("counter_nik", args=[household.pk, head.pk]),
        {"reason": "SCHOOL", "cari": unquote(token)},
    )
    page = answer.content.decode()
    assert head.nik in page
    assert "no-store" in answer["Cache-Control"]
    assert url.split("?")[0] + "?cari=" in page
    entry = TrailEntry.objects.get()
    assert (entry.process, entry.move, entry.by) == ("identifier", "reveal_nik", staff)
    answer = officer.post(
        reverse("counter_kk", args=[household.pk]), {"reason": "OTHER", "words": "bank sampah"}
    )
    assert household.kk_number in answer.content.decode()
    assert TrailEntry.objects.last().reason == "bank sampah"


@pytest.mark.parametrize(
    "data",
    [{}, {"reason": "HOBBY"}, {"reason": "OTHER", "words": " "},
     {"reason": "OTHER", "words": "minta 3471012345670000"}],
)  # fmt: skip
def test_without_a_fit_reason_no_number_and_no_paper(officer, household, data):
    head = head_of(household)
    for name in ("counter_nik", "statement_give"):
        answer = officer.post(reverse(name, args=[household.pk, head.pk]), data)
        assert answer.status_code == 422
        assert head.nik not in answer.content.decode()
    assert not TrailEntry.objects.exists()
    assert not Statement.objects.exists()


def test_a_number_asked_for_by_who_may_not_is_refused(kelurahan, rt, household):

    reader = make_user("rt12", Role.RT_HEAD, rt)
    with pytest.raises(PermissionDenied):
        families.reveal_identifier(household, by=reader, reason="ingin tahu")
