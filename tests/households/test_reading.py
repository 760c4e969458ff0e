import subprocess
import sys
from datetime import date

import pytest

from households.imports import child_process, extent, reading
from households.imports.reading import FORMULA_ERROR, read_file
from households.imports.unreadable import UnreadableFile
from tests.households import workbooks as make

TABLE = [["nama", "nik"], ["PAK CONTOH", make.HEAD_NIK], ["BU CONTOH", make.WIFE_NIK]]


def refusal(data: bytes, name: str = "daftar.xlsx") -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read_file(data, name=name)
    assert caught.value.message
    return caught.value


def rows_of(data: bytes, name: str = "daftar.xlsx") -> list:
    return read_file(data, name=name)[0].rows


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_text_table_is_read_whatever_parts_it_and_however_it_is_encoded(delimiter, encoding):
    rows = [*TABLE, ["RENÉ, S.Pd.", "Jl. Apa; No. 1"]]
    assert rows_of(make.text(rows, delimiter=delimiter, encoding=encoding), "d.csv") == rows


def test_xlsx_ods_and_csv_give_the_same_rows():
    assert (
        rows_of(make.xlsx(TABLE))
        == rows_of(make.ods(TABLE), "d.ods")
        == rows_of(make.text(TABLE), "d.csv")
        == TABLE
    )


def test_the_content_decides_and_not_the_name():
    assert rows_of(make.xlsx(TABLE), "daftar.csv") == TABLE


def test_types_are_kept_so_that_a_damaged_number_shows():
    sheet = [["teks", 3471042005700001, 1.5, date(1970, 5, 20), True, None, "x"]]
    assert rows_of(make.xlsx(sheet)) == [
        ["teks", 3471042005700001.0, 1.5, date(1970, 5, 20), True, None, "x"]
    ]
    assert isinstance(rows_of(make.xlsx(sheet))[0][1], float)
    assert rows_of(make.ods([[3471042005700001]]), "d.ods") == [[3471042005700001.0]]


def test_row_numbers_and_columns_are_those_that_the_program_shows():
    rows = rows_of(make.xlsx([[], [], [None, None, "mulai"], [None, None, "isi"]]))
    assert rows == [[], [], [None, None, "mulai"], [None, None, "isi"]]


def test_hidden_sheets_are_read_too():
    data = make.xlsx(TABLE, TABLE, names=["Satu", "Dua"], hidden="Dua")
    assert [sheet.name for sheet in read_file(data, name="d.xlsx")] == ["Satu", "Dua"]


def test_a_formula_error_or_a_formula_never_calculated_is_marked():
    data = make.with_sheet_xml(
        '<worksheet><sheetData><row r="2"><c r="A2" t="e"><v>#REF!</v></c>'
        '<c r="B2"><f>A1</f></c><c r="C2"><f>1+1</f><v>2</v></c></row></sheetData></worksheet>'
    )
    assert rows_of(data) == [[], [FORMULA_ERROR, FORMULA_ERROR, 2.0]]


def test_a_quoted_value_may_hold_the_delimiter_a_quote_and_a_line_end():
    data = b'nama;alamat\n"CONTOH; ""A""";"baris satu\nbaris dua"\nB;C\n'
    assert rows_of(data, "d.csv")[1:] == [['CONTOH; "A"', "baris satu\nbaris dua"], ["B", "C"]]


def test_excels_own_hint_about_the_delimiter_is_followed():
    assert rows_of(b"sep=;\nnama;alamat, kota\nA;B\n", "d.csv") == [
        [],
        ["nama", "alamat, kota"],
        ["A", "B"],
    ]


def test_a_quote_never_closed_is_refused_and_names_the_line():
    refused = refusal(b'nama;alamat\n"A;B\nC;D\nE;F\n', "d.csv")
    assert refused.code == "csv_quotes"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "d.xlsx", "empty"),
        (b"\n\n ", "d.csv", "empty"),
        (b";;;\n;;;\n", "d.csv", "empty"),
        (b"\x89PNG\r\n\x1a\n0000", "d.xlsx", "not_a_table"),
        (b"\xff\xd8\xff\xe0abc", "d.xlsx", "not_a_table"),
        (b"%PDF-1.7", "d.xls", "not_a_table"),
        (b"<html><table><tr><td>nama</td></tr></table></html>", "d.xls", "markup"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "d.xls", "markup"),
        (b"nama\tnik\nA\t1\n", "d.xls", "text_as_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "d.xls", "damaged"),
        (make.renamed_stream(make.xls(TABLE), "EncryptedPackage"), "d.xlsx", "password"),
        (make.renamed_stream(make.xls(TABLE), "WordDocument"), "d.xls", "not_a_workbook"),
        (b"PK\x03\x04 cut off", "d.xlsx", "damaged"),
        (b"a;b\n\x00\x01\x02;c\n", "d.csv", "not_text"),
        (b"a;b\n\x81\x8d;c\n", "d.csv", "not_text"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_what_it_is(data, name, code):
    assert refusal(data, name).code == code


def test_a_zip_of_something_else_and_a_cut_workbook_are_refused():
    assert refusal(make.archive({"word/document.xml": "<a/>"})).code == "not_a_workbook"
    assert refusal(make.xlsx(TABLE)[:-200]).code == "damaged"
    # Binary workbooks: nothing tells which of their cells hold an error, so they are not read.
    assert refusal(make.archive({"xl/workbook.bin": "x"}), "d.xlsb").code == "binary_workbook"
    broken = bytearray(make.xlsx(TABLE))
    inside = broken.index(b"xl/worksheets/sheet1.xml") + 60
    broken[inside : inside + 40] = b"\xff" * 40
    assert refusal(bytes(broken)).code == "damaged"


def test_an_ods_with_a_password_is_refused_as_such():
    locked = make.archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": "\x00",
            "META-INF/manifest.xml": "<m><manifest:encryption-data/></m>",
        }
    )
    assert refusal(locked, "d.ods").code == "password"


@pytest.mark.parametrize("reference", ["A200001", "KO1", "XFD1048576"])
def test_one_far_cell_is_refused(reference):
    row = "".join(filter(str.isdigit, reference))
    data = make.with_sheet_xml(
        f'<worksheet><sheetData><row r="{row}"><c r="{reference}"><v>1</v></c></row>'
        "</sheetData></worksheet>"
    )
    assert len(data) < 5_000
    assert refusal(data).code == "too_large"


def test_a_far_sheet_hidden_under_another_path_is_found_too():
    data = make.archive(
        {
            "xl/workbook.xml": "<workbook/>",
            "xl/elsewhere.xml": '<worksheet><row r="900000"><c r="A900000"><v>1</v></c></row>'
            "</worksheet>",
        }
    )
    assert refusal(data).code == "too_large"


@pytest.mark.parametrize("data", [b"x;y\n" * 200_001, b"a;" * 301 + b"\n"])
def test_a_text_table_past_the_limits_is_refused(data):
    assert refusal(data, "d.csv").code == "too_large"


def test_far_cells_of_an_ods_are_found_through_its_repeats():
    filled = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    many_rows = f'<table:table-row table:number-rows-repeated="900000">{filled}</table:table-row>'
    wide = filled.replace("cell ", 'cell table:number-columns-repeated="5000" ', 1)
    far = (
        '<table:table-row table:number-rows-repeated="900000"><table:table-cell/></table:table-row>'
        f"<table:table-row>{filled}</table:table-row>"
    )
    for extra in (many_rows, f"<table:table-row>{wide}</table:table-row>", far):
        assert refusal(make.ods(TABLE, extra=extra), "d.ods").code == "too_large"


def test_a_document_type_declaration_is_refused():
    data = make.with_sheet_xml(
        '<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet><sheetData/></worksheet>'
    )
    assert refusal(data).code == "doctype"


def test_what_unpacks_too_large_is_refused(monkeypatch):
    bomb = make.with_sheet_xml(f"<worksheet><sheetData/></worksheet><!--{' ' * 30_000_000}-->")
    assert len(bomb) < 100_000
    assert refusal(bomb).code == "unzips_too_large"
    monkeypatch.setattr(extent, "MAX_UNZIPPED", 100)
    assert refusal(make.xlsx(TABLE)).code == "unzips_too_large"


@pytest.mark.parametrize(
    "script", ["import os; os.abort()", "raise MemoryError", "import sys; sys.exit(9)"]
)
def test_a_dead_child_is_an_unreadable_file_and_never_a_dead_worker(script, tmp_path, monkeypatch):
    child = tmp_path / "child.py"
    child.write_text(script)
    monkeypatch.setattr(reading, "CHILD", child)
    assert refusal(make.xlsx(TABLE)).code == "reader_died"


def test_a_child_that_never_ends_is_stopped(tmp_path, monkeypatch):
    child = tmp_path / "child.py"
    child.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(reading, "CHILD", child)
    monkeypatch.setattr(child_process, "SECONDS", 0.3)
    assert refusal(make.xlsx(TABLE)).code == "reader_timeout"


def test_the_child_lives_under_a_memory_limit_and_leaves_no_core_file():
    probe = (
        f"import runpy, resource as r; runpy.run_path({str(reading.CHILD)!r})['limit']();"
        "print(r.getrlimit(r.RLIMIT_AS)[0], r.getrlimit(r.RLIMIT_CORE)[0])"
    )
    said = subprocess.run([sys.executable, "-I", "-c", probe], capture_output=True, check=True)
    assert said.stdout.split() == [str(2**30).encode(), b"0"]


def test_the_child_inherits_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "rahasia")
    child = tmp_path / "child.py"
    child.write_text(
        "import json, os; print(json.dumps({'sheet': 'A'})); print(json.dumps([list(os.environ)]))"
    )
    monkeypatch.setattr(reading, "CHILD", child)
    assert "SECRET_KEY" not in rows_of(make.text([*TABLE, ["x"]]), "d.csv")[0]


def test_a_workbook_inside_the_limits_that_asks_for_gigabytes_kills_the_child_only():
    data = make.with_sheet_xml(
        '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="199999">'
        '<c r="KN199999"><v>1</v></c></row></sheetData></worksheet>'
    )
    assert refusal(data).code == "reader_died"
