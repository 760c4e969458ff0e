"""The population sheet of OpenSID: 43 columns, one row a person."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from households.code_parsing import loses_meaning
from households.imports import cells
from households.imports.dates import parse_date
from households.imports.findings import WARNING, CellError, Finding, hint
from households.imports.layout import Column, Layout, Match, Table
from households.imports.opensid_columns import COLUMNS
from households.imports.parsed import ParsedRow
from households.imports.person_checks import row_findings
from households.imports.reading import Cell
from households.imports.rows import data_rows
from tkpk import nik

LAYOUT = Layout(
    name="opensid",
    columns=COLUMNS,
    identifying=("name",),
    skipped_sheets=frozenset({"kodedata"}),
)

_SIX_DECIMALS = Decimal("0.000001")
_DEGREES = {"latitude": 90, "longitude": 180}


def parse_rows(match: Match, *, demo: bool, today: date) -> Iterator[ParsedRow]:
    """Every person of every sheet, with all findings of the row.

    A row that is no person (a total, column numbers) adds a warning to `match.findings`. Where a
    header must be mended first, every row is refused.
    """
    blocked = match.blocked
    for table in match.tables:
        for number, row in data_rows(table, match.findings):
            parsed = _parse_row(table, number, row, demo=demo, today=today)
            if blocked:
                parsed.findings = [_refused_sheet(parsed)]
            yield parsed


def _refused_sheet(row: ParsedRow) -> Finding:
    return Finding(
        row.sheet,
        row.row_number,
        "",
        "sheet_refused",
        _("Not checked: the header of the table must be mended first."),
    )


def _parse_row(table: Table, number: int, row: list[Cell], *, demo: bool, today: date) -> ParsedRow:
    parsed = ParsedRow(table.sheet.name, number, {}, cells=row, headers=table.named)
    for column in COLUMNS:
        place = table.columns.get(column.field)
        cell = row[place] if place is not None and place < len(row) else None
        try:
            # Most cells of a real sheet are empty; they need no parser.
            value = column.empty if cell is None else _parse_cell(cell, column, demo, today)
        except CellError as error:
            value = None
            parsed.findings.append(_as_finding(error, parsed, column, cell))
        else:
            if column.required and value in (None, ""):
                parsed.findings.append(_required(parsed, column))
        parsed.values[column.field] = value
        if column.choices and value is not None and _says_more(cell, column):
            parsed.source_values[table.header_of(column.field)] = cells.as_text(cell)
    _normalise_area(parsed)
    _shorten_coordinates(parsed)
    _keep_ignored(parsed, table, row)
    parsed.findings += row_findings(parsed, table, today=today)
    return parsed


def _says_more(cell: Cell, column: Column) -> bool:
    return bool(column.choices and isinstance(cell, str) and loses_meaning(column.choices, cell))


def _parse_cell(cell: Cell, column: Column, demo: bool, today: date) -> Any:
    match column.kind:
        case "nik" | "kk":
            return cells.parse_identifier(cell, kind=column.kind, demo=demo)
        case "name":
            return cells.parse_name(cell, max_length=column.max_length)
        case "date":
            return parse_date(cell)
        case "past_date":
            return parse_date(cell, not_after=today)
        case "code":
            return cells.parse_code_cell(cell, column.choices, numbers=column.numbers)
        case "latitude" | "longitude":
            limit = _DEGREES[column.kind]
            return cells.parse_decimal(cell, low=-limit, high=limit)
        case _:
            secret = column.kind == "paper"
            return cells.parse_text(cell, max_length=column.max_length, secret=secret)


def _as_finding(error: CellError, row: ParsedRow, column: Column, cell: Cell) -> Finding:
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


def _required(row: ParsedRow, column: Column) -> Finding:
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
    for name in _DEGREES:
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


def _keep_ignored(parsed: ParsedRow, table: Table, row: list[Cell]) -> None:
    for place, header in table.ignored.items():
        if place < len(row) and not cells.is_blank(row[place]):
            # Kept in clear, so a number in a column we do not know is not kept whole.
            parsed.source_values[header] = nik.mask_identifiers(cells.as_remark(row[place]))
