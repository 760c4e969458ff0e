"""The members' sheet of a Regsosek workbook: one row a person, families one below the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from households.codes import Relation, Sex
from households.imports.amounts import parse_integer
from households.imports.cells import is_blank, parse_identifier
from households.imports.column_parsers import Parser, parser_for
from households.imports.findings import CellError, Finding
from households.imports.headers import fold, header_text
from households.imports.layout import Table
from households.imports.parsed import ParsedRow
from households.imports.parsing import NOTHING, as_finding, required_finding
from households.imports.person_checks import row_findings
from households.imports.reading import Cell
from households.imports.regsosek_answers import answer_number, parse_answer, parse_one_of
from households.imports.regsosek_columns import (
    KK_COLUMN,
    MEMBER_QUESTIONS,
    Question,
)
from households.imports.regsosek_families import FamilyFacts
from tkpk import nik

_ORDER = "401"
_COPIED = ("402nama", "403nik")


@dataclass
class _Current:
    """The family whose rows are being read; `number` "" where its KK number is not known."""

    number: str = ""
    row: int = 0
    order: int | None = None


class Members:
    """Turns the rows of the members' sheet into ParsedRow, in their order."""

    def __init__(
        self, table: Table, facts: dict[str, FamilyFacts], *, demo: bool, today: date
    ) -> None:
        self.table, self.facts, self.demo, self.today = table, facts, demo, today
        self.current = _Current()
        folded = [fold(header) for header in table.headers]
        self.order = folded.index(_ORDER) if _ORDER in folded else None
        self.copies = {
            mark: [place for place, header in enumerate(folded) if header == mark]
            for mark in _COPIED
        }
        self.questions = [
            (
                question,
                table.columns[question.field],
                parser_for(question.column, demo=demo, today=today),
            )
            for question in MEMBER_QUESTIONS
            if question.field in table.columns
        ]

    def row(self, number: int, row: list[Cell]) -> ParsedRow:
        parsed = ParsedRow(
            self.table.sheet.name, number, dict(NOTHING), cells=row, headers=self.table.named
        )
        self._family(parsed, row)
        for question, place, parse in self.questions:
            _answer(question, _at(row, place), parse, parsed)
        _settle_spouse(parsed, _at(row, self.table.columns.get("relation")))
        for place in self.table.ignored:
            cell = _at(row, place)
            if not is_blank(cell):
                said = nik.mask_identifiers(header_text(cell))
                parsed.source_values[self.table.headers[place]] = said
        parsed.findings += self._copies_differ(parsed, row)
        facts = self.facts.get(parsed.values["kk_number"] or "")
        if facts:
            facts.add_to(parsed)
        parsed.findings += row_findings(parsed, self.table, today=self.today)
        return parsed

    def _family(self, parsed: ParsedRow, row: list[Cell]) -> None:
        """A number on this row begins a family; none continues it while 401 counts on."""
        cell = _at(row, self.table.columns["kk_number"])
        order = self._order(row)
        before, self.current.order = self.current.order, order
        try:
            said = parse_identifier(cell, kind="kk", demo=self.demo)
        except CellError as error:
            parsed.findings.append(as_finding(error, parsed, KK_COLUMN, cell))
            parsed.values["kk_number"] = None
            self.current = _Current("", parsed.row_number, order)
            return
        if said:
            self.current = _Current(said, parsed.row_number, order)
        elif not self.current.row or order is None or before is None or order <= before:
            parsed.findings.append(required_finding(parsed, KK_COLUMN))
            self.current = _Current("", parsed.row_number, order)
        elif not self.current.number:
            parsed.findings.append(_number_unread(parsed, self.current.row))
        parsed.values["kk_number"] = self.current.number

    def _order(self, row: list[Cell]) -> int | None:
        try:
            return parse_integer(_at(row, self.order), low=1, high=99)
        except CellError:
            return None

    def _copies_differ(self, parsed: ParsedRow, row: list[Cell]) -> Iterator[Finding]:
        """Name and NIK stand once a block of questions; another person's would mix up facts."""
        for places in self.copies.values():
            said = {header_text(cell).casefold() for place in places if (cell := _at(row, place))}
            if len(said) > 1:
                yield Finding(
                    parsed.sheet,
                    parsed.row_number,
                    self.table.headers[places[0]],
                    "blocks_differ",
                    _("This column stands more than once in the row and does not say the same."),
                    cure=_("Check whether cells have shifted, and mend the wrong one."),
                )


def _at(row: list[Cell], place: int | None) -> Cell:
    return row[place] if place is not None and place < len(row) else None


def _answer(question: Question, cell: Cell, parse: Parser, parsed: ParsedRow) -> None:
    column = question.column
    kept = False
    try:
        value: Any = column.empty
        if question.answers and not _is_spouse(question, cell):
            value, kept = parse_answer(cell, question.answers)
        elif question.words:
            value, kept = parse_one_of(cell, question.words)
        elif cell is not None and not question.answers:
            value = parse(cell)
    except CellError as error:
        parsed.values[question.field] = None
        parsed.findings.append(as_finding(error, parsed, column, cell))
        return
    if kept:
        parsed.source_values[parsed.header_of(question.field)] = nik.mask_identifiers(
            header_text(cell)
        )
    if value not in (None, ""):
        parsed.values[question.field] = value
    elif column.required and not _is_spouse(question, cell):
        parsed.findings.append(required_finding(parsed, column))


def _is_spouse(question: Question, cell: Cell) -> bool:
    return question.field == "relation" and not is_blank(cell) and answer_number(cell) == 2


def _settle_spouse(parsed: ParsedRow, cell: Cell) -> None:
    """Regsosek has one number for wife and husband; the person's sex says which."""
    relation = next(one for one in MEMBER_QUESTIONS if one.field == "relation")
    if not _is_spouse(relation, cell):
        return
    spouses = {Sex.FEMALE: Relation.WIFE, Sex.MALE: Relation.HUSBAND}
    sex = parsed.values["sex"]
    if sex is not None:
        parsed.values["relation"] = spouses[Sex(sex)].value
        return
    try:
        parse_answer(cell, relation.answers)  # type: ignore[arg-type]
    except CellError as error:
        parsed.findings.append(as_finding(error, parsed, relation.column, cell))


def _number_unread(parsed: ParsedRow, row: int) -> Finding:
    return Finding(
        parsed.sheet,
        parsed.row_number,
        parsed.header_of("kk_number"),
        "family_number_unread",
        _("The KK number of this family, in row %(row)d, could not be read.") % {"row": row},
        cure=_("Mend it there; nothing is wrong with this row."),
        field="kk_number",
    )
