"""What an import writes, and its way through the table."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from households.imports.applying import apply_batch
from households.imports.checking import check_batch
from households.models import (
    BatchStatus,
    Household,
    Member,
    MemberStatus,
)
from households.workflows.importing import IMPORT_FLOW
from tests import factories as make
from tests.households import workbooks as file
from tests.households.importing import applied, checked
from tkpk.console import console_user
from tkpk.models import TrailEntry
from tkpk.roles import Role
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def officer(place):
    return console_user(place)


def test_every_row_has_history_with_encrypted_identifiers(place, officer):
    applied(place, officer, file.person(ibu_nik=file.WIFE_NIK))
    assert Member.history.get().history_user == officer
    assert Household.history.count() == 1
    with connection.cursor() as cursor:
        for table in ("households_member", "households_historicalmember"):
            cursor.execute(f"SELECT nik, mother_nik FROM {table}")  # noqa: S608 - own names
            assert not re.search(r"3471[0-9]{12}", str(cursor.fetchall()))
    applied(place, officer, file.person(tempatlahir="SLEMAN"))
    assert Member.history.count() == 2


def test_the_state_of_a_known_person_goes_through_its_workflow(place, officer):
    applied(place, officer, file.person(), file.wife(), file.child())
    applied(place, officer, file.person(), file.wife(), file.child(status_dasar="2"))
    child = Member.objects.get(name="MAS CONTOH")
    assert child.status == MemberStatus.DECEASED
    assert child.status_on == timezone.localdate()
    assert TrailEntry.objects.get(process="member").move == "record_death"
    assert check_trail() == []


def test_a_person_comes_in_any_state(place, officer):
    applied(place, officer, file.person(), file.child(status_dasar="4"))
    assert Member.objects.get(name="MAS CONTOH").status == MemberStatus.MISSING


def test_a_change_between_preview_and_saving_is_not_overwritten(place, officer):
    applied(place, officer, file.person())
    batch = checked(place, officer, file.person(tempatlahir="SLEMAN"))
    batch = IMPORT_FLOW.apply("confirm", batch, by=officer)
    member = Member.objects.get()
    member.birth_place, member.version = "BANTUL", member.version + 1
    member.save()
    batch = apply_batch(batch, by=officer)
    assert batch.status == BatchStatus.READING
    assert batch.problem_code == "changed_since_preview"
    assert Member.objects.get().birth_place == "BANTUL"
    assert check_batch(batch, by=officer).status == BatchStatus.CHECKED


@pytest.mark.parametrize("what", ["nik", "family", "nameless"])
def test_somebody_entered_by_hand_after_the_preview_is_not_entered_again(place, officer, what):
    people = [file.person(), file.child(nik="" if what == "nameless" else file.CHILD_NIK)]
    if what == "nameless":
        applied(place, officer, file.person())
    batch = IMPORT_FLOW.apply("confirm", checked(place, officer, *people), by=officer)
    if what == "nameless":
        make.make_member(
            Household.objects.get(),
            "MAS CONTOH",
            by=officer,
            birth_date=datetime.date(1999, 8, 17),
            nik="",
        )
    else:
        family = make.make_family(place.children.get(), by=officer, others=0)
        if what == "nik":
            make.make_member(family, "MAS CONTOH", by=officer, nik=file.CHILD_NIK)
        else:
            family.set_kk_number(file.KK)
            family.save()
    count = Member.objects.count()
    assert apply_batch(batch, by=officer).status == BatchStatus.READING
    assert Member.objects.count() == count


def test_saving_twice_saves_once(place, officer):
    batch = applied(place, officer, file.person())
    assert apply_batch(batch, by=officer).status == BatchStatus.APPLIED
    assert Member.objects.count() == 1


def test_a_failure_in_the_middle_leaves_the_registry_untouched(place, officer, monkeypatch):
    batch = IMPORT_FLOW.apply("confirm", checked(place, officer, file.person()), by=officer)

    def killed(*_args):
        raise MemoryError

    monkeypatch.setattr("households.imports.applying._create_members", killed)
    with pytest.raises(MemoryError):
        apply_batch(batch, by=officer)
    monkeypatch.undo()
    assert (Household.objects.count(), Household.history.count()) == (0, 0)
    assert apply_batch(batch, by=officer).status == BatchStatus.APPLIED


def test_only_an_officer_of_the_place_saves(place, officer):
    batch = checked(place, officer, file.person())
    stranger = make.make_user("lain")
    with pytest.raises(PermissionDenied):
        IMPORT_FLOW.apply("confirm", batch, by=stranger)


def test_the_same_people_in_two_kelurahan_do_not_meet(place, officer):
    applied(place, officer, file.person())
    elsewhere = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    make.make_rt(elsewhere)
    there = applied(elsewhere, console_user(elsewhere), file.person())
    assert there.counts["new"] == 1
    assert Member.objects.filter(kelurahan=elsewhere).count() == 1


def test_an_officer_does_not_record_the_state_of_the_own_family(place):
    applied(place, console_user(place), file.person(), file.wife(), file.child())
    officer = make.make_user("petugas", Role.STAFF, place, nik=file.WIFE_NIK)
    batch = checked(place, officer, file.person(), file.wife(), file.child(status_dasar="2"))
    assert batch.counts["refused"] == 3


def test_an_officer_does_not_bring_in_the_own_family(place):
    officer = make.make_user("petugas", Role.STAFF, place, nik=file.WIFE_NIK)
    batch = checked(place, officer, file.person(), file.wife(), file.child())
    assert (batch.counts["new"], batch.counts["refused"]) == (0, 3)


def test_an_officer_changes_neither_the_dwelling_nor_the_members_of_the_own_family(place):
    applied(place, console_user(place), file.person(), file.wife(), file.child())
    officer = make.make_user("petugas", Role.STAFF, place, nik=file.WIFE_NIK)
    moved = {"alamat": "Jl. Mataram 1"}
    batch = checked(place, officer, file.person(**moved), file.wife(**moved), file.child(**moved))
    assert batch.counts["refused"] == 3
    unchanged = checked(place, officer, file.person(), file.wife(), file.child())
    assert (unchanged.counts["unchanged"], unchanged.counts["refused"]) == (3, 0)


# The procedure, copied by hand: status → what an officer (or the officer's job) may do.
PROCEDURE = {
    "READING": {"ask_columns", "ask_areas", "present", "refuse", "discard"},
    "NEEDS_COLUMNS": {"map_columns", "discard"},
    "NEEDS_AREAS": {"map_areas", "arrange", "discard"},
    "CHECKED": {"confirm", "arrange", "recheck", "discard"},
    "APPLYING": {"save", "renew"},
    "APPLIED": {"undo"},
    "UNDONE": set(),
    "REFUSED": set(),
    "DISCARDED": set(),
}


@pytest.mark.parametrize("status", BatchStatus.values)
def test_each_status_opens_its_moves_to_officers_and_none_to_others(place, officer, status):
    batch = checked(place, officer, file.person())
    batch.status = status
    assert {found.name for found in IMPORT_FLOW.open_to(officer, batch)} == PROCEDURE[status]
    for role in set(Role) - {Role.STAFF}:
        other = make.make_user(role=role, territory=place)
        assert IMPORT_FLOW.open_to(other, batch) == []
