"""What the other sheets of a Regsosek workbook say of each family, by KK number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from households.codes import YesNo
from households.imports.amounts import parse_integer, parse_measure, parse_period
from households.imports.cells import is_blank, parse_code_cell, parse_identifier
from households.imports.findings import WARNING, CellError, Finding, hint
from households.imports.headers import fold, header_text
from households.imports.layout import Match, Table
from households.imports.parsed import AidClaim, ParsedRow
from households.imports.reading import Cell
from households.imports.regsosek_answers import parse_answer
from households.imports.regsosek_codes import PROGRAMMES
from households.imports.regsosek_columns import (
    ASSETS,
    HOUSING_QUESTIONS,
    KK,
    LIVESTOCK,
    MORE_METERS,
    Question,
)
from households.imports.rows import data_rows
from tkpk import nik

_SLS = re.compile(r"RT\.?\s*([0-9]{1,3})\s*[/,;.-]?\s*RW\.?\s*([0-9]{1,3})", re.IGNORECASE)
_SLS_NAME = "namaslsnonsls"


@dataclass
class FamilyFacts:
    """The family's row in one or more sheets. `sheet` and `row_number`: where it was first met."""

    number: str
    sheet: str
    row_number: int
    values: dict[str, Any] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)
    aid: list[AidClaim] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    area: dict[str, str] = field(default_factory=dict)
    used: bool = False

    def add_to(self, parsed: ParsedRow) -> None:
        """The place to every row, the rest to the first row of the family."""
        parsed.values.update(self.area)
        if self.used:
            return
        self.used = True
        parsed.family_values.update(self.values)
        if self.source:
            parsed.family_values["source_value"] = self.source
        parsed.aid += self.aid
        parsed.findings += self.findings


@dataclass
class _Row:
    """One row of a sheet by folded header; each cell is asked for once."""

    table: Table
    number: int
    cells: dict[str, Cell]
    headers: dict[str, str]
    facts: FamilyFacts
    taken: set[str] = field(default_factory=set)

    def take(self, header: str) -> Cell:
        folded = fold(header)
        self.taken.add(folded)
        return self.cells.get(folded)

    def keep(self, header: str) -> None:
        cell = self.cells.get(fold(header))
        if not is_blank(cell):
            said = nik.mask_identifiers(header_text(cell))
            self.facts.source[self.headers[fold(header)]] = said

    def fault(self, header: str, error: CellError) -> None:
        self.facts.findings.append(
            Finding(
                self.table.sheet.name,
                self.number,
                self.headers.get(fold(header), header),
                error.code,
                error.message,
                cure=error.cure,
                value_hint=hint(self.cells.get(fold(header))),
            )
        )


def family_facts(match: Match, *, demo: bool) -> dict[str, FamilyFacts]:
    """By KK number. A row without a readable one is left out with a warning."""
    facts: dict[str, FamilyFacts] = {}
    readers = {"housing": _housing, "programmes": _programmes, "place": _place}
    for kind, table in match.companions:
        met: set[str] = set()
        for row in _rows(table, match, facts, demo=demo):
            if row.facts.number in met:
                row.facts.findings.append(_twice(row))
                continue
            met.add(row.facts.number)
            readers[kind](row)
    return facts


def _rows(
    table: Table, match: Match, facts: dict[str, FamilyFacts], *, demo: bool
) -> Iterator[_Row]:
    folded = [fold(header) for header in table.headers]
    headers = dict(zip(reversed(folded), reversed(table.headers), strict=True))
    place = table.columns["kk_number"]
    for number, cells in data_rows(table, match.findings):
        cell = cells[place] if place < len(cells) else None
        try:
            said = parse_identifier(cell, kind="kk", demo=demo)
        except CellError as error:
            match.findings.append(_left_out(table, number, error, cell))
            continue
        if not said:
            if any(not is_blank(other) for other in cells):
                empty = CellError("required", _("The KK number is empty."))
                match.findings.append(_left_out(table, number, empty, cell))
            continue
        one = facts.setdefault(said, FamilyFacts(said, table.sheet.name, number))
        # Of a header that stands twice the first column counts.
        named = dict(reversed(list(zip(folded, cells, strict=False))))
        yield _Row(table, number, named, headers, one, taken={fold(KK), ""})


def _left_out(table: Table, number: int, error: CellError, cell: Cell) -> Finding:
    return Finding(
        table.sheet.name,
        number,
        table.headers[table.columns["kk_number"]],
        "family_row_left_out",
        _("%(fault)s What this row says of the family is not taken over.")
        % {"fault": error.message},
        cure=error.cure,
        value_hint=hint(cell) if cell is not None else "",
        level=WARNING,
    )


def _twice(row: _Row) -> Finding:
    return Finding(
        row.table.sheet.name,
        row.number,
        row.headers.get(fold(KK), KK),
        "family_twice",
        _("Another row of this sheet has the same KK number."),
        cure=_("Leave the row that is right."),
        value_hint=nik.mask(row.facts.number),
    )


def _housing(row: _Row) -> None:
    more = [header for header in MORE_METERS if not is_blank(row.cells.get(header))]
    for question in HOUSING_QUESTIONS:
        cell = row.take(question.number)
        if question.field == "power_va" and more:
            row.keep(question.number)
        elif not is_blank(cell):
            _housing_answer(row, question, cell)
    _keep_the_rest(row)


def _housing_answer(row: _Row, question: Question, cell: Cell) -> None:
    try:
        value: Any
        kept = False
        if question.answers:
            value, kept = parse_answer(cell, question.answers)
        else:
            value = parse_measure(cell, low=question.column.low, high=question.column.high)
    except CellError as error:
        row.fault(question.number, error)
        return
    if value is not None:
        row.facts.values[question.field] = value
    if kept:
        row.keep(question.number)


def _programmes(row: _Row) -> None:
    for number, programme in PROGRAMMES.items():
        _claim(row, number, programme)
    for number, name in ASSETS.items():
        try:
            said = parse_code_cell(row.take(number), YesNo)
        except CellError as error:
            row.fault(number, error)
        else:
            if said is not None:
                row.facts.values[name] = said == YesNo.YES
    _livestock(row)
    _keep_the_rest(row)


def _claim(row: _Row, number: str, programme: str) -> None:
    """A receipt needs a year; an answer without one is kept as given."""
    month, year = row.take(f"{number} bulan"), row.take(f"{number} tahun")
    try:
        received = parse_code_cell(row.take(number), YesNo)
        if received != YesNo.YES:
            return
        if is_blank(year):
            row.keep(number)
            return
        first_last = parse_period(_period_text(month, year))
    except CellError as error:
        row.fault(number, error)
        return
    if first_last:
        first, last = first_last
        row.facts.aid.append(AidClaim(programme, first, last, recipient="family"))


def _period_text(month: Cell, year: Cell) -> str:
    said = header_text(year)
    if is_blank(month):
        return said
    name = header_text(month)
    return f"{name}/{said}" if name.isdigit() else f"{name} {said}"


def _livestock(row: _Row) -> None:
    """Animals counted are livestock; none of these five kinds does not mean none at all."""
    for number in LIVESTOCK:
        try:
            count = parse_integer(row.take(number), low=0, high=100_000)
        except CellError as error:
            row.fault(number, error)
            continue
        if count:
            row.facts.values["has_livestock"] = True
            row.keep(number)


def _place(row: _Row) -> None:
    cell = row.take(_SLS_NAME)
    if is_blank(cell):
        return
    found = _SLS.fullmatch(header_text(cell).strip())
    if found:
        row.facts.area = {"rt": f"{int(found[1]):03d}", "rw": f"{int(found[2]):03d}"}
    else:
        row.keep(_SLS_NAME)


def _keep_the_rest(row: _Row) -> None:
    for header in row.cells:
        if header not in row.taken:
            row.keep(header)
