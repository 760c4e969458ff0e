"""The Regsosek 2022 workbook: sheets joined by KK number, three header rows, its own codes."""

from datetime import date
from decimal import Decimal

import pytest

from households.codes import Relation
from households.imports.content import read_content
from households.imports.parsed import AidClaim
from tests.households import workbooks as make

TODAY = date(2026, 11, 24)
OTHER_KK = "3471040101160000"
KK = "no kartu keluarga"
MEMBERS = [KK, "401", "402 Nama", "403 NIK", "404", "405", "406", "407", "408", "409", "410"]
MEMBERS += ["411", "412", "415", "401", "402 Nama", "403 NIK", "430", "431a"]
HOUSING = [KK, "301a", "301b", "302", "303", "304", "305", "306a", "306b", "307a", "307b1"]
HOUSING += ["307b2", "307b3", "308", "309a", "309b", "310"]
PROGRAMMES = [KK, "501a", "501a Bulan", "501a Tahun", "501b", "501b Bulan", "501b Tahun"]
PROGRAMMES += ["502g", "502i", "502k", "504a", "504e", "505"]
PLACE = ["no urut keluarga", KK, "nama sls/non sls", "status keluarga"]


def member(order: int, name: str, nik: str, **said: object) -> list[object]:
    """One row; `said` by question with a `q` before it."""
    values = {"401": order, "402 Nama": name, "403 NIK": nik, "404": 1, "405": 1, "409": 3}
    values |= {key.removeprefix("q"): value for key, value in said.items()}
    return [values.get(header) for header in MEMBERS]


def head(**said: object) -> list[object]:
    row = member(1, "PAK CONTOH", make.HEAD_NIK, q409=1, q406=25708, **said)
    return [make.KK, *row[1:]]


def workbook(members, housing=(), programmes=(), place=()) -> bytes:
    return make.xlsx(
        [["", "I. KETERANGAN TEMPAT"], PLACE, *place],
        [["", "II. KETERANGAN PETUGAS"], [KK, "tanggal pendataan", "nama ppl"], [make.KK]],
        [["", "III. KETERANGAN PERUMAHAN"], [], HOUSING, *housing],
        [["", "IV. KETERANGAN"], ["", "A. KETERANGAN DEMOGRAFI"], MEMBERS, *members],
        [["", "V."], ["", "501. Dalam satu tahun"], ["", "BPNT"], PROGRAMMES, *programmes],
        names=["1.tempat", "2.petugas", "3.perumahan", "4.anggota", "5.program"],
    )


def read(*sheets, **named):
    return read_content(workbook(*sheets, **named), name="r.xlsx", demo=True, today=TODAY)


def errors(found) -> list[tuple[int, str]]:
    return [(f.row, f.code) for row in found.rows for f in row.findings if f.is_error]


def housing_row(**said: object) -> list[object]:
    values = {KK: make.KK} | {key.removeprefix("q"): value for key, value in said.items()}
    return [values.get(header) for header in HOUSING]


def test_a_kk_number_on_the_first_row_holds_for_the_members_below_it():
    found = read([head(), member(2, "BU CONTOH", make.WIFE_NIK, q405=2, q409=2, q406="01/03/1972")])
    assert (found.layout, errors(found)) == ("regsosek2022", [])
    [family] = found.families
    assert family.key == make.KK
    first, second = family.rows
    assert (first.row_number, first.sheet) == (4, "4.anggota")
    assert first.values["birth_date"] == date(1970, 5, 20)
    assert second.values["relation"] == Relation.WIFE


def test_a_number_that_lost_its_digits_refuses_the_whole_family_with_the_cure():
    row = [1234567890123450.0, *head()[1:]]
    found = read([row, member(2, "BU CONTOH", make.WIFE_NIK, q405=2, q409=2)])
    assert errors(found) == [(4, "number_lost_digits"), (5, "family_number_unread")]
    [finding] = [f for f in found.rows[0].findings if f.is_error]
    assert (finding.column, finding.value_hint, bool(finding.cure)) == (KK, "1234…", True)
    assert found.rows[0].values["kk_number"] is None


def test_a_family_that_begins_without_a_number_does_not_join_the_one_above():
    found = read(
        [
            head(),
            member(1, "MAS CONTOH", make.CHILD_NIK, q409=1),
            member(2, "BU CONTOH", make.WIFE_NIK, q405=2, q409=2),
        ]
    )
    assert errors(found) == [(5, "required"), (6, "family_number_unread")]
    assert len(found.families[0].rows) == 1


@pytest.mark.parametrize(
    ("code", "sex", "relation"), [(2, 2, 3), (2, 1, 2), (4, 1, 5), (5, 2, 6), (7, 1, 10)]
)
def test_relations_are_taken_over_where_they_mean_one_thing(code, sex, relation):
    found = read([head(), member(2, "BU CONTOH", make.WIFE_NIK, q405=sex, q409=code)])
    assert found.rows[1].values["relation"] == relation
    assert errors(found) == []


@pytest.mark.parametrize("code", [6, 8])
def test_a_relation_of_two_meanings_is_asked_for_and_never_chosen(code):
    found = read([head(), member(2, "BU CONTOH", make.WIFE_NIK, q405=2, q409=code)])
    assert (5, "answer_ambiguous") in errors(found)
    assert found.rows[1].values["relation"] is None
    found = read([head(), member(2, "BU CONTOH", make.WIFE_NIK, q405=2, q409="Mertua")])
    assert found.rows[1].values["relation"] == Relation.PARENT_IN_LAW


def test_a_spouse_of_unknown_sex_is_neither_wife_nor_husband():
    found = read([head(), member(2, "BU CONTOH", make.WIFE_NIK, q405=None, q409=2)])
    assert (5, "answer_ambiguous") in errors(found)
    assert found.rows[1].values["relation"] is None


def test_answers_that_say_more_or_less_than_our_lists_are_kept_beside_the_person():
    found = read([head(q404=4, q415=13, q411=5, q412=3, q430=2, q431a=3)])
    [row] = found.rows
    assert (row.values["basic_status"], row.values["education"]) == (3, 5)
    assert (row.values["chronic_illness"], row.values["insurance_kind"]) == ("Hipertensi", "")
    assert row.source_values == {"404": "4", "411": "5", "412": "3", "415": "13", "431a": "3"}
    found = read([head(q415=23)])
    assert found.rows[0].values["education"] is None
    assert found.rows[0].source_values["415"] == "23"


@pytest.mark.parametrize(("question", "said"), [("q405", 3), ("q408", 9), ("q404", "7")])
def test_a_number_that_is_no_answer_is_refused(question, said):
    found = read([head(**{question: said})])
    assert (4, "unknown_code") in errors(found)


def test_a_person_who_was_not_found_has_no_status_until_it_is_written():
    assert errors(read([head(q404=6)]))[0] == (4, "answer_ambiguous")
    assert read([head(q404="Hilang")]).rows[0].values["basic_status"] == 4


def test_the_dwelling_is_read_through_the_questionnaires_own_numbers():
    housing = housing_row(
        q301a=1, q301b=5, q302="36,5", q303=4, q304=1, q305=6, q306a=3, q307a=1, q307b1=2
    )
    for question, said in {"308": 4, "309a": 2, "309b": 1}.items():
        housing[HOUSING.index(question)] = said
    [row] = read([head()], [housing]).rows
    assert row.family_values == {
        "tenure": 1,
        "land_title": 5,
        "floor_area_m2": Decimal("36.5"),
        "floor_material": 3,
        "wall_material": 1,
        "roof_material": 5,
        "drinking_water": 3,
        "lighting": 1,
        "power_va": 900,
        "cooking_fuel": 3,
        "toilet": 2,
        "closet": 1,
    }


def test_what_cannot_be_said_in_our_lists_is_kept_beside_the_family():
    housing = housing_row(q303=7, q305=2, q308=7, q309a=3, q310=1, q307b1=1, q307b2=2)
    [row] = read([head()], [housing]).rows
    assert row.family_values == {
        "floor_material": 7,
        "source_value": {
            "303": "7",
            "305": "2",
            "307b1": "1",
            "307b2": "2",
            "308": "7",
            "309a": "3",
            "310": "1",
        },
    }


def test_a_fault_in_another_sheet_refuses_the_family_and_names_sheet_row_and_column():
    found = read([head()], [housing_row(q301a=9), housing_row(q301a=1)])
    said = [(f.sheet, f.row, f.column, f.code) for f in found.rows[0].findings if f.is_error]
    assert said == [
        ("3.perumahan", 4, "301a", "unknown_code"),
        ("3.perumahan", 5, KK, "family_twice"),
    ]
    assert found.families[0].refused


def test_a_row_about_a_family_without_members_or_number_is_told():
    orphan = [OTHER_KK, *housing_row(q301a=1)[1:]]
    lost = [1234567890123450.0, *housing_row(q301a=1)[1:]]
    found = read([head()], [orphan, lost])
    assert [(note.sheet, note.row, note.code, note.level) for note in found.notes] == [
        ("3.perumahan", 5, "family_row_left_out", "warning"),
        ("3.perumahan", 4, "family_without_members", "warning"),
    ]
    assert OTHER_KK not in repr(found.notes)


def test_programmes_are_receipts_and_assets_are_facts():
    row = [make.KK, 1, 4, 2022, 1, None, 2022, 1, 2, 1, 0, 3, 1]
    [first] = read([head()], programmes=[row]).rows
    assert first.aid == [
        AidClaim("Sembako/BPNT", date(2022, 4, 1), date(2022, 4, 30), recipient="family"),
        AidClaim("PKH", date(2022, 1, 1), date(2022, 12, 31), recipient="family"),
    ]
    assert first.family_values == {
        "has_gold": True,
        "has_motorbike": False,
        "has_livestock": True,
        "source_value": {"502k": "1", "504e": "3", "505": "1"},
    }


def test_a_programme_without_a_year_is_no_receipt_and_no_animals_is_no_answer():
    row = [make.KK, 1, 4, None, 2, None, None, None, None, None, 0, 0, None]
    [first] = read([head()], programmes=[row]).rows
    assert first.aid == []
    assert first.family_values == {"source_value": {"501a": "1"}}
    row[2:4] = [13, 2022]
    assert (5, "not_a_period") in errors(read([head()], programmes=[row]))


def test_the_place_gives_rt_and_rw_where_it_names_them():
    [row] = read([head()], place=[[1, make.KK, "RT 012 RW 003", 0]]).rows
    assert row.area.key == "-/003/012"
    [row] = read([head()], place=[[1, make.KK, "KAMPUNG A", 0]]).rows
    assert row.area.key == "-/-/-"
    assert row.family_values["source_value"] == {"nama sls/non sls": "KAMPUNG A"}


def test_blocks_of_one_row_that_name_two_persons_are_refused():
    row = head()
    row[16] = make.WIFE_NIK
    assert (4, "blocks_differ") in errors(read([row]))
    row[15], row[16] = "PAK CONTOH", make.HEAD_NIK
    assert errors(read([row])) == []


def test_a_missing_sheet_is_told_and_the_members_are_read_all_the_same():
    data = make.xlsx([["IV."], [], MEMBERS, head()])
    found = read_content(data, name="r.xlsx", demo=True, today=TODAY)
    assert [note.code for note in found.notes] == ["sheet_missing"] * 3
    assert errors(found) == []


def test_a_workbook_of_refused_rows_comes_back_without_its_remarks():
    header, remark = [*MEMBERS, "Keterangan"], "Perbaiki: [409] Tulis kata."
    data = make.xlsx([header, [*head(), remark]], [PLACE], names=["4.anggota", "1.tempat"])
    found = read_content(data, name="r.xlsx", demo=True, today=TODAY)
    assert "Keterangan" not in found.rows[0].source_values


def test_many_families_without_members_are_told_in_one_word():
    orphans = [[f"347104010116{n:04d}", 1] for n in range(1, 8)]
    [note] = read([head()], orphans, [[make.KK, 2]]).notes
    assert (note.code, note.row, note.value_hint) == ("family_without_members", 0, "")
    assert "7" in note.message
