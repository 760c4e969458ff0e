"""How the portal writes money, shares, dates and places.

Pure functions, no settings and no database, so that pages, prints, messages and exports agree.
Indonesian follows EYD (``Rp24.500.000``, ``60%``, ``3 Februari 2026``, ``19.30 WIB``); the English
pages differ only in month names and number marks.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Jakarta")

MONTHS = {
    "id": (
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
# "Agt" and not "Agu": the office's own letters abbreviate it so, as KBBI does.
SHORT_MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def number(value: int | Decimal, *, places: int = 0, language: str = "id") -> str:
    """Write a number with thousands marks, ``1.234`` or ``1.234,5``; rounds half up."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if exact == 0:
        exact = abs(exact)  # never "-0"
    text = f"{exact:,.{places}f}"
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


def rupiah(amount_idr: int) -> str:
    """Write whole rupiah, ``Rp1.000.000``; a debt is ``-Rp5.000``.

    Raises ``TypeError`` for anything but an integer: a fraction of a rupiah is a fault upstream.
    """
    if isinstance(amount_idr, bool) or not isinstance(amount_idr, int):
        raise TypeError(f"whole rupiah expected, got {type(amount_idr).__name__}")
    sign = "-" if amount_idr < 0 else ""
    return f"{sign}Rp{number(abs(amount_idr))}"


def percent(share: Decimal | float, *, places: int = 0, language: str = "id") -> str:
    """Write a share of 0–1 as ``60%`` or, with one place, ``12,5%``; rounds half up."""
    return f"{number(Decimal(str(share)) * 100, places=places, language=language)}%"


def date_long(day: date, *, language: str = "id") -> str:
    """Write a day in full, ``12 Januari 2026``; a moment is first brought to office time."""
    day = _office_day(day)
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"


def date_short(day: date, *, language: str = "id") -> str:
    """Write a day without its year, ``3 Feb``, for lists that already say the year."""
    day = _office_day(day)
    return f"{day.day} {SHORT_MONTHS[language][day.month - 1]}"


def moment(at: datetime, *, language: str = "id") -> str:
    """Write an aware moment in office time, ``3 Februari 2026, 19.30 WIB``."""
    local = at.astimezone(OFFICE_ZONE)
    return f"{date_long(local, language=language)}, {local:%H.%M} WIB"


def rt_rw(rt: str | int, rw: str | int) -> str:
    """Write RT and RW together, ``RT 12 RW 03``; the codes of the territory tree have 3 digits."""
    return f"RT {int(rt):02d} RW {int(rw):02d}"


def _office_day(day: date) -> date:
    # A moment after 17.00 UTC already belongs to the next day in Yogyakarta.
    if isinstance(day, datetime) and day.tzinfo is not None:
        return day.astimezone(OFFICE_ZONE).date()
    return day
