"""What was typed into a cell of a workbook that was taken out to be edited.

Asked only of cells that differ from what was written there: each gives a value that the field can
hold, or says what is wrong and how to mend it.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from households.exporting.editable import EMPTY, REQUIRED, EditColumn, codes_of
from households.imports import amounts, cells
from households.imports.column_parsers import DEGREES
from households.imports.dates import parse_date
from households.imports.findings import CellError
from households.imports.reading import Cell
from households.models.person_facts import PERSON_LISTS
from tkpk.exports import STARTS_FORMULA, plain_cell

MASKED = "•"
_LISTS = dict(PERSON_LISTS)
_NIKS = frozenset({"nik", "father_nik", "mother_nik"})
_MAY_COME = frozenset({"passport_expires_on"})
LARGEST = 10**12


def marked(text: Any) -> str:
    """The text as the workbook has it: an apostrophe before what could be a formula."""
    return plain_cell(text)


def is_emptied(cell: Cell) -> bool:
    """Whether the cell holds the word that erases what is known."""
    return isinstance(cell, str) and cell.strip().casefold() == EMPTY


def parse(column: EditColumn, cell: Cell, *, demo: bool, today: date) -> Any:
    """The value that the cell gives this column's field. Raises CellError."""
    if is_emptied(cell):
        return _erased(column)
    if isinstance(cell, str) and MASKED in cell:
        raise CellError(
            "masked_number",
            _("A hidden number (••••) was changed."),
            _("Type the whole number, or empty the cell to keep the known one."),
        )
    value = _parser(column, demo=demo, today=today)(_without_mark(cell))
    _validate(column, value)
    return value


def _erased(column: EditColumn) -> Any:
    if column.name in REQUIRED:
        raise CellError(
            "required_erased",
            _("This fact cannot be erased: every person has one."),
            _("Write the right value, or empty the cell to keep the known one."),
        )
    return None if column.field.null else ""


def _without_mark(cell: Cell) -> Cell:
    """Without the apostrophe that was written before what could have been a formula."""
    if isinstance(cell, str) and cell[:1] == "'" and cell[1:].startswith(STARTS_FORMULA):
        return cell[1:]
    return cell


def _parser(column: EditColumn, *, demo: bool, today: date) -> Callable[[Cell], Any]:
    field, name = column.field, column.name
    if name in _NIKS:
        return partial(cells.parse_identifier, kind="nik", demo=demo)
    if field.choices:
        return partial(_code, field)
    if isinstance(field, models.DateField):
        return partial(parse_date, not_after=None if name in _MAY_COME else today)
    if name in DEGREES:
        return partial(cells.parse_decimal, low=-DEGREES[name], high=DEGREES[name])
    return _plain_parser(column)


def _plain_parser(column: EditColumn) -> Callable[[Cell], Any]:
    field, name = column.field, column.name
    if name == "decile":
        return amounts.parse_decile
    if name.endswith("_idr"):
        return amounts.parse_rupiah
    if isinstance(field, models.DecimalField):
        return partial(amounts.parse_measure, low=0, high=99_999)
    if isinstance(field, models.IntegerField):
        return partial(amounts.parse_integer, low=0, high=LARGEST)
    length = field.max_length or 100
    if name == "name":
        return partial(cells.parse_name, max_length=length)
    return partial(cells.parse_text, max_length=length, secret=column.is_secret)


def _code(field: models.Field, cell: Cell) -> Any:
    """A word of the list in any language of the portal, or as other files write it."""
    said = " ".join(cells.as_text(cell).casefold().split())
    known = codes_of(field)
    if said in known:
        return known[said]
    if field.name in _LISTS:
        return cells.parse_code_cell(cell, _LISTS[field.name])
    words = ", ".join(str(word) for _value, word in list(field.flatchoices)[:4])
    raise CellError(
        "unknown_code",
        _("Not in the list. Accepted: %(examples)s, …") % {"examples": words},
        _("Choose an answer of the drop-down list."),
    )


def _validate(column: EditColumn, value: Any) -> None:
    """The field's own rules: bounds, and no number of a person in a text."""
    if value in (None, ""):
        return
    try:
        column.field.run_validators(value)
    except ValidationError as error:
        raise CellError("not_valid", " ".join(error.messages), _("Mend the cell.")) from error
