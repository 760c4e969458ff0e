"""Files made to harm, or harmed on the way: a clear refusal, bounded memory, a living worker."""

import io
import zipfile

import pytest

from households.imports import child, extent, reading
from households.imports.reading import FORMULA_ERROR, read_file
from tests.households import workbooks as make
from tests.households.test_reading import TABLE, refusal, rows_of


def sheet_of(*rows: str) -> bytes:
    return make.with_sheet_xml(f"<worksheet><sheetData>{''.join(rows)}</sheetData></worksheet>")


def test_two_hundred_columns_are_read_and_more_than_three_hundred_are_not():
    wide = [[f"kolom {n}" for n in range(200)], ["x"] * 200]
    assert rows_of(make.xlsx(wide)) == wide
    assert refusal(make.xlsx([["x"] * 301])).code == "too_large"


def test_cells_that_only_have_a_format_are_no_far_cells():
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    one = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    assert rows_of(sheet_of(one, far)) == [["x"]]


def test_many_empty_rows_are_passed_over():
    empty = "".join(f'<row r="{n}" ht="15"/>' for n in range(1, 5_000))
    one = '<row r="5000"><c r="A5000" t="inlineStr"><is><t>x</t></is></c></row>'
    assert len(rows_of(sheet_of(empty, one))) == 5_000
    assert rows_of(make.ods(TABLE), "d.ods") == TABLE  # ends with a million empty rows


def test_a_line_of_a_million_commas_is_refused():
    assert refusal(b"," * 1_000_000 + b"x\n", "d.csv").code == "too_large"


def test_a_cell_that_is_too_long_is_told_from_a_quotation_mark_that_is_not_closed():
    long = b"nama;nik\n" + b"x" * 40_000 + b";1\n"
    assert refusal(long, "d.csv").code == "cell_too_long"
    assert "767" in refusal(long, "d.csv").message
    assert refusal(b'nama;nik\n"PAK;1\nBU;2\n', "d.csv").code == "csv_quotes"


def test_more_cells_or_text_than_the_parent_should_hold_are_refused(monkeypatch):
    monkeypatch.setattr(child.sys, "stdout", io.StringIO())
    monkeypatch.setattr(child, "MAX_CELLS", 10)
    with pytest.raises(child.Refused, match="too_much"):
        child.write([("A", [["x"] * 4] * 3, [])])
    monkeypatch.setattr(child, "MAX_CELLS", 1_000)
    monkeypatch.setattr(child, "MAX_OUTPUT", 100)
    with pytest.raises(child.Refused, match="too_much"):
        child.write([("A", [["x" * 60]] * 3, [])])


def test_what_the_child_refuses_as_too_much_is_told(tmp_path, monkeypatch):
    script = tmp_path / "child.py"
    script.write_text('import sys; print(\'{"error": "too_much", "detail": null}\'); sys.exit(3)')
    monkeypatch.setattr(reading, "CHILD", script)
    assert refusal(make.xlsx(TABLE)).code == "too_much"


def test_a_huge_table_of_shared_texts_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(reading, "ChildProcess", lambda *_: pytest.fail("parsed"))
    monkeypatch.setattr(extent, "MAX_RATIO", 100)
    shared = "<sst>" + f"<si><t>{'x' * 1_000}</t></si>" * 30_000 + "</sst>"
    target = io.BytesIO(make.xlsx(TABLE))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/extra.xml", shared)
    assert refusal(target.getvalue()).code == "unzips_too_large"


def test_a_part_that_stands_in_the_archive_twice_is_refused():
    target = io.BytesIO(make.xlsx(TABLE))
    with zipfile.ZipFile(target, "a") as book, pytest.warns(UserWarning, match="Duplicate"):
        book.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    assert refusal(target.getvalue()).code == "damaged"


def test_entries_that_overlap_are_refused():
    data = bytearray(
        make.archive({"xl/workbook.xml": "<workbook/>", "xl/a.xml": "<a/>", "xl/b.xml": "<b/>"})
    )
    second = data.rindex(b"xl/b.xml") - 46
    data[second + 42 : second + 46] = (0).to_bytes(4, "little")
    assert refusal(bytes(data)).code == "damaged"


def test_a_zip_in_a_zip_stays_closed():
    inner = make.with_sheet_xml(f"<worksheet><sheetData/></worksheet><!--{' ' * 10_000_000}-->")
    target = io.BytesIO(make.xlsx(TABLE))
    with zipfile.ZipFile(target, "a") as book:
        book.writestr("xl/embeddings/inner.xlsx", inner)
    assert rows_of(target.getvalue()) == TABLE


def test_deeply_nested_elements_are_no_harm():
    deep = "<a>" * 100_000 + "</a>" * 100_000
    data = make.with_sheet_xml(f"<worksheet><sheetData/>{deep}</worksheet>")
    assert refusal(data).code in {"empty", "damaged", "reader_died"}
    assert rows_of(make.xlsx(TABLE)) == TABLE


def test_a_formula_is_read_by_its_stored_value_and_never_calculated():
    formula = '<c r="A1" t="str"><f>HYPERLINK("http://x.invalid","klik")</f><v>klik</v></c>'
    dde = '<c r="B1" t="str"><f>cmd|\'/c calc\'!A1</f><v>aman</v></c>'
    number = '<c r="C1"><f>1+1</f><v>2</v></c>'
    assert rows_of(sheet_of(f'<row r="1">{formula}{dde}{number}</row>')) == [["klik", "aman", 2.0]]
    never = '<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><v>1</v></c></row>'
    assert rows_of(sheet_of(never)) == [[FORMULA_ERROR, 1.0]]


def test_external_links_are_left_alone():
    target = io.BytesIO(make.xlsx(TABLE))
    with zipfile.ZipFile(target, "a") as book:
        book.writestr(
            "xl/externalLinks/externalLink1.xml",
            '<externalLink><externalBook id="rId1"/></externalLink>',
        )
    assert rows_of(target.getvalue()) == TABLE


def test_a_workbook_with_macros_is_read_like_any_other():
    target = io.BytesIO(make.xlsx(TABLE))
    with zipfile.ZipFile(target, "a") as book:
        book.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0macro")
    assert rows_of(target.getvalue(), "d.xlsm") == TABLE


def test_entities_are_refused_in_every_part_and_in_an_ods():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    shared = make.archive(
        {"xl/workbook.xml": "<workbook/>", "xl/sharedStrings.xml": f"{bomb}<sst>&b;</sst>"}
    )
    assert refusal(shared).code == "doctype"
    ods = make.archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"{bomb}<office:document-content/>",
        }
    )
    assert refusal(ods, "d.ods").code == "doctype"


def test_null_bytes_in_a_text_table_are_refused():
    assert refusal(b"nama;nik\nPAK\x00 CONTOH;1\n", "d.csv").code == "not_text"


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_workbook_cut_anywhere_is_damaged(share):
    data = make.xlsx(make.grid([make.person()] * 50))
    assert refusal(data[: int(len(data) * share)]).code == "damaged"


def test_the_worker_reads_the_next_file_after_each_refusal():
    for data in (b"", b"PK\x03\x04", b"\x89PNG", make.xlsx([["x"] * 301])):
        refusal(data)
    assert read_file(make.xlsx(TABLE), name="d.xlsx")[0].rows == TABLE


# --- merged cells ------------------------------------------------------------------------------


def merged(*ranges: str, rows: str) -> bytes:
    cells = "".join(f'<mergeCell ref="{one}"/>' for one in ranges)
    return make.with_sheet_xml(
        f"<worksheet><sheetData>{rows}</sheetData><mergeCells>{cells}</mergeCells></worksheet>"
    )


def cell(reference: str, value: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


def test_a_value_merged_over_rows_holds_for_each_row_that_says_anything():
    rows = (
        f'<row r="1">{cell("A1", "no_kk")}{cell("B1", "nama")}</row>'
        f'<row r="2">{cell("A2", "3471")}{cell("B2", "PAK")}</row>'
        f'<row r="3">{cell("B3", "BU")}</row><row r="4"/>'
    )
    found = rows_of(merged("A2:A4", rows=rows))
    assert found == [["no_kk", "nama"], ["3471", "PAK"], ["3471", "BU"]]


def test_a_value_merged_over_columns_is_no_value_of_the_next_column():
    rows = f'<row r="1">{cell("A1", "PAK CONTOH")}{cell("C1", "x")}</row>'
    [sheet] = read_file(merged("A1:B1", rows=rows), name="d.xlsx")
    assert sheet.rows == [["PAK CONTOH", None, "x"]]
    assert sheet.merged == [(0, 0, 0, 1)]


def test_merges_beyond_all_measure_are_refused(monkeypatch):
    monkeypatch.setattr(child, "MAX_COPIES", 5)
    with pytest.raises(child.Refused, match="damaged"):
        child.spread([["x"]] + [["", "y"]] * 10, [((0, 0), (10, 0))])
