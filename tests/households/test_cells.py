import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from households import codes
from households.imports import cells
from households.imports.dates import parse_date
from households.imports.findings import CellError, hint

TODAY = date(2026, 11, 24)
BORN = date(1970, 5, 20)


def code_of(parse, *args, **kwargs) -> str:
    with pytest.raises(CellError) as caught:
        parse(*args, **kwargs)
    assert caught.value.message
    return caught.value.code


@pytest.mark.parametrize(
    "written",
    [
        "20/05/1970",
        "20-05-1970",
        "20.05.1970",
        "20 05 1970",
        "20/5/1970",
        "1970-05-20",
        "1970/05/20",
        "1970-05-20 00:00:00",
        "20 Mei 1970",
        "20 MEI 1970",
        "20-Mei-1970",
        "'1970-05-20",
        " 20 / 05 / 1970 ",
        BORN,
        25708,
        25708.0,
        "25708",
    ],
)
def test_a_date_is_read_in_every_way_offices_write_it(written):
    assert parse_date(written) == BORN


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3/4/1970", date(1970, 4, 3)),
        ("17 Agt 1990", date(1990, 8, 17)),
        ("17 agustus 1990", date(1990, 8, 17)),
        ("1 Pebruari 1980", date(1980, 2, 1)),
        ("10 Nop 1980", date(1980, 11, 10)),
        ("29/02/2000", date(2000, 2, 29)),
    ],
)
def test_the_day_always_comes_before_the_month(written, expected):
    assert parse_date(written) == expected


@pytest.mark.parametrize("blank", [None, "", " ", "-", "0000-00-00", "00/00/0000"])
def test_no_date_is_none(blank):
    assert parse_date(blank) is None


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("31/02/1970", "date_impossible"),
        ("05/20/1970", "date_impossible"),
        ("29/02/1999", "date_impossible"),
        ("20/05/70", "date_two_digit_year"),
        ("20 Mei 70", "date_two_digit_year"),
        ("20/05/1870", "date_too_old"),
        ("25/11/2026", "date_future"),
        ("1970", "date_year_only"),
        (1970, "date_year_only"),
        (1970.0, "date_year_only"),
        (20051970, "date_unreadable"),
        (12, "date_unreadable"),
        ("Mei 1970", "date_unreadable"),
        ("20 Mai 1970", "date_unreadable"),
        ("kemarin", "date_unreadable"),
        (True, "date_unreadable"),
    ],
)
def test_what_is_no_certain_date_is_refused(written, code):
    assert code_of(parse_date, written, not_after=TODAY) == code


@settings(deadline=None)
@given(st.dates(date(1900, 3, 1), date(2026, 11, 24)))
def test_a_date_survives_every_spelling(day):
    for spelling in ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %B %Y"):
        assert parse_date(day.strftime(spelling)) == day


@settings(deadline=None)
@given(st.one_of(st.text(), st.floats(allow_nan=False), st.integers()))
def test_any_value_gives_a_date_or_a_refusal(value):
    with contextlib.suppress(CellError):
        parse_date(value, not_after=TODAY)


@pytest.mark.parametrize(
    "number",
    [
        3471042005700000,
        3471042005700000.0,
        3471042005700001,
        9.2e15,
        "3,47104E+15",
        "3.47104E+15",
        "3.47104200570000E+15",
        "3471042005700001.0",
        "3471042005700001,0",
        34710420.5,
    ],
)
def test_a_number_that_lost_its_end_is_refused_and_never_rounded(number):
    assert code_of(cells.parse_identifier, number, kind="nik", demo=True) == "number_lost_digits"


@pytest.mark.parametrize("blank", [None, "", "-", "0", 0, 0.0, "'", "0000000000000000"])
def test_an_empty_nik_or_a_zero_is_no_nik(blank):
    assert cells.parse_identifier(blank, kind="nik", demo=False) == ""


def test_a_nik_as_text_is_taken_with_its_decoration():
    for written in ("'3471042005700000", "34.7104.200570.0000", "3471 0420 0570 0000"):
        assert cells.parse_identifier(written, kind="nik", demo=True) == "3471042005700000"
    assert code_of(cells.parse_identifier, "347104", kind="kk", demo=True) == "not_16_digits"
    assert code_of(cells.parse_identifier, 347104.0, kind="kk", demo=True) == "not_16_digits"
    assert code_of(cells.parse_identifier, BORN, kind="kk", demo=True) == "not_digits"


def test_text_loses_control_characters_and_runs_of_blanks_only():
    assert (
        cells.parse_text(" Jl.\u00a0Juminahan\t 12\x00\u202e ", max_length=50) == "Jl. Juminahan 12"
    )
    assert cells.parse_text("-", max_length=50) == ""
    assert cells.parse_text(12.0, max_length=50) == "12"
    assert code_of(cells.parse_text, "x" * 51, max_length=50) == "too_long"
    assert code_of(cells.parse_text, 3.47e15, max_length=50) == "number_lost_digits"
    assert code_of(cells.parse_text, "#REF!", max_length=50) == "formula_error"


@pytest.mark.parametrize(
    "name", ["SITI", "H. Ali, S.Pd.", "O", "D'Arcy", "Nur-Aini", "Żofia (Oma)"]
)
def test_names_are_kept_as_written(name):
    assert cells.parse_name(name, max_length=100) == name


@pytest.mark.parametrize("name", ["3471042005700000", "BUDI 2", "=1+1", "@siti", "<b>", "."])
def test_what_is_no_name_is_refused(name):
    assert code_of(cells.parse_name, name, max_length=100) == "not_a_name"


def test_codes_come_as_numbers_or_words_of_any_cell_type():
    for cell in (1, 1.0, "1", "01", "L", "laki-laki"):
        assert cells.parse_code_cell(cell, codes.Sex) == 1
    assert cells.parse_code_cell("-", codes.Sex) is None
    assert code_of(cells.parse_code_cell, "?", codes.Sex) == "unknown_code"
    assert code_of(cells.parse_code_cell, 1.5, codes.Sex) == "unknown_code"


def test_a_coordinate_has_comma_or_point_and_a_range():
    assert cells.parse_decimal("-7,7956", low=-90, high=90) == Decimal("-7.7956")
    assert cells.parse_decimal(110.3695, low=-180, high=180) == Decimal("110.3695")
    assert cells.parse_decimal("", low=-90, high=90) is None
    assert code_of(cells.parse_decimal, "110.36", low=-90, high=90) == "out_of_range"
    for wrong in ("abc", "1e400", "nan", "7.7.7", True):
        assert code_of(cells.parse_decimal, wrong, low=-90, high=90) == "not_a_number"


@pytest.mark.parametrize("rt", ["004", "4", 4, 4.0, "RT 04", "rt.4", "'004", "RT004"])
def test_an_rt_has_one_spelling(rt):
    assert cells.parse_area("Dusun Mangsit", "-", rt) == ("MANGSIT", "", "004")


def test_an_area_that_is_no_number_stays_to_be_asked_for():
    assert cells.parse_area("SENGGIGI", "-", "002").key == "SENGGIGI/-/002"
    assert cells.parse_area("", "", "4A").key == "-/-/4A"
    assert cells.parse_area(None, "0", "000").key == "-/-/-"


@pytest.mark.parametrize(
    "value", ["3471042005700000", "'34.7104.200570.0000", 3471042005700000.0, "NIK 347104200570000"]
)
def test_a_hint_never_gives_a_number_away(value):
    assert "2005" not in hint(value)
    assert "3471…" in hint(value)


def test_a_hint_keeps_what_helps():
    assert hint("31/02/1970") == "31/02/1970"
    assert len(hint("x" * 300)) == 40
