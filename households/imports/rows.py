"""The rows of a table that are people: without notes, totals and column numbers."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from households.imports import cells
from households.imports.findings import ERROR, WARNING, CellError, Finding
from households.imports.layout import Table, fold
from households.imports.reading import Cell
from tkpk.nik import LENGTH

END_MARK = "###"
END_COLUMNS = 5
_MIN_NUMBERED = 4
_COUNT_DIGITS = 8
_FEW_CELLS = 3
_NUMBERS = ("nik", "kk_number")
_TOTAL = re.compile(r"(grand |sub ?)?(jumlah|total|rekap(itulasi)?)\b.*", re.IGNORECASE)


def data_rows(table: Table, findings: list[Finding]) -> Iterator[tuple[int, list[Cell]]]:
    """Row number and cells of every row of data; what is passed over is put into `findings`."""
    first = table.header_row + 1
    known = {fold(header) for header in table.headers if header}
    numbers = [table.columns[name] for name in _NUMBERS if name in table.columns]
    for number, row in enumerate(table.sheet.rows[table.header_row :], first):
        if _is_numbered_person(row, numbers):
            # By far the most rows: neither note nor total nor header.
            yield number, row
            continue
        if _has_end_mark(row) and not _has_number(table, row):
            findings += _lost_after(table, number)
            return
        if all(cells.is_blank(cell) for cell in row):
            continue
        if number == first and _is_numbering(row):
            findings.append(_passed_over(table, number, "numbering_row"))
        elif _is_header(row, known):
            findings.append(_passed_over(table, number, "header_row"))
        elif _is_total(table, row):
            findings.append(_passed_over(table, number, "total_row"))
        elif _names_nobody(table, row):
            findings.append(_passed_over(table, number, "nobody_row"))
        else:
            yield number, row


def _has_end_mark(row: list[Cell]) -> bool:
    return any(
        isinstance(cell, str) and cell.strip().startswith(END_MARK) for cell in row[:END_COLUMNS]
    )


def _has_number(table: Table, row: list[Cell]) -> bool:
    """A person's number stands here; a mere count is shorter."""
    return any(
        len(re.sub(r"[^0-9]", "", _under(table, row, name))) > _COUNT_DIGITS for name in _NUMBERS
    )


def _under(table: Table, row: list[Cell], name: str) -> str:
    """The text of the cell under a column's header."""
    place = table.columns.get(name, len(row))
    return _plain(row[place]) if place < len(row) else ""


def _lost_after(table: Table, number: int) -> Iterator[Finding]:
    """Notes may follow the end mark. People do not: a mark in the middle would hide them."""
    lost = sum(_has_number(table, row) for row in table.sheet.rows[number:])
    if lost:
        yield Finding(
            table.sheet.name,
            number,
            "",
            "rows_after_end",
            _("Below this end mark (###) stand %(n)d rows with a NIK or KK number, unread.")
            % {"n": lost},
            cure=_("Delete the mark, or delete those rows."),
            level=ERROR,
        )


def _is_numbered_person(row: list[Cell], places: list[int]) -> bool:
    for place in places:
        cell = row[place] if place < len(row) else None
        if isinstance(cell, str) and len(cell) == LENGTH and cell.isdigit():
            return True
    return False


def _is_header(row: list[Cell], known: set[str]) -> bool:
    """The header once more, as printed lists repeat it on every page."""
    said = [fold(_plain(cell)) for cell in row if cell is not None]
    return len(said) >= _MIN_NUMBERED and all(cell in known for cell in said if cell)


def _is_numbering(row: list[Cell]) -> bool:
    """Forms number their columns 1, 2, 3 … under the header."""
    texts = [_plain(cell).strip("()") for cell in row if cell is not None]
    return len(texts) >= _MIN_NUMBERED and texts == [str(n) for n in range(1, len(texts) + 1)]


def _is_total(table: Table, row: list[Cell]) -> bool:
    # A count may stand under the header of a number; a person's number is longer.
    if _has_number(table, row):
        return False
    name = _under(table, row, "name")
    if name and not name.isdigit() and not _TOTAL.fullmatch(name):
        return False
    return any(_TOTAL.fullmatch(_plain(cell)) for cell in row)


def _names_nobody(table: Table, row: list[Cell]) -> bool:
    """A few words under other columns: who signs a list, and where."""
    if "name" not in table.columns:
        return False
    filled = sum(not cells.is_blank(cell) for cell in row)
    return filled <= _FEW_CELLS and not any(
        _under(table, row, name) for name in ("name", *_NUMBERS)
    )


def _plain(cell: Cell) -> str:
    try:
        return cells.as_text(cell)
    except CellError:
        return ""


def _passed_over(table: Table, number: int, code: str) -> Finding:
    message = {
        "numbering_row": _("This row only numbers the columns and is passed over."),
        "header_row": _("This row repeats the header and is passed over."),
        "nobody_row": _("This row names nobody and is passed over, as a note or a signature."),
        "total_row": _("This row is a total, not a person, and is passed over."),
    }[code]
    return Finding(table.sheet.name, number, "", code, message, level=WARNING)
