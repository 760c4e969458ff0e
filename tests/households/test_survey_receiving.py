"""What a phone sends: twice, half, late, wrong, or for somebody else."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import Household, Survey
from households.surveys import carrying, receiving
from households.workflows.instruments import INSTRUMENT_FLOW
from tests import factories
from tests.households.surveying import answers, begun, bps, message, only_survey, sent
from tkpk.models import AccessLog, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(kelurahan):
    return bps(kelurahan)


def post(client, name, body):
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(reverse(name), text, content_type="application/json")


def test_a_survey_from_a_phone_is_sent_to_the_check(officer, household, version, staff):
    reply = post(officer, "survey_receive", message(household, version))
    survey = only_survey()
    assert (reply.status_code, reply.json()) == (
        200,
        {"state": "sent", "code": survey.code, "errors": {}},
    )
    assert (survey.status, survey.source, survey.created_by) == ("SENT", "DEVICE", staff)
    assert survey.read_answers() == answers()


def test_sent_again_it_is_one_survey_and_the_same_answer(officer, household, version):
    body = message(household, version)
    replies = [post(officer, "survey_receive", body).json() for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]
    assert Survey.objects.count() == 1
    assert TrailEntry.objects.filter(process="survey", move="send").count() == 1


def test_sent_again_after_the_check_the_answer_is_still_the_same(
    officer, household, version, kelurahan
):
    body = message(household, version)
    first = post(officer, "survey_receive", body).json()
    Survey.objects.update(
        status="CHECKED", checked_at=timezone.now(), checked_by=factories.make_user("kedua")
    )
    assert post(officer, "survey_receive", body).json() == first


def test_the_same_message_twice_at_once_makes_one(household, version, staff, monkeypatch):
    """The second began before the first was written: it gets the first one's answer."""
    body = message(household, version)
    real, raced = receiving._visit, []

    def visit(*args):
        if not raced:
            raced.append(True)
            receiving.receive(body, by=staff)
        return real(*args)

    monkeypatch.setattr(receiving, "_visit", visit)
    reply = receiving.receive(body, by=staff)
    assert (reply.state, reply.survey) == ("sent", only_survey())


def test_typed_numbers_are_stored_in_plain_digits_and_sent_again_are_the_same(
    officer, household, version
):
    body = message(household, version, answers=answers(floor_area_m2="36,5"))
    first = post(officer, "survey_receive", body)
    assert only_survey().read_answers()["floor_area_m2"] == "36.5"
    assert post(officer, "survey_receive", body).json() == first.json()


def test_other_answers_under_the_same_key_are_refused_and_change_nothing(
    officer, household, version
):
    body = message(household, version)
    post(officer, "survey_receive", body)
    changed = {**body, "answers": answers(jamban="tidak")}
    reply = post(officer, "survey_receive", changed)
    assert reply.status_code == 422
    assert set(reply.json()["errors"]) == {"key"}
    assert only_survey().read_answers() == answers()


def test_a_draft_is_kept_and_sending_it_makes_the_same_survey(officer, household, version):
    body = message(household, version)
    half = {**body, "draft": True, "result": None, "answers": {"makan": "ya"}}
    assert post(officer, "survey_receive", half).json()["state"] == "kept"
    assert only_survey().status == "DRAFT"
    assert post(officer, "survey_receive", body).json()["state"] == "sent"
    assert only_survey().status == "SENT"
    # A draft that was under way all the time arrives last and decides nothing.
    assert post(officer, "survey_receive", half).json()["state"] == "sent"
    assert only_survey().read_answers() == answers()


def test_a_survey_begun_on_a_page_goes_on_from_the_phone(officer, household, version, staff):
    draft = begun(household, version, by=staff)
    body = message(household, version, key=str(draft.client_key), consent_number=None)
    assert post(officer, "survey_receive", body).json()["code"] == draft.code
    assert only_survey().consent_at == draft.consent_at


def test_nobody_sends_under_another_persons_key(client, household, version, staff, kelurahan):
    body = message(household, version)
    receiving.receive(body, by=staff)
    client.force_login(factories.make_user("kedua", Role.STAFF, kelurahan))
    reply = post(client, "survey_receive", body)
    assert set(reply.json()["errors"]) == {"key"}


def test_a_family_surveyed_meanwhile_is_refused_at_its_field(
    officer, household, version, kelurahan
):
    other = factories.make_user("kedua", Role.STAFF, kelurahan)
    first = sent(household, version, by=other)
    reply = post(officer, "survey_receive", message(household, version))
    assert first.code in reply.json()["errors"]["household"]
    assert Survey.objects.count() == 1


def test_a_family_that_moved_is_refused_at_its_field(officer, household, version):
    Household.objects.update(status="CLOSED")
    reply = post(officer, "survey_receive", message(household, version))
    assert set(reply.json()["errors"]) == {"household"}


def test_a_family_out_of_reach_is_told_of_like_an_unknown_one(officer, household, version, staff):
    far = factories.make_rt(factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan"))
    stranger = factories.make_family(far, by=staff)
    replies = [
        post(officer, "survey_receive", message(household, version, household=pk)).json()
        for pk in (stranger.pk, 10**6)
    ]
    assert replies[0] == replies[1]
    assert set(replies[0]["errors"]) == {"household"}


def test_a_version_retired_meanwhile_is_refused_at_its_field(
    officer, household, version, kelurahan
):
    lurah = factories.make_user("lurah", Role.LURAH, kelurahan)
    INSTRUMENT_FLOW.apply("retire", version, by=lurah, reason="Diganti")
    reply = post(officer, "survey_receive", message(household, version))
    assert set(reply.json()["errors"]) == {"version"}


def test_an_answer_outside_its_options_is_refused_at_its_question(officer, household, version):
    body = message(household, version, answers=answers(makan="kadang"))
    reply = post(officer, "survey_receive", body)
    assert set(reply.json()["errors"]) == {"q-makan"}
    assert not Survey.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"key": "bukan-kunci"},
        {"household": "1 OR 1=1"},
        {"household": True},
        {"household": 2**40},
        {"version": None},
        {"surveyed_on": "2026-02-31"},
        {"surveyed_on": ["2026"]},
        {"answers": []},
        {"answers": {"makan": 1}},
        {"answers": {"makan": "y" * 500}},
        {"consent_at": "kemarin"},
        {"consent_at": "2026-11-24T10:00:00"},
        {"result": []},
        {"result": {}},
        {"consent_number": [1]},
    ],
)
def test_a_message_of_another_shape_is_refused_whole(officer, household, version, change):
    reply = post(officer, "survey_receive", message(household, version, **change))
    assert reply.status_code == 400
    assert not Survey.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '"teks"', "9" * 70_000])
@pytest.mark.parametrize("name", ["survey_receive", "survey_pack"])
def test_what_is_no_message_is_refused(officer, version, body, name):
    assert post(officer, name, body).status_code == 400


def test_a_clock_that_runs_ahead_agrees_now(officer, household, version):
    body = message(household, version, consent_at="2099-01-01T00:00:00+07:00")
    post(officer, "survey_receive", body)
    assert only_survey().consent_at <= timezone.now()


# --- taking along ----------------------------------------------------------------------------
def test_families_are_taken_along_by_an_act_that_the_trail_keeps(
    officer, household, version, rt, staff
):
    other = factories.make_family(rt, by=staff, head="Sastro Ngadimin")
    sent(other, version, by=staff)
    reply = post(officer, "survey_pack", {"rt": rt.code, "version": version.pk}).json()
    assert [family["id"] for family in reply["families"]] == [household.pk]
    assert reply["families"][0]["name"] == "Wiryo Kartosuwignyo"
    entry = TrailEntry.objects.get(process="survey", move="take_along")
    assert (entry.subject, entry.subject_id) == ("tkpk.territory", rt.pk)
    assert AccessLog.objects.filter(subject_id=household.pk, by=staff).count() == 1


def test_what_is_taken_along_names_no_number_and_no_fact(officer, household, version, rt, head):
    reply = post(officer, "survey_pack", {"rt": rt.code, "version": version.pk})
    text = reply.content.decode()
    assert head.nik not in text
    assert household.kk_number not in text
    assert "1250000" not in text
    assert set(reply.json()["families"][0]) == {"id", "code", "name", "address", "place"}
    assert "no-store" in reply["Cache-Control"]


def test_at_most_so_many_families_are_taken_along(officer, version, rt, staff, monkeypatch):
    monkeypatch.setattr(carrying, "MOST_FAMILIES", 2)
    for number in range(3):
        factories.make_family(rt, by=staff, head=f"Warga {number}", others=0)
    reply = post(officer, "survey_pack", {"rt": rt.code, "version": version.pk}).json()
    assert len(reply["families"]) == 2


@pytest.mark.parametrize("rt", ["", "34.71.04.1002", "34.71.04.1002.099.099", "34.71.04.1001.003"])
def test_only_an_rt_of_the_own_kelurahan_is_taken_along(officer, version, rt):
    reply = post(officer, "survey_pack", {"rt": rt, "version": version.pk})
    assert reply.status_code == 400
    assert not TrailEntry.objects.filter(move="take_along").exists()


def test_one_survey_of_ones_own_is_taken_along(
    officer, client, household, version, staff, kelurahan
):
    draft = begun(household, version, by=staff)
    reply = post(officer, "survey_pack", {"survey": draft.pk}).json()
    assert reply["survey"]["key"] == str(draft.client_key)
    client.force_login(factories.make_user("kedua", Role.STAFF, kelurahan))
    assert post(client, "survey_pack", {"survey": draft.pk}).status_code == 404


# --- the session and the worker --------------------------------------------------------------
def test_the_key_is_the_persons_own_and_the_same_at_each_sign_in(client, staff, kelurahan, version):
    second = factories.make_user("kedua", Role.STAFF, kelurahan)
    found = []
    for user in (staff, second, staff):
        client.force_login(user)
        reply = client.get(reverse("survey_session"))
        assert "no-store" in reply["Cache-Control"]
        found.append((reply.json()["tag"], reply.json()["key"]))
    assert found[0] == found[2] != found[1]
    assert found[0][0] != found[1][0]
    assert len(found[0][1]) == 64


def test_the_session_names_nobody(officer, staff, version, rt):
    text = officer.get(reverse("survey_session")).content.decode()
    assert staff.name not in text
    assert staff.username not in text


@pytest.mark.parametrize("name", ["survey_field", "survey_worker", "survey_session"])
@pytest.mark.parametrize("role", [Role.LURAH, Role.RT_HEAD, Role.KEMANTREN, Role.ADMIN])
def test_who_surveys_nobody_has_no_field_page(client, kelurahan, name, role):
    client.force_login(factories.make_user("lain", role, kelurahan))
    assert client.get(reverse(name)).status_code == 403


def test_the_kept_page_says_nothing_about_who_asked_for_it(client, staff, kelurahan, household):
    pages = []
    for user in (staff, factories.make_user("kedua", Role.STAFF, kelurahan)):
        client.force_login(user)
        pages.append(client.get(reverse("survey_field")).content)
    assert pages[0] == pages[1]
    assert b"csrf" not in pages[0].lower()
    assert staff.name.encode() not in pages[0]


def test_the_worker_holds_for_the_pages_of_surveys_alone(officer):
    reply = officer.get(reverse("survey_worker"))
    assert reply["Service-Worker-Allowed"] == "/kerja/survei/"
    assert reply["Content-Type"].startswith("text/javascript")
    assert b"survey-field" in reply.content


def test_without_a_session_the_doors_lead_to_the_sign_in(client, household, version):
    for name in ("survey_receive", "survey_pack"):
        assert post(client, name, message(household, version)).status_code == 302
    assert not Survey.objects.exists()
