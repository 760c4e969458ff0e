"""The words above the columns of a table, in one row or in two, merged cells included."""

import re
import unicodedata
from collections import Counter
from datetime import date

from households.imports.reading import Cell, Sheet

# A title that stands over a group of columns is repeated over each of them at most this often.
_MAX_WIDTH = 300


def fold(header: str) -> str:
    """`No. KK`, `NO_KK` and `no kk` alike."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    return re.sub(r"[^a-z0-9]", "", folded)


def header_text(cell: Cell) -> str:
    """A header on one line; a year or a number over a column too."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def header_cells(sheet: Sheet, number: int, span: int) -> list[list[str]]:
    """The header texts by row, from the top; row `number` (from 1) is the last of `span` rows."""
    return [
        _row_texts(sheet, row, over=row < number)
        for row in range(number - span + 1, number + 1)
        if row >= 1
    ]


def joined(sheet: Sheet, number: int, span: int) -> list[str]:
    """One header a column: `Alamat` over `RT` reads `Alamat RT`."""
    rows = header_cells(sheet, number, span)
    width = max((len(row) for row in rows), default=0)
    found = []
    for place in range(width):
        parts = [row[place] for row in rows if place < len(row) and row[place]]
        found.append(" ".join(dict.fromkeys(parts)))
    return found


def numbered(headers: list[str]) -> list[str]:
    """The second `Nama` becomes `Nama (2)`, so that each column has a name of its own."""
    seen: Counter[str] = Counter()
    found = []
    for header in headers:
        key = fold(header)
        seen[key] += 1
        found.append(f"{header} ({seen[key]})" if header and seen[key] > 1 else header)
    return found


def _row_texts(sheet: Sheet, number: int, *, over: bool) -> list[str]:
    """The texts of a row; a merged title stands over all its columns where another row follows."""
    row = sheet.rows[number - 1] if number <= len(sheet.rows) else []
    texts = [header_text(cell) for cell in row]
    if over:
        for top, left, _bottom, right in sheet.merged:
            if top == number - 1 and left < len(texts) and texts[left]:
                texts += [""] * (min(right + 1, _MAX_WIDTH) - len(texts))
                for place in range(left + 1, min(right + 1, _MAX_WIDTH)):
                    texts[place] = texts[place] or texts[left]
    return texts
