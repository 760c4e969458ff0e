"""The population sheet of OpenSID: 43 columns, one row a person."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from households.code_parsing import loses_meaning
from households.imports import cells
from households.imports.cells import Area
from households.imports.dates import parse_date
from households.imports.findings import WARNING, CellError, Finding, hint
from households.imports.layout import Column, Layout, Match, Table
from households.imports.opensid_columns import COLUMNS
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
_AREA = ("hamlet", "rw", "rt")


@dataclass
class ParsedRow:
    """One person's row.

    `values` has every field of the layout, None (or "" for texts) where the file says nothing or
    nothing readable. `source_values`: by header, what no field can hold. `cells`: the row as read.
    `headers`: by field, the column's header as the file writes it.
    """

    sheet: str
    row_number: int
    values: dict[str, Any]
    source_values: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        return any(finding.is_error for finding in self.findings)

    def header_of(self, name: str) -> str:
        return self.headers.get(name, name)

    @property
    def area(self) -> Area:
        return Area(*(self.values[name] for name in _AREA))


def parse_rows(
    match: Match, *, demo: bool, today: date, passed_over: list[Finding] | None = None
) -> Iterator[ParsedRow]:
    """Every person of every sheet, with all findings of the row.

    `passed_over` receives a warning for each row that is no person (totals, column numbers). Where
    a header must be mended first, every row is refused.
    """
    skipped = passed_over if passed_over is not None else []
    for table in match.tables:
        for number, row in data_rows(table, skipped):
            parsed = _parse_row(table, number, row, demo=demo, today=today)
            if match.blocked:
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
    parsed.findings += _row_findings(parsed, table, today=today)
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
    """The three cells as one area; a cell that could not be read keeps its own finding."""
    found = [parsed.values[name] or None for name in _AREA]
    parsed.values.update(zip(_AREA, cells.parse_area(*found), strict=True))


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
            parsed.source_values[header] = nik.mask_identifiers(str(row[place]))


def _row_findings(parsed: ParsedRow, table: Table, *, today: date) -> Iterator[Finding]:
    values = parsed.values
    here = Finding(parsed.sheet, parsed.row_number, "", "", "")
    if table.sheet.kind == "csv" and len(parsed.cells) > len(table.headers):
        yield replace(
            here,
            code="extra_cells",
            message=_("The row has more values than the table has columns."),
            cure=_("A value with the separator in it must stand in quotation marks."),
        )
    number = values["nik"]
    if number:
        at_nik = replace(here, column=table.header_of("nik"), field="nik", level=WARNING)
        for said in nik.nik_warnings(
            number, sex=values["sex"], birth_date=values["birth_date"], today=today
        ):
            yield replace(at_nik, code=said.code, message=said.message)
        if number == values["kk_number"]:
            yield replace(
                at_nik,
                level=here.level,
                code="nik_is_kk",
                message=_("NIK and KK number are the same."),
                cure=_("Type each from its own document."),
            )
    yield from _birth_findings(parsed, table, here)
    yield from _coordinate_findings(parsed, here)


def _birth_findings(parsed: ParsedRow, table: Table, here: Finding) -> Iterator[Finding]:
    if parsed.values["birth_date"] or any(f.field == "birth_date" for f in parsed.findings):
        return
    at_birth = replace(here, column=table.header_of("birth_date"), field="birth_date")
    if parsed.values["nik"] or any(f.field == "nik" for f in parsed.findings):
        yield replace(
            at_birth, code="birth_date_empty", message=_("The birth date is empty."), level=WARNING
        )
    else:
        yield replace(
            at_birth,
            code="not_identified",
            message=_("Without NIK and without birth date the person cannot be told from others."),
            cure=_("Fill at least one of the two."),
        )


def _coordinate_findings(parsed: ParsedRow, here: Finding) -> Iterator[Finding]:
    missing = [name for name in _DEGREES if parsed.values[name] is None]
    if len(missing) == 1 and not any(f.field in _DEGREES and f.is_error for f in parsed.findings):
        yield replace(
            here,
            column=parsed.header_of(missing[0]),
            field=missing[0],
            code="coordinate_alone",
            message=_("Latitude and longitude belong together; one of them is missing."),
            cure=_("Fill both or neither."),
        )
