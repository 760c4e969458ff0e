"""Whatever kind of file it is, a cell is read as it lies there, or the row is refused."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from households import codes
from households.imports.layout import recognise
from households.imports.opensid import LAYOUT
from households.imports.parsing import parse_rows
from households.imports.reading import read_file
from tests.households import workbooks as make

TODAY = datetime.date(2026, 11, 24)
KINDS = {
    "xlsx": make.xlsx,
    "xls": make.xls,
    "ods": make.ods,
    "csv": make.text,
}
# Without what the makers of the files would take for a formula or an address.
WORDS = st.text(st.characters(categories=["L"], max_codepoint=0x24F) | st.just(" "), max_size=20)
TEXTS = WORDS.map(lambda text: " ".join(text.split()))
DATES = st.dates(datetime.date(1950, 1, 1), datetime.date(2026, 11, 1))
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9).map(lambda n: round(n, 3))
CELLS = st.one_of(TEXTS, DATES, NUMBERS, st.from_regex(r"0[0-9]{15}", fullmatch=True))


def as_it_lies(cell, kind):
    """What the reader gives: a text file only has texts."""
    if cell == "":
        return None
    return str(cell) if kind == "csv" else cell


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=5))
def test_each_cell_is_read_as_it_lies(kind, rows):
    table = [["satu", "dua", "tiga", "empat", "akhir"], *([*row, "x"] for row in rows)]
    [sheet] = read_file(KINDS[kind](table), name=f"d.{kind}")
    assert sheet.rows == [[as_it_lies(cell, kind) for cell in row] for row in table]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(
    name=TEXTS.filter(lambda text: len(text) > 1),
    born=DATES,
    religion=st.sampled_from(codes.Religion.values),
    work=st.sampled_from(codes.Work.values),
    serial=st.integers(1, 9999),
    as_text=st.booleans(),
)
def test_a_person_is_who_the_file_says_or_refused(
    kind, name, born, religion, work, serial, as_text
):
    nik = f"347104{born:%d%m%y}{serial:04d}"
    spelt = [f"{born:%d/%m/%Y}", str(religion), str(work)] if as_text else [born, religion, work]
    said = make.person(
        nama=name, nik=nik, tanggallahir=spelt[0], agama_id=spelt[1], pekerjaan_id=spelt[2]
    )
    data = KINDS[kind](
        [["" if cell is None else cell for cell in row] for row in make.grid([said])]
    )
    match = recognise(read_file(data, name=f"d.{kind}"), (LAYOUT,))
    [row] = parse_rows(match, demo=False, today=TODAY)
    expected = {
        "name": name, "nik": nik, "birth_date": born, "religion": religion, "work": work,
    }  # fmt: skip
    refused = {finding.field for finding in row.findings if finding.is_error}
    assert {field: row.values[field] for field in expected if field not in refused} == {
        field: value for field, value in expected.items() if field not in refused
    }
    assert not refused & {"birth_date", "religion", "work"}


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
@settings(max_examples=15, deadline=None)
@given(number=st.integers(10**15, 9 * 10**15))
def test_sixteen_digits_in_a_cell_of_numbers_are_refused_in_every_kind(kind, number):
    rows = make.grid([make.person()])
    place = make.HEADERS.index("nik")
    rows[1][place] = float(number)
    match = recognise(read_file(KINDS[kind](rows), name=f"d.{kind}"), (LAYOUT,))
    [row] = parse_rows(match, demo=True, today=TODAY)
    assert "number_lost_digits" in {f.code for f in row.findings if f.field == "nik"}
    assert row.values["nik"] in ("", None)


SPANNED = (
    '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    '<table:table-row><table:table-cell table:number-columns-spanned="2"'
    ' office:value-type="string"><text:p>Penerima</text:p></table:table-cell>'
    "<table:covered-table-cell/></table:table-row>"
    '<table:table-row><table:table-cell table:number-columns-repeated="2"/>'
    '<table:table-cell table:number-rows-spanned="3" office:value-type="string">'
    "<text:p>KK-1</text:p></table:table-cell>"
    '<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
    "</table:table-row>"
    '<table:table-row><table:table-cell table:number-columns-repeated="2"/>'
    '<table:covered-table-cell/><table:table-cell office:value-type="string">'
    "<text:p>b</text:p></table:table-cell></table:table-row>"
)


def test_merged_cells_of_a_libreoffice_sheet_hold_for_each_of_their_rows_as_in_excel():
    data = make.ods([["judul"]], extra=SPANNED)
    [sheet] = read_file(data, name="d.ods")
    assert sheet.rows[0] == ["judul"]
    assert sheet.rows[4] == [None, None, "KK-1", "a"]
    assert sheet.rows[5] == [None, None, "KK-1", "b"]
    # A row that holds nothing else stays empty, and a title is no value of the next column.
    assert sheet.rows[3] == ["Penerima"]
    assert len(sheet.rows) <= 7
    assert (3, 0, 3, 1) in sheet.merged
    assert (4, 2, 6, 2) in sheet.merged
