"""Working days: Monday to Friday without the days off. The arithmetic knows no database."""

import datetime
from collections.abc import Set as AbstractSet

from tkpk.models import Holiday, Territory

Day = datetime.date
_ONE = datetime.timedelta(days=1)
SATURDAY = 5


def is_working(day: Day, off: AbstractSet[Day]) -> bool:
    """Whether the office is open that day."""
    return day.weekday() < SATURDAY and day not in off


def after(day: Day, n: int, off: AbstractSet[Day]) -> Day:
    """The n-th working day after `day`, which itself does not count. Raises ValueError if n < 1."""
    if n < 1:
        raise ValueError("at least one working day")
    while n:
        day += _ONE
        n -= is_working(day, off)
    return day


def between(first: Day, last: Day, off: AbstractSet[Day]) -> int:
    """How many working days lie after `first` up to `last`; negative when `last` is earlier."""
    if last < first:
        return -between(last, first, off)
    days = (first + _ONE * step for step in range(1, (last - first).days + 1))
    return sum(is_working(day, off) for day in days)


def days_off(kelurahan: Territory) -> frozenset[Day]:
    """The days off of one kelurahan; one query."""
    rows = Holiday.objects.standing().filter(kelurahan=kelurahan)
    return frozenset(rows.values_list("day", flat=True))


def add(day: Day, n: int, kelurahan: Territory) -> Day:
    """The n-th working day after `day` by the calendar of one kelurahan."""
    return after(day, n, days_off(kelurahan))
