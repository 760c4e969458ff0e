"""A list of recipients of one programme: sheet `Program` with its facts, sheet `Peserta`."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from households.imports.column_parsers import parser_for
from households.imports.findings import CellError, Finding, hint
from households.imports.headers import fold, header_text
from households.imports.household_columns import AID_COLUMNS
from households.imports.layout import Column, Layout, Match, Purpose, Table
from households.imports.layout import recognise as recognise_table
from households.imports.parsed import ParsedRow
from households.imports.parsing import parse_rows as parse_table_rows
from households.imports.reading import Cell, Sheet
from households.imports.rows import END_MARK

NAME = "aid_recipients"
_NIK = Column("nik", ("nik", "no nik", "nomor nik"), "nik", required=True)
_FAMILY = Column("kk_number", ("peserta",), "kk", required=True)
_OTHERS = (
    Column("name", ("nama", "nama peserta"), "name"),
    Column("birth_place", ("tempat lahir",)),
    Column("birth_date", ("tanggal lahir", "tgl lahir"), "past_date"),
)
LAYOUT = Layout(
    name=NAME,
    columns=(_NIK, *_OTHERS),
    identifying=("nik", "name"),
    purpose=Purpose.RECIPIENTS,
    # The number of the programme's card is kept beside the receipt; the address is the card's.
    kept=frozenset({"nopeserta"}),
    dropped=frozenset({"peserta", "alamat"}),
    min_known=2,
)
_AID = {column.field: column for column in AID_COLUMNS}
_KEYS = {
    "namaprogram": "aid_programme",
    "sasaranprogram": "aid_recipient",
    "rentangwaktuawal": "aid_period_from",
    "rentangwaktuakhir": "aid_period_to",
}
_PARTICIPANT = "peserta"


@dataclass
class _Programme:
    """What the sheet says of the programme, by field, and what of it could not be read."""

    sheet: Sheet
    values: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def recognise(sheets: list[Sheet]) -> Match | None:
    """The workbook with both sheets; the programme's facts hold for every row."""
    programme = next((found for sheet in sheets if (found := _programme(sheet))), None)
    if programme is None:
        return None
    of_family = programme.values.get("aid_recipient") == "family"
    layout = replace(
        LAYOUT,
        columns=(
            replace(_NIK, required=not of_family),
            *_OTHERS,
            *([_FAMILY] if of_family else []),
        ),
        constants=tuple((_AID[name], value) for name, value in programme.values.items()),
    )
    match = recognise_table([sheet for sheet in sheets if sheet is not programme.sheet], (layout,))
    if match is None:
        return None
    match.tables = [table for table in match.tables if _participants(table) is not None]
    match.findings += programme.findings
    return match if match.tables else None


def _programme(sheet: Sheet) -> _Programme | None:
    found = _Programme(sheet)
    known = False
    for number, row in enumerate(sheet.rows, 1):
        key = header_text(row[0]) if row else ""
        if key.startswith(END_MARK):
            break
        name = _KEYS.get(fold(key))
        known = known or name == "aid_programme"
        if name and len(row) > 1 and row[1] is not None:
            _read(found, name, number, key, row[1])
    return found if known else None


def _read(programme: _Programme, name: str, number: int, key: str, cell: Cell) -> None:
    try:
        value = parser_for(_AID[name], demo=False, today=date.max)(cell)
    except CellError as error:
        programme.findings.append(
            Finding(
                programme.sheet.name,
                number,
                key,
                error.code,
                error.message,
                cure=error.cure,
                value_hint=hint(cell),
                field=name,
            )
        )
    else:
        if value not in (None, ""):
            programme.values[name] = value


def _participants(table: Table) -> int | None:
    folded = [fold(header) for header in table.headers]
    return folded.index(_PARTICIPANT) if _PARTICIPANT in folded else None


def parse_rows(match: Match, *, demo: bool, today: date) -> Iterator[ParsedRow]:
    """Every recipient. Where persons are named, the first column repeats the NIK."""
    places = {table.sheet.name: _participants(table) for table in match.tables}
    of_person = not any(column.field == "kk_number" for column in match.layout.columns)
    for parsed in parse_table_rows(match, demo=demo, today=today):
        place = places[parsed.sheet]
        if of_person and place is not None and place < len(parsed.cells):
            _compare(parsed, parsed.cells[place], demo=demo)
        yield parsed


def _compare(parsed: ParsedRow, cell: Cell, *, demo: bool) -> None:
    parse = parser_for(_NIK, demo=demo, today=date.max)
    try:
        said = parse(cell)
    except CellError:
        said = None
    if said != "" and parsed.values["nik"] and said != parsed.values["nik"]:
        parsed.findings.append(
            Finding(
                parsed.sheet,
                parsed.row_number,
                "Peserta",
                "recipient_differs",
                _("The column Peserta and the NIK name different persons."),
                cure=_("In a list of persons both hold the NIK: mend the wrong one."),
                value_hint=hint(cell),
                field="nik",
            )
        )
