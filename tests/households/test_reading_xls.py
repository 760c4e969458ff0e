"""Old workbooks (.xls): read as they lie, bounded, and told from what only looks like one."""

import io
from datetime import date

import pytest
import xlwt

from households.imports.extent_biff import workbook_stream
from households.imports.ole import Container, DamagedContainer
from households.imports.reading import FORMULA_ERROR, read_file
from tests.households import workbooks as make
from tests.households.test_reading import TABLE, refusal, rows_of

FIRST_RECORD = 512 + 4 + 16


def saved(book: xlwt.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_an_old_workbook_gives_the_same_rows_as_a_new_one():
    rows = [*TABLE, ["RENÉ, S.Pd.", date(1970, 5, 20), 3.5, 7]]
    assert rows_of(make.xls(rows), "d.xls") == rows_of(make.xlsx(rows))
    [one, two] = read_file(make.xls(TABLE, TABLE, names=["Satu", "Dua Ē"]), name="d.xls")
    assert (one.name, two.name, two.rows) == ("Satu", "Dua Ē", TABLE)


def test_an_old_workbook_under_another_name_is_read_by_what_it_is():
    assert rows_of(make.xls(TABLE), "d.xlsx") == TABLE


def test_a_long_number_in_an_old_workbook_stays_the_damaged_float_it_is():
    assert rows_of(make.xls([["no_kk"], [3471040101150001.0]]), "d.xls")[1] == [3471040101150001.0]


def test_an_old_workbook_behind_a_password_is_refused_as_such():
    data = bytearray(make.xls(TABLE))
    data[FIRST_RECORD : FIRST_RECORD + 2] = (0x2F).to_bytes(2, "little")
    assert refusal(bytes(data), "d.xls").code == "password"


def test_a_far_column_of_an_old_workbook_is_refused(monkeypatch):
    monkeypatch.setattr("households.imports.extent.MAX_COLUMNS", 200)
    book = xlwt.Workbook()
    book.add_sheet("A").write(0, 255, "jauh")
    assert refusal(saved(book), "d.xls").code == "too_large"


def test_a_formula_error_of_an_old_workbook_is_marked():
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    sheet.write(0, 0, "nama")
    sheet.row(1).set_cell_error(0, 0x2A)
    sheet.write(1, 1, "x")
    assert rows_of(saved(book), "d.xls")[1] == [FORMULA_ERROR, "x"]


@pytest.mark.parametrize("keep", [600, 1024, 3000])
def test_a_cut_old_workbook_is_damaged(keep):
    data = make.xls([["nama"], *([f"PAK {n}"] for n in range(900))])
    assert refusal(data[:keep], "d.xls").code in {"damaged", "reader_died"}


def test_chains_that_run_in_a_circle_end():
    data = bytearray(make.xls(TABLE))
    container = Container(bytes(data))
    table_at = (int.from_bytes(data[76:80], "little") + 1) * 512
    start = container.entries["Workbook"][0]
    data[table_at + 4 * start : table_at + 4 * start + 4] = start.to_bytes(4, "little")
    with pytest.raises(DamagedContainer):
        workbook_stream(Container(bytes(data)))
    assert refusal(bytes(data), "d.xls").code == "damaged"
