"""A list of any layout: first look, suggestions, mapping, and the rows that come out of it."""

from datetime import date

import pytest

from households.imports.content import read_content
from households.imports.layout import Purpose
from households.imports.mapped import FIELDS, IGNORE, KEEP, MappingError, mapped_layout
from households.imports.parsed import AidClaim
from households.imports.parsing import NOTHING
from households.imports.probing import probe, signature
from households.imports.suggesting import suggest
from households.imports.unreadable import UnreadableFile
from tests.households import workbooks as make

TODAY = date(2026, 11, 24)
DTSEN = {"registry_source": "DTSEN", "decile_as_of": "2026-10-01"}
AID = {"aid_programme": "PKH", "aid_period": "Triwulan II 2026"}


def content(rows: list[list[object]], columns: dict, constants: dict | None = None, **options):
    layout = mapped_layout(columns, constants or {}, purpose=options.pop("purpose", "known"))
    data = options.pop("data", None) or make.xlsx(rows)
    return read_content(data, name="d.xlsx", demo=True, today=TODAY, layout=layout)


def errors(found) -> list[tuple[int, str]]:
    return [(f.row, f.code) for row in found.rows for f in row.findings if f.is_error]


# --- mapping -----------------------------------------------------------------------------------


def test_a_list_with_only_nik_name_and_desil_is_read_once_its_columns_are_mapped():
    rows = [["NIK", "NAMA PENERIMA", "DESIL"], [make.HEAD_NIK, "PAK CONTOH", 3.0]]
    with pytest.raises(UnreadableFile) as caught:
        read_content(make.xlsx(rows), name="d.xlsx", demo=True, today=TODAY)
    assert caught.value.code == "unknown_layout"
    found = content(rows, {"NIK": "nik", "NAMA PENERIMA": "name", "DESIL": "decile"}, DTSEN)
    [row] = found.rows
    assert (found.purpose, errors(found)) == (Purpose.KNOWN, [])
    assert row.values.keys() == NOTHING.keys()
    assert (row.values["nik"], row.values["name"]) == (make.HEAD_NIK, "PAK CONTOH")
    assert row.family_values == {
        "decile": 3,
        "registry_source": "DTSEN",
        "decile_as_of": date(2026, 10, 1),
    }
    assert [(family.key, len(family.rows)) for family in found.families] == [("", 1)]


def test_a_mapping_that_says_too_little_or_too_much_is_refused_with_reasons():
    faulty = [
        ({"Nama": "name"}, {}, "population"),  # no KK number, sex, relation
        ({"Nama": "name"}, {}, "known"),  # no NIK
        ({"A": "nik", "B": "nik"}, {}, "known"),
        ({"A": "nik", "B": "decile"}, {}, "known"),  # of which registry and day?
        ({"A": "nik", "B": "decile"}, {**DTSEN, "decile": "3"}, "known"),
        ({"A": "nik", "B": "decile"}, {**DTSEN, "decile_as_of": "2999-01-01"}, "known"),
        ({"A": "name"}, AID, "recipients"),
        ({"A": "nik"}, {"aid_programme": "PKH"}, "recipients"),
        ({"A": "nik"}, {"aid_period": "2026"}, "recipients"),
        ({"A": "nik"}, {**AID, "aid_period": "bulan lalu"}, "recipients"),
        ({"A": "nik", "B": "shoe_size"}, {}, "known"),
    ]
    for columns, constants, purpose in faulty:
        with pytest.raises(MappingError) as caught:
            mapped_layout(columns, constants, purpose=purpose)
        assert caught.value.problems


def test_recipients_carry_the_programme_and_period_of_the_whole_list():
    rows = [
        ["No", "NIK", "Nama", "Nominal", "Barang"],
        [1, make.HEAD_NIK, "PAK CONTOH", "Rp1.500.000", None],
        [2, make.WIFE_NIK, "BU CONTOH", None, "Beras 10 kg"],
        [3, None, "MAS CONTOH", None, None],
        [4, make.HEAD_NIK, "PAK CONTOH", None, None],
    ]
    columns = {"No": IGNORE, "NIK": "nik", "Nama": "name"} | {
        "Nominal": "aid_amount_idr",
        "Barang": "aid_goods",
    }
    found = content(rows, columns, AID, purpose="recipients")
    spring = (date(2026, 4, 1), date(2026, 6, 30))
    assert found.rows[0].aid == [AidClaim("PKH", *spring, 1_500_000, "", "person")]
    assert found.rows[1].aid == [AidClaim("PKH", *spring, None, "Beras 10 kg", "person")]
    assert errors(found) == [(4, "not_identified"), (5, "receipt_repeated")]
    assert len(found.families) == 4


def test_a_row_can_name_its_own_programme_and_day():
    rows = [
        ["NIK", "Bantuan", "Tgl terima"],
        [make.HEAD_NIK, "BLT", date(2026, 3, 5)],
        [make.WIFE_NIK, None, "05/03/2026"],
        [make.CHILD_NIK, "BLT", None],
    ]
    columns = {"NIK": "nik", "Bantuan": "aid_programme", "Tgl terima": "aid_period_from"}
    found = content(rows, columns, purpose="recipients")
    assert found.rows[0].aid == [AidClaim("BLT", date(2026, 3, 5))]
    assert errors(found) == [(3, "aid_without_programme"), (4, "aid_without_period")]


def test_a_population_list_may_tell_of_the_dwelling_too():
    rows = [
        ["KK", "Nama", "NIK", "L/P", "Hub", "Lahir", "Lantai", "Luas", "Penghasilan", "Motor"],
        [make.KK, "PAK CONTOH", make.HEAD_NIK, "L", "KK", "20 Mei 1970", "Keramik", "36,5"],
    ]
    rows[1] += ["1.250.000", "Tidak"]
    fields = ["kk_number", "name", "nik", "sex", "relation", "birth_date", "floor_material"]
    columns = dict(
        zip(rows[0], [*fields, "floor_area_m2", "monthly_income_idr", "has_motorbike"], strict=True)
    )
    found = content(rows, columns, purpose="population")
    assert errors(found) == []
    said = found.rows[0].family_values
    assert said["floor_material"] == 2
    assert str(said["floor_area_m2"]) == "36.5"
    assert (said["monthly_income_idr"], said["has_motorbike"]) == (1_250_000, False)
    assert "roof_material" not in said


def test_a_column_is_left_out_kept_beside_the_row_or_reported():
    rows = [["NIK", "A", "B", "C"], [make.HEAD_NIK, "x", "y", "z"]]
    found = content(rows, {"NIK": "nik", "A": IGNORE, "B": KEEP})
    assert found.rows[0].source_values == {"B": "y", "C": "z"}
    assert [(note.code, note.column) for note in found.notes] == [("column_ignored", "C")]


def test_a_decile_without_its_day_on_the_row_is_refused():
    rows = [["NIK", "Desil", "Per"], [make.HEAD_NIK, 4, None], [make.WIFE_NIK, 4, "1/10/2026"]]
    columns = {"NIK": "nik", "Desil": "decile", "Per": "decile_as_of"}
    found = content(rows, columns, {"registry_source": "DTSEN"})
    assert errors(found) == [(2, "decile_undated")]


def test_a_header_that_stands_twice_is_told_apart_by_a_number():
    rows = [["Nama", "NIK", "Nama"], ["PAK CONTOH", make.HEAD_NIK, "PEMBERI"]]
    assert probe(make.xlsx(rows), name="d.xlsx")[0].headers == ["Nama", "NIK", "Nama (2)"]
    found = content(rows, {"NIK": "nik", "Nama (2)": "father_name", "Nama": "name"})
    assert found.rows[0].values["father_name"] == "PEMBERI"


def test_a_header_over_two_rows_is_read_as_the_look_at_the_file_names_it():
    rows = [
        ["DAFTAR PENERIMA"],
        ["No", "Penerima", None, "Alamat", None],
        [None, "NIK", "Nama", "RT", "RW"],
        [1, make.HEAD_NIK, "PAK CONTOH", "12", "3"],
    ]
    xml_rows = "".join(
        f'<row r="{n}">'
        + "".join(
            f'<c r="{"ABCDE"[at]}{n}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for at, cell in enumerate(row)
            if cell is not None
        )
        + "</row>"
        for n, row in enumerate(rows, 1)
    )
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in ("A2:A3", "B2:C2", "D2:E2"))
    data = make.with_sheet_xml(
        f"<worksheet><sheetData>{xml_rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>"
    )
    [sheet] = probe(data, name="d.xlsx", header_rows={"Lembar1": (3, 2)})
    assert sheet.headers == ["No", "Penerima NIK", "Penerima Nama", "Alamat RT", "Alamat RW"]
    columns = {"Penerima NIK": "nik", "Penerima Nama": "name", "Alamat RT": "rt"}
    found = content(rows, columns | {"No": "", "Alamat RW": "rw"}, data=data)
    assert (found.rows[0].row_number, found.rows[0].area.key) == (4, "-/003/012")
    assert found.notes == []


def test_totals_and_a_repeated_header_are_passed_over_with_a_warning():
    rows = [
        ["NIK", "Nama", "Desil", "RT"],
        [make.HEAD_NIK, "PAK CONTOH", 2, "012"],
        ["NIK", "Nama", "Desil", "RT"],
        [make.WIFE_NIK, "BU CONTOH", 2, "012"],
        ["JUMLAH", None, 2, None],
    ]
    columns = {"NIK": "nik", "Nama": "name", "Desil": "decile", "RT": "rt"}
    found = content(rows, columns, DTSEN)
    assert [row.row_number for row in found.rows] == [2, 4]
    assert [(note.row, note.code) for note in found.notes] == [(3, "header_row"), (5, "total_row")]


# --- the first look ----------------------------------------------------------------------------


def test_the_first_look_finds_the_header_under_titles_and_hides_numbers():
    rows = [
        ["DAFTAR PENERIMA BANTUAN"],
        ["Tahun 2026"],
        [],
        ["No.", "N I K", "Nama KPM", "Desil"],
        [1, make.HEAD_NIK, "PAK CONTOH", 2],
        [2, make.WIFE_NIK, "BU CONTOH", 3],
    ]
    [sheet] = probe(make.xlsx(rows), name="d.xlsx")
    assert (sheet.header_row, sheet.header_span, sheet.rows) == (4, 1, 2)
    assert sheet.headers == ["No.", "N I K", "Nama KPM", "Desil"]
    assert sheet.columns[1].samples == ("3471…",)
    assert make.HEAD_NIK not in repr(sheet)
    assert sheet.columns[2].samples == ("PAK CONTOH", "BU CONTOH")


def test_the_signature_is_that_of_the_headers_in_their_order():
    assert (
        signature(["NIK", "Nama"]) == signature(["nik", " NAMA "]) == signature(["Nik", "nama", ""])
    )
    assert signature(["NIK", "Nama"]) != signature(["Nama", "NIK"])
    assert len(signature(["NIK"])) == 32


# --- suggestions -------------------------------------------------------------------------------


def suggested(rows: list[list[object]]) -> dict[str, str]:
    [sheet] = probe(make.xlsx(rows), name="d.xlsx")
    found = suggest(sheet)
    return {
        column.header: found[column.place].field
        for column in sheet.columns
        if column.place in found
    }


def test_usual_headers_and_those_nearly_so_are_suggested():
    header = ["NIK KPM", "Nama Penerima", "Tgl. Lahir", "Jenis Kelaminn", "Nominal", "Warna"]
    assert suggested([header, ["x"] * 6]) == {
        "NIK KPM": "nik",
        "Nama Penerima": "name",
        "Tgl. Lahir": "birth_date",
        "Jenis Kelaminn": "sex",
        "Nominal": "aid_amount_idr",
    }


def test_cells_tell_what_a_header_does_not():
    people = [
        (make.HEAD_NIK, make.KK, "L", "Kepala Keluarga", "20/05/1970", "ISLAM"),
        (make.WIFE_NIK, make.KK, "P", "Istri", "01/03/1972", "ISLAM"),
        (make.CHILD_NIK, make.KK, "L", "Anak", "17/08/1999", "KATOLIK"),
    ]
    found = suggested([["k1", "k2", "k3", "k4", "k5", "k6"], *map(list, people * 2)])
    assert found == {
        "k1": "nik",
        "k2": "kk_number",
        "k3": "sex",
        "k4": "relation",
        "k5": "birth_date",
        "k6": "religion",
    }


def test_sixteen_digits_alone_are_neither_nik_nor_kk():
    men = [[f"347104{day:02d}05700000"] for day in range(1, 9)]
    assert suggested([["nomor", "x"], *[[*row, "y"] for row in men]]) == {}


def test_no_field_is_suggested_twice_and_numbers_are_no_sign():
    assert suggested([["Nama", "Nama Lengkap", "angka"], ["A", "B", 1], ["C", "D", 2]]) == {
        "Nama": "name"
    }


def test_a_header_with_the_word_desil_over_deciles_is_one():
    header = "Desil Kesejahteraan Nasional"
    assert suggested([["NIK", header], ["x", 2], ["y", 3], ["z", 4]])[header] == "decile"
    assert suggested([["NIK", header], ["x", "miskin"], ["y", "rentan"]]) == {"NIK": "nik"}


def test_every_field_has_a_label_and_a_group():
    assert all(field.label and field.group and field.kind for field in FIELDS)
    assert len({field.name for field in FIELDS}) == len(FIELDS)


def test_a_sheet_can_be_skipped_by_its_name():
    rows = [["NIK", "Nama"], [make.HEAD_NIK, "PAK CONTOH"]]
    data = make.xlsx(rows, rows, names=["Data", "Arsip 2025"])
    layout = mapped_layout(
        {"NIK": "nik", "Nama": "name"}, {}, purpose="known", skipped_sheets=["Arsip 2025"]
    )
    found = read_content(data, name="d.xlsx", demo=True, today=TODAY, layout=layout)
    assert ([row.sheet for row in found.rows], found.notes) == (["Data"], [])


def test_signatures_below_the_table_are_passed_over_with_a_warning():
    rows = [
        ["No", "NIK", "Nama", "RT"],
        [1, make.HEAD_NIK, "PAK CONTOH", "012"],
        [None, None, None, "Mengetahui"],
        [None, None, None, "Lurah"],
        [2, None, "BU CONTOH", None],
    ]
    found = content(rows, {"No": "", "NIK": "nik", "Nama": "name", "RT": "rt"})
    assert [row.row_number for row in found.rows] == [2, 5]
    assert [(note.row, note.code, note.level) for note in found.notes] == [
        (3, "nobody_row", "warning"),
        (4, "nobody_row", "warning"),
    ]
    assert errors(found) == [(5, "required")]
