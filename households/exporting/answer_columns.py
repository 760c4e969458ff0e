"""Where a file of answers has its number, its answer and its reason: suggested, then confirmed."""

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from households.imports import cells
from households.imports.findings import CellError
from households.imports.layout import fold, letters
from households.imports.reading import Cell, Sheet, read_file
from households.imports.unreadable import UnreadableFile
from households.models import Answer
from tkpk.nik import LENGTH, clean_digits, mask_identifiers

MOST_WORDS = 40
MOST_COLUMNS = 60
_STATUS = ("status", "hasil", "jawaban", "keputusan", "verifikasi", "kesimpulan")
_REASON = ("alasan", "keterangan", "catatan", "sebab")
_MEANINGS = {
    Answer.ACCEPTED: "diterima terima disetujui setuju layak valid lolos sesuai berhasil sukses ya "
    "ok approved accepted masuk",
    Answer.REJECTED: "ditolak tolak gagal rejected tidak tidaklayak tidakvalid tidaklolos "
    "tidaksesuai tidakditerima tidakdisetujui tidakmemenuhisyarat",
    Answer.PENDING: "proses diproses dalamproses menunggu belum pending belumadajawaban antre",
}
# Folded word → answer. A word that is not here is asked for, never guessed.
WORDS = {word: str(answer) for answer, words in _MEANINGS.items() for word in words.split()}


@dataclass
class AnswerColumns:
    """Places from 0; -1 for a column that is not there. `header_row` counts from 1, 0 for none."""

    sheet: int = 0
    header_row: int = 0
    number: int = -1
    status: int = -1
    reason: int = -1
    # The words of the status column, folded → answer; "" where it was not said yet.
    words: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def complete(self) -> bool:
        return self.number >= 0 and self.status >= 0 and all(self.words.values())


def read_sheets(data: bytes, *, name: str) -> list[Sheet]:
    return read_file(data, name=name)


def suggest(sheets: list[Sheet]) -> AnswerColumns:
    """The likeliest columns. Raises UnreadableFile where no cell holds a NIK or KK number."""
    best, most = AnswerColumns(), 0
    for at, sheet in enumerate(sheets):
        counts = _numbers_by_column(sheet)
        place = max(counts, key=lambda column: (counts[column], -column), default=-1)
        if place >= 0 and counts[place] > most:
            best, most = AnswerColumns(sheet=at, number=place), counts[place]
    if not most:
        raise UnreadableFile(
            "no_numbers",
            _("No column holds NIK or KK numbers, so the answers cannot be matched to the list."),
        )
    sheet = sheets[best.sheet]
    best.header_row = header_above(sheet, best.number)
    found = headers_of(sheet, best)
    best.status = _by_header(found, _STATUS, taken={best.number})
    if best.status < 0:
        best.status = _by_words(sheet, best)
    best.reason = _by_header(found, _REASON, taken={best.number, best.status})
    best.words = suggested_words(sheet, best)
    return best


def _numbers_by_column(sheet: Sheet) -> dict[int, int]:
    counts: dict[int, int] = {}
    for row in sheet.rows:
        for place, cell in enumerate(row[:MOST_COLUMNS]):
            if number_of(cell):
                counts[place] = counts.get(place, 0) + 1
    return counts


def number_of(cell: Cell) -> str:
    """The 16 digits of a text cell. A numeric cell has lost its end and gives none."""
    if not isinstance(cell, str):
        return ""
    digits = clean_digits(cell)
    return digits if re.fullmatch(rf"[0-9]{{{LENGTH}}}", digits) else ""


def header_above(sheet: Sheet, place: int) -> int:
    """The number of the row with words over the first number; 0 without one.

    Rows in between, whose number is missing or damaged, belong to the data and are told.
    """
    first = next(
        (at for at, row in enumerate(sheet.rows) if place < len(row) and number_of(row[place])), 0
    )
    for number in range(first, 0, -1):
        cell = sheet.rows[number - 1][place] if place < len(sheet.rows[number - 1]) else None
        if isinstance(cell, str) and any(letter.isalpha() for letter in cell):
            return number
    return 0


def headers_of(sheet: Sheet, columns: AnswerColumns) -> list[str]:
    """What stands above each column: its letter, and the header if there is one."""
    rows = sheet.rows[columns.header_row - 1 : columns.header_row]
    row: list[Cell] = rows[0] if columns.header_row and rows else []
    width = min(MOST_COLUMNS, max((len(each) for each in sheet.rows), default=0))
    return [
        f"{letters(at)} · {text}" if (text := text_at(row, at)) else letters(at)
        for at in range(width)
    ]


def text_at(row: list[Cell], place: int) -> str:
    """A cell as text on one line, without NIK or KK numbers; "" beyond the row's end."""
    if not 0 <= place < len(row) or cells.is_blank(row[place]):
        return ""
    try:
        text = cells.as_text(row[place])
    except CellError:
        text = cells.as_remark(row[place])
    return mask_identifiers(text)


def _by_header(found: list[str], wanted: tuple[str, ...], *, taken: set[int]) -> int:
    for word in wanted:
        for place, header in enumerate(found):
            if place not in taken and word in fold(header.partition(" · ")[2]):
                return place
    return -1


def _by_words(sheet: Sheet, columns: AnswerColumns) -> int:
    """The column in which the most cells are words that we know as answers."""
    counts: dict[int, int] = {}
    for row in sheet.rows[columns.header_row :]:
        for place in range(min(len(row), MOST_COLUMNS)):
            if place != columns.number and fold(text_at(row, place)) in WORDS:
                counts[place] = counts.get(place, 0) + 1
    return max(counts, key=lambda place: (counts[place], -place), default=-1)


def suggested_words(sheet: Sheet, columns: AnswerColumns) -> dict[str, str]:
    """Each distinct word of the status column with what it likely means, "" for unknown."""
    found: dict[str, str] = {}
    for row in sheet.rows[columns.header_row :]:
        word = text_at(row, columns.status)
        if word and len(found) < MOST_WORDS:
            found.setdefault(word[:60], WORDS.get(fold(word), ""))
    return found
