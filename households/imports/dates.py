"""Dates as offices write them. Day, month, year, always in this order; never guessed."""

import re
from datetime import date, timedelta

from django.utils.translation import gettext as _

from households.imports.cells import as_text, is_blank
from households.imports.findings import CellError
from households.imports.reading import Cell

FIRST_YEAR = 1900
# Excel counts days from here, because it believes in a 29 February 1900.
_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL = 61
_LAST_SERIAL = 73_050
# A bare 1970 in a date column is a year, and as a serial it would quietly become 23 May 1905.
_YEARS = range(1900, 2101)

_MONTHS = {
    spelling: number
    for number, spellings in enumerate(
        (
            "januari jan january",
            "februari pebruari feb peb february",
            "maret mar march",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "agustus agu agt ags agust aug august",
            "september sep sept",
            "oktober okt oct october",
            "november nopember nov nop",
            "desember des dec december",
        ),
        1,
    )
    for spelling in spellings.split()
}
_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ][0-9:.]+)?")
_DMY = re.compile(r"([0-9]{1,2})\s?[-/. ]\s?([0-9]{1,2})\s?[-/. ]\s?([0-9]{4})(?: [0-9:.]+)?")
_WORDS = re.compile(r"([0-9]{1,2})[\s\-/.]*([A-Za-z]+)[\s\-/.,]*([0-9]{4})")
_TWO_DIGITS = re.compile(r"[0-9]{1,2}[\s\-/.]+(?:[0-9]{1,2}|[A-Za-z]+)[\s\-/.]+[0-9]{2}")


def month_number(word: str) -> int | None:
    """1 to 12 for the name of a month, in Indonesian or English, in full or short."""
    return _MONTHS.get(word.casefold())


def parse_date(cell: Cell, *, not_after: date | None = None) -> date | None:
    """The date, or None for blank (also `0000-00-00`); raises `CellError`.

    `not_after` refuses later dates: nobody is born tomorrow.
    """
    if cell is None or is_blank(cell):
        return None
    if isinstance(cell, bool):
        raise _unreadable()
    found = cell if isinstance(cell, date) else _from_value(cell)
    if found is None:
        return None
    if found.year < FIRST_YEAR:
        raise CellError("date_too_old", _("The year lies before 1900."), _cure())
    if not_after and found > not_after:
        raise CellError("date_future", _("The date lies in the future."), _cure())
    return found


def _from_value(cell: str | int | float) -> date | None:
    if not isinstance(cell, str):
        return _from_serial(float(cell))
    text = as_text(cell).lstrip("'’").strip()
    if re.fullmatch(r"0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?: [0:]+)?", text):
        return None
    if re.fullmatch(r"[0-9]{4,5}(?:[.,]0+)?", text):
        return _from_serial(float(text.replace(",", ".")))
    if match := _ISO.fullmatch(text):
        return _real(int(match[1]), int(match[2]), int(match[3]))
    if match := _DMY.fullmatch(text):
        return _real(int(match[3]), int(match[2]), int(match[1]))
    if match := _WORDS.fullmatch(text):
        month = month_number(match[2])
        if month:
            return _real(int(match[3]), month, int(match[1]))
    if _TWO_DIGITS.fullmatch(text):
        raise CellError("date_two_digit_year", _("The year has two digits only."), _cure())
    raise _unreadable()


def _from_serial(serial: float) -> date:
    if serial in _YEARS:
        raise CellError("date_year_only", _("The cell holds a year, not a date."), _cure())
    if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
        raise _unreadable()
    return _EPOCH + timedelta(days=int(serial))


def _real(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise CellError(
            "date_impossible", _("This date does not exist (day, month, year)."), _cure()
        ) from error


def _unreadable() -> CellError:
    return CellError("date_unreadable", _("This is not a date."), _cure())


def _cure() -> str:
    return _("Write day, month and year as in 20/05/1970 or 20 Mei 1970.")
