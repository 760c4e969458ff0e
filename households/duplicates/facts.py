"""What is known of one person, as far as it tells people apart. No ORM."""

import datetime
from dataclasses import dataclass

from households.duplicates.names import NO_NAME, Name
from tkpk.nik import FEMALE_DAY_OFFSET, LENGTH

Day = tuple[int, int, int]  # day, month, last two digits of the year


@dataclass(frozen=True, slots=True)
class Facts:
    """One person. `place` is a code of the territory; `family` the key of the family's row."""

    key: int
    name: Name
    sex: int | None = None
    birth_date: datetime.date | None = None
    birth_place: str = ""
    nik: str = ""
    father: Name = NO_NAME
    mother: Name = NO_NAME
    family: int | None = None
    place: str = ""


def day_of(born: datetime.date) -> Day:
    """A date as a NIK writes it."""
    return born.day, born.month, born.year % 100


def day_in_nik(nik: str) -> Day | None:
    """The birth date that a NIK was issued with; it does not say the century."""
    if len(nik) != LENGTH or not nik.isdigit():
        return None
    return int(nik[6:8]) % FEMALE_DAY_OFFSET, int(nik[8:10]), int(nik[10:12])
