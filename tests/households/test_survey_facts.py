"""A checked survey brings the family's facts up to date, by an act that shows old and new."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from households.models import Household
from households.surveys import acts, facts
from households.workflows import surveys as flow
from tests import factories
from tests.households.pages import page_text
from tests.households.surveying import answers, bps, sent, visit
from tkpk.models import StaleRow, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(kelurahan):
    return factories.make_user("kedua", Role.STAFF, kelurahan)


@pytest.fixture
def checked(household, kelurahan, staff, second):
    survey = acts.send(
        visit(household, bps(kelurahan), answers=answers(tabungan="ya", jamban="tidak")), by=staff
    )
    return flow.check(survey, by=second)


def test_only_exact_facts_change(checked, household):
    found = {change.field: change.value for change in facts.changes_from(checked, household)}
    assert found == {
        "floor_area_m2": Decimal("36.50"),
        "toilet": 1,
        "can_pay_clinic": False,
        "has_savings": False,
    }


def test_the_chosen_facts_change_with_history_and_trail(checked, household, staff):
    facts.apply_facts(
        checked, by=staff, expected_version=household.version, fields={"toilet", "floor_area_m2"}
    )
    household.refresh_from_db()
    assert (household.toilet, household.floor_area_m2) == (1, Decimal("36.50"))
    assert household.has_savings is None
    assert household.history.first().history_user == staff
    assert TrailEntry.objects.filter(process="survey", move="apply_facts").count() == 1
    with pytest.raises(ValidationError):
        facts.apply_facts(checked, by=staff, expected_version=household.version, fields=set())


def test_a_family_changed_meanwhile_is_shown_again(checked, household, staff):
    Household.objects.update(version=9)
    with pytest.raises(StaleRow):
        facts.apply_facts(checked, by=staff, expected_version=1, fields={"toilet"})
    household.refresh_from_db()
    assert household.toilet is None


def test_only_a_checked_survey_and_only_an_officer(checked, household, rt, staff, kelurahan):
    waiting = sent(factories.make_family(rt, by=staff, head="Sastro"), bps(kelurahan), by=staff)
    with pytest.raises(ValidationError):
        facts.apply_facts(waiting, by=staff, expected_version=1, fields=set())
    lurah = factories.make_user("bu_lurah", Role.LURAH, kelurahan)
    with pytest.raises(PermissionDenied):
        facts.apply_facts(checked, by=lurah, expected_version=1, fields={"toilet"})


@pytest.mark.parametrize(
    ("code", "typed", "value"),
    [
        ("floor_area_m2", "36.125", None),
        ("floor_area_m2", "100000", None),
        ("floor_area_m2", "0", Decimal("0.00")),
        ("power_va", "450", 450),
        ("power_va", "3500", 2200),
        ("power_va", "600", None),
        ("monthly_income_total", "1250000", 1_250_000),
        ("monthly_income_total", "1250000.5", None),
    ],
)
def test_a_number_that_the_field_cannot_hold_changes_nothing(code, typed, value):
    assert facts._number(code, typed) == value


def test_every_mapped_choice_is_an_answer_of_a_shipped_instrument():
    from tests.households.instruments import SHIPPED, plain  # noqa: PLC0415

    known = {
        (plain(name).code, parameter.code, option.code)
        for name in SHIPPED
        for parameter in plain(name).parameters
        for option in parameter.options
    }
    assert set(facts.CHOICES) <= known


def test_the_page_shows_old_and_new_before_anything_is_saved(officer, checked, household):
    url = reverse("survey_apply", args=[checked.pk])
    page = officer.get(url)
    assert "36,5" in page_text(page)
    household.refresh_from_db()
    assert household.toilet is None
    answer = officer.post(url, {"version": household.version, "field": ["toilet"]})
    assert answer.status_code == 302
    household.refresh_from_db()
    assert household.toilet == 1


def test_a_stale_page_changes_nothing_and_says_so(officer, checked, household):
    url = reverse("survey_apply", args=[checked.pk])
    for version in ("7", "x", ""):
        page = officer.post(url, {"version": version, "field": ["toilet"]})
        assert page.status_code == 200
    household.refresh_from_db()
    assert household.toilet is None
