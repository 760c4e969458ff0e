"""What a source's columns are called, and where its table lies in a workbook."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.db.models import IntegerChoices
from django.utils import translation
from django.utils.translation import gettext as _

from households.imports.findings import ERROR, WARNING, Finding
from households.imports.headers import fold, joined, numbered
from households.imports.reading import Sheet

HEADER_ROWS = 20
# Fewer known headers than this, and the row is not taken for a header.
MIN_KNOWN = 6
MIN_MARKS = 2
_TEXTS = frozenset({"text", "paper", "name", "nik", "kk", "row_code", "registry"})


class Purpose(StrEnum):
    """What the rows of a layout may do."""

    POPULATION = "population"  # create and change families and persons
    KNOWN = "known"  # no KK number column is needed: change known people only
    RECIPIENTS = "recipients"  # known people, and what they received


def spellings(label: Any) -> set[str]:
    """The folded label in every language of the portal."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.add(fold(str(label)))
    return found - {""}


@dataclass(frozen=True)
class Column:
    """One column: our field, the headers it goes by, the kind of its cells.

    `kind`: text, paper (the number of a paper, stored encrypted), name, nik, kk, date, past_date,
    code, latitude, longitude, integer, rupiah, decimal, yes_no, decile, registry, recipient,
    period, row_code.
    `scope`: person (with the place it lives), family, aid, row: where the value goes in ParsedRow.
    `headers[0]` is the source's own header. `low` and `high` bound an integer or a decimal.
    """

    field: str
    headers: tuple[str, ...]
    kind: str = "text"
    required: bool = False
    choices: type[IntegerChoices] | None = None
    numbers: dict[int, int] | None = None
    max_length: int = 100
    scope: str = "person"
    low: int = 0
    high: int = 10**12
    # What we call it ourselves: the header in our own exports, in any language of the portal.
    label: Any = dataclasses.field(default="", compare=False)

    @property
    def labels(self) -> set[str]:
        """The folded label in every language; nothing where there is none."""
        return spellings(self.label)

    @property
    def empty(self) -> str | None:
        """What an empty cell means: texts are never null."""
        return "" if self.kind in _TEXTS else None


@dataclass(frozen=True)
class Layout:
    """A source's sheet. `identifying`: a sheet without these columns is not of this layout.

    `constants`: what holds for every row, as column and value. `kept`: folded headers whose cells
    are kept beside the row as written; `dropped`: folded headers that are left out on purpose.
    `min_known`: with fewer known headers a row is not taken for the header; `marks`: two of these
    fields must have a column too.
    `numbered_headers`: a header that stands there again is told apart as `Nama (2)`.
    `told_by`: labels of ours over columns that every sheet of this layout has, in any language;
    `passed`: the same for columns that may be there. Neither is read: we know it already.
    `bare_sheet`: the name of the one sheet that is read, without headers: its columns go by letter.
    """

    name: str
    columns: tuple[Column, ...]
    identifying: tuple[str, ...]
    skipped_sheets: frozenset[str] = frozenset()
    purpose: Purpose = Purpose.POPULATION
    constants: tuple[tuple[Column, Any], ...] = ()
    kept: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()
    min_known: int = MIN_KNOWN
    marks: frozenset[str] = frozenset()
    numbered_headers: bool = False
    bare_sheet: str = ""
    told_by: tuple[Any, ...] = ()
    passed: tuple[Any, ...] = ()

    @property
    def spare(self) -> frozenset[str]:
        """Folded headers of columns that are left out on purpose."""
        own = [spellings(label) for label in (*self.told_by, *self.passed)]
        return self.dropped.union(*own)

    @property
    def by_header(self) -> dict[str, Column]:
        found = {fold(name): column for column in self.columns for name in column.headers}
        for column in self.columns:
            for label in column.labels:
                found.setdefault(label, column)
        return found


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
    """The layout of a file, with every sheet that is in it.

    `companions`: by kind, sheets whose rows say more of the families in `tables`.
    """

    layout: Layout
    tables: list[Table]
    findings: list[Finding] = field(default_factory=list)
    companions: list[tuple[str, Table]] = field(default_factory=list)

    @property
    def blocked(self) -> bool:
        """Whether a header must be mended before any row can be taken over."""
        return any(finding.is_error for finding in self.findings)


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
    if layout.bare_sheet:
        return _bare_table(sheet, by_header) if sheet.name == layout.bare_sheet else None
    best: Table | None = None
    # A header of two rows only where it says more than either row alone.
    for span in (1, 2):
        for number in range(span, min(len(sheet.rows), HEADER_ROWS) + 1):
            table = _as_header(sheet, number, span, by_header, numbers=layout.numbered_headers)
            if len(table.columns) > (len(best.columns) if best else layout.min_known - 1):
                best = table
    if best is None or not all(name in best.columns for name in layout.identifying):
        return None
    marked = len(layout.marks.intersection(best.columns)) >= min(MIN_MARKS, len(layout.marks))
    headers = {fold(header) for header in best.headers}
    told = all(headers & spellings(label) for label in layout.told_by)
    return best if marked and told else None


def _bare_table(sheet: Sheet, by_header: dict[str, Column]) -> Table:
    """The whole sheet: row 1 is a person already."""
    headers = bare_headers(sheet)
    table = Table(sheet, 0, {}, headers, {})
    for place, header in enumerate(headers):
        if column := by_header.get(fold(header)):
            table.columns[column.field] = place
        else:
            table.ignored[place] = header
    return table


def bare_headers(sheet: Sheet) -> list[str]:
    """What the columns of a list without headers go by: `A`, `B` …"""
    return [letters(place) for place in range(max(map(len, sheet.rows), default=0))]


def _as_header(
    sheet: Sheet, number: int, span: int, by_header: dict[str, Column], *, numbers: bool
) -> Table:
    headers = joined(sheet, number, span)
    own = headers if span == 1 else joined(sheet, number, 1)
    if numbers:
        headers = numbered(headers)
    table = Table(sheet, number, {}, headers, {})
    for place, header in enumerate(headers):
        if not header:
            continue
        column = by_header.get(fold(header))
        # Under a title over a group of columns, a column may go by its own word alone.
        if column is None and span > 1 and not numbers and place < len(own):
            column = by_header.get(fold(own[place]))
        if column and column.field not in table.columns:
            table.columns[column.field] = place
        else:
            table.ignored[place] = header
    return table


def _header_findings(table: Table, layout: Layout) -> Iterator[Finding]:
    by_header = layout.by_header
    expected = layout.kept | layout.spare
    if layout.told_by:
        yield _own_export(table)
    for header in table.ignored.values():
        if fold(header) in expected:
            continue
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


def _own_export(table: Table) -> Finding:
    return _on_header(
        table,
        "",
        "own_export",
        _("This is a list that was taken out of the registry. Codes and status are not read back."),
        _("To edit many rows, take out the workbook for editing: it knows its rows by their code."),
        level=WARNING,
    )


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
    known = set(table.columns.values())
    rows = table.sheet.rows[table.header_row :]
    width = max(map(len, rows), default=0)
    unnamed = [at for at in range(width) if at not in table.ignored and at not in known]
    places = [at for at in unnamed if any(at < len(row) and row[at] is not None for row in rows)]
    for place in places:
        yield _on_header(
            table,
            letters(place),
            "column_unnamed",
            _("Column %(letters)s has values but no header and is not taken over.")
            % {"letters": letters(place)},
            level=WARNING,
        )


@cache
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
