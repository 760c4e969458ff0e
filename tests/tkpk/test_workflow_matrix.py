"""The real tables against the procedure, copied here by hand and not computed from them."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from households.models import Household, Member
from households.workflows.registering import HOUSEHOLD_FLOW, MEMBER_FLOW, moves_between
from tests import factories
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
REASON = "Menurut surat keterangan RT"
PLACES = ["ACTIVE", "DECEASED", "MOVED", "MISSING", "AWAY", "INVALID", "DUPLICATE"]
# From every other state of a person but those below, an officer and nobody else.
MEMBER_PROCEDURE = {
    "record_death": "DECEASED",
    "record_move": "MOVED",
    "record_missing": "MISSING",
    "record_absence": "AWAY",
    "mark_duplicate": "DUPLICATE",
    "invalidate": "INVALID",
    "restore": "ACTIVE",
}
# The dead do not move or go missing, and of a row entered twice nothing happens: restore it first.
CLOSED_FROM = {
    "record_death": {"DUPLICATE"},
    "record_move": {"DECEASED", "DUPLICATE"},
    "record_missing": {"DECEASED", "DUPLICATE"},
    "record_absence": {"DECEASED", "DUPLICATE"},
    "invalidate": {"DUPLICATE"},
}
HOUSEHOLD_PROCEDURE = {"close": ("ACTIVE", "CLOSED"), "reopen": ("CLOSED", "ACTIVE")}
ALL_ROLES = [
    "STAFF", "LURAH", "KEMANTREN", "COMPANION", "RW_HEAD", "RT_HEAD", "TKPK_CHAIR",
    "TKPK_SECRETARY", "TKPK_MEMBER", "BKM_MEMBER", "BKM_SECRETARY", "UPK_OFFICER", "UPL_OFFICER",
    "UPS_OFFICER", "KSM_REP", "KPP_REP", "AUDITOR", "ADMIN",
]  # fmt: skip


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def household(kelurahan):
    clerk = factories.make_user("pembuat")
    return factories.make_family(factories.make_rt(kelurahan), by=clerk, others=1)


def outcome(flow, name, row, by):
    try:
        flow.apply(name, row, by=by, reason=REASON)
    except PermissionDenied:
        return "denied"
    except ValidationError as error:
        return error.code
    return "done"


def test_the_tables_have_the_rows_of_the_procedure_and_no_other():
    assert set(MEMBER_FLOW.moves) == set(MEMBER_PROCEDURE)
    assert set(HOUSEHOLD_FLOW.moves) == set(HOUSEHOLD_PROCEDURE)
    assert {role.value for role in Role} == set(ALL_ROLES)


@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("move", sorted(MEMBER_PROCEDURE))
def test_a_state_of_a_person_changes_as_the_procedure_says(kelurahan, household, move, role):
    user = factories.make_user("pelaku", Role(role), kelurahan)
    child = household.members.get(relation=4)
    target = MEMBER_PROCEDURE[move]
    for status in PLACES:
        Member.objects.filter(pk=child.pk).update(status=status)
        child.refresh_from_db()
        right = "done" if role == "STAFF" else "denied"
        closed = {target} | CLOSED_FROM.get(move, set())
        expected = "not_open" if status in closed else right
        shown = [found.name for found in MEMBER_FLOW.open_to(user, child)]
        assert outcome(MEMBER_FLOW, move, child, user) == expected, status
        assert (move in shown) == (expected == "done"), status
        child.refresh_from_db()
        assert child.status == (target if expected == "done" else status)


@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("move", sorted(HOUSEHOLD_PROCEDURE))
def test_a_family_is_closed_and_opened_as_the_procedure_says(kelurahan, household, move, role):
    user = factories.make_user("pelaku", Role(role), kelurahan)
    Member.objects.filter(household=household).update(status="MOVED")
    source, target = HOUSEHOLD_PROCEDURE[move]
    for status in ("ACTIVE", "CLOSED"):
        Household.objects.filter(pk=household.pk).update(status=status)
        household.refresh_from_db()
        right = "done" if role == "STAFF" else "denied"
        expected = right if status == source else "not_open"
        shown = [found.name for found in HOUSEHOLD_FLOW.open_to(user, household)]
        assert outcome(HOUSEHOLD_FLOW, move, household, user) == expected
        assert (move in shown) == (expected == "done")
        household.refresh_from_db()
        assert household.status == (target if expected == "done" else status)


@pytest.mark.parametrize("source", PLACES)
def test_from_each_state_to_each_other_there_is_a_way(kelurahan, household, source):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    child = household.members.get(relation=4)
    for target in PLACES:
        if target == source:
            continue
        Member.objects.filter(pk=child.pk).update(status=source)
        child.refresh_from_db()
        for name in moves_between(source, target):
            child = MEMBER_FLOW.apply(name, child, by=officer, reason=REASON)
        assert child.status == target


def test_every_move_asks_for_a_reason(kelurahan, household):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    for move in (*MEMBER_FLOW.moves.values(), *HOUSEHOLD_FLOW.moves.values()):
        assert move.needs_reason
    with pytest.raises(ValidationError):
        MEMBER_FLOW.apply("record_death", household.members.first(), by=officer)
    assert not TrailEntry.objects.exists()


def test_a_family_with_somebody_living_in_it_is_not_closed(kelurahan, household):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    for state in ("ACTIVE", "MISSING", "AWAY"):
        Member.objects.filter(household=household).update(status="DECEASED")
        Member.objects.filter(pk=household.members.last().pk).update(status=state)
        assert outcome(HOUSEHOLD_FLOW, "close", household, officer) == "members_left"


def test_nobody_returns_to_a_nik_that_a_living_person_has(kelurahan, household):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    gone = factories.make_member(household, by=officer, status="DUPLICATE")
    for state in ("ACTIVE", "MISSING", "AWAY"):
        double = factories.make_member(household, by=officer, nik=gone.nik, status=state)
        assert outcome(MEMBER_FLOW, "restore", gone, officer) == "nik_taken"
        Member.objects.filter(pk=double.pk).update(status="DECEASED")
    assert outcome(MEMBER_FLOW, "restore", gone, officer) == "done"


def test_a_family_has_one_head_also_when_a_former_head_returns(kelurahan, household):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    former = factories.make_member(household, by=officer, relation=1, status="MOVED")
    assert outcome(MEMBER_FLOW, "restore", former, officer) == "head_taken"


def test_an_officer_moves_neither_the_own_family_nor_its_members(kelurahan, household):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan, nik="")
    officer.set_nik(household.members.first().nik)
    officer.save()
    assert outcome(MEMBER_FLOW, "record_death", household.members.last(), officer) == "denied"
    Member.objects.filter(household=household).update(status="MOVED")
    assert outcome(HOUSEHOLD_FLOW, "close", household, officer) == "denied"
    assert MEMBER_FLOW.open_to(officer, household.members.last()) == []


def test_the_day_of_the_state_is_saved_and_sealed_with_the_move(kelurahan, household):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    day = datetime.date(2026, 2, 3)
    moved = MEMBER_FLOW.apply(
        "record_move", household.members.last(), by=officer, reason=REASON,
        changes={"status_on": day},
    )  # fmt: skip
    stored = Member.objects.get(pk=moved.pk)
    assert (stored.status, stored.status_on, stored.updated_by) == ("MOVED", day, officer)
    assert TrailEntry.objects.get().digest == MEMBER_FLOW.digest(stored)
