"""The city's answer: read, held against what was sent, kept, and what it establishes."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from households.codes import Relation
from households.imports.sealing import unsealed_json
from households.listing import decree as answering
from households.listing import keeping
from households.models import DecreeFile, DecreeRow, Listing, PoorList
from households.workflows.decrees import DECREE_FLOW
from tests import factories
from tests.households.listing import brought_to, families, line_on, opened
from tests.households.workbooks import xlsx
from tkpk import trail
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
HEADER = ["No", "NIK", "No KK", "Nama Kepala Keluarga", "Hasil"]


@pytest.fixture
def lurah(kelurahan):
    return factories.make_user("lurah", Role.LURAH, kelurahan)


@pytest.fixture
def sent_list(kelurahan, rt, staff):
    """Three families that were sent to the city, and one that is not on the list."""
    poor_list = opened(kelurahan, staff, basis="DECREE")
    for family in families(rt, staff, 3):
        line_on(poor_list, family, staff, status="SUBMITTED")
    return brought_to(poor_list, "SUBMITTED", staff, basis="DECREE")


def head_of(line):
    return line.household.members.get(relation=Relation.HEAD)


def answer(poor_list, by, *rows):
    return answering.start(poor_list, xlsx(list(rows)), name="hasil.xlsx", by=by)


def findings(decree):
    return [row.finding for row in decree.rows.all()]


def test_numbers_names_and_words_are_held_against_the_list(sent_list, rt, staff):
    one, two, three = sent_list.listings.all()
    outside = factories.make_family(rt, by=staff, head="Orang Luar", others=0)
    decree = answer(
        sent_list, staff, HEADER,
        ["1", head_of(one).nik, "", "beda", "Diterima"],
        ["2", "", two.household.kk_number, "", "Tidak diterima"],
        ["3", "", outside.kk_number, "Orang Luar", "Diterima"],
        ["4", factories.make_nik(), "", "Tak Dikenal", "Diterima"],
        ["5", "", "", "Tak Dikenal Juga", "Diterima"],
    )  # fmt: skip
    assert findings(decree) == ["ACCEPTED", "NOT_ACCEPTED", "NEW", "UNKNOWN", "UNKNOWN", "MISSING"]
    assert decree.rows.last().household == three.household
    assert decree.counts == {
        "ACCEPTED": 1, "NOT_ACCEPTED": 1, "NEW": 1, "UNKNOWN": 2, "MISSING": 1,
    }  # fmt: skip


def test_a_name_alone_is_enough_where_one_family_bears_it(sent_list, rt, staff):
    one, two, three = sent_list.listings.all()
    for line in (two, three):
        head = head_of(line)
        head.set_name("Sama Namanya")
        head.save()
    decree = answer(
        sent_list, staff, ["No", "Nama"], ["1", head_of(one).name.lower()], ["2", "Sama Namanya"]
    )
    assert findings(decree)[:2] == ["ACCEPTED", "UNCLEAR"]


def test_without_a_word_who_stands_there_is_accepted_and_two_words_are_none(sent_list, staff):
    one, two, _three = sent_list.listings.all()
    numbers = [head_of(line).nik for line in (one, two)]
    decree = answer(
        sent_list, staff, ["NIK", "Hasil"], [numbers[0], ""], [numbers[1], "Diterima"],
        [numbers[1], "Ditolak"], [numbers[0], ""],
    )  # fmt: skip
    assert findings(decree) == ["ACCEPTED", "UNCLEAR", "UNCLEAR", "MISSING"]
    decree = answer(sent_list, staff, ["NIK", "Hasil"], [numbers[0], "entah"])
    assert findings(decree)[0] == "UNCLEAR"


def test_a_file_without_numbers_and_names_is_refused(sent_list, staff):
    with pytest.raises(ValidationError) as refused:
        answer(sent_list, staff, ["Kota", "Jumlah"], ["Yogyakarta", "3"])
    assert refused.value.code == "no_columns"
    with pytest.raises(PermissionDenied):
        answer(sent_list, factories.make_user("orang"), ["NIK"], [factories.make_nik()])
    assert not DecreeFile.objects.exists()


def test_what_the_city_wrote_is_sealed(sent_list, staff):
    nik = head_of(sent_list.listings.first()).nik
    row = answer(sent_list, staff, ["NIK"], [nik]).rows.first()
    assert nik.encode() not in bytes(row.blob)
    assert unsealed_json(row.blob, context=row.context)["numbers"] == nik


def test_an_answer_is_saved_once_and_taken_back_with_a_reason(sent_list, staff):
    nik = head_of(sent_list.listings.first()).nik
    empty = answer(sent_list, staff, ["NIK"], [factories.make_nik()])
    with pytest.raises(ValidationError) as refused:
        DECREE_FLOW.apply("confirm", empty, by=staff)
    assert refused.value.code == "nothing_accepted"
    first = DECREE_FLOW.apply("confirm", answer(sent_list, staff, ["NIK"], [nik]), by=staff)
    second = answer(sent_list, staff, ["NIK"], [nik])
    with pytest.raises(ValidationError) as refused:
        DECREE_FLOW.apply("confirm", second, by=staff)
    assert refused.value.code == "answered"
    with pytest.raises(ValidationError):
        DECREE_FLOW.apply("take_back", first, by=staff)
    DECREE_FLOW.apply("take_back", first, by=staff, reason="Berkas keliru")
    assert DECREE_FLOW.apply("confirm", second, by=staff).status == "APPLIED"


def test_the_decree_establishes_who_is_on_it_and_nobody_else(sent_list, rt, staff, lurah):
    one, two, three = sent_list.listings.all()
    outside = factories.make_family(rt, by=staff, head="Orang Luar", others=0)
    decree = answer(
        sent_list, staff, HEADER,
        ["1", head_of(one).nik, "", "", "Diterima"],
        ["2", head_of(two).nik, "", "", "Ditolak"],
        ["3", "", outside.kk_number, "", "Diterima"],
    )  # fmt: skip
    DECREE_FLOW.apply("confirm", decree, by=staff)
    values = {"decree_number": "325/2026", "decree_on": datetime.date(2026, 11, 20)}
    keeping.change_list(sent_list, values, by=staff, expected_version=sent_list.version)
    keeping.advance(PoorList.objects.get(), "establish", by=lurah)
    found = dict(Listing.objects.values_list("household_id", "status"))
    assert found == {
        one.household_id: "ESTABLISHED", two.household_id: "NOT_ACCEPTED",
        three.household_id: "NOT_ACCEPTED", outside.pk: "ESTABLISHED",
    }  # fmt: skip
    assert Listing.objects.get(household=outside).origin == "CITY"
    assert trail.check_trail() == []
    assert DecreeRow.objects.count() == 4
    with pytest.raises(ValidationError):
        DECREE_FLOW.apply("take_back", decree, by=staff, reason="Keliru")
