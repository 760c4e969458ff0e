"""The quick look at a sheet never calls harmless what the slow way would refuse or mark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.imports import extent
from households.imports.extent_scan import is_harmless
from households.imports.unreadable import UnreadableFile
from tests.households import workbooks as make

USUAL = '<row r="1"><c r="A1" s="1"><v>1</v></c><c r="KM199999"><v>2</v></c></row>'


def sheet(rows: str) -> bytes:
    body = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode()


def test_a_sheet_as_every_program_writes_it_is_harmless_in_pieces_of_any_size():
    data = sheet(USUAL * 50)
    for size in (7, 64, 1_000, len(data)):
        assert is_harmless(data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="KO1"><v>1</v></c></row>',
        '<row r="1"><c r="AAA1"><v>1</v></c></row>',
        '<row r="1"><c r="A200000"><v>1</v></c></row>',
        '<row r="1000000"/>',
        '<row><c r="A1"/></row>',
        '<row r="1"><c><v>1</v></c></row>',
        '<row r="1"><c/></row>',
        '<row r="1"><c s="1" r="A1"/></row>',
        '<row r="1"><c  r="A1"/></row>',
        "<row r='1'><c r='A1'/></row>",
        '<row r="1"><c\nr="A1"/></row>',
        '<row r="1"><c r="&#65;1"/></row>',
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>',
        '<row r="1"><c r="A1"><f>1+1</f></c></row>',
        '<row r="1"><c r="A1"><f t="shared" si="0"/></c></row>',
        '<x:row r="1"><x:c r="A1"/></x:row>',
        "<!-- a -->",
        "<!DOCTYPE a>",
    ],
)
def test_anything_unusual_is_left_to_the_slow_way(rows):
    assert not is_harmless([sheet(rows)])


def test_other_encodings_are_left_to_the_slow_way():
    assert not is_harmless([sheet(USUAL).decode().encode("utf-16")])
    assert not is_harmless([sheet(USUAL).replace(b"UTF-8", b"ISO-8859-1")])


TAGS = st.sampled_from(
    [
        *('<row r="1">', "<row>", "</row>", '<c r="A1">', '<c r="KO9">', '<c r="A900000">'),
        *("<c>", '<c s="1" r="B2">', '<c r="C3" t="e">', "</c>", "<v>1</v>", "<f>1</f>", "<f/>"),
        *("<x:c>", "</x:c>", "<cols/>", "teks", "<!-- -->", "\n"),
    ]
)


@given(st.lists(TAGS, max_size=25), st.integers(1, 40))
def test_what_is_called_harmless_has_no_broken_or_far_cell(tags, size):
    data = sheet("".join(tags))
    if not is_harmless(data[at : at + size] for at in range(0, len(data), size)):
        return
    found = extent.Extent()
    parser = extent.expat.ParserCreate()
    extent.XlsxCells(found).attach(parser)
    try:
        parser.Parse(data, True)
    except extent.expat.ExpatError:
        return  # the parser of the workbook refuses it too
    except UnreadableFile as error:
        pytest.fail(error.code)
    assert found.broken == []


def test_a_formula_in_one_sheet_still_marks_its_broken_cells():
    rows = [["nama", "nik"], ["PAK CONTOH", make.HEAD_NIK]]
    assert extent.measure(make.xlsx(rows), kind="xlsx")["Sheet1"].broken == []
    never = make.with_sheet_xml(
        '<worksheet><sheetData><row r="1"><c r="B1"><f>1+1</f></c></row></sheetData></worksheet>'
    )
    assert extent.measure(never, kind="xlsx")["Lembar1"].broken == [(1, 2)]
