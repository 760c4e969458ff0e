"""The pages of surveys, by role: works, wrong verb, wrong role, wrong place, wrong status."""

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import Survey
from households.workflows import surveys as flow
from tests import factories
from tests.households.pages import file_url, page_text
from tests.households.surveying import answers, begun, bps, only_survey, sent
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(kelurahan):
    return bps(kelurahan)


@pytest.fixture
def second(kelurahan):
    return factories.make_user("kedua", Role.STAFF, kelurahan)


def url(name, *args):
    return reverse(name, args=args)


# --- the list --------------------------------------------------------------------------------
def test_the_list_shows_families_without_a_survey_first(officer, household, version, rt, staff):
    sent(factories.make_family(rt, by=staff, head="Sastro Ngadimin"), version, by=staff)
    text = page_text(officer.get(url("survey_list")))
    assert "Wiryo Kartosuwignyo" in text
    assert "Sastro Ngadimin" not in text
    text = page_text(officer.get(url("survey_list"), {"keadaan": "semua"}))
    assert "Sastro Ngadimin" in text


def test_the_list_asks_as_much_for_three_rows_as_for_one(
    officer, household, version, rt, staff, django_assert_max_num_queries
):
    officer.get(url("survey_list"))
    with django_assert_max_num_queries(12) as one:
        officer.get(url("survey_list"), {"keadaan": "semua"})
    for number in range(2):
        sent(factories.make_family(rt, by=staff, head=f"Warga {number}"), version, by=staff)
    with django_assert_max_num_queries(12) as three:
        officer.get(url("survey_list"), {"keadaan": "semua"})
    assert len(one) == len(three)


def test_a_search_goes_by_post_and_leaves_no_name_in_the_address(officer, household, version):
    answer = officer.post(url("survey_search"), {"text": "Wiryo", "versi": version.pk})
    assert "Wiryo" not in answer["Location"]
    assert "Wiryo Kartosuwignyo" in page_text(officer.get(answer["Location"]))


@pytest.mark.parametrize("role", [Role.RT_HEAD, Role.RW_HEAD])
def test_heads_of_rt_and_rw_see_how_far_it_is_and_open_nothing(
    client, role, household, version, staff, rt
):
    survey = sent(household, version, by=staff)
    client.force_login(
        factories.make_user("ketua", role, rt if role == Role.RT_HEAD else rt.parent)
    )
    page = client.get(url("survey_list"), {"keadaan": "semua"})
    assert "Wiryo Kartosuwignyo" in page_text(page)
    assert url("survey_detail", survey.pk) not in page.content.decode()
    assert client.get(url("survey_detail", survey.pk)).status_code == 404
    assert survey.code in page_text(client.get(file_url(household)))
    assert client.get(url("survey_begin", household.pk, version.pk)).status_code == 403


def test_the_kemantren_sees_numbers_and_no_name(client, household, version, kelurahan):
    client.force_login(factories.make_user("kemantren", Role.KEMANTREN, kelurahan.parent))
    text = page_text(client.get(url("survey_list")))
    assert "RW 03" in text
    assert "Wiryo" not in text


@pytest.mark.parametrize("role", [Role.ADMIN, Role.TKPK_MEMBER, Role.AUDITOR, Role.COMPANION])
def test_other_roles_see_no_list(client, role, kelurahan, version):
    client.force_login(factories.make_user("lain", role, kelurahan))
    assert client.get(url("survey_list")).status_code == 403


def test_without_a_version_in_use_the_list_says_what_to_do(officer, household):
    assert officer.get(url("survey_list")).status_code == 200


# --- at the door -----------------------------------------------------------------------------
def door(officer, household, version, answer):
    page = url("survey_begin", household.pk, version.pk)
    return officer.post(page, {"answer": answer, "text_number": 1})


def test_the_text_is_read_out_before_the_first_question(officer, household, version):
    page = officer.get(url("survey_begin", household.pk, version.pk))
    assert "Apakah Anda bersedia?" in page_text(page)
    assert not Survey.objects.exists()
    answer = door(officer, household, version, "agreed")
    survey = only_survey()
    assert answer["Location"] == url("survey_step", survey.pk, 1)
    assert survey.consent_at is not None


def test_a_refusal_ends_the_visit(officer, household, version):
    door(officer, household, version, "4")
    survey = only_survey()
    assert (survey.status, survey.result) == ("SENT", 4)


def test_without_an_answer_nothing_begins(officer, household, version):
    assert door(officer, household, version, "").status_code == 200
    assert door(officer, household, version, "1").status_code == 200
    assert not Survey.objects.exists()


def test_a_second_beginning_leads_to_the_first(officer, household, version, second):
    survey = begun(household, version, by=second)
    answer = officer.get(url("survey_begin", household.pk, version.pk))
    assert answer["Location"] == url("survey_detail", survey.pk)
    refused = door(officer, household, version, "agreed")
    assert survey.code in page_text(refused)


def test_a_whole_survey_by_forms_alone(officer, household, version):
    """Every screen is a form: it works without any script."""
    door(officer, household, version, "agreed")
    survey, given = only_survey(), answers()
    for step in range(1, 5):
        page = officer.get(url("survey_step", survey.pk, step))
        fields = [name[2:] for name in page.context["form"].fields]
        posted = {f"q-{code}": given[code] for code in fields} | {"next": "1"}
        answer = officer.post(url("survey_step", survey.pk, step), posted)
    assert answer["Location"] == url("survey_end", survey.pk)
    facts = {"result": 1, "respondent": "Wiryo", "surveyed_on": timezone.localdate()}
    answer = officer.post(answer["Location"], facts)
    assert answer["Location"] == url("survey_detail", survey.pk)
    survey.refresh_from_db()
    assert (survey.status, survey.read_answers()) == ("SENT", given)


def test_a_screen_says_how_far_one_is(officer, household, version, staff):
    survey = begun(household, version, by=staff)
    assert "2 dari 4" in page_text(officer.get(url("survey_step", survey.pk, 2)))
    assert officer.get(url("survey_step", survey.pk, 5)).status_code == 404
    assert officer.get(url("survey_step", survey.pk, 0)).status_code == 404


def test_a_screen_replaces_its_own_answers_alone(officer, household, version, staff):
    survey = begun(household, version, by=staff)
    officer.post(url("survey_step", survey.pk, 1), {"q-jamban": "ya", "members_count": ""})
    officer.post(url("survey_step", survey.pk, 2), {"q-penerangan": "tidak"})
    survey.refresh_from_db()
    assert survey.read_answers() == {"jamban": "ya", "penerangan": "tidak"}
    officer.post(url("survey_step", survey.pk, 1), {"q-jamban": ""})
    survey.refresh_from_db()
    assert survey.read_answers() == {"penerangan": "tidak"}


def test_a_wrong_answer_is_told_at_its_field(officer, household, version, staff):
    survey = begun(household, version, by=staff)
    page = officer.post(
        url("survey_step", survey.pk, 1), {"q-jamban": "hutan", "q-floor_area_m2": "lebar"}
    )
    assert set(page.context["form"].errors) == {"q-jamban", "q-floor_area_m2"}
    survey.refresh_from_db()
    assert survey.read_answers() == {}


def test_an_unfinished_survey_is_not_sent_as_complete(officer, household, version, staff):
    survey = begun(household, version, by=staff)
    facts = {"result": 1, "respondent": "Wiryo", "surveyed_on": timezone.localdate()}
    page = officer.post(url("survey_end", survey.pk), facts)
    assert "result" in page.context["form"].errors
    page = officer.post(url("survey_end", survey.pk), {**facts, "respondent": "", "result": 2})
    assert "respondent" in page.context["form"].errors


def test_nobody_fills_in_anothers_survey(client, household, version, staff, second):
    survey = begun(household, version, by=staff)
    client.force_login(second)
    assert client.get(url("survey_step", survey.pk, 1)).status_code == 403
    assert client.post(url("survey_end", survey.pk), {"result": 2}).status_code == 403


def test_a_sent_survey_is_not_filled_in_any_more(officer, household, version, staff):
    survey = sent(household, version, by=staff)
    assert officer.post(url("survey_step", survey.pk, 1), {"q-jamban": "ya"}).status_code == 403


# --- the second person -----------------------------------------------------------------------
def test_the_second_person_sees_the_answers_and_confirms(client, household, version, staff, second):
    survey = sent(household, version, by=staff)
    client.force_login(second)
    page = client.get(url("survey_detail", survey.pk))
    assert "36,5 m²" in page_text(page)
    # What the family agreed to can be read again beside the date.
    assert survey.consent_text.text in page_text(page)
    assert "Tidak punya jamban sendiri" in page_text(page)
    move = url("survey_move", survey.pk, "check")
    assert move.endswith("/langkah/periksa/")
    assert client.get(move).status_code == 200
    client.post(move)
    survey.refresh_from_db()
    assert (survey.status, survey.checked_by) == ("CHECKED", second)


def test_sending_back_needs_a_reason(client, household, version, staff, second):
    survey = sent(household, version, by=staff)
    client.force_login(second)
    move = url("survey_move", survey.pk, "return")
    assert client.post(move, {"reason": ""}).status_code == 200
    client.post(move, {"reason": "Luas lantai tertukar"})
    survey.refresh_from_db()
    assert (survey.status, survey.remark) == ("RETURNED", "Luas lantai tertukar")
    client.force_login(staff)
    assert "Luas lantai tertukar" in page_text(client.get(url("survey_step", survey.pk, 1)))


def test_who_filled_it_in_has_no_button_and_no_way(officer, household, version, staff):
    survey = sent(household, version, by=staff)
    move = url("survey_move", survey.pk, "check")
    assert move not in officer.get(url("survey_detail", survey.pk)).content.decode()
    assert officer.get(move).status_code == 302
    assert officer.post(move).status_code == 403


def test_a_check_taken_back_takes_its_scores_back(client, household, version, staff, second):
    survey = flow.check(sent(household, version, by=staff), by=second)
    client.force_login(factories.make_user("lurah", Role.LURAH, survey.kelurahan))
    client.post(url("survey_move", survey.pk, "correct"), {"reason": "Salah keluarga"})
    survey.refresh_from_db()
    assert survey.status == "VOID"


def test_a_stranger_gets_404(client, household, version, staff):
    survey = sent(household, version, by=staff)
    far = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    client.force_login(factories.make_user("orang_lain", Role.STAFF, far))
    for name in ("survey_detail", "survey_end", "survey_apply"):
        assert client.get(url(name, survey.pk)).status_code == 404
    assert client.get(url("survey_move", survey.pk, "check")).status_code == 404
    assert client.get(url("survey_begin", household.pk, version.pk)).status_code == 404


@pytest.mark.parametrize("name", ["survey_search", "survey_pack", "survey_receive"])
def test_what_changes_is_posted(officer, version, name):
    assert officer.get(url(name)).status_code == 405


@pytest.mark.parametrize("name", ["survey_list", "survey_field", "survey_worker", "survey_session"])
def test_what_is_read_is_not_posted(officer, version, name):
    assert officer.post(url(name)).status_code == 405


# --- paper -----------------------------------------------------------------------------------
@pytest.mark.parametrize("written", ["%d/%m/%Y", "%d%m%Y", "%d-%m-%Y", "%Y-%m-%d"])
def test_a_paper_form_is_typed_on_one_page_by_numbers(officer, household, version, written):
    page = url("survey_type", household.pk, version.pk)
    form = officer.get(page).context["form"]
    posted = {
        "consent": "1", "text_number": 1, "respondent": "Wiryo", "result": "1",
        "surveyed_on": timezone.localdate().strftime(written),
    }  # fmt: skip
    for name in form.fields:
        if name.startswith("q-"):
            posted[name] = "1"
    assert officer.post(page, posted).status_code == 302
    survey = only_survey()
    assert survey.surveyed_on == timezone.localdate()
    assert (survey.status, survey.source) == ("SENT", "PAPER")
    assert survey.read_answers()["jamban"] == "ya"
    assert survey.read_answers()["members_count"] == "1"


def test_a_wrong_number_is_told_at_its_field(officer, household, version):
    page = url("survey_type", household.pk, version.pk)
    posted = {
        "consent": "3", "text_number": 1, "respondent": "Wiryo", "result": "7",
        "surveyed_on": "2026-02-31", "q-jamban": "9", "q-floor_area_m2": "lebar",
    }  # fmt: skip
    errors = officer.post(page, posted).context["form"].errors
    assert {"consent", "result", "surveyed_on", "q-jamban", "q-floor_area_m2"} <= set(errors)
    assert not Survey.objects.exists()


def test_a_refusal_on_paper_carries_no_answers(officer, household, version):
    page = url("survey_type", household.pk, version.pk)
    facts = {"text_number": 1, "surveyed_on": timezone.localdate(), "consent": "2"}
    assert "result" in officer.post(page, {**facts, "result": "1"}).context["form"].errors
    assert officer.post(page, {**facts, "result": "4", "q-jamban": "1"}).status_code == 302
    survey = only_survey()
    assert (survey.consent_at, survey.read_answers()) == (None, {})


def test_the_paper_form_is_a_pdf_that_names_nobody(officer, household, version):
    answer = officer.get(url("survey_form_pdf", version.pk))
    assert answer.content.startswith(b"%PDF-")
    assert officer.get(url("survey_form_pdf", version.pk + 999)).status_code == 404


def test_answers_stand_in_no_trail_and_no_address(officer, household, version):
    test_a_whole_survey_by_forms_alone(officer, household, version)
    for entry in TrailEntry.objects.all():
        assert "36" not in entry.reason
        assert "jamban" not in entry.reason


# --- the family's file and the inbox ---------------------------------------------------------
def test_the_file_shows_surveys_and_offers_a_new_one(officer, household, version, staff):
    assert (
        url("survey_begin", household.pk, version.pk)
        in officer.get(file_url(household)).content.decode()
    )
    survey = sent(household, version, by=staff)
    assert url("survey_detail", survey.pk) in officer.get(file_url(household)).content.decode()


def test_the_check_waits_in_the_inbox_of_the_second_person(household, version, staff, second):
    survey = sent(household, version, by=staff)
    waiting = [found.name for found in flow.SURVEY_FLOW.waiting_for(second, survey)]
    assert waiting == ["check"]
    assert not flow.SURVEY_FLOW.waiting_for(staff, survey)
