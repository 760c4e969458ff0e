"""The Regsosek 2022 workbook: sheets joined by the KK number, which stands on a family's first row.

A number that a sheet gives a question (`409`) is our header; titles above it do not matter.
"""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from households.imports.findings import WARNING, Finding
from households.imports.headers import fold, header_text
from households.imports.layout import HEADER_ROWS, Layout, Match, Table
from households.imports.parsed import ParsedRow
from households.imports.parsing import refused_sheet
from households.imports.reading import Sheet
from households.imports.regsosek_columns import (
    KK,
    KK_COLUMN,
    MEMBER_QUESTIONS,
    MEMBER_SKIPPED,
)
from households.imports.regsosek_families import FamilyFacts, family_facts
from households.imports.regsosek_members import Members
from households.imports.rows import data_rows
from tkpk import nik

NAME = "regsosek2022"
LAYOUT = Layout(
    name=NAME,
    columns=(KK_COLUMN, *(question.column for question in MEMBER_QUESTIONS)),
    identifying=("kk_number", "name", "nik"),
)
# Folded headers by which each sheet is known.
_MEMBERS = frozenset({"402nama", "403nik", "405", "409"})
_COMPANIONS = {
    "housing": frozenset({"301a", "303", "308"}),
    "programmes": frozenset({"501a", "502g"}),
    "place": frozenset({"namaslsnonsls"}),
}
_NAMED_FAMILIES = 5
_UNREAD = frozenset({"namappl"})


def recognise(sheets: list[Sheet]) -> Match | None:
    """The workbook, if it has the sheet of the members; the other sheets are its companions."""
    members = [table for sheet in sheets if (table := _table(sheet, _MEMBERS))]
    if not members:
        return None
    match = Match(LAYOUT, members)
    read = {id(table.sheet) for table in members}
    for kind, marks in _COMPANIONS.items():
        found = [
            table for sheet in sheets if id(sheet) not in read and (table := _table(sheet, marks))
        ]
        read |= {id(table.sheet) for table in found}
        match.companions += [(kind, table) for table in found]
        if not found:
            match.findings.append(_sheet_missing(kind))
    for sheet in sheets:
        if id(sheet) not in read and sheet.rows and not _table(sheet, _UNREAD):
            match.findings.append(_sheet_ignored(sheet))
    return match


def _table(sheet: Sheet, marks: frozenset[str]) -> Table | None:
    wanted = fold(KK)
    for number, row in enumerate(sheet.rows[:HEADER_ROWS], 1):
        headers = [header_text(cell) for cell in row]
        folded = [fold(header) for header in headers]
        if wanted in folded and marks.issubset(folded):
            table = Table(sheet, number, {"kk_number": folded.index(wanted)}, headers, {})
            for question in MEMBER_QUESTIONS:
                if fold(question.number) in folded:
                    table.columns[question.field] = folded.index(fold(question.number))
            table.ignored = _kept_beside(headers, folded)
            return table
    return None


def _kept_beside(headers: list[str], folded: list[str]) -> dict[int, str]:
    """Questions that no field of ours holds; of a header that stands again the first column."""
    known = {fold(question.number) for question in MEMBER_QUESTIONS} | {fold(KK), ""}
    return {
        place: headers[place]
        for place, header in enumerate(folded)
        if header not in known | MEMBER_SKIPPED and folded.index(header) == place
    }


def parse_rows(match: Match, *, demo: bool, today: date) -> Iterator[ParsedRow]:
    """Every member, with the family's facts on its first row."""
    blocked = match.blocked
    facts = family_facts(match, demo=demo)
    for table in match.tables:
        read = Members(table, facts, demo=demo, today=today)
        for number, row in data_rows(table, match.findings):
            parsed = read.row(number, row)
            if blocked:
                parsed.findings = [refused_sheet(parsed)]
            yield parsed
    match.findings += _left_over(match, [one for one in facts.values() if not one.used])


def _sheet_missing(kind: str) -> Finding:
    message = {
        "housing": _("There is no sheet about the dwelling (301 to 310): nothing is read of it."),
        "programmes": _("There is no sheet about programmes and assets (501 to 506)."),
        "place": _(
            "There is no sheet about the place (SLS): the area of each family is asked for."
        ),
    }[kind]
    return Finding("", 0, "", "sheet_missing", message, level=WARNING)


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


def _left_over(match: Match, facts: list[FamilyFacts]) -> Iterator[Finding]:
    """Families that only another sheet knows, each by its row, or many in one word."""
    for _kind, table in match.companions:
        here = [one for one in facts if one.sheet == table.sheet.name]
        if len(here) > _NAMED_FAMILIES:
            message = ngettext(
                "%(n)d row is of a family without a member in this file, and is not taken over.",
                "%(n)d rows are of families without a member in this file, and are not taken over.",
                len(here),
            ) % {"n": len(here)}
            yield _without_members(here[0], message, row=0)
        else:
            for one in here:
                message = _("No member has this KK number: the row is not taken over.")
                yield _without_members(one, message, row=one.row_number)


def _without_members(facts: FamilyFacts, message: str, *, row: int) -> Finding:
    return Finding(
        facts.sheet,
        row,
        KK,
        "family_without_members",
        message,
        value_hint=nik.mask(facts.number) if row else "",
        level=WARNING,
    )
