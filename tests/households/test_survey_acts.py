"""Beginning, filling in and sending: what is refused at which field, and what is kept."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from households.models import ConsentText, Household, InstrumentVersion, Survey
from households.surveys import acts, consent, questions
from households.workflows import surveys as flow
from households.workflows.instruments import INSTRUMENT_FLOW
from tests import factories
from tests.households.surveying import answers, begun, bps, sent, visit
from tkpk.models import TrailEntry
from tkpk.roles import Role
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(kelurahan):
    return bps(kelurahan)


def refused(visit, by, survey=None):
    with pytest.raises(ValidationError) as caught:
        acts.send(visit, by=by, survey=survey)
    return set(caught.value.error_dict)


def test_a_sent_survey_holds_what_was_answered_and_the_trail_says_no_answer(
    household, version, staff
):
    survey = sent(household, version, by=staff)
    assert survey.status == "SENT"
    assert survey.read_answers() == answers()
    assert survey.consent_text.text == consent.SHIPPED
    assert survey.year == timezone.localdate().year
    moves = TrailEntry.objects.filter(process="survey").values_list("move", flat=True)
    assert list(moves) == ["begin", "send"]
    assert b"jenis-lantai" not in bytes(survey.answers)
    assert not check_trail()


def test_altered_answers_break_the_seal(household, version, staff):
    survey = sent(household, version, by=staff)
    survey.write_answers(answers(jamban="tidak"))
    Survey.objects.filter(pk=survey.pk).update(answers=survey.answers)
    assert [found.what for found in check_trail()] == [f"households.survey {survey.pk} was altered"]


def test_answers_cannot_be_read_under_another_survey(household, version, staff, rt):
    one = sent(household, version, by=staff)
    other = sent(factories.make_family(rt, by=staff, head="Sastro"), version, by=staff)
    other.answers = one.answers
    with pytest.raises(Exception, match="does not open"):
        other.read_answers()


def test_a_survey_of_a_closed_family_is_refused_at_the_field(household, version, staff):
    Household.objects.update(status="CLOSED")
    household.refresh_from_db()
    assert refused(visit(household, version), staff) == {"household"}
    assert not Survey.objects.exists()


def test_a_retired_version_is_refused_at_the_field(household, version, staff, kelurahan):
    draft = begun(household, version, by=staff)
    lurah = factories.make_user("lurah", Role.LURAH, kelurahan)
    INSTRUMENT_FLOW.apply("retire", version, by=lurah, reason="Diganti versi baru")
    retired = InstrumentVersion.objects.with_content().get(pk=version.pk)
    assert refused(visit(household, retired), staff, draft) == {"version"}
    draft.refresh_from_db()
    assert draft.status == "DRAFT"


def test_a_second_survey_of_the_year_is_refused_and_names_the_first(
    household, version, staff, kelurahan
):
    first = sent(household, version, by=staff)
    second = factories.make_user("kedua", Role.STAFF, kelurahan)
    with pytest.raises(ValidationError, match=first.code):
        acts.write(visit(household, version), by=second)
    flow.void("cancel", first, by=second, reason="Salah keluarga")
    assert acts.send(visit(household, version), by=second).status == "SENT"


def test_the_database_too_keeps_one_survey_a_year(household, version, staff):
    survey = sent(household, version, by=staff)
    survey.pk, survey.client_key = None, "0b8b3d2e-6f4e-4a0e-9f0e-1d2c3b4a5f60"
    with pytest.raises(IntegrityError), transaction.atomic():
        survey.save()


@pytest.mark.parametrize("change", [{"result": 9}, {"status": "LAIN"}, {"source": "BUKAN"}])
def test_the_database_refuses_what_no_survey_is(household, version, staff, change):
    survey = sent(household, version, by=staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.filter(pk=survey.pk).update(**change)


def test_answers_need_consent(household, version, staff):
    without = visit(household, version, consent_number=None, consent_at=None)
    assert refused(without, staff) == {"consent"}
    survey = sent(household, version, by=staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.filter(pk=survey.pk).update(consent_at=None)


def test_a_refusal_keeps_the_text_and_no_answer(household, version, staff):
    survey = acts.begin_page(household, version, by=staff, answer="4", text_number=1)
    assert (survey.status, survey.result, survey.consent_at) == ("SENT", 4, None)
    assert survey.consent_text.number == 1
    assert survey.read_answers() == {}


def test_answers_are_dropped_where_the_family_refused(household, version, staff):
    survey = acts.send(visit(household, version, result=4), by=staff)
    assert survey.read_answers() == {}


def test_a_complete_survey_answers_everything(household, version, staff):
    left_out = visit(household, version, answers=answers(makan=None))
    assert refused(left_out, staff) == {"result"}
    incomplete = visit(household, version, answers=answers(makan=None), result=2)
    assert acts.send(incomplete, by=staff).result == 2


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("makan", "mungkin"),
        ("members_count", "3.5"),
        ("floor_area_m2", "luas"),
        ("members_count", "900000"),
    ],
)
def test_an_answer_outside_its_options_is_refused_at_its_field(
    household, version, staff, code, value
):
    assert refused(visit(household, version, answers=answers(**{code: value})), staff) == {
        f"q-{code}"
    }


@pytest.mark.parametrize("days", [-1, 400])
def test_a_visit_is_of_the_past_year(household, version, staff, days):
    day = timezone.localdate() - datetime.timedelta(days=days)
    assert refused(visit(household, version, surveyed_on=day), staff) == {"surveyed_on"}


def test_only_who_began_it_goes_on(household, version, staff, kelurahan):
    draft = begun(household, version, by=staff)
    second = factories.make_user("kedua", Role.STAFF, kelurahan)
    assert not acts.may_fill(second, draft)
    with pytest.raises(ValidationError, match=r"."):
        acts.write(visit(household, version), by=second, survey=draft)


def test_nobody_surveys_the_own_family(household, version, kelurahan, head):
    relative = factories.make_user("keluarga", Role.STAFF, kelurahan, nik=head.nik)
    with pytest.raises(PermissionDenied):
        acts.write(visit(household, version), by=relative)


def test_a_returned_survey_is_mended_and_sent_again(household, version, staff, kelurahan):
    survey = sent(household, version, by=staff)
    second = factories.make_user("kedua", Role.STAFF, kelurahan)
    returned = flow.send_back(survey, by=second, reason="Luas lantai tertukar")
    assert returned.remark == "Luas lantai tertukar"
    changed = acts.visit_of(returned, answers=answers(floor_area_m2="30"), result=1)
    again = acts.send(changed, by=staff, survey=returned)
    assert again.status == "SENT"
    checked = flow.check(again, by=second)
    assert (checked.checked_by, checked.remark) == (second, "")
    assert not check_trail()


def test_a_checked_survey_changes_no_more(household, version, staff, kelurahan):
    second = factories.make_user("kedua", Role.STAFF, kelurahan)
    checked = flow.check(sent(household, version, by=staff), by=second)
    with pytest.raises(ValidationError):
        acts.write(visit(household, version), by=staff, survey=checked)


def test_a_new_consent_text_holds_from_its_day(kelurahan, household, version, staff):
    consent.add_shipped_consent(kelurahan, staff)
    today = timezone.localdate()
    for number, day in ((2, today), (3, today + datetime.timedelta(days=1))):
        ConsentText.objects.create(
            kelurahan=kelurahan, number=number, text=f"Naskah {number}", valid_from=day,
            created_by=staff, updated_by=staff,
        )  # fmt: skip
    assert consent.current(kelurahan).number == 2
    assert consent.current(kelurahan, day=today - datetime.timedelta(days=1)).number == 1


# --- numbers as people type them -------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1.250.000", "1250000"),
        ("Rp1.250.000", "1250000"),
        ("36,5", "36.5"),
        ("36.5", "36.5"),
        ("1.250,75", "1250.75"),
        ("1 250 000", "1250000"),
        ("0.125", "0.125"),
        ("", ""),
        ("12,", "12,"),
        ("banyak", "banyak"),
        ("1.25.000", "1.25.000"),
    ],
)
def test_a_number_is_read_as_it_is_meant_or_left_for_the_refusal(typed, stored):
    assert questions.plain_number(typed) == stored


@given(st.integers(0, 10**11))
def test_money_with_dots_is_stored_as_it_was_typed(amount):
    typed = f"{amount:,}".replace(",", ".")
    assert questions.plain_number(typed) == str(amount)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_what_is_stored_is_what_was_answered(data, household, version, staff):
    groups = questions.groups_of(version)
    typed = {}
    for one in (one for group in groups for one in group.asked):
        if one.is_choice:
            typed[one.code] = data.draw(st.sampled_from([code for code, _l in one.options]))
        else:
            typed[one.code] = str(data.draw(st.integers(0, 10**6)))
    survey = Survey(household=household, instrument_version=version)
    survey.write_answers(questions.normalised(version, typed))
    assert survey.read_answers() == typed


def test_each_question_is_asked_once_in_the_order_of_the_aspects(version):
    codes = questions.codes_of(questions.groups_of(version))
    assert len(codes) == len(set(codes))
    assert set(codes) == set(version.compiled().known)
