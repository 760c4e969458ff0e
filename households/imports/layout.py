"""What a source's columns are called, and where its table lies in a workbook."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import IntegerChoices
from django.utils.translation import gettext as _

from households.imports.findings import ERROR, WARNING, Finding
from households.imports.reading import Cell, Sheet

HEADER_ROWS = 20
# Fewer known headers than this, and the row is not taken for a header.
MIN_KNOWN = 6


@dataclass(frozen=True)
class Column:
    """One column: our field, the headers it goes by, the kind of its cells.

    `kind`: text, paper (the number of a paper, stored encrypted), name, nik, kk, date, past_date,
    code, latitude, longitude.
    `headers[0]` is the source's own header.
    """

    field: str
    headers: tuple[str, ...]
    kind: str = "text"
    required: bool = False
    choices: type[IntegerChoices] | None = None
    numbers: dict[int, int] | None = None
    max_length: int = 100

    @property
    def empty(self) -> str | None:
        """What an empty cell means: texts are never null."""
        return "" if self.kind in ("text", "paper", "name", "nik", "kk") else None


@dataclass(frozen=True)
class Layout:
    """A source's sheet. `identifying`: a sheet without these columns is not of this layout."""

    name: str
    columns: tuple[Column, ...]
    identifying: tuple[str, ...]
    skipped_sheets: frozenset[str] = frozenset()

    @property
    def by_header(self) -> dict[str, Column]:
        return {fold(name): column for column in self.columns for name in column.headers}


@dataclass
class Table:
    """One sheet's table: the header's row number and, by field, the columns' places from 0."""

    sheet: Sheet
    header_row: int
    columns: dict[str, int]
    headers: list[str]
    ignored: dict[int, str]

    @cached_property
    def named(self) -> dict[str, str]:
        """Field → header as the file writes it."""
        return {name: self.headers[place] for name, place in self.columns.items()}

    def header_of(self, name: str) -> str:
        return self.named.get(name, name)


@dataclass
class Match:
    """The layout of a file, with every sheet that is in it."""

    layout: Layout
    tables: list[Table]
    findings: list[Finding] = field(default_factory=list)

    @property
    def blocked(self) -> bool:
        """Whether a header must be mended before any row can be taken over."""
        return any(finding.is_error for finding in self.findings)


def fold(header: str) -> str:
    """`No. KK`, `NO_KK` and `no kk` alike."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    return re.sub(r"[^a-z0-9]", "", folded)


def recognise(sheets: list[Sheet], layouts: tuple[Layout, ...]) -> Match | None:
    """The first layout that fits a sheet, with all its sheets; None where none fits."""
    for layout in layouts:
        tables = [table for sheet in sheets if (table := _find_table(sheet, layout))]
        if tables:
            match = Match(layout, tables)
            read = {id(table.sheet) for table in tables}
            for table in tables:
                match.findings += _header_findings(table, layout)
            match.findings += [
                _sheet_ignored(sheet)
                for sheet in sheets
                if id(sheet) not in read and sheet.rows and not _is_skipped(sheet, layout)
            ]
            return match
    return None


def _is_skipped(sheet: Sheet, layout: Layout) -> bool:
    return fold(sheet.name) in layout.skipped_sheets


def _find_table(sheet: Sheet, layout: Layout) -> Table | None:
    if _is_skipped(sheet, layout):
        return None
    by_header = layout.by_header
    best: Table | None = None
    for number, row in enumerate(sheet.rows[:HEADER_ROWS], 1):
        table = _as_header(sheet, number, row, by_header)
        if len(table.columns) > (len(best.columns) if best else MIN_KNOWN - 1):
            best = table
    fits = best and all(name in best.columns for name in layout.identifying)
    return best if fits else None


def _as_header(sheet: Sheet, number: int, row: list[Cell], by_header: dict[str, Column]) -> Table:
    headers = [" ".join(cell.split()) if isinstance(cell, str) else "" for cell in row]
    table = Table(sheet, number, {}, headers, {})
    for place, header in enumerate(headers):
        column = by_header.get(fold(header)) if header else None
        if column and column.field not in table.columns:
            table.columns[column.field] = place
        elif header or row[place] is not None:
            table.ignored[place] = header or str(row[place])
    return table


def _header_findings(table: Table, layout: Layout) -> Iterator[Finding]:
    by_header = layout.by_header
    for header in table.ignored.values():
        column = by_header.get(fold(header))
        if column:
            yield _on_header(
                table,
                header,
                "header_twice",
                _('Two columns mean the same: "%(first)s" and "%(second)s".')
                % {"first": table.header_of(column.field), "second": header},
                _("Delete or rename one of them."),
            )
        else:
            yield _on_header(
                table,
                header,
                "column_ignored",
                _('The column "%(header)s" is not part of this layout and is not taken over.')
                % {"header": header},
                level=WARNING,
            )
    for column in layout.columns:
        if column.required and column.field not in table.columns:
            yield _on_header(
                table,
                column.headers[0],
                "column_missing",
                _('The column "%(header)s" is missing.') % {"header": column.headers[0]},
                _("Add the column with this header and fill it."),
            )
    yield from _unnamed_columns(table)


def _on_header(
    table: Table, header: str, code: str, message: str, cure: str = "", *, level: str = ERROR
) -> Finding:
    return Finding(
        table.sheet.name, table.header_row, header, code, message, cure=cure, level=level
    )


def _unnamed_columns(table: Table) -> Iterator[Finding]:
    """Values without a header above them, in a workbook; in a text file the row is at fault."""
    if table.sheet.kind == "csv":
        return
    named = {*table.columns.values(), *table.ignored}
    rows = table.sheet.rows[table.header_row :]
    places = {at for row in rows for at, cell in enumerate(row) if cell is not None} - named
    for place in sorted(places):
        yield _on_header(
            table,
            letters(place),
            "column_unnamed",
            _("Column %(letters)s has values but no header and is not taken over.")
            % {"letters": letters(place)},
            level=WARNING,
        )


def letters(place: int) -> str:
    """0 → `A`, 27 → `AB`."""
    name, rest = "", place + 1
    while rest:
        rest, remainder = divmod(rest - 1, 26)
        name = chr(65 + remainder) + name
    return name


def _sheet_ignored(sheet: Sheet) -> Finding:
    return Finding(
        sheet.name,
        0,
        "",
        "sheet_ignored",
        _('The sheet "%(name)s" holds no table of this layout and is not read.')
        % {"name": sheet.name},
        level=WARNING,
    )
