"""Working days: properties of the arithmetic, and the calendar that the portal ships."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tkpk import holidays, working_days
from tkpk.models import Holiday, HolidayKind
from tkpk.working_days import after, between, is_working

DAYS = st.dates(datetime.date(2020, 1, 1), datetime.date(2035, 12, 31))
OFF = st.sets(DAYS, max_size=12)
NUMBERS = st.integers(1, 60)
# A busy machine must not make an honest property fail.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
MONDAY = datetime.date(2026, 11, 23)


@patient
@given(DAYS, NUMBERS, OFF)
def test_the_day_found_is_a_working_day_and_later(day, n, off):
    found = after(day, n, off)
    assert found > day
    assert is_working(found, off)
    assert between(day, found, off) == n


@patient
@given(DAYS, NUMBERS, NUMBERS, OFF)
def test_counting_in_two_steps_is_counting_once(day, first, second, off):
    assert after(after(day, first, off), second, off) == after(day, first + second, off)


@patient
@given(DAYS, DAYS, NUMBERS, OFF)
def test_who_comes_later_is_not_answered_earlier(one, other, n, off):
    early, late = sorted((one, other))
    assert after(early, n, off) <= after(late, n, off)


@patient
@given(DAYS, NUMBERS, OFF, DAYS)
def test_one_more_day_off_never_brings_the_day_forward(day, n, off, more):
    assert after(day, n, off | {more}) >= after(day, n, off)


@patient
@given(DAYS, DAYS, OFF)
def test_the_time_between_two_days_has_one_length(one, other, off):
    assert between(one, other, off) == -between(other, one, off)
    assert between(one, one, off) == 0


def test_a_weekend_and_a_holiday_are_jumped_over():
    friday = datetime.date(2026, 12, 18)
    off = {datetime.date(2026, 12, 24), datetime.date(2026, 12, 25)}
    assert after(friday, 1, off) == datetime.date(2026, 12, 21)
    assert after(friday, 4, off) == datetime.date(2026, 12, 28)


@pytest.mark.parametrize("n", [0, -1])
def test_no_day_is_no_question(n):
    with pytest.raises(ValueError, match="at least one"):
        after(MONDAY, n, set())


# --- the calendar ----------------------------------------------------------------------------
def test_the_shipped_calendar_has_each_day_once_with_its_source():
    days = [one.day for one in holidays.shipped()]
    assert len(days) == len(set(days))
    assert days == sorted(days)
    assert all(one.note and one.name for one in holidays.shipped())
    assert {one.kind for one in holidays.shipped()} <= set(HolidayKind.values)
    decreed = [one for one in holidays.shipped() if one.day.year == 2026]
    assert [one.kind for one in decreed].count("NATIONAL") == 17
    assert [one.kind for one in decreed].count("JOINT_LEAVE") == 8


@pytest.mark.django_db
def test_a_kelurahan_gets_the_calendar_once_and_keeps_what_was_edited():
    kelurahan = factories.make_kelurahan()
    assert holidays.prepare(kelurahan, None) == len(holidays.shipped())
    Holiday.objects.filter(day="2026-12-24").update(kind=HolidayKind.CALLED_OFF)
    holidays.ensure()
    assert Holiday.objects.filter(kelurahan=kelurahan).count() == len(holidays.shipped())
    assert datetime.date(2026, 12, 24) not in working_days.days_off(kelurahan)
    assert datetime.date(2026, 12, 25) in working_days.days_off(kelurahan)


@pytest.mark.django_db
def test_each_kelurahan_counts_by_its_own_calendar():
    here = factories.make_kelurahan()
    there = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    Holiday.objects.create(kelurahan=here, day=MONDAY + datetime.timedelta(1), name="Pemilihan RW")
    assert working_days.add(MONDAY, 1, here) == MONDAY + datetime.timedelta(2)
    assert working_days.add(MONDAY, 1, there) == MONDAY + datetime.timedelta(1)
