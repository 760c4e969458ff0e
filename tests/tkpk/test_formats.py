"""Money, shares, dates and places are written one way everywhere."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkpk import formats


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "Rp0"),
        (999, "Rp999"),
        (1_000_000, "Rp1.000.000"),
        (24_500_000, "Rp24.500.000"),
        (-5_000, "-Rp5.000"),
    ],
)
def test_rupiah_has_points_between_thousands_and_no_space(amount, text):
    assert formats.rupiah(amount) == text


@pytest.mark.parametrize("amount", [1.5, Decimal("10"), "1000", True, None])
def test_rupiah_refuses_anything_but_whole_rupiah(amount):
    with pytest.raises(TypeError):
        formats.rupiah(amount)


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_rupiah_can_be_read_back_without_loss(amount):
    text = formats.rupiah(amount)
    assert int(text.replace("Rp", "").replace(".", "")) == amount


@pytest.mark.parametrize(
    ("share", "places", "text"),
    [
        (Decimal("0.6"), 0, "60%"),
        (0.125, 1, "12,5%"),
        (Decimal("0.005"), 0, "1%"),
        (Decimal("0.0049"), 0, "0%"),
        (1, 0, "100%"),
        (Decimal("-0.0001"), 0, "0%"),
    ],
)
def test_percent_is_a_share_rounded_half_up_without_a_space(share, places, text):
    assert formats.percent(share, places=places) == text


def test_a_float_share_is_rounded_as_it_is_written():
    # 0.285 * 100 is 28.499999… in binary; people see 28,5 and expect 29.
    assert formats.percent(0.285) == "29%"


def test_numbers_follow_the_language_of_the_reader():
    assert formats.number(1234) == "1.234"
    assert formats.number(Decimal("1234.56"), places=1) == "1.234,6"
    assert formats.number(Decimal("1234.56"), places=1, language="en") == "1,234.6"


def test_a_day_is_written_in_full_in_indonesian_and_in_english():
    assert formats.date_long(date(2026, 1, 12)) == "12 Januari 2026"
    assert formats.date_long(date(2026, 2, 3), language="en") == "3 February 2026"


def test_a_short_day_leaves_the_year_to_its_surroundings():
    assert formats.date_short(date(2026, 2, 3)) == "3 Feb"
    assert formats.date_short(date(2026, 8, 17)) == "17 Agt"
    assert formats.date_short(date(2026, 12, 9), language="en") == "9 Dec"


def test_a_late_evening_moment_belongs_to_the_office_day_and_not_to_the_utc_day():
    at = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    assert formats.date_long(at) == "1 Januari 2027"
    assert formats.date_short(at) == "1 Jan"
    assert formats.moment(at) == "1 Januari 2027, 00.30 WIB"


def test_every_month_has_its_own_names_in_both_languages():
    for language in ("id", "en"):
        assert len(set(formats.MONTHS[language])) == 12
        assert len(set(formats.SHORT_MONTHS[language])) == 12


@pytest.mark.parametrize(("rt", "rw"), [("012", "003"), ("12", "3"), (12, 3)])
def test_rt_and_rw_are_written_together_with_two_digits(rt, rw):
    assert formats.rt_rw(rt, rw) == "RT 12 RW 03"
