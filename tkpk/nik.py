"""NIK and family card (KK) numbers: form, plausibility, masks. No ORM, no storage.

A NIK is PPRRKK DDMMYY SSSS: area of first issue, birth date (women: day + 40), serial from 0001.
The area and the birth date are never corrected afterwards, so a disagreement is a warning only.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

LENGTH = 16
FEMALE_DAY_OFFSET = 40
MALE, FEMALE = 1, 2

# Kemendagri's province codes; 54 was East Timor's and is still carried by people born there.
PROVINCES = frozenset(
    {*range(11, 22), *range(31, 37), *range(51, 55), *range(61, 66), *range(71, 77)}
    | {81, 82, *range(91, 98)}
)

# What Excel, SIAK exports and careful typists leave around the digits.
_DECORATION = dict.fromkeys(map(ord, "'’‘ʼ`´. \t\r\n\u00a0\u2007\u202f\u200b\u200c\u200d\ufeff"))
# Sixteen digits, each perhaps followed by one or two separators, with no digit on either side.
# `[0-9]`, because `\d` also matches the digits of other scripts.
_RUN = re.compile(r"(?<![0-9])[0-9](?:[\s._\-\u00a0/']{0,2}[0-9]){15}(?![0-9])")


class IdentifierError(ValueError):
    """A number that cannot be a NIK or KK number; the message never repeats the number."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Warning:  # noqa: A001 - read as `nik.Warning`; the builtin is not used in this module
    """Something to look at that does not make the number wrong."""

    code: str
    message: str


def clean_digits(text: str) -> str:
    """`text` without apostrophes, spaces and dots; anything else stays, to be refused."""
    return text.translate(_DECORATION)


def check_nik(text: str, *, demo: bool) -> str:
    """The 16 digits of a possible NIK; raises `IdentifierError`. Serial 0000 only in a demo."""
    nik = _check_digits(text, name="NIK", demo=demo)
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    if not (1 <= day <= 31 or 1 <= day - FEMALE_DAY_OFFSET <= 31):
        raise IdentifierError("nik_day", _("Digits 7 and 8 of the NIK are not a day of birth."))
    if not 1 <= month <= 12:
        raise IdentifierError("nik_month", _("Digits 9 and 10 of the NIK are not a month."))
    if not _exists(day % FEMALE_DAY_OFFSET, month, year):
        raise IdentifierError(
            "nik_date", _("Digits 7 to 12 of the NIK are not a date that exists.")
        )
    return nik


def check_kk(text: str, *, demo: bool) -> str:
    """The 16 digits of a possible KK number; raises `IdentifierError`."""
    return _check_digits(text, name=_("KK number"), demo=demo)


def _check_digits(text: str, *, name: str, demo: bool) -> str:
    number = clean_digits(text)
    if not re.fullmatch(r"[0-9]*", number):
        raise IdentifierError(
            "not_digits",
            _("The %(name)s may hold digits only.") % {"name": name},
        )
    if len(number) != LENGTH:
        raise IdentifierError(
            "not_16_digits",
            _("The %(name)s has %(n)d digits; it must have 16.") % {"name": name, "n": len(number)},
        )
    if len(set(number)) == 1:
        raise IdentifierError(
            "same_digits", _("The %(name)s repeats one digit 16 times.") % {"name": name}
        )
    if number.endswith("0000") and not demo:
        raise IdentifierError(
            "serial_0000",
            _("The %(name)s ends in 0000, which is never issued.") % {"name": name},
        )
    return number


def _exists(day: int, month: int, year: int) -> bool:
    """Whether the date exists in 19yy or in 20yy: two digits do not say which."""
    return any(_date_or_none(century + year, month, day) for century in (1900, 2000))


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nik_warnings(
    nik: str, *, sex: int | None, birth_date: date | None, today: date
) -> list[Warning]:
    """Where a checked NIK disagrees with what is known of the person; never an error."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    female = day > FEMALE_DAY_OFFSET
    found = []
    if birth_date and (day % FEMALE_DAY_OFFSET, month) != (birth_date.day, birth_date.month):
        found.append(Warning("nik_birth_date", _("NIK and birth date disagree (day or month).")))
    elif birth_date and year != birth_date.year % 100:
        found.append(Warning("nik_birth_year", _("NIK and birth date disagree (year).")))
    elif not birth_date and not _in_lifetime(nik, today=today):
        found.append(Warning("nik_future", _("The NIK gives a birth date in the future.")))
    if sex is not None and (sex == FEMALE) != female:
        found.append(Warning("nik_sex", _("NIK and sex disagree.")))
    if int(nik[:2]) not in PROVINCES:
        found.append(
            Warning("nik_province", _("The first two digits of the NIK are not a known province."))
        )
    return found


def _in_lifetime(nik: str, *, today: date) -> bool:
    day, month, year = int(nik[6:8]) % FEMALE_DAY_OFFSET, int(nik[8:10]), int(nik[10:12])
    dates = (_date_or_none(century + year, month, day) for century in (1900, 2000))
    return any(born and born <= today for born in dates)


def mask(number: str) -> str:
    """`3471••••••••••••`: area and birth date together with a serial would name the person."""
    return number[:4] + "•" * (LENGTH - 4)


def find_identifiers(text: str) -> list[str]:
    """Runs of 16 digits in `text`, also when spaces, dots or dashes part the digits."""
    return [re.sub(r"[^0-9]", "", run) for run in _RUN.findall(_plain(text))]


def _plain(text: str) -> str:
    """Digits of other widths as ASCII ones, and nothing invisible between them."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in wide if unicodedata.category(letter) != "Cf")


def mask_identifiers(text: str) -> str:
    """`text` with every 16-digit run masked."""
    return _RUN.sub(lambda run: mask(re.sub(r"[^0-9]", "", run[0])), text)
