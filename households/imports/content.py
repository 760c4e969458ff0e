"""What a file says: its layout, its rows grouped in families, and every finding so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from households.imports import aid_list, edited, opensid, parsing, regsosek
from households.imports.cells import is_blank
from households.imports.collecting import without_collector
from households.imports.families import Family, check_families
from households.imports.findings import Finding
from households.imports.layout import Layout, Match, Purpose, Table, fold, recognise
from households.imports.parsed import ParsedRow
from households.imports.reading import Sheet, read_file
from households.imports.unreadable import UnreadableFile

LAYOUTS: tuple[Layout, ...] = (opensid.EXPORT, opensid.LAYOUT)
# Workbooks of several sheets that belong together: each finds and reads its own.
_WORKBOOKS = (regsosek, aid_list)
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

    @property
    def purpose(self) -> Purpose:
        return self.match.layout.purpose


def layout_named(name: str) -> Layout:
    """Raises KeyError for an unknown layout."""
    every = (*LAYOUTS, edited.LAYOUT, *(source.LAYOUT for source in _WORKBOOKS))
    return {layout.name: layout for layout in every}[name]


def matched(data: bytes, *, name: str, layout: Layout | str = "") -> Match:
    """The file's tables; raises UnreadableFile when nothing in it is a known layout.

    `layout`: one that was mapped, or the name of a known one; "" tries all known ones.
    """
    layouts = _asked(layout)
    sheets = read_file(data, name=name)
    match = edited.recognise(sheets) if layout in ("", edited.NAME) else None
    for source in _WORKBOOKS:
        if match is None and layout in ("", source.NAME):
            match = source.recognise(sheets)
    match = match or recognise(sheets, layouts)
    if match is None:
        raise UnreadableFile(
            "unknown_layout",
            _(
                "No sheet has the headers of a population list (nama, no_kk, nik, sex, "
                "tanggallahir, kk_level …). Check the header row and upload the file again."
            ),
        )
    return match


def _asked(layout: Layout | str) -> tuple[Layout, ...]:
    if isinstance(layout, Layout):
        return (layout,)
    return (layout_named(layout),) if layout else LAYOUTS


# Rows between two signs of life.
BEAT_EVERY = 1_000


def read_content(
    data: bytes,
    *,
    name: str,
    demo: bool,
    today: date,
    layout: Layout | str = "",
    beat: Callable[[], None] = lambda: None,
) -> Content:
    """Read, recognise, parse and group. Costs a process; raises UnreadableFile."""
    with without_collector():
        match = matched(data, name=name, layout=layout)
        beat()
        return _parsed(match, demo=demo, today=today, beat=beat)


def _parsed(match: Match, *, demo: bool, today: date, beat: Callable[[], None]) -> Content:
    own = [(table, place) for table in match.tables if (place := own_remarks(table)) is not None]
    for table, place in own:
        _forget(match, table, place)
    if match.layout is edited.LAYOUT:
        rows = edited.parse_rows(match)
        return Content(edited.NAME, match, rows, edited.grouped(rows), match.findings)
    source = next((one for one in _WORKBOOKS if match.layout.name == one.NAME), parsing)
    rows = []
    for row in source.parse_rows(match, demo=demo, today=today):
        rows.append(row)
        if len(rows) % BEAT_EVERY == 0:
            beat()
    return Content(
        match.layout.name,
        match,
        rows,
        check_families(rows, today=today, purpose=match.layout.purpose),
        match.findings,
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
