"""Numbers, money, deciles and periods: what is read is what the cell says, or it is refused."""

import contextlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.imports.amounts import (
    parse_decile,
    parse_integer,
    parse_measure,
    parse_period,
    parse_rupiah,
)
from households.imports.column_parsers import parser_for
from households.imports.dates import FIRST_YEAR, parse_date
from households.imports.findings import CellError
from households.imports.layout import Column
from tests.households.test_cells import TODAY, code_of

TEXTS = st.text(alphabet="0123456789.,- Rp'/", max_size=14)
AMOUNTS = st.integers(0, 10**13)


def thousands(amount: int, mark: str) -> str:
    return f"{amount:,}".replace(",", mark)


@given(AMOUNTS)
def test_an_amount_in_any_unmistakable_spelling_is_that_amount(amount):
    points = thousands(amount, ".")
    for written in (amount, float(amount), str(amount), points, f"Rp{points}", f"Rp. {points},00"):
        assert parse_rupiah(written) == amount
    assert parse_rupiah(f"Rp {points},-") == parse_rupiah(f"{points} rupiah") == amount


@given(st.integers(1_000, 10**13))
def test_commas_that_may_part_thousands_or_cents_are_refused(amount):
    assert code_of(parse_rupiah, thousands(amount, ",")) == "not_rupiah"


@pytest.mark.parametrize(
    "written",
    [
        *("1.5", "1,5", 1500.5, "Rp", "1.500.00", "1500,50", "-5", "1 juta", True),
        *(date(2026, 1, 1), "1,500,000.00", "1.50", "15.00.000", "\u0661\u0665\u0660\u0660"),
    ],
)
def test_what_is_no_whole_amount_is_refused(written):
    assert code_of(parse_rupiah, written) in {"not_rupiah", "not_a_number"}


@given(TEXTS)
def test_an_amount_read_from_any_text_has_just_the_digits_of_the_text(text):
    with contextlib.suppress(CellError):
        read = parse_rupiah(text)
        if read is not None:
            whole = text.split(",")[0]
            assert str(read) == ("".join(filter(str.isdigit, whole)).lstrip("0") or "0")


@given(st.decimals(0, 99_999, places=2))
def test_an_area_with_point_or_comma_is_that_area(area):
    for written in (str(area), str(area).replace(".", ","), f"{area} m2", f"{area} m²"):
        assert parse_measure(written, low=0, high=99_999) == area


@given(st.integers(0, 999), st.integers(0, 999))
def test_three_digits_after_a_point_may_be_thousands_and_are_refused(whole, rest):
    for mark in ".,":
        said = f"{whole}{mark}{rest:03d}"
        assert code_of(parse_measure, said, low=0, high=99_999) == "number_ambiguous"


@given(st.floats(0, 99_999))
def test_a_number_of_a_workbook_is_never_rounded(number):
    with contextlib.suppress(CellError):
        read = parse_measure(number, low=0, high=99_999)
        assert read == Decimal(repr(number)).normalize()


@given(st.integers(-20, 30))
def test_a_whole_number_keeps_its_bounds(number):
    for written in (number, float(number), str(number)):
        if 0 <= number <= 7:
            assert parse_integer(written, low=0, high=7) == number
        else:
            assert code_of(parse_integer, written, low=0, high=7) == "out_of_range"


@pytest.mark.parametrize("written", ["1.000", "2,0", "dua", 2.5, True, "1e3", "²"])
def test_what_is_no_whole_number_is_refused(written):
    assert code_of(parse_integer, written, low=0, high=9) == "not_a_number"


@pytest.mark.parametrize("number", range(1, 11))
def test_a_decile_is_read_alone_or_after_its_word(number):
    for written in (
        number,
        float(number),
        str(number),
        f"Desil {number}",
        f"D{number}",
        f"desil-{number}",
    ):
        assert parse_decile(written) == number


@pytest.mark.parametrize("written", ["0", 11, "1-4", "Desil 1-4", "I", "3.5", 3.5, "desil", "1 2"])
def test_what_is_no_single_decile_is_refused(written):
    assert code_of(parse_decile, written) == "not_a_decile"


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        (2026, date(2026, 1, 1), date(2026, 12, 31)),
        ("Tahun 2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("TW II 2026", date(2026, 4, 1), date(2026, 6, 30)),
        ("Triwulan 4 tahun 2026", date(2026, 10, 1), date(2026, 12, 31)),
        ("Februari 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("02/2026", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 3, 5), date(2026, 3, 5), date(2026, 3, 5)),
    ],
)
def test_a_period_is_a_year_a_quarter_a_month_or_a_day(written, first, last):
    assert parse_period(written) == (first, last)


@pytest.mark.parametrize("written", ["tahap 2", "13/2026", "26", "1850", "Triwulan V 2026", 3.5])
def test_what_is_no_period_is_refused(written):
    assert code_of(parse_period, written) in {"not_a_period", "not_a_number"}


@pytest.mark.parametrize("parse", [parse_rupiah, parse_decile, parse_period])
def test_an_empty_cell_says_nothing(parse):
    for blank in (None, "", " ", "-", "'"):
        assert parse(blank) is None


# --- dates -------------------------------------------------------------------------------------


@given(st.dates(date(FIRST_YEAR, 3, 1), TODAY))
def test_a_date_in_any_spelling_is_that_date(day):
    serial = (day - date(1899, 12, 30)).days
    months = (
        "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
    )
    word = months.split()[day.month - 1]
    for written in (
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day.day}-{day.month}-{day.year}",
        f"{day.day} {word} {day.year}",
        *([] if serial in range(1900, 2101) else [serial, float(serial)]),
    ):
        assert parse_date(written) == day


@given(st.dates(date(FIRST_YEAR, 1, 1), TODAY))
def test_a_year_of_two_digits_is_refused(day):
    for written in (f"{day:%d/%m/%y}", f"{day:%d-%m-%y}", f"{day.day} Mei {day:%y}"):
        assert code_of(parse_date, written) == "date_two_digit_year"


@given(st.text(alphabet="0123456789/-. MeiJan", max_size=12))
def test_a_date_read_from_any_text_is_written_there(text):
    with contextlib.suppress(CellError):
        read = parse_date(text)
        if read is not None and not text.strip().isdigit():
            assert str(read.year) in text
            assert str(read.day) in text


@given(st.dates(TODAY + timedelta(1), date(2099, 1, 1)))
def test_nobody_is_born_tomorrow(day):
    assert code_of(parse_date, day.isoformat(), not_after=TODAY) == "date_future"


# --- the parser of each kind ---------------------------------------------------------------------

KINDS = ["registry", "recipient", "row_code", "yes_no", "decile", "period", "rupiah", "integer"]


@given(st.sampled_from(KINDS), st.one_of(st.text(max_size=20), st.floats(), st.integers()))
def test_any_cell_gives_a_value_or_a_refusal_with_words(kind, cell):
    parse = parser_for(Column("x", ("x",), kind), demo=True, today=TODAY)
    refusal = None
    try:
        parse(cell)
    except CellError as error:
        refusal = error
    assert refusal is None or (refusal.code and refusal.message)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("registry", "dtsen", "DTSEN"),
        ("recipient", "Keluarga", "family"),
        ("recipient", 1.0, "person"),
        ("row_code", "org-000123", "ORG-000123"),
        ("yes_no", "Ya", True),
        ("yes_no", 2, False),
    ],
)
def test_words_of_our_own_lists_are_read(kind, cell, value):
    assert parser_for(Column("x", ("x",), kind), demo=True, today=TODAY)(cell) == value


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("registry", "BPS"), ("recipient", 3), ("row_code", "KLG-000001"), ("yes_no", 0)],
)
def test_words_of_no_list_are_refused(kind, cell):
    parse = parser_for(Column("x", ("x",), kind), demo=True, today=TODAY)
    assert code_of(parse, cell)
