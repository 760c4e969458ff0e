"""Diedit: a workbook of ours that an officer took out, changed and brought back.

It is known by its own headers. Rows are found by their row code and nothing else, so a family of
another kelurahan, a code that was typed anew and a row that never was are all the same: unknown.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from households.exporting.edit_workbook import GUIDE
from households.exporting.editable import FAMILY_CODE, PLACE, ROW_CODE, EditColumn, headers
from households.exporting.row_codes import FAMILY, PERSON, RowCode, read_code
from households.imports import cells
from households.imports.families import Family
from households.imports.findings import WARNING, CellError, Finding
from households.imports.layout import HEADER_ROWS, Layout, Match, Table, fold
from households.imports.parsed import ParsedRow
from households.imports.reading import Cell, Sheet
from tkpk.nik import mask_identifiers

NAME = "diedit"
LAYOUT = Layout(
    name=NAME,
    columns=(),
    identifying=(ROW_CODE, FAMILY_CODE),
    skipped_sheets=frozenset({fold(GUIDE), "daftar"}),
)


@dataclass
class EditedRow(ParsedRow):
    """One row as it came back: the codes it bears, and by column the cell as read."""

    person: RowCode | None = None
    family: RowCode | None = None
    typed: dict[EditColumn, Cell] | None = None


# --- the table -------------------------------------------------------------------------------
def recognise(sheets: list[Sheet]) -> Match | None:
    """The tables with both codes; None where no sheet has them."""
    tables = [
        table
        for sheet in sheets
        if fold(sheet.name) not in LAYOUT.skipped_sheets and (table := _table(sheet))
    ]
    if not tables:
        return None
    match = Match(LAYOUT, tables)
    for table in tables:
        match.findings += [_ignored(table, header) for header in table.ignored.values()]
        match.findings += _twice(table)
    return match


def _table(sheet: Sheet) -> Table | None:
    known = headers()
    for number, row in enumerate(sheet.rows[:HEADER_ROWS], 1):
        said = [" ".join(cell.split()) if isinstance(cell, str) else "" for cell in row]
        table = Table(sheet, number, {}, said, {})
        for place, header in enumerate(said):
            column = known.get(fold(header)) if header else None
            if column and column.key not in table.columns:
                table.columns[column.key] = place
            elif header:
                table.ignored[place] = header
        if all(name in table.columns for name in LAYOUT.identifying):
            return table
    return None


def _on_header(
    table: Table, header: str, code: str, message: str, *, cure: str = "", level: str = WARNING
) -> Finding:
    return Finding(
        table.sheet.name, table.header_row, header, code, message, cure=cure, level=level
    )


def _ignored(table: Table, header: str) -> Finding:
    return _on_header(
        table,
        header,
        "column_ignored",
        _('The column "%(header)s" is not part of this layout and is not taken over.')
        % {"header": header},
    )


def _twice(table: Table) -> list[Finding]:
    """A column that stands there again might hold the change: which one is meant is not guessed."""
    known = headers()
    return [
        _on_header(
            table,
            header,
            "header_twice",
            _('Two columns mean the same: "%(first)s" and "%(second)s".')
            % {"first": header, "second": header},
            cure=_("Delete or rename one of them."),
            level="error",
        )
        for header in table.ignored.values()
        if fold(header) in known
    ]


# --- the rows --------------------------------------------------------------------------------
def parse_rows(match: Match) -> list[ParsedRow]:
    """Every row that is not blank. What its cells mean is asked when its person is known."""
    rows: list[ParsedRow] = []
    for table in match.tables:
        by_key = {column.key: column for column in headers().values()}
        columns = [(by_key[key], place) for key, place in table.columns.items()]
        first = table.header_row + 1
        for number, row in enumerate(table.sheet.rows[table.header_row :], first):
            if not all(cells.is_blank(cell) for cell in row):
                rows.append(_row(table, number, row, columns))
    if match.blocked:
        for parsed in rows:
            parsed.findings = [
                finding_at(
                    parsed,
                    "",
                    "sheet_refused",
                    _("Not checked: the header of the table must be mended first."),
                )
            ]
    return rows


def _row(
    table: Table, number: int, row: list[Cell], columns: list[tuple[EditColumn, int]]
) -> EditedRow:
    typed = {column: row[place] if place < len(row) else None for column, place in columns}
    named = {column.name: text_of(cell) for column, cell in typed.items() if column.owner is None}
    parsed = EditedRow(
        table.sheet.name,
        number,
        {"name": _name_of(typed), "kk_number": "", "hamlet": "", "nik": ""},
        cells=row,
        headers=table.named,
        person=read_code(named[ROW_CODE], kind=PERSON),
        family=read_code(named[FAMILY_CODE], kind=FAMILY),
        typed=typed,
    )
    parsed.values.update({name: named.get(name, "") for name in PLACE})
    if parsed.person:
        parsed.row_code, parsed.expected_version = parsed.person.name, parsed.person.version
    if not parsed.person or not parsed.family:
        parsed.findings.append(unknown_row(parsed))
    parsed.findings += _beyond(table, parsed, row)
    return parsed


def _name_of(typed: dict[EditColumn, Cell]) -> str:
    """What the row calls the person, for the preview; a number in it is not shown."""
    for column, cell in typed.items():
        if column.key == "name":
            return mask_identifiers(text_of(cell))[:100]
    return ""


def text_of(cell: Cell) -> str:
    """The cell as text on one line, also where the parser will have something to say of it."""
    try:
        return cells.as_text(cell)
    except CellError:
        return cells.as_remark(cell)


def _beyond(table: Table, parsed: ParsedRow, row: list[Cell]) -> list[Finding]:
    """Values under no header are not dropped without a word."""
    return [
        finding_at(parsed, "", "value_without_header", _("A value has no header above it.")).moved(
            cure=_("Delete it, or move it to the column where it belongs.")
        )
        for place, cell in enumerate(row)
        if not cells.is_blank(cell) and (place >= len(table.headers) or not table.headers[place])
    ][:1]


def finding_at(row: ParsedRow, name: str, code: str, message: str) -> Finding:
    column = row.header_of(name) if name else ""
    return Finding(row.sheet, row.row_number, column, code, message, field=name)


def unknown_row(row: ParsedRow) -> Finding:
    """The one answer for every row that this import cannot find."""
    return finding_at(
        row, ROW_CODE, "row_unknown", _("No row that you may edit here has this code.")
    ).moved(
        cure=_(
            "Take the row out and copy it anew from a fresh download; new persons are entered on "
            "the page of their family."
        )
    )


def grouped(rows: list[ParsedRow]) -> list[Family]:
    """Rows of one family code; a row without one stands alone."""
    families: dict[object, Family] = {}
    for row in rows:
        code = row.family.name if isinstance(row, EditedRow) and row.family else ""
        key = code or (row.sheet, row.row_number)
        families.setdefault(key, Family(code, [])).rows.append(row)
    return list(families.values())
