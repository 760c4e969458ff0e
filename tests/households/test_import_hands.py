"""Imports that cross other people's acts: swapped homes, another officer, what was given away."""

import pytest

from households.imports.applying import apply_batch
from households.imports.checking import check_batch
from households.imports.undoing import BuiltUpon, undo_batch
from households.models import BatchStatus, Household, ImportBatch, Member, Outcome
from households.workflows.importing import IMPORT_FLOW
from tests import factories as make
from tests.households import workbooks as file
from tests.households.importing import OTHER_KK, applied, checked, everything
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def officer(place):
    return make.make_user("petugas", Role.STAFF, place)


def two_heads(**changes):
    second = {"nik": file.CHILD_NIK, "tanggallahir": "1999-08-17", "nama": "MAS CONTOH"}
    first_kk = changes.get("first_kk", file.KK)
    second_kk = changes.get("second_kk", OTHER_KK)
    return [file.person(no_kk=first_kk), file.person(**second, no_kk=second_kk)]


def test_two_heads_who_swap_homes_are_saved_at_once_and_swapped_back_by_an_undo(place, officer):
    applied(place, officer, *two_heads())
    before = everything(Member), everything(Household)
    batch = checked(place, officer, *two_heads(first_kk=OTHER_KK, second_kk=file.KK))
    assert batch.counts["refused"] == 2
    batch = check_batch(
        IMPORT_FLOW.apply("recheck", batch, by=officer, changes={"confirmed_moves": [1, 2]}),
        by=officer,
    )
    assert batch.counts["changed"] == 2
    batch = apply_batch(IMPORT_FLOW.apply("confirm", batch, by=officer), by=officer)
    assert batch.status == BatchStatus.APPLIED
    homes = {member.name: member.household.kk_number for member in Member.objects.all()}
    assert homes == {"PAK CONTOH": OTHER_KK, "MAS CONTOH": file.KK}
    assert all(member.is_head for member in Member.objects.all())
    undo_batch(batch, by=officer, reason="salah berkas")
    assert (everything(Member), everything(Household)) == before


def test_a_swap_of_which_one_half_is_refused_is_refused_whole(place, officer):
    applied(place, officer, *two_heads())
    swapped = two_heads(first_kk=OTHER_KK, second_kk=file.KK)
    # A second head beside the one who moves in keeps that family, and so his old place, as it is.
    swapped.append(file.wife(no_kk=OTHER_KK, kk_level="1"))
    batch = checked(place, officer, *swapped)
    batch = check_batch(
        IMPORT_FLOW.apply("recheck", batch, by=officer, changes={"confirmed_moves": [1, 2]}),
        by=officer,
    )
    assert {row.outcome for row in batch.rows.all()} == {Outcome.REFUSED}


def test_the_officer_who_saves_does_not_save_the_own_family_that_another_had_checked(
    place, officer
):
    other = make.make_user("petugas2", Role.STAFF, place, nik=file.WIFE_NIK)
    batch = checked(place, officer, file.person(), file.wife())
    batch = apply_batch(IMPORT_FLOW.apply("confirm", batch, by=other), by=other)
    assert (batch.status, batch.problem_code) == (BatchStatus.READING, "own_family")
    assert not Member.objects.exists()
    batch = check_batch(batch, by=other)
    assert {row.outcome for row in batch.rows.all()} == {Outcome.REFUSED}


def test_a_known_own_family_is_recognised_when_another_saves(place, officer):
    applied(place, officer, file.person(), file.wife())
    other = make.make_user("petugas2", Role.STAFF, place, nik=file.WIFE_NIK)
    batch = checked(place, officer, file.person(tempatlahir="BANTUL"), file.wife())
    batch = apply_batch(IMPORT_FLOW.apply("confirm", batch, by=other), by=other)
    assert batch.problem_code == "own_family"
    assert Member.objects.get(name="PAK CONTOH").birth_place == "YOGYAKARTA"


def test_an_undo_names_the_family_that_holds_a_nik_that_was_given_away(place, officer):
    applied(place, officer, file.person(), file.child())
    batch = applied(place, officer, file.person(), file.child(status_dasar="2"))
    rt = make.make_rt(place)
    holder = make.make_family(rt, by=officer, others=0)
    make.make_member(holder, "Orang Lain", by=officer, nik=file.CHILD_NIK)
    with pytest.raises(BuiltUpon) as caught:
        undo_batch(batch, by=officer, reason="salah berkas")
    assert caught.value.codes == [holder.code]
    assert ImportBatch.objects.get(pk=batch.pk).status == BatchStatus.APPLIED


def test_an_undo_names_the_family_whose_place_of_head_was_given_away(place, officer):
    applied(place, officer, file.person(), file.child())
    batch = applied(place, officer, file.person(status_dasar="2"), file.child(kk_level="1"))
    family = Household.objects.get()
    # A new head without a version on the rows of the batch, as a later act would leave it.
    Member.objects.filter(name="MAS CONTOH").update(relation=4)
    make.make_member(family, "Kepala Baru", by=officer, relation=1)
    with pytest.raises(BuiltUpon) as caught:
        undo_batch(batch, by=officer, reason="salah berkas")
    assert caught.value.codes == [family.code]
