"""From the bytes of a file to sheets of typed cells. The parser runs in a process of its own."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from households.imports import extent
from households.imports.child import REFUSED
from households.imports.child_process import ChildProcess, TimedOut, TooMuch
from households.imports.collecting import without_collector
from households.imports.file_kind import kind_of
from households.imports.unreadable import UnreadableFile, damaged, password

Cell = str | int | float | date | bool | None

CHILD = Path(__file__).with_name("child.py")
# Stands in a cell whose formula gave an error or was never calculated; the parser shows it empty.
FORMULA_ERROR = "#ERROR!"


@dataclass
class Sheet:
    """A sheet as it lies in the file: `rows[0]` is row 1, rows end at their last filled cell.

    `merged`: merged cells of the first rows as top, left, bottom, right, all from 0.
    """

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    kind: str = "xlsx"
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def read_file(data: bytes, *, name: str) -> list[Sheet]:
    """All sheets of the file, hidden ones too; raises `UnreadableFile`.

    Costs a process, about 0.2 s; memory of some 100 bytes a filled cell.
    """
    kind = kind_of(data, name=name)
    extent.check_container(data, kind=kind)
    with without_collector(), ChildProcess(CHILD, kind, data) as child:
        # While the child parses. A refusal here is raised whatever the child does or says, and the
        # child is gone with it.
        extents = extent.measure(data, kind=kind) if kind != "csv" else {}
        sheets = _sheets_of(child, kind=kind)
    for sheet in sheets:
        _mark_broken(sheet, extents.get(sheet.name, extent.Extent()).broken)
    if not any(any(row) for sheet in sheets for row in sheet.rows):
        raise UnreadableFile("empty", _("The file holds no data: every cell is empty."))
    return sheets


def _sheets_of(child: ChildProcess, *, kind: str) -> list[Sheet]:
    try:
        sheets, refused = _decoded(child.lines(), kind=kind)
    except TimedOut as error:
        raise UnreadableFile(
            "reader_timeout", _("Reading took too long. Split the list into smaller files.")
        ) from error
    except TooMuch as error:
        raise UnreadableFile("too_much", _WORDS["too_much"]()) from error
    # Its last word may be rubbish when it dies, and it is not trusted anyway.
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise _died() from error
    if child.code == REFUSED and refused:
        raise _refusal(refused)
    if child.code != 0:
        raise _died()
    return sheets


def _died() -> UnreadableFile:
    return UnreadableFile(
        "reader_died",
        _(
            "The file could not be read: it is damaged or asks for too much memory. Copy the "
            "table alone into a new file and upload that."
        ),
    )


def _refusal(said: dict[str, Any]) -> UnreadableFile:
    """The child's code in words."""
    code, detail = said["error"], said["detail"]
    if code == "too_large":
        return extent.too_large(**detail)
    if code == "password":
        return password()
    if code in _WORDS:
        return UnreadableFile(code, _WORDS[code]() % {"line": detail})
    return damaged()


_WORDS = {
    "csv_quotes": lambda: _(
        'A quotation mark (") near line %(line)s is not closed, so the rows after it '
        "cannot be told apart. Mend it, or save the table as .xlsx."
    ),
    "cell_too_long": lambda: _(
        "Near line %(line)s a cell holds more than 32,767 characters. Either a quotation "
        'mark (") before it is not closed, or the text has to be shortened.'
    ),
    "too_much": lambda: _(
        "The file holds more cells or text than a population list has. Copy the table "
        "alone into a new file, or split it."
    ),
    "not_text": lambda: _(
        "This is not a text table. Save it as Excel Workbook (.xlsx) or as CSV UTF-8."
    ),
}


def _decoded(lines: Iterable[bytes], *, kind: str) -> tuple[list[Sheet], dict[str, Any]]:
    """The sheets, and what the child refused or {}. Each line is a sheet's name or some rows."""
    sheets: list[Sheet] = []
    refused: dict[str, Any] = {}
    decode = json.JSONDecoder(object_hook=_untagged).decode
    for line in lines:
        said = decode(line.decode("ascii"))
        if isinstance(said, Sheet):
            said.kind = kind
            sheets.append(said)
        elif isinstance(said, dict):
            refused = said
        else:
            sheets[-1].rows.extend(said)
    return sheets, refused


def _untagged(said: dict[str, Any]) -> "Sheet | date | dict[str, Any]":
    if "d" in said:
        return date.fromisoformat(said["d"])
    if "sheet" in said:
        return Sheet(said["sheet"], merged=[tuple(place) for place in said.get("merged", ())])
    return said


def _mark_broken(sheet: Sheet, broken: list[tuple[int, int]]) -> None:
    for row, column in broken:
        if row <= len(sheet.rows):
            cells = sheet.rows[row - 1]
            cells.extend([None] * (column - len(cells)))
            if cells[column - 1] is None:
                cells[column - 1] = FORMULA_ERROR
