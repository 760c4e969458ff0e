"""A first look at a file of unknown layout: its sheets, likely header rows, and columns."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from households.imports.cells import is_blank
from households.imports.findings import hint
from households.imports.headers import fold, header_text, joined, numbered
from households.imports.layout import HEADER_ROWS, bare_headers, letters
from households.imports.reading import Cell, Sheet, read_file
from households.imports.signs import Signs, signs_of
from households.imports.synonyms import known_header
from tkpk.nik import LENGTH

SAMPLES = 5
# Enough rows to tell what a column holds.
SAMPLED_ROWS = 2_000
_CANDIDATES = 5
_KNOWN_WEIGHT = 3
_DATA_WEIGHT = 2
_LONG_DIGITS = 8


@dataclass(frozen=True)
class ColumnProbe:
    """One column; `samples` hide identifiers. `signs` say what its cells look like, not what."""

    place: int
    letters: str
    header: str
    samples: tuple[str, ...]
    filled: int
    signs: Signs


@dataclass(frozen=True)
class SheetProbe:
    """One sheet. `header_rows`: likely rows of the header from 1, the best one first.

    `header_row` is 0 where the first row is a person already: headers are the columns' letters.

    `header_span`: over how many rows, ending at `header_row`, the header runs. `signature` is equal
    for files with the same headers in the same order.
    """

    name: str
    rows: int
    header_row: int
    header_span: int
    header_rows: tuple[int, ...]
    columns: tuple[ColumnProbe, ...] = ()
    signature: str = ""

    @property
    def headers(self) -> list[str]:
        return [column.header for column in self.columns]


@dataclass
class _Candidate:
    number: int
    span: int
    headers: list[str]
    score: int = field(default=0)


def probe(
    data: bytes, *, name: str, header_rows: dict[str, tuple[int, int]] | None = None
) -> list[SheetProbe]:
    """Every sheet that holds anything; raises UnreadableFile. Costs a process.

    `header_rows`: by sheet, the row and the span that the officer chose instead; row 0 for none.
    """
    chosen = header_rows or {}
    return [
        probe_sheet(sheet, chosen.get(sheet.name))
        for sheet in read_file(data, name=name)
        if any(any(cell is not None for cell in row) for row in sheet.rows)
    ]


def probe_sheet(sheet: Sheet, chosen: tuple[int, int] | None = None) -> SheetProbe:
    candidates = sorted(_candidates(sheet), key=lambda found: -found.score)
    if chosen and chosen[0]:
        number, span = chosen
        best = _Candidate(number, span, joined(sheet, number, span))
    elif chosen or (candidates and _is_person(sheet, candidates[0].number)):
        best = _Candidate(0, 0, bare_headers(sheet))
    elif candidates:
        best = candidates[0]
    else:
        best = _Candidate(1, 1, joined(sheet, 1, 1))
    headers = numbered(best.headers)
    return SheetProbe(
        name=sheet.name,
        rows=max(0, len(sheet.rows) - best.number),
        header_row=best.number,
        header_span=best.span,
        header_rows=tuple(dict.fromkeys(found.number for found in candidates))[:_CANDIDATES],
        columns=tuple(_columns(sheet, best.number, headers)),
        signature=signature(headers),
    )


def _is_person(sheet: Sheet, number: int) -> bool:
    """What looks most like a header holds somebody's whole number: there is none."""
    return any(
        isinstance(cell, str) and len(cell.strip()) == LENGTH and cell.strip().isdecimal()
        for cell in sheet.rows[number - 1]
    )


def signature(headers: list[str]) -> str:
    """32 hexadecimal digits over the folded headers in their order."""
    folded = [fold(header) for header in headers]
    while folded and not folded[-1]:
        folded.pop()
    return hashlib.sha256("|".join(folded).encode()).hexdigest()[:32]


def _candidates(sheet: Sheet) -> Iterator[_Candidate]:
    for span in (1, 2):
        for number in range(span, min(len(sheet.rows), HEADER_ROWS) + 1):
            headers = joined(sheet, number, span)
            if len({header for header in headers if header}) > 1:
                yield _Candidate(number, span, headers, _score(sheet, number, span, headers))


def _score(sheet: Sheet, number: int, span: int, headers: list[str]) -> int:
    """Known words and many different texts speak for a header; data in the row against it."""
    own = [header_text(cell) for cell in sheet.rows[number - 1]]
    known = sum(
        known_header(header) or (span > 1 and place < len(own) and known_header(own[place]))
        for place, header in enumerate(headers)
    )
    different = len({fold(header) for header in headers} - {""})
    data = sum(_is_data(cell) for row in sheet.rows[number - span : number] for cell in row)
    return _KNOWN_WEIGHT * known + different - _DATA_WEIGHT * data


def _is_data(cell: Cell) -> bool:
    if cell is None:
        return False
    if not isinstance(cell, str):
        return True
    digits = sum(character.isdigit() for character in cell)
    return digits >= _LONG_DIGITS or (digits > 0 and cell.strip().isdigit())


def _columns(sheet: Sheet, header_row: int, headers: list[str]) -> Iterator[ColumnProbe]:
    rows = sheet.rows[header_row : header_row + SAMPLED_ROWS]
    width = max([len(headers), *(len(row) for row in rows)])
    for place in range(width):
        cells = [row[place] for row in rows if place < len(row) and not is_blank(row[place])]
        header = headers[place] if place < len(headers) else ""
        if cells or header:
            yield ColumnProbe(
                place=place,
                letters=letters(place),
                header=header,
                samples=_samples(cells),
                filled=len(cells),
                signs=signs_of(cells),
            )


def _samples(cells: list[Cell]) -> tuple[str, ...]:
    """Different values, as they stand, without whole identifiers."""
    seen: Counter[str] = Counter()
    for cell in cells:
        seen[hint(header_text(cell))] += 1
        if len(seen) == SAMPLES:
            break
    return tuple(seen)
