"""The national days off that the portal ships, put into each kelurahan's own calendar.

`reference/holidays.csv` says in each line where the date is from: 2026 is as decreed, of 2027 the
dates that follow the moon are estimates and joint leave is not known yet. The decree may change
in the middle of a year; then the calendar in the admin screens is what counts.
"""

import csv
import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from tkpk.models import Holiday, Territory, User

FILE = Path(__file__).resolve().parent / "reference" / "holidays.csv"


@dataclass(frozen=True)
class Shipped:
    """One line of the file."""

    day: datetime.date
    kind: str
    name: str
    note: str


@cache
def shipped() -> tuple[Shipped, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Shipped(datetime.date.fromisoformat(row["day"]), row["kind"], row["name"], row["note"])
            for row in csv.DictReader(file)
        )


def prepare(kelurahan: Territory, by: User | None) -> int:
    """Add the years of which nothing is in the calendar yet; what was edited stays."""
    days = Holiday.objects.filter(kelurahan=kelurahan).values_list("day", flat=True)
    known = {day.year for day in days}
    rows = [
        Holiday(
            kelurahan=kelurahan,
            day=one.day,
            kind=one.kind,
            name=one.name,
            note=one.note,
            created_by=by,
            updated_by=by,
        )
        for one in shipped()
        if one.day.year not in known
    ]
    Holiday.objects.bulk_create(rows)
    return len(rows)


def ensure(**_kwargs: Any) -> None:
    """After a migration: kelurahan that were set up before the calendar came, and new years."""
    if Holiday._meta.db_table not in connection.introspection.table_names():
        return  # on the way back to a release that had no calendar
    for kelurahan in Territory.objects.served():
        prepare(kelurahan, None)
