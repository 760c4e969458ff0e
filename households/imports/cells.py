"""One cell, one kind of fact: parse it, or say what is wrong and how to mend it."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.db.models import IntegerChoices
from django.utils.translation import gettext as _

from households.code_parsing import UnknownCodeError, parse_code
from households.imports.findings import CellError
from households.imports.reading import Cell
from tkpk import nik

# Excel keeps 15 digits of a number. A longer one has lost its end, whatever it shows.
EXACT_BELOW = 10**15
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")
_FLOAT_TEXT = re.compile(r"[0-9]{15,17}[.,]0+")
_DECIMAL = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,17})?(?:e-[0-9]{1,2})?")
_FORMULA_ERROR = re.compile(r"#[A-Z0-9/]+[!?]|#N/A")
# What Excel writes into a .csv for a number or date that its column was too narrow to show.
_LONGEST_MARK = 2
_BLANK_START = frozenset(" -'")
_TOO_NARROW = re.compile(r"#{3,}")
_DIGIT = re.compile(r"\d")
_NAME = re.compile(r"[^\W\d_][\w .,'’‘ʼ`´/()\-]*|['’‘ʼ`´][^\W\d_][\w .,'’‘ʼ`´/()\-]*")


def as_text(cell: Cell) -> str:
    """The cell as text on one line; whole numbers without `.0`; raises on a formula's error."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Ya" if cell else "Tidak"
    if isinstance(cell, float):
        cell = int(cell) if cell.is_integer() and abs(cell) < EXACT_BELOW else cell
        return str(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    text = _one_line(str(cell))
    if not text.startswith("#"):
        return text
    if _FORMULA_ERROR.fullmatch(text):
        raise CellError(
            "formula_error",
            _("The formula in this cell gives an error or was never calculated."),
            _("Type the value itself in place of the formula."),
        )
    if _TOO_NARROW.fullmatch(text):
        raise CellError(
            "column_too_narrow",
            _("The cell holds only #: the column was too narrow when the file was saved."),
            _("Widen the column in the original file, save it anew and upload that file."),
        )
    return text


def as_remark(cell: Cell) -> str:
    """The cell as text for a place that takes whatever was written."""
    return _one_line(str(cell))


def _one_line(text: str) -> str:
    """Without control and invisible characters; runs of blanks become one space."""
    if text.isprintable():
        return " ".join(text.split())
    kept = (
        " " if character in "\t\r\n\v\f" else character
        for character in text
        if character in "\t\r\n\v\f" or unicodedata.category(character) not in ("Cc", "Cf")
    )
    return " ".join("".join(kept).split())


def is_blank(cell: Cell) -> bool:
    """Empty, or one of the marks that people type for "nothing"."""
    # Anything longer than this is more than a mark, unless blanks or invisible marks fill it.
    return cell is None or (
        isinstance(cell, str)
        and (len(cell) <= _LONGEST_MARK or not cell.isprintable() or cell[0] in _BLANK_START)
        and _one_line(cell) in ("", "-", "--", "'", "'-")
    )


def parse_text(cell: Cell, *, max_length: int, secret: bool = False) -> str:
    """`secret` fields are stored encrypted; no other may hold a NIK or KK number."""
    if is_blank(cell):
        return ""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= EXACT_BELOW:
        raise _lost_digits()
    if isinstance(cell, date):
        raise CellError(
            "text_became_date",
            _("The cell holds a date; spreadsheet programs turn texts such as 3/4 into one."),
            _("Set the format of the cell to Text and type it again from the source."),
        )
    text = as_text(cell)
    if len(text) > max_length:
        raise CellError(
            "too_long",
            _("The text has %(n)d characters; at most %(max)d are kept.")
            % {"n": len(text), "max": max_length},
            _("Shorten it."),
        )
    if not secret and len(text) >= nik.LENGTH and nik.find_identifiers(text):
        raise CellError(
            "identifier_in_text",
            _("The text holds a NIK or KK number, which belongs in its own column only."),
            _("Delete the number from this cell."),
        )
    return text


def parse_name(cell: Cell, *, max_length: int) -> str:
    """A person's name as written; letters of any alphabet, titles with their points."""
    name = parse_text(cell, max_length=max_length, secret=True).lstrip("'’‘")
    if name and (not _NAME.fullmatch(name) or _DIGIT.search(name)):
        raise CellError(
            "not_a_name",
            _("A name holds letters, spaces, points, commas, apostrophes and hyphens only."),
            _("Check whether the columns have shifted, and type the name as in the KK."),
        )
    return name


def parse_identifier(cell: Cell, *, kind: str, demo: bool) -> str:
    """`kind` is "nik" or "kk". Blank or 0 gives "": no number known."""
    if is_blank(cell):
        return ""
    if isinstance(cell, bool | date):
        raise CellError("not_digits", _("This is not a number."), _cure_text_format())
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT_BELOW or not float(cell).is_integer():
            raise _lost_digits()
        cell = str(int(cell))
    text = as_text(cell)
    if not text.isdigit() and (_SCIENTIFIC.fullmatch(text) or _FLOAT_TEXT.fullmatch(text)):
        raise _lost_digits()
    digits = nik.clean_digits(text)
    if not digits.strip("0"):
        return ""
    check = nik.check_nik if kind == "nik" else nik.check_kk
    try:
        return check(digits, demo=demo)
    except nik.IdentifierError as error:
        cure = _("Compare it with the KK or KTP and type all 16 digits.")
        raise CellError(error.code, error.message, cure) from error


def _lost_digits() -> CellError:
    return CellError(
        "number_lost_digits",
        _(
            "The cell holds a number, and Excel keeps 15 digits of a number: the last ones "
            "are lost."
        ),
        _cure_text_format(),
    )


def _cure_text_format() -> str:
    return _(
        "Set the format of the whole column to Text, then type or paste the numbers anew from the "
        "source. Changing the format alone does not bring the digits back."
    )


def parse_code_cell(
    cell: Cell, choices: type[IntegerChoices] | None, *, numbers: dict[int, int] | None = None
) -> int | None:
    """The stored code, None for blank; `choices` is the column's list."""
    if is_blank(cell) or choices is None:
        return None
    try:
        return parse_code(choices, as_text(cell), numbers=numbers)
    except UnknownCodeError as error:
        raise CellError(
            "unknown_code", str(error), _("Write one of the accepted numbers or words.")
        ) from error


def parse_decimal(cell: Cell, *, low: int, high: int) -> Decimal | None:
    """Decimal comma or point, with all the digits it came with."""
    if is_blank(cell):
        return None
    text = "" if isinstance(cell, bool | date) else as_text(cell)
    text = text.replace(" ", "").replace("\N{MINUS SIGN}", "-").replace(",", ".")
    if not _DECIMAL.fullmatch(text):
        raise CellError(
            "not_a_number",
            _("This is not a number."),
            _("Write digits with one decimal comma."),
        )
    number = Decimal(text)
    if not low <= number <= high:
        raise CellError(
            "out_of_range",
            _("The number must lie between %(low)d and %(high)d.") % {"low": low, "high": high},
            _("Check whether latitude and longitude are exchanged."),
        )
    return number


class Area(NamedTuple):
    """Hamlet, RW and RT in one spelling; "" where the file says nothing."""

    hamlet: str
    rw: str
    rt: str

    @property
    def key(self) -> str:
        """As `--map-area` takes it: `SENGGIGI/-/002`."""
        return "/".join(part or "-" for part in self)


# Lists name few areas, many times over. Typed: the number 1 is not the same cell as True.
@lru_cache(maxsize=4_096, typed=True)
def parse_area(hamlet: Cell, rw: Cell, rt: Cell) -> Area:
    """`4`, `004` and `RT 04` alike. What is no number stays as written: its area is asked for."""
    name = "" if is_blank(hamlet) else as_text(hamlet).lstrip("'").replace("_", " ").upper()
    name = re.sub(r"^(DUSUN|DSN\.?|DUKUH|LINGKUNGAN)\s+", "", name).strip()
    return Area(name, _unit_number(rw, "RW"), _unit_number(rt, "RT"))


def _unit_number(cell: Cell, unit: str) -> str:
    if is_blank(cell):
        return ""
    text = as_text(cell).lstrip("'").upper()
    text = re.sub(rf"^(?:{unit}|NO)[\s.:\-]*", "", text).strip()
    if re.fullmatch(r"[0-9]{1,3}", text):
        return f"{int(text):03d}" if int(text) else ""
    return text
