"""The refused rows as a workbook in the layout they came in, with the wrong cells marked."""

import io
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from households.imports import aid_list, regsosek
from households.imports.column_choice import layout_of
from households.imports.content import REMARK_MARK, REMARKS, matched, own_remarks
from households.imports.findings import Finding
from households.imports.layout import Match, Table
from households.imports.reading import Cell, Sheet, read_file
from households.imports.staging import staged_content
from households.models import ImportBatch, Outcome
from tkpk import files

TEXT = "@"
# Layouts of several sheets that belong together.
WHOLE_WORKBOOKS = frozenset({aid_list.NAME, regsosek.NAME})
# Excel shows no more of a cell's note than this without trouble.
NOTE_LENGTH = 1000
SHEET_NAME_LENGTH = 31
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass
class _Formats:
    plain: Any
    wrong: Any
    header: Any
    remark: Any


def refused_workbook(batch: ImportBatch) -> bytes:
    """Read the source again and write what was refused. Raises FileRemoved after its time."""
    data = files.load(batch.source)
    match = matched(data, name=batch.source.name, layout=layout_of(batch))
    refused = _findings_by_row(batch)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            # Not `constant_memory`: it writes rows to temporary files, in clear.
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    formats = _Formats(
        plain=book.add_format({"num_format": TEXT}),
        wrong=book.add_format({"num_format": TEXT, "bg_color": "#fdecea", "border": 1}),
        header=book.add_format({"num_format": TEXT, "bold": True, "bottom": 1}),
        remark=book.add_format({"num_format": TEXT, "text_wrap": True, "valign": "top"}),
    )
    taken: set[str] = set()
    for table in match.tables:
        rows = refused.get(table.sheet.name, {})
        if rows or len(match.tables) == 1:
            sheet = book.add_worksheet(_sheet_name(table.sheet.name, taken))
            _write_sheet(sheet, table, rows, formats, header=_header(match, table))
    for sheet in _companions(batch, match, data):
        _copy_sheet(book.add_worksheet(_sheet_name(sheet.name, taken)), sheet, formats)
    book.close()
    return target.getvalue()


def _companions(batch: ImportBatch, match: Match, data: bytes) -> list[Sheet]:
    """Sheets without persons that the persons' sheet is not understood without."""
    if batch.layout not in WHOLE_WORKBOOKS:
        return []
    own = {table.sheet.name for table in match.tables}
    sheets = read_file(data, name=batch.source.name)
    return [sheet for sheet in sheets if sheet.name not in own and sheet.rows]


def _copy_sheet(target: Any, sheet: Sheet, formats: _Formats) -> None:
    """As it stands, as text: what belongs to families that are not refused does no harm."""
    for number, row in enumerate(sheet.rows):
        for place in range(len(row)):
            if text := _text(row, place):
                target.write_string(number, place, text, formats.plain)


def _findings_by_row(batch: ImportBatch) -> dict[str, dict[int, list[Finding]]]:
    found: dict[str, dict[int, list[Finding]]] = defaultdict(dict)
    for row in batch.rows.filter(outcome=Outcome.REFUSED).iterator(500):
        content = staged_content(row)
        found[content["sheet"]][row.row_number] = [
            finding for said in content["findings"] if (finding := Finding(**said)).is_error
        ]
    return found


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that Excel accepts: LibreOffice allows longer ones, and marks that Excel does not."""
    plain = _NOT_IN_SHEET_NAMES.sub("-", name)[:SHEET_NAME_LENGTH].strip("' ") or "Lembar"
    found, number = plain, 1
    while found.casefold() in taken:
        number += 1
        found = f"{plain[: SHEET_NAME_LENGTH - 5]} ({number})"
    taken.add(found.casefold())
    return found


def _header(match: Match, table: Table) -> list[Cell]:
    """In one row. Columns that were said are known by their joined and numbered headers."""
    own = table.sheet.rows[table.header_row - 1]
    joined: list[Cell] = [*table.headers]
    if match.layout.numbered_headers:
        return joined
    rest = joined[len(own) :]
    return [cell or read for cell, read in zip(own, joined, strict=False)] + rest


def _write_sheet(
    sheet: Any,
    table: Table,
    rows: dict[int, list[Finding]],
    formats: _Formats,
    *,
    header: list[Cell],
) -> None:
    # A workbook of ours that comes back loses its old remarks.
    own = own_remarks(table)
    places = [place for place in range(_width(table, rows)) if place != own]
    sheet.set_column(0, len(places), 16, formats.plain)
    sheet.set_column(len(places), len(places), 70, formats.remark)
    sheet.freeze_panes(1, 0)
    for at, place in enumerate(places):
        sheet.write_string(0, at, _text(header, place), formats.header)
    sheet.write_string(0, len(places), REMARKS, formats.header)
    for line, (number, findings) in enumerate(sorted(rows.items()), 1):
        cells = table.sheet.rows[number - 1]
        wrong = _wrong_places(table, findings)
        for at, place in enumerate(places):
            style = formats.wrong if place in wrong else formats.plain
            sheet.write_string(line, at, _text(cells, place), style)
            if place in wrong:
                sheet.write_comment(line, at, wrong[place][:NOTE_LENGTH])
        sheet.write_string(line, len(places), _remark(findings), formats.remark)


def _width(table: Table, rows: dict[int, list[Finding]]) -> int:
    return max(
        [
            len(table.sheet.rows[table.header_row - 1]),
            *(len(table.sheet.rows[number - 1]) for number in rows),
        ]
    )


def _text(cells: list[Cell], place: int) -> str:
    """The cell as text. A damaged number stays damaged: it has to be typed anew."""
    cell = cells[place] if place < len(cells) else None
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    return str(cell)


def _wrong_places(table: Table, findings: list[Finding]) -> dict[int, str]:
    """Place → what is wrong there; a row refused with its family has no wrong cell."""
    wrong: dict[int, list[str]] = defaultdict(list)
    for finding in findings:
        place = table.columns.get(finding.field)
        if place is not None and finding.code != "family_refused":
            wrong[place].append(" ".join([finding.message, finding.cure]).strip())
    return {place: "\n".join(messages) for place, messages in wrong.items()}


def _remark(findings: list[Finding]) -> str:
    said = []
    for finding in findings:
        where = f"[{finding.column}] " if finding.column else ""
        said.append(f"{where}{finding.message} {finding.cure}".strip())
    return REMARK_MARK + "\n".join(dict.fromkeys(said))
