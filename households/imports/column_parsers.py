"""The parser of each column, made once for a file: cells come by the million."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from households.codes import YesNo
from households.imports import amounts, cells
from households.imports.dates import parse_date
from households.imports.findings import CellError
from households.imports.layout import Column
from households.imports.reading import Cell
from households.models.household import RegistrySource

Parser = Callable[[Cell], Any]
DEGREES = {"latitude": 90, "longitude": 180}
_ROW_CODE = "ORG-"
_RECIPIENTS = {
    "penduduk": "person",
    "orang": "person",
    "perorangan": "person",
    "individu": "person",
    "1": "person",
    "keluarga": "family",
    "kk": "family",
    "2": "family",
}


def parser_for(column: Column, *, demo: bool, today: date) -> Parser:
    """The function that turns a filled cell of this column into its value, or raises CellError."""
    match column.kind:
        case "nik" | "kk":
            return partial(cells.parse_identifier, kind=column.kind, demo=demo)
        case "name":
            return partial(cells.parse_name, max_length=column.max_length)
        case "past_date":
            return partial(parse_date, not_after=today)
        case "code":
            return partial(cells.parse_code_cell, choices=column.choices, numbers=column.numbers)
        case "latitude" | "longitude":
            limit = DEGREES[column.kind]
            return partial(cells.parse_decimal, low=-limit, high=limit)
        case "integer":
            return partial(amounts.parse_integer, low=column.low, high=column.high)
        case "decimal":
            return partial(amounts.parse_measure, low=column.low, high=column.high)
        case "text" | "paper":
            secret = column.kind == "paper"
            return partial(cells.parse_text, max_length=column.max_length, secret=secret)
        case _:
            return _PLAIN[column.kind]


def _parse_yes_no(cell: Cell) -> bool | None:
    code = cells.parse_code_cell(cell, YesNo)
    return None if code is None else code == YesNo.YES


def _parse_registry(cell: Cell) -> str:
    if cells.is_blank(cell):
        return ""
    said = cells.as_text(cell).upper()
    if said in RegistrySource.values:
        return said
    raise CellError(
        "unknown_registry",
        _("This is not a national registry. Accepted: %(names)s.")
        % {"names": ", ".join(RegistrySource.values)},
        _("Write one of the accepted numbers or words."),
    )


def _parse_recipient(cell: Cell) -> str | None:
    if cells.is_blank(cell):
        return None
    if found := _RECIPIENTS.get(cells.as_text(cell).casefold()):
        return found
    raise CellError(
        "unknown_recipient",
        _("Aid is given to a person (Penduduk, 1) or to a family (Keluarga, 2)."),
        _("A list of another kind of recipients is not taken over."),
    )


def _parse_row_code(cell: Cell) -> str:
    if cells.is_blank(cell):
        return ""
    said = cells.as_text(cell).upper()
    number = said.removeprefix(_ROW_CODE)
    if said.startswith(_ROW_CODE) and number.isascii() and number.isdigit() and len(number) <= 12:
        return said
    raise CellError(
        "unknown_row_code",
        _("This is not the code of a person, as in ORG-000123."),
        _("Leave the codes of the workbook as they were written; a new person has none."),
    )


_PLAIN: dict[str, Parser] = {
    "date": parse_date,
    "rupiah": amounts.parse_rupiah,
    "yes_no": _parse_yes_no,
    "decile": amounts.parse_decile,
    "registry": _parse_registry,
    "recipient": _parse_recipient,
    "period": amounts.parse_period,
    "row_code": _parse_row_code,
}
