"""Numbers, money and periods as offices write them: exactly what the cell says, or refused."""

import calendar
import re
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from households.imports.cells import EXACT_BELOW, as_text, is_blank
from households.imports.dates import month_number
from households.imports.findings import CellError
from households.imports.reading import Cell

_WHOLE = re.compile(r"[0-9]{1,15}")
_MINUS = re.compile(r"-[0-9]{1,15}")
# 1.500.000 as Indonesians write it, with cents that must be nothing.
_POINTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,(?:0{1,2}|-))?")
_PLAIN_MONEY = re.compile(r"[0-9]{1,15}(?:,(?:0{1,2}|-))?")
_CURRENCY = re.compile(r"(?:rp\.?|idr)\s*|\s*(?:rupiah)", re.IGNORECASE)
_MEASURE = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,2})?")
_THOUSANDS = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")
_DECILE = re.compile(r"(?:d|desil|decile)?\s*-?\s*(10|0?[1-9])", re.IGNORECASE)
_QUARTER = re.compile(
    r"(?:tw|triwulan|kuartal|q)\.?\s*(iv|i{1,3}|[1-4])[\s/\-]*(?:tahun\s*)?([0-9]{4})",
    re.IGNORECASE,
)
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_MONTH_WORD = re.compile(r"([A-Za-z]+)[\s\-/.,]*([0-9]{4})")
_MONTH_NUMBER = re.compile(r"(0?[1-9]|1[0-2])\s?[-/.]\s?([0-9]{4})")
_ISO_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"(?:tahun\s*)?([0-9]{4})", re.IGNORECASE)
_AID_YEARS = range(1990, 2101)

Number = TypeVar("Number", int, Decimal)


def parse_integer(cell: Cell, *, low: int, high: int) -> int | None:
    """A whole number within the bounds, None for blank."""
    if is_blank(cell):
        return None
    text = _number_text(cell).removeprefix("'")
    if not _WHOLE.fullmatch(text):
        raise _outside(low, high) if _MINUS.fullmatch(text) else _not_whole()
    return _within(int(text), low, high)


def parse_rupiah(cell: Cell) -> int | None:
    """Whole rupiah, None for blank. `1,500,000` may be meant either way and is refused."""
    if is_blank(cell):
        return None
    if isinstance(cell, float) and not cell.is_integer():
        raise _no_cents()
    text = _CURRENCY.sub("", _number_text(cell).removeprefix("'")).replace(" ", "")
    if _POINTS.fullmatch(text) or _PLAIN_MONEY.fullmatch(text):
        return int(text.partition(",")[0].replace(".", ""))
    raise _not_rupiah()


def parse_measure(cell: Cell, *, low: int, high: int) -> Decimal | None:
    """At most two decimals, point or comma; `1.500` may be 1½ or 1500 and is refused."""
    if is_blank(cell):
        return None
    text = _number_text(cell).removeprefix("'")
    text = re.sub(r"\s*m(?:2|²|eter persegi)?$", "", text, flags=re.IGNORECASE)
    if isinstance(cell, str) and _THOUSANDS.fullmatch(text):
        raise CellError(
            "number_ambiguous",
            _("The point or comma may part thousands or decimals."),
            _("Write the number without parting thousands, with one decimal comma at most."),
        )
    if not _MEASURE.fullmatch(text):
        raise CellError(
            "not_a_number",
            _("This is not a number with at most two decimals."),
            _("Write digits with one decimal comma."),
        )
    return _within(Decimal(text.replace(",", ".")), low, high)


def parse_decile(cell: Cell) -> int | None:
    """1 to 10; `Desil 3` too. A range of deciles is no decile."""
    if is_blank(cell):
        return None
    found = _DECILE.fullmatch(_number_text(cell).removeprefix("'"))
    if not found:
        raise CellError(
            "not_a_decile",
            _("A decile is a whole number from 1 to 10."),
            _("Write the number alone, as the registry gives it."),
        )
    return int(found[1])


def parse_period(cell: Cell) -> tuple[date, date] | None:
    """First and last day of a year, a quarter or a month; a date stands for its day."""
    if is_blank(cell):
        return None
    if isinstance(cell, date):
        return cell, cell
    text = _number_text(cell).removeprefix("'").strip()
    if found := _QUARTER.fullmatch(text):
        number = _QUARTERS.get(found[1].lower()) or int(found[1])
        return _span(int(found[2]), 3 * number - 2, 3 * number)
    if found := _MONTH_WORD.fullmatch(text):
        month = month_number(found[1])
        if month:
            return _span(int(found[2]), month, month)
    if found := _MONTH_NUMBER.fullmatch(text):
        return _span(int(found[2]), int(found[1]), int(found[1]))
    if found := _ISO_MONTH.fullmatch(text):
        return _span(int(found[1]), int(found[2]), int(found[2]))
    if found := _YEAR.fullmatch(text):
        return _span(int(found[1]), 1, 12)
    raise _no_period()


def _span(year: int, first: int, last: int) -> tuple[date, date]:
    if year not in _AID_YEARS:
        raise _no_period()
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _number_text(cell: Cell) -> str:
    """What stands in the cell; a float that is whole without its `.0`."""
    if isinstance(cell, bool | date):
        raise _not_whole()
    if isinstance(cell, int | float) and abs(cell) >= EXACT_BELOW:
        raise _not_whole()
    if isinstance(cell, float) and not cell.is_integer():
        return repr(cell)
    return as_text(cell).replace("\N{MINUS SIGN}", "-")


def _within(number: Number, low: int, high: int) -> Number:
    if not low <= number <= high:
        raise _outside(low, high)
    return number


def _outside(low: int, high: int) -> CellError:
    return CellError(
        "out_of_range",
        _("The number must lie between %(low)d and %(high)d.") % {"low": low, "high": high},
        _("Check whether the columns have shifted, and type the number again."),
    )


def _not_whole() -> CellError:
    return CellError(
        "not_a_number", _("This is not a whole number."), _("Write digits only, as in 3.")
    )


def _no_cents() -> CellError:
    return CellError(
        "not_rupiah",
        _("The amount has a fraction of a rupiah."),
        _("Write whole rupiah, as in 1.500.000 or 1500000."),
    )


def _not_rupiah() -> CellError:
    return CellError(
        "not_rupiah",
        _("This is not an amount of rupiah, or its commas and points can be read in two ways."),
        _("Write whole rupiah, as in 1.500.000 or 1500000."),
    )


def _no_period() -> CellError:
    return CellError(
        "not_a_period",
        _("This is not a year, a quarter or a month."),
        _("Write it as in 2026, Triwulan II 2026 or Juni 2026."),
    )
