"""Ages in whole years."""

from datetime import date

import pytest

from tkpk.ages import whole_years


@pytest.mark.parametrize(
    ("day", "years"),
    [(date(2026, 5, 16), 15), (date(2026, 5, 17), 16), (date(2026, 4, 30), 15)],
)
def test_a_birthday_counts_on_its_day(day, years):
    assert whole_years(date(2010, 5, 17), day) == years


def test_who_is_born_on_the_leap_day_grows_older_on_the_first_of_march():
    assert whole_years(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert whole_years(date(2008, 2, 29), date(2026, 3, 1)) == 18
