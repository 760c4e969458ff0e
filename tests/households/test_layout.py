from datetime import date

import pytest

from households import codes
from households.imports import families, opensid
from households.imports.layout import Match, recognise
from households.imports.opensid_columns import COLUMNS
from households.imports.parsed import ParsedRow
from households.imports.parsing import NOTHING, parse_rows
from households.imports.reading import Sheet, read_file
from tests.households import workbooks as make

TODAY = date(2026, 11, 24)


def match_of(*grids: list[list[object]], kind: str = "xlsx", names: tuple = ()) -> Match | None:
    sheets = [
        Sheet(names[number] if names else f"Sheet{number + 1}", rows, kind)
        for number, rows in enumerate(grids)
    ]
    return recognise(sheets, (opensid.LAYOUT,))


def parsed(*people: dict, demo: bool = True, **options) -> list[ParsedRow]:
    match = match_of(make.grid(people), **options)
    return list(parse_rows(match, demo=demo, today=TODAY))


def grouped(*people: dict) -> list[families.Family]:
    return families.check_families(parsed(*people), today=TODAY)


def errors(*rows: ParsedRow) -> list[tuple[int, str]]:
    return [(f.row, f.code) for row in rows for f in row.findings if f.is_error]


def of(group: list[families.Family]) -> list[tuple[int, str]]:
    return errors(*(row for family in group for row in family.rows))


# --- recognising -------------------------------------------------------------------------------


def test_the_43_columns_are_the_43_fields():
    match = match_of(make.grid([make.person()]))
    assert len(match.tables[0].columns) == len(COLUMNS) == 43
    assert match.findings == []
    [row] = parse_rows(match, demo=True, today=TODAY)
    assert row.values.keys() == NOTHING.keys()
    assert NOTHING.keys() - {column.field for column in COLUMNS} == {
        "main_activity",
        "chronic_illness",
    }


@pytest.mark.parametrize(
    "kk", ["No KK", "NO_KK", "Nomor Kartu Keluarga", "no_kk", "No. KK", "NOMOR  KK", "nokk"]
)
def test_a_header_is_known_in_any_case_and_spelling(kk):
    headers = [kk, "NIK", "Nama Lengkap", "JENIS KELAMIN", "Tgl. Lahir", "SHDK", "R.T."]
    match = match_of([headers, [make.KK, make.HEAD_NIK, "PAK CONTOH", "L", "20/05/1970", "KK", 4]])
    assert not match.findings
    [row] = parse_rows(match, demo=True, today=TODAY)
    assert (row.values["kk_number"], row.values["relation"], row.area.rt) == (make.KK, 1, "004")
    assert not row.findings


def test_title_rows_above_and_column_numbers_below_the_header_are_passed_over():
    table = make.grid([make.person()])
    numbering = [str(n) for n in range(1, len(make.HEADERS) + 1)]
    titles = [["DAFTAR PENDUDUK"], ["RT 012 RW 003"], []]
    match = match_of([*titles, table[0], numbering, table[1]])
    rows = list(parse_rows(match, demo=True, today=TODAY))
    assert [row.row_number for row in rows] == [6]
    assert [(finding.row, finding.code) for finding in match.findings] == [(5, "numbering_row")]


def test_a_header_below_row_20_and_a_foreign_table_are_not_recognised():
    assert match_of([[]] * 20 + make.grid([make.person()])) is None
    assert match_of([["nama barang", "harga", "jumlah"], ["Beras", 1, 2]]) is None


def test_every_sheet_of_the_layout_is_read_and_the_code_sheet_is_not():
    one, two = make.grid([make.person()]), make.grid([make.wife()])
    match = match_of(
        one, two, make.grid([make.child()]), [["catatan"]], names=("A", "B", "Kode Data", "Lain")
    )
    assert [table.sheet.name for table in match.tables] == ["A", "B"]
    assert [(f.sheet, f.code, f.level) for f in match.findings] == [
        ("Lain", "sheet_ignored", "warning")
    ]


def test_an_unknown_column_is_reported_and_its_values_are_kept_beside_the_row():
    match = match_of(make.grid([make.person(catatan="x")], [*make.HEADERS, "catatan"]))
    assert [(f.code, f.column, f.level) for f in match.findings] == [
        ("column_ignored", "catatan", "warning")
    ]
    [row] = parse_rows(match, demo=True, today=TODAY)
    assert row.source_values == {"catatan": "x"}


def test_a_missing_or_a_doubled_header_refuses_every_row():
    headers = [header for header in make.HEADERS if header != "kk_level"]
    match = match_of(make.grid([make.person(), make.wife()], headers))
    assert [(f.code, f.column) for f in match.findings] == [("column_missing", "kk_level")]
    assert match.blocked
    rows = list(parse_rows(match, demo=True, today=TODAY))
    assert errors(*rows) == [(2, "sheet_refused"), (3, "sheet_refused")]

    match = match_of(make.grid([make.person()], [*make.HEADERS, "Nomor KK"]))
    assert [(f.code, f.column) for f in match.findings] == [("header_twice", "Nomor KK")]
    assert match.blocked


def test_the_end_mark_ends_the_data_and_notes_follow_unread():
    rows = [*make.grid([make.person()]), [None, "### akhir"], ["catatan"], ["Jumlah", 5]]
    match = match_of(rows)
    assert len(list(parse_rows(match, demo=True, today=TODAY))) == 1


def test_people_below_an_end_mark_are_told_of_and_not_dropped_in_silence():
    rows = [*make.grid([make.person()]), ["###"], *make.grid([make.wife(), make.child()])[1:]]
    match = match_of(rows)
    assert len(list(parse_rows(match, demo=True, today=TODAY))) == 1
    assert [(f.row, f.code, f.level) for f in match.findings] == [(3, "rows_after_end", "error")]


def test_a_column_too_narrow_for_its_text_refuses_the_row_and_ends_nothing():
    """Excel writes ### into a .csv where the column on the screen was too narrow."""
    people = [make.person(), make.wife(rw="####"), make.child(tanggallahir="########")]
    rows = parsed(*people)
    assert [row.row_number for row in rows] == [2, 3, 4]
    assert errors(*rows) == [(3, "column_too_narrow"), (4, "column_too_narrow")]


def test_a_header_repeated_on_every_page_of_a_list_is_passed_over():
    table = make.grid([make.person(), make.wife()])
    match = match_of([table[0], table[0], table[1], table[0], table[2]])
    rows = list(parse_rows(match, demo=True, today=TODAY))
    assert [row.row_number for row in rows] == [3, 5]
    assert [(f.row, f.code) for f in match.findings] == [(2, "header_row"), (4, "header_row")]


def test_control_characters_of_an_unknown_column_are_not_kept():
    match = match_of(make.grid([make.person(catatan="a\x00b")], [*make.HEADERS, "catatan"]))
    [row] = parse_rows(match, demo=True, today=TODAY)
    assert row.source_values == {"catatan": "ab"}


def test_trailing_empty_rows_and_a_total_are_no_people():
    total = [None] * 4 + ["JUMLAH", None, 97]
    match = match_of([*make.grid([make.person()]), [], ["", " "], total, []])
    rows = list(parse_rows(match, demo=True, today=TODAY))
    assert [row.row_number for row in rows] == [2]
    assert [(f.row, f.code, f.level) for f in match.findings] == [(5, "total_row", "warning")]


def test_a_person_whose_address_says_total_is_still_a_person():
    assert len(parsed(make.person(alamat="Total Persada 3"))) == 1


# --- rows --------------------------------------------------------------------------------------


def test_a_clean_row_gives_python_values():
    [row] = parsed(make.person(lat="-7,7956", lng="110,3695", ktp_el="2", hamil="2", rt="RT 04"))
    assert not row.findings
    values = row.values
    assert values["birth_date"] == date(1970, 5, 20)
    assert values["work"] == codes.Work.SELF_EMPLOYED
    assert values["has_ektp"] == codes.YesNo.YES
    assert values["pregnant"] == codes.YesNo.NO
    assert row.area == ("JUMINAHAN", "003", "004")
    assert str(values["longitude"]) == "110.369500"
    assert values["passport_number"] == ""
    assert values["married_on"] is None


def test_all_errors_of_a_row_are_collected_each_at_its_cell():
    [row] = parsed(
        make.person(
            nama="",
            no_kk=float(make.KK),
            nik="3471040005700000",
            sex="X",
            tanggallahir="31/02/1970",
            suku="x" * 61,
            lat="200",
            agama_id="#REF!",
        )
    )
    found = {(f.column, f.code) for f in row.findings if f.is_error}
    assert found == {
        ("nama", "required"),
        ("no_kk", "number_lost_digits"),
        ("nik", "nik_day"),
        ("sex", "unknown_code"),
        ("tanggallahir", "date_impossible"),
        ("suku", "too_long"),
        ("lat", "out_of_range"),
        ("agama_id", "formula_error"),
    }
    assert all(f.sheet == "Sheet1" and f.row == 2 and f.message for f in row.findings)


def test_no_finding_holds_a_whole_number_of_a_person():
    people = [make.person(), make.person(nik=make.HEAD_NIK, no_kk=make.HEAD_NIK, nama=make.KK)]
    group = families.check_families(
        parsed(*people, make.person(nik=float(make.HEAD_NIK))), today=TODAY
    )
    texts = [f"{f.message} {f.cure} {f.value_hint}" for family in group for f in family.findings]
    assert texts
    assert not any(number[4:] in text for text in texts for number in (make.KK, make.HEAD_NIK))


def test_nik_zero_or_empty_is_a_person_without_nik():
    for nik in ("0", "", None, "-"):
        [row] = parsed(make.person(nik=nik))
        assert row.values["nik"] == ""
        assert not row.findings


def test_without_nik_the_birth_date_is_needed_and_with_it_missed():
    [row] = parsed(make.person(nik="", tanggallahir=""))
    assert errors(row) == [(2, "not_identified")]
    [row] = parsed(make.person(tanggallahir=""))
    assert [(f.code, f.level) for f in row.findings] == [("birth_date_empty", "warning")]


def test_a_nik_that_disagrees_with_birth_date_or_sex_is_a_warning():
    [row] = parsed(make.person(tanggallahir="1971-05-20", sex="P"))
    assert [(f.code, f.level) for f in row.findings] == [
        ("nik_birth_year", "warning"),
        ("nik_sex", "warning"),
    ]


def test_a_demo_number_is_an_error_outside_the_demo():
    [row] = parsed(make.person(), demo=False)
    assert [code for _, code in errors(row)] == ["serial_0000", "serial_0000"]


def test_a_birth_or_a_wedding_in_the_future_is_refused_but_not_a_passport():
    [row] = parsed(
        make.person(tanggallahir="25/11/2026", tanggalperkawinan="25/11/2026"),
    )
    assert errors(row) == [(2, "date_future"), (2, "date_future")]
    [row] = parsed(make.person(tanggal_akhir_paspor="25/11/2030"))
    assert not row.findings


def test_a_word_that_says_more_than_its_code_is_kept_beside_it():
    [row] = parsed(make.person(status_dasar="PINDAH LUAR NEGERI"))
    assert row.values["basic_status"] == codes.BasicStatus.MOVED
    assert row.source_values == {"status_dasar": "PINDAH LUAR NEGERI"}


def test_a_csv_row_shifted_by_a_delimiter_is_refused():
    rows = make.grid([make.person()])
    rows[1].append("sisa")
    match = match_of(rows, kind="csv")
    [row] = parse_rows(match, demo=True, today=TODAY)
    assert errors(row) == [(2, "extra_cells")]


def test_a_longer_coordinate_is_stored_with_six_decimals_and_kept_beside_the_row():
    [row] = parsed(make.person(lat="-7,795612345", lng="110.3695"))
    assert [(f.code, f.level) for f in row.findings] == [("coordinate_shortened", "warning")]
    assert str(row.values["latitude"]) == "-7.795612"
    assert row.source_values == {"lat": "-7.795612345"}


def test_half_a_coordinate_is_refused():
    [row] = parsed(make.person(lat="-7,7956"))
    assert errors(row) == [(2, "coordinate_alone")]


def test_a_number_in_an_unknown_column_is_not_kept_whole():
    rows = make.grid([make.person(pelapor=f"NIK {make.HEAD_NIK}")], [*make.HEADERS, "pelapor"])
    [row] = parse_rows(match_of(rows), demo=True, today=TODAY)
    assert row.source_values == {"pelapor": "NIK 3471••••••••••••"}


@pytest.mark.parametrize("form", ["xlsx", "ods", "csv", "csv-comma-bom", "csv-cp1252"])
def test_every_format_gives_the_same_family(form):
    table = make.grid([make.person(), make.wife(), make.child()])
    data = {
        "xlsx": lambda: make.xlsx(table),
        "ods": lambda: make.ods(table),
        "csv": lambda: make.text(table),
        "csv-comma-bom": lambda: make.text(table, delimiter=",", encoding="utf-8-sig"),
        "csv-cp1252": lambda: make.text(table, encoding="cp1252"),
    }[form]()
    match = recognise(read_file(data, name="d." + form[:4]), (opensid.LAYOUT,))
    rows = list(parse_rows(match, demo=True, today=TODAY))
    [family] = families.check_families(rows, today=TODAY)
    assert [row.values["name"] for row in family.rows] == ["PAK CONTOH", "BU CONTOH", "MAS CONTOH"]
    assert family.findings == []


def test_numbers_typed_as_numbers_in_excel_are_refused_and_codes_and_dates_are_not():
    table = make.grid(
        [make.person(nik=int(make.HEAD_NIK), sex=1, tanggallahir=date(1970, 5, 20), rt=4)]
    )
    match = recognise(read_file(make.xlsx(table), name="d.xlsx"), (opensid.LAYOUT,))
    [row] = parse_rows(match, demo=True, today=TODAY)
    assert errors(row) == [(2, "number_lost_digits")]
    assert (row.values["sex"], row.area.rt, row.values["nik"]) == (1, "004", None)


# --- families ----------------------------------------------------------------------------------


def test_rows_of_one_kk_number_are_one_family_wherever_they_stand():
    other = make.person(no_kk="3471040202150000", nik="3471040101600000", tanggallahir="1960-01-01")
    group = grouped(make.person(), other, make.wife())
    assert [[row.row_number for row in family.rows] for family in group] == [[2, 4], [3]]
    assert of(group) == []


def test_one_bad_row_refuses_its_family_and_names_itself_and_no_other_family():
    other = make.person(no_kk="3471040202150000", nik="3471040101600000", tanggallahir="1960-01-01")
    group = grouped(make.person(), make.wife(sex="?"), make.child(), other)
    assert of(group) == [(2, "family_refused"), (3, "unknown_code"), (4, "family_refused")]
    assert [family.refused for family in group] == [True, False]
    assert "3" in group[0].rows[0].findings[-1].message


def test_a_family_has_one_head():
    assert of(grouped(make.wife(), make.child())) == [(2, "no_head"), (3, "family_refused")]
    assert of(grouped(make.person(), make.wife(kk_level="KK"))) == [
        (2, "two_heads"),
        (3, "two_heads"),
    ]


def test_the_dead_and_the_moved_are_states_and_no_heads():
    dead = make.person(status_dasar="2")
    assert of(grouped(dead, make.wife(kk_level="1"))) == []
    assert of(grouped(dead, make.wife())) == [(2, "family_refused"), (3, "head_gone")]
    moved = {"status_dasar": "PINDAH"}
    assert of(grouped(make.person(**moved), make.wife(**moved))) == []


def test_a_family_whose_head_cannot_be_read_is_not_called_headless():
    assert of(grouped(make.person(kk_level="?"), make.wife())) == [
        (2, "unknown_code"),
        (3, "family_refused"),
    ]


def test_a_nik_twice_names_both_places():
    twin = make.child(nik=make.WIFE_NIK, tanggallahir="1972-03-01", sex="2")
    group = grouped(make.person(), make.wife(), twin)
    assert of(group) == [(2, "family_refused"), (3, "nik_repeated"), (4, "nik_repeated")]
    first, second = (group[0].rows[at].findings[-1].message for at in (1, 2))
    assert "4" in first
    assert "3" in second


def test_a_nik_in_two_families_refuses_both():
    group = grouped(make.person(), make.person(no_kk="3471040202150000"))
    assert of(group) == [(2, "nik_in_two_families"), (3, "nik_in_two_families")]


def test_people_without_nik_are_never_the_same_person():
    group = grouped(make.person(nik="0"), make.wife(nik="0"))
    assert of(group) == []


def test_a_nik_that_is_the_kk_number_is_refused():
    assert of(grouped(make.person(no_kk=make.HEAD_NIK))) == [(2, "nik_is_kk")]


def test_a_family_lies_in_one_area():
    group = grouped(make.person(), make.wife(rt="011"), make.child(rt="RT 12"))
    assert of(group) == [(2, "family_refused"), (3, "two_areas"), (4, "family_refused")]
    assert of(grouped(make.person(), make.wife(rt="011", status_dasar="3"))) == []


def test_people_without_a_kk_number_are_refused_one_by_one():
    group = grouped(make.person(no_kk=""), make.wife(no_kk="-"))
    assert [family.key for family in group] == ["", ""]
    assert of(group) == [(2, "required"), (3, "required")]


def test_a_child_at_the_head_of_a_family_is_a_warning():
    [family] = grouped(make.person(nik="0", tanggallahir="2020-01-01"))
    assert [(f.code, f.level) for f in family.findings] == [("head_is_child", "warning")]


def test_a_hamlet_is_kept_as_written_and_compared_in_one_spelling():
    first, second = parsed(make.person(dusun="Ledok Tukangan"), make.wife(dusun="LEDOK TUKANGAN"))
    assert first.values["hamlet"] == "Ledok Tukangan"
    assert first.area == second.area
    assert first.area.hamlet == "LEDOK TUKANGAN"
