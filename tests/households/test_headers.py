"""Headers over two rows, and lists that are of another kind."""

from datetime import date

from households.imports.layout import letters
from households.imports.parsing import parse_rows
from tests.households import workbooks as make
from tests.households.test_layout import TODAY, match_of


def test_a_header_over_two_rows_is_joined_where_one_row_alone_says_less():
    columns = ["nama", "no_kk", "nik", "sex", "kk_level", "tanggallahir"]
    top = [*columns[:5], "Lahir", "Alamat", None]
    below = [None] * 5 + ["tanggal lahir", "RT", "RW"]
    row = ["PAK CONTOH", make.KK, make.HEAD_NIK, "1", "1", "20/05/1970", "12", "3"]
    match = match_of([["DAFTAR PENDUDUK"], top, below, row])
    assert (match.tables[0].header_row, match.findings) == (3, [])
    assert match.tables[0].header_of("birth_date") == "Lahir tanggal lahir"
    [found] = parse_rows(match, demo=True, today=TODAY)
    assert (found.row_number, found.area.key) == (4, "-/003/012")
    assert found.values["birth_date"] == date(1970, 5, 20)


def test_a_list_with_neither_kk_number_nor_relation_is_of_another_kind():
    header = ["NIK", "Nama", "Alamat", "RT", "RW", "Tgl lahir", "JK"]
    assert (
        match_of([header, [make.HEAD_NIK, "PAK CONTOH", "Jl.", "1", "2", "1/2/1990", "L"]]) is None
    )
    assert match_of([[*header, "No KK"], []]) is not None


def test_values_without_a_header_are_reported_by_the_column_letter():
    rows = make.grid([make.person()])
    rows[1] += [None, "x"]
    [finding] = match_of(rows).findings
    assert (finding.code, finding.column) == ("column_unnamed", "AS")
    assert [letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
