"""Cells of a questionnaire's workbook by the name of their column, and faults by their place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from households.imports.headers import fold
from households.imports.reading import Cell, Sheet

Columns = Mapping[str, tuple[str, ...]]
MOST_ROWS = 2000


@dataclass(frozen=True)
class Finding:
    """What is wrong at a place; `row` is 0 and `column` "" where it has none."""

    sheet: str
    row: int
    column: str
    message: str

    @property
    def place(self) -> str:
        parts = [self.sheet]
        if self.row:
            parts.append(f"{self.column}{self.row}")
        return " · ".join(part for part in parts if part)


class WorkbookRefused(Exception):
    """The workbook cannot become a draft; `findings` say why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        super().__init__("workbook refused")
        self.findings = list(findings)


def text_of(cell: Cell) -> str:
    """A cell as text on one line; a whole number without its ".0"."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return cell.isoformat()
    return " ".join(str(cell).split())


def number_of(cell: Cell) -> Decimal | None:
    """A cell as an exact number ≥ 0; None for anything else, an empty cell too."""
    text = text_of(cell)
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found <= 10**9 else None


def whole_of(cell: Cell) -> int | None:
    """A cell as a whole number ≥ 0; None for anything else."""
    found = number_of(cell)
    return int(found) if found is not None and found == found.to_integral_value() else None


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]
    letters: Mapping[str, str]

    def __getitem__(self, key: str) -> Cell:
        return self.cells.get(key)

    def text(self, key: str) -> str:
        return text_of(self[key])

    def fault(self, key: str, message: str) -> Finding:
        return Finding(self.sheet, self.number, self.letters.get(key, "A"), message)


def sheet_called(sheets: list[Sheet], name: str) -> Sheet:
    """The sheet of this name. Raises WorkbookRefused."""
    for sheet in sheets:
        if fold(sheet.name) == name:
            return sheet
    message = _(
        "The sheet “%(name)s” is missing. The workbook has four: master, pertanyaan, jawaban and "
        "klasifikasi."
    )
    raise WorkbookRefused([Finding("", 0, "", message % {"name": name})])


def rows_of(sheet: Sheet, columns: Columns) -> Iterator[Row]:
    """The filled rows under the header. Raises WorkbookRefused where a column is missing."""
    header = [fold(text_of(cell)) for cell in (sheet.rows[0] if sheet.rows else [])]
    places: dict[str, int] = {}
    for key, names in columns.items():
        found = next((header.index(name) for name in names if name in header), None)
        if found is None:
            message = _("The column “%(name)s” is missing in row 1.") % {"name": names[0]}
            raise WorkbookRefused([Finding(sheet.name, 1, "A", message)])
        places[key] = found
    if len(sheet.rows) > MOST_ROWS:
        message = _("The sheet has more rows than a questionnaire (%(n)s).") % {"n": MOST_ROWS}
        raise WorkbookRefused([Finding(sheet.name, MOST_ROWS, "A", message)])
    letters = {key: _letter(place) for key, place in places.items()}
    for number, cells in enumerate(sheet.rows[1:], start=2):
        found_cells: dict[str, Any] = {
            key: cells[place] if place < len(cells) else None for key, place in places.items()
        }
        if any(text_of(cell) for cell in found_cells.values()):
            yield Row(sheet.name, number, found_cells, letters)


def _letter(place: int) -> str:
    """Column 0 is A; beyond Z the number tells more than letters would."""
    return chr(65 + place) if place < 26 else f"#{place + 1} "
