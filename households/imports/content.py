"""What a file says: its layout, its rows grouped in families, and every finding so far."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from households.imports import opensid
from households.imports.cells import is_blank
from households.imports.families import Family, check_families
from households.imports.findings import Finding
from households.imports.layout import Layout, Match, Table, fold, recognise
from households.imports.parsed import ParsedRow
from households.imports.reading import Sheet, read_file
from households.imports.unreadable import UnreadableFile

LAYOUTS: tuple[Layout, ...] = (opensid.LAYOUT,)
# How a workbook of refused rows names its last column, and how each of its cells begins. Both are
# part of the file's format, so that it comes back without a warning.
REMARKS, REMARK_MARK = "Keterangan", "Perbaiki: "


@dataclass
class Content:
    """A parsed file. `notes` are findings about the file or a sheet, not about a row."""

    layout: str
    match: Match
    rows: list[ParsedRow]
    families: list[Family]
    notes: list[Finding] = field(default_factory=list)


def layout_named(name: str) -> Layout:
    """Raises KeyError for an unknown layout."""
    return {layout.name: layout for layout in LAYOUTS}[name]


def matched(data: bytes, *, name: str, layout: str = "") -> Match:
    """The file's tables; raises UnreadableFile when nothing in it is a known layout."""
    layouts = (layout_named(layout),) if layout else LAYOUTS
    sheets = read_file(data, name=name)
    match = recognise(sheets, layouts)
    if match is None:
        raise UnreadableFile(
            "unknown_layout",
            _(
                "No sheet has the headers of a population list (nama, no_kk, nik, sex, "
                "tanggallahir, kk_level …). Check the header row and upload the file again."
            ),
        )
    return match


def read_content(data: bytes, *, name: str, demo: bool, today: date, layout: str = "") -> Content:
    """Read, recognise, parse and group. Costs a process; raises UnreadableFile."""
    match = matched(data, name=name, layout=layout)
    own = [(table, place) for table in match.tables if (place := own_remarks(table)) is not None]
    for table, place in own:
        _forget(match, table, place)
    rows = list(opensid.parse_rows(match, demo=demo, today=today))
    return Content(
        match.layout.name, match, rows, check_families(rows, today=today), match.findings
    )


def own_remarks(table: Table) -> int | None:
    """The place of the remarks that our own workbook of refused rows brought, if it is one."""
    for place, header in table.ignored.items():
        if fold(header).startswith(fold(REMARKS)) and _is_ours(table.sheet, table, place):
            return place
    return None


def _is_ours(sheet: Sheet, table: Table, place: int) -> bool:
    said: list[Any] = [
        row[place]
        for row in sheet.rows[table.header_row :]
        if place < len(row) and not is_blank(row[place])
    ]
    return all(isinstance(cell, str) and cell.startswith(REMARK_MARK.strip()) for cell in said)


def _forget(match: Match, table: Table, place: int) -> None:
    header = table.ignored.pop(place)
    gone = next(
        (
            finding
            for finding in match.findings
            if finding.code == "column_ignored"
            and (finding.sheet, finding.column) == (table.sheet.name, header)
        ),
        None,
    )
    if gone:
        match.findings.remove(gone)
    for row in table.sheet.rows[table.header_row :]:
        if place < len(row):
            row[place] = None
