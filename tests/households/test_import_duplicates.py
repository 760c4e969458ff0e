"""New persons of a file who may be known already: shown in the preview, never refused."""

import pytest

from households.imports import duplicates
from households.models import Member
from tests import factories as make
from tests.households import workbooks as file
from tests.households.importing import OTHER_KK, applied, codes
from tkpk.console import console_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def known(place):
    """A person in the registry, from an earlier file."""
    applied(place, console_user(place), file.person(nama="DJOKO KARTOSUWIGNYO"))
    return Member.objects.get()


def remarks(place, *people):
    errors, found = codes(place, *people)
    assert errors == []
    return [f for f in found.findings if f.code == "possible_duplicate"], found.counts


def again(**fields):
    return file.person(no_kk=OTHER_KK, nik="", **fields)


def test_another_spelling_of_a_known_person_is_pointed_out(place, known):
    (remark,), counts = remarks(place, again(nama="Joko Kartosoewignjo"))
    assert known.code in remark.message
    assert counts["duplicates"] == 1
    assert counts["new"] == 1


def test_the_same_name_and_date_is_pointed_out_once(place, known):
    found, _counts = remarks(place, again(nama="DJOKO KARTOSUWIGNYO"))
    assert len(found) == 1


def test_two_spellings_in_one_file_are_pointed_out(place):
    people = [file.person(nama="DJOKO KARTOSUWIGNYO"), again(nama="JOKO KARTOSUWIGNJO")]
    found, _counts = remarks(place, *people)
    assert len(found) == 1


def test_somebody_else_is_not_pointed_out(place, known):
    assert remarks(place, again(nama="PURWANTO HADI", tanggallahir="1999-03-04"))[0] == []


def test_a_large_file_is_searched_after_it_was_saved(place, known, monkeypatch):
    monkeypatch.setattr(duplicates, "FEW", 0)
    assert remarks(place, again(nama="Joko Kartosoewignjo"))[0] == []
    assert len(remarks(place, again(nama="DJOKO KARTOSUWIGNYO"))[0]) == 1
