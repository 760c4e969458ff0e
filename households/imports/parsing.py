"""From the rows of a recognised table to persons: values, receipts and findings of each row."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from households.code_parsing import loses_meaning
from households.imports import cells
from households.imports.aid_claims import claim_of
from households.imports.column_parsers import DEGREES, Parser, parser_for
from households.imports.findings import WARNING, CellError, Finding, hint
from households.imports.household_columns import PERSON_MORE
from households.imports.layout import Column, Match, Table, fold
from households.imports.opensid_columns import COLUMNS
from households.imports.parsed import ParsedRow
from households.imports.person_checks import row_findings
from households.imports.reading import Cell
from households.imports.rows import data_rows
from tkpk import nik

PERSON_COLUMNS: tuple[Column, ...] = (*COLUMNS, *PERSON_MORE)
# What a row says of a person where the file says nothing.
NOTHING: dict[str, Any] = {column.field: column.empty for column in PERSON_COLUMNS}

_SIX_DECIMALS = Decimal("0.000001")
# How many different texts of a column are parsed only once. A NIK never repeats.
_REMEMBERED = {"nik": 0, "kk": 40_000, "date": 40_000, "past_date": 40_000}
_REMEMBERED_ELSE = 4_000


@dataclass
class _Reader:
    """One column of one table."""

    column: Column
    place: int
    parse: Parser
    room: int
    # By the cell's text: the value, and the text where the value says less than it.
    remembered: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.field, self.required = self.column.field, self.column.required
        self.is_of_person = self.column.scope == "person"

    def read(self, cell: Cell) -> tuple[Any, str]:
        """Raises CellError; a faulty cell is parsed each time."""
        if type(cell) is not str:
            return self.parse(cell), ""
        found = self.remembered.get(cell)
        if found is None:
            value, choices = self.parse(cell), self.column.choices
            lossy = value is not None and choices and loses_meaning(choices, cell)
            found = (value, cells.as_text(cell) if lossy else "")
            if self.room:
                self.room -= 1
                self.remembered[cell] = found
        return found


def parse_rows(match: Match, *, demo: bool, today: date) -> Iterator[ParsedRow]:
    """Every person of every sheet, with all findings of the row.

    A row that is no person (a total, column numbers) adds a warning to `match.findings`. Where a
    header must be mended first, every row is refused.
    """
    blocked = match.blocked
    for table in match.tables:
        read = TableParser(table, match, demo=demo, today=today)
        for number, row in data_rows(table, match.findings):
            parsed = read.row(number, row)
            if blocked:
                parsed.findings = [refused_sheet(parsed)]
            yield parsed


class TableParser:
    """Turns rows of one table into ParsedRow. Made once a table: what can be settled ahead is."""

    def __init__(self, table: Table, match: Match, *, demo: bool, today: date) -> None:
        self.table, self.layout, self.today = table, match.layout, today
        self.readers = [
            _reader(column, table.columns[column.field], demo=demo, today=today)
            for column in self.layout.columns
            if column.field in table.columns
        ]
        self.absent = [
            column
            for column in self.layout.columns
            if column.required and column.field not in table.columns
        ]
        spare = self.layout.spare
        self.ignored = {
            place: header for place, header in table.ignored.items() if fold(header) not in spare
        }

    def row(self, number: int, row: list[Cell]) -> ParsedRow:
        parsed = ParsedRow(
            self.table.sheet.name, number, dict(NOTHING), cells=row, headers=self.table.named
        )
        aid: dict[str, Any] = {}
        targets = {"person": parsed.values, "family": parsed.family_values, "aid": aid}
        for column, value in self.layout.constants:
            targets[column.scope][column.field] = value
        for column in self.absent:
            parsed.findings.append(required_finding(parsed, column))
        width, values = len(row), parsed.values
        for reader in self.readers:
            cell = row[reader.place] if reader.place < width else None
            # Most cells of a real sheet are empty, or say what one above them said.
            if cell is None:
                if reader.required:
                    parsed.findings.append(required_finding(parsed, reader.column))
                continue
            found = reader.remembered.get(cell) if type(cell) is str else None
            if found and reader.is_of_person and not found[1] and (found[0] or not reader.required):
                values[reader.field] = found[0]
            else:
                self._read(reader, cell, parsed, targets)
        if aid:
            claim_of(parsed, aid, self.layout)
        _normalise_area(parsed)
        _shorten_coordinates(parsed)
        self._keep_ignored(parsed, row)
        parsed.findings += row_findings(
            parsed, self.table, purpose=self.layout.purpose, today=self.today
        )
        return parsed

    def _read(
        self, reader: _Reader, cell: Cell, parsed: ParsedRow, targets: dict[str, dict[str, Any]]
    ) -> None:
        column = reader.column
        try:
            value, fuller = reader.read(cell)
        except CellError as error:
            if column.scope == "person":
                parsed.values[column.field] = None
            parsed.findings.append(as_finding(error, parsed, column, cell))
            return
        if value is None or value == "":
            if column.required:
                parsed.findings.append(required_finding(parsed, column))
            return
        if column.scope == "row":
            setattr(parsed, column.field, value)
        else:
            targets[column.scope][column.field] = value
        if fuller:
            parsed.source_values[parsed.header_of(column.field)] = fuller

    def _keep_ignored(self, parsed: ParsedRow, row: list[Cell]) -> None:
        for place, header in self.ignored.items():
            if place < len(row) and not cells.is_blank(row[place]):
                # Kept in clear, so a number in a column we do not know is not kept whole.
                parsed.source_values[header] = nik.mask_identifiers(cells.as_remark(row[place]))


def _reader(column: Column, place: int, *, demo: bool, today: date) -> _Reader:
    parse = parser_for(column, demo=demo, today=today)
    return _Reader(column, place, parse, _REMEMBERED.get(column.kind, _REMEMBERED_ELSE))


def refused_sheet(row: ParsedRow) -> Finding:
    return Finding(
        row.sheet,
        row.row_number,
        "",
        "sheet_refused",
        _("Not checked: the header of the table must be mended first."),
    )


def as_finding(error: CellError, row: ParsedRow, column: Column, cell: Cell) -> Finding:
    return Finding(
        row.sheet,
        row.row_number,
        row.header_of(column.field),
        error.code,
        error.message,
        cure=error.cure,
        value_hint=hint(cell),
        field=column.field,
    )


def required_finding(row: ParsedRow, column: Column) -> Finding:
    header = row.header_of(column.field)
    return Finding(
        row.sheet,
        row.row_number,
        header,
        "required",
        _('"%(header)s" is empty.') % {"header": header},
        cure=_("Fill the cell from the KK."),
        field=column.field,
    )


def _normalise_area(parsed: ParsedRow) -> None:
    """RW and RT in one spelling; a cell that could not be read keeps its own finding."""
    area = parsed.area
    parsed.values.update(rw=area.rw, rt=area.rt)


def _shorten_coordinates(parsed: ParsedRow) -> None:
    """To the six decimals that are stored (11 cm); the longer number is kept beside the row."""
    for name in DEGREES:
        exact = parsed.values[name]
        if exact is None:
            continue
        stored = exact.quantize(_SIX_DECIMALS)
        if stored != exact:
            header = parsed.header_of(name)
            parsed.source_values[header] = str(exact)
            parsed.findings.append(_shortened(parsed, name))
        parsed.values[name] = stored


def _shortened(row: ParsedRow, name: str) -> Finding:
    return Finding(
        row.sheet,
        row.row_number,
        row.header_of(name),
        "coordinate_shortened",
        _("Kept with six decimals, which is exact to 11 cm."),
        level=WARNING,
        field=name,
    )
