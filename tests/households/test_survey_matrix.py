"""The table of a survey against the procedure, copied here by hand."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from households.models import Survey
from households.workflows.surveys import SURVEY_FLOW
from tests import factories
from tests.households.surveying import bps, sent
from tests.rounds import undone
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
# Act: from which states, to which, and whose it is. The maker may make those without "second".
PROCEDURE = {
    "send": (["DRAFT", "RETURNED"], "SENT", {"STAFF"}, False),
    "check": (["SENT"], "CHECKED", {"STAFF", "LURAH"}, True),
    "return": (["SENT"], "RETURNED", {"STAFF", "LURAH"}, True),
    "cancel": (["DRAFT", "SENT", "RETURNED"], "VOID", {"STAFF"}, False),
    "correct": (["CHECKED"], "VOID", {"STAFF", "LURAH"}, True),
    # With its family, when that is closed and opened again: no button leads there.
    "withdraw": (["DRAFT", "SENT", "RETURNED"], "VOID", {"STAFF"}, False),
    "return_draft": (["VOID"], "DRAFT", {"STAFF"}, False),
    "return_sent": (["VOID"], "SENT", {"STAFF"}, False),
    "return_returned": (["VOID"], "RETURNED", {"STAFF"}, False),
}
# What a survey of a family that lives here lacks for it.
LACKS = {
    "withdraw": "lives_here",
    "return_draft": "cancelled",
    "return_sent": "cancelled",
    "return_returned": "cancelled",
}
STATES = ["DRAFT", "SENT", "RETURNED", "CHECKED", "VOID"]


@pytest.fixture
def survey(household, kelurahan, staff):
    return sent(household, bps(kelurahan), by=staff)


def set_status(survey, status, by):
    checked = {"checked_at": timezone.now(), "checked_by": by} if status == "CHECKED" else {}
    Survey.objects.filter(pk=survey.pk).update(status=status, **checked)
    survey.refresh_from_db()


def outcome(name, survey, by):
    changes = {"checked_at": timezone.now(), "checked_by": by} if name == "check" else None
    try:
        SURVEY_FLOW.apply(name, survey, by=by, reason="Jawaban terbalik", changes=changes)
    except PermissionDenied:
        return "denied"
    except ValidationError as error:
        return error.code
    return "done"


def test_the_table_has_the_rows_of_the_procedure_and_no_other():
    assert set(SURVEY_FLOW.moves) == set(PROCEDURE)
    assert {value for value, _label in Survey.Status.choices} == set(STATES)


@pytest.mark.parametrize("name", sorted(PROCEDURE))
def test_an_act_is_possible_as_the_procedure_says(kelurahan, survey, name):
    tried = set()
    for role in Role:
        with undone():
            tried |= tries_at_every_state(kelurahan, survey, name, role)
    assert tried == {(role, status) for role in Role for status in STATES}


def tries_at_every_state(kelurahan, survey, name, role):
    user = factories.make_user("pelaku", role, kelurahan)
    sources, target, roles, _second = PROCEDURE[name]
    tried = set()
    for status in STATES:
        set_status(survey, status, user)
        expected = "not_open" if status not in sources else LACKS.get(name, "done")
        if expected != "not_open" and role not in roles:
            expected = "denied"
        assert outcome(name, survey, user) == expected, (status, role)
        survey.refresh_from_db()
        assert survey.status == (target if expected == "done" else status), (status, role)
        tried.add((role, status))
    return tried


@pytest.mark.parametrize("name", sorted(PROCEDURE))
def test_who_filled_it_in_checks_nothing(survey, staff, name):
    sources, _target, _roles, second = PROCEDURE[name]
    set_status(survey, sources[0], staff)
    assert outcome(name, survey, staff) == ("denied" if second else LACKS.get(name, "done"))


def test_nobody_checks_a_survey_of_the_own_family(kelurahan, household, survey, head):
    relative = factories.make_user("keluarga", Role.STAFF, kelurahan, nik=head.nik)
    assert outcome("check", survey, relative) == "denied"


def test_an_officer_of_another_place_checks_nothing(survey):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    stranger = factories.make_user("orang_lain", Role.STAFF, other)
    assert outcome("check", survey, stranger) == "denied"


@pytest.mark.parametrize("name", ["return", "cancel", "correct"])
def test_a_step_back_needs_a_reason_without_numbers(survey, kelurahan, name):
    second = factories.make_user("kedua", Role.STAFF, kelurahan)
    set_status(survey, PROCEDURE[name][0][0], second)
    with pytest.raises(ValidationError) as caught:
        SURVEY_FLOW.apply(name, survey, by=second)
    assert "reason" in caught.value.error_dict
    with pytest.raises(ValidationError):
        SURVEY_FLOW.apply(name, survey, by=second, reason="NIK 3471041705800000")
