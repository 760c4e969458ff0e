"""What an import finds before anything is written."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from households.codes import Relation
from households.imports.checking import examine_file
from households.models import (
    Household,
    HouseholdStatus,
    ImportBatch,
    Member,
)
from tests import factories as make
from tests.households import workbooks as file
from tests.households.importing import OTHER_KK, applied, checked, codes
from tkpk.console import console_user

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


def test_a_preview_writes_nothing(place, officer):
    before = Member.objects.count(), ImportBatch.objects.count()
    _errors, found = codes(place, file.person(), file.wife())
    assert found.counts["new"] == 2
    assert (Member.objects.count(), ImportBatch.objects.count()) == before


def test_the_number_of_queries_does_not_grow_with_the_rows(place, officer):
    def queries(people):
        with CaptureQueriesContext(connection) as asked:
            codes(place, *people)
        return len(asked)

    many = [
        file.person(no_kk=make.make_kk_number(), nik=make.make_nik(), nama=f"ORANG {letter}")
        for letter in "ABCDEFGHIJ"
    ]
    applied(place, officer, *many)
    assert queries(many) == queries(many[:1])


def test_a_head_that_the_file_leaves_out_is_in_the_way_of_another(place, officer):
    applied(place, officer, file.person(), file.wife())
    errors, _found = codes(place, file.wife(kk_level="1"))
    assert errors == [(2, "head_taken")]


def test_the_head_passes_on_within_one_file(place, officer):
    applied(place, officer, file.person(), file.wife())
    applied(place, officer, file.person(kk_level="2"), file.wife(kk_level="1"))
    assert Member.objects.get(relation=Relation.HEAD).name == "BU CONTOH"


def test_without_nik_a_person_is_known_by_family_name_and_birth_date(place, officer):
    applied(place, officer, file.person(), file.child(nik=""))
    again = checked(place, officer, file.person(), file.child(nik="", nama="Mas  Contoh"))
    assert again.counts["new"] == 0
    numbered = applied(place, officer, file.person(), file.child())
    assert numbered.counts["changed"] == 1
    assert Member.objects.count() == 2


def test_the_same_person_without_nik_twice_is_refused(place, officer):
    errors, _found = codes(place, file.person(), file.child(nik=""), file.child(nik=""))
    assert (4, "person_repeated") in errors


def test_same_name_and_birth_date_under_another_identity_is_shown(place, officer):
    applied(place, officer, file.person(), file.child())
    twin = file.person(no_kk=OTHER_KK, nik="3171042005700000")
    _errors, found = codes(place, twin)
    assert found.counts["duplicates"] == 1
    assert found.counts["new"] == 1


def test_a_closed_family_is_not_filled_again(place, officer):
    applied(place, officer, file.person(status_dasar="3"))
    assert Household.objects.get().status == HouseholdStatus.CLOSED
    again = checked(place, officer, file.person(status_dasar="3"))
    assert again.counts["unchanged"] == 1
    errors, _found = codes(place, file.person())
    assert errors == [(2, "family_closed")]


def test_a_known_person_under_another_kk_is_refused_at_first(place, officer):
    applied(place, officer, file.person(), file.wife())
    errors, found = codes(
        place, file.wife(no_kk=OTHER_KK, kk_level="1"), file.child(no_kk=OTHER_KK)
    )
    assert errors == [(2, "moved_family"), (3, "family_refused")]
    assert found.counts["refused"] == 2


def test_a_head_who_moves_alone_leaves_a_warning(place, officer):
    applied(place, officer, file.person(), file.wife())
    _errors, found = codes(place, file.person(no_kk=OTHER_KK), confirmed=frozenset({1}))
    assert found.counts["changed"] == 1
    assert "family_left_without_head" in [f.code for f in found.findings]
    both = [file.person(no_kk=OTHER_KK), file.wife(no_kk=OTHER_KK)]
    _errors, found = codes(place, *both, confirmed=frozenset({1, 2}))
    assert "family_left_without_head" not in [f.code for f in found.findings]


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_the_three_kinds_of_file_bring_the_same_family(place, kind):
    rows = file.grid([file.person(), file.wife()])
    data = {"xlsx": file.xlsx, "ods": file.ods, "csv": file.text}[kind](rows)
    found = examine_file(data, name=f"d.{kind}", kelurahan=place, refuse_unknown=True)
    assert (found.counts["new"], found.counts["families"]) == (2, 1)
