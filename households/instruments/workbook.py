"""A questionnaire of another system as a draft: the workbook of four sheets.

`master` (what it is), `pertanyaan` (questions with weights), `jawaban` (answers with values) and
`klasifikasi` (classes with bounds). A score is weight × value ÷ divisor and must come out exact;
nothing is rounded, guessed or left out without a word. Every fault is named with sheet and row.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from households.imports.headers import fold
from households.imports.reading import Cell, Sheet
from households.instruments.building import Heading, instrument_of, write_draft
from households.instruments.checking import class_clashes
from households.instruments.workbook_questions import Answer, Asked, read_questions
from households.instruments.workbook_rows import (
    Finding,
    Row,
    WorkbookRefused,
    rows_of,
    sheet_called,
    text_of,
    whole_of,
)
from households.models import InstrumentVersion
from households.scoring import ScoreClass
from tkpk.models import Territory, User

# Subjects of a questionnaire there: 2 is a family, 3 a household.
FAMILIES = {"", "2", "3"}
LONGEST_NAME = 120


@dataclass
class Parsed:
    """What a workbook says. With `findings` nothing of it is saved."""

    name: str = ""
    description: str = ""
    year: int = 0
    content: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_workbook(sheets: list[Sheet]) -> Parsed:
    """Everything in the four sheets, and every fault in them. Raises WorkbookRefused."""
    parsed = Parsed()
    divisor = _read_master(sheet_called(sheets, "master"), parsed)
    questions, answers = sheet_called(sheets, "pertanyaan"), sheet_called(sheets, "jawaban")
    content = read_questions(
        list(rows_of(questions, Asked.COLUMNS)),
        list(rows_of(answers, Answer.COLUMNS)),
        divisor=divisor,
        findings=parsed.findings,
        remarks=parsed.remarks,
    )
    sheet = sheet_called(sheets, "klasifikasi")
    parsed.content = {**content, "classes": list(_classes(sheet, parsed))}
    return parsed


def _read_master(sheet: Sheet, parsed: Parsed) -> Decimal:
    """Name and year into `parsed`; the divisor as the result."""
    said: dict[str, tuple[int, Cell]] = {}
    for number, cells in enumerate(sheet.rows, start=1):
        if cells and cells[0] is not None:
            said[fold(str(cells[0]))] = number, cells[1] if len(cells) > 1 else None

    def cell(key: str) -> tuple[int, str]:
        row, value = said.get(key, (0, None))
        return row, text_of(value)

    def fault(row: int, message: str) -> None:
        parsed.findings.append(Finding(sheet.name, row, "B", message))

    row, parsed.name = cell("namaanalisis")
    if not parsed.name or len(parsed.name) > LONGEST_NAME or not slugify(parsed.name):
        fault(row, _("Give the questionnaire a name of at most 120 characters."))
    row, subject = cell("subjek")
    if subject not in FAMILIES:
        fault(row, _("It asks about persons or groups. Only questionnaires on families fit here."))
    row, year = cell("tahunpendataan")
    parsed.year = whole_of(year) or 0
    if not 1945 <= parsed.year <= 2999:
        fault(row, _("Write the year as four digits, such as 2026."))
    parsed.description = cell("deskripsianalisis")[1]
    row, divisor = cell("bilanganpembagi")
    try:
        found = Decimal(divisor.replace(",", ".") or "1")
    except ArithmeticError:
        found = Decimal(0)
    if not found.is_finite() or found <= 0:
        fault(row, _("The divisor must be a number above 0."))
        return Decimal(1)
    return found


# --- classes ----------------------------------------------------------------------------------
CLASS_COLUMNS = {
    "name": ("klasifikasi",),
    "lower": ("nilaiminimal", "nilaiminimum"),
    "upper": ("nilaimaximal", "nilaimaksimal", "nilaimaksimum"),
}


def _classes(sheet: Sheet, parsed: Parsed) -> Iterator[dict[str, Any]]:
    found, rows = [], {}
    for row in rows_of(sheet, CLASS_COLUMNS):
        one = _class(row, parsed.findings)
        if one is None:
            continue
        code = slugify(one.label)[:30] or "golongan"
        while code in rows:
            code += "-2"
        rows[code] = row.number
        found.append(ScoreClass(code, one.lower, one.upper, label=one.label))
    for clash in class_clashes(found):
        place = rows[clash.codes[-1]]
        parsed.findings.append(Finding(sheet.name, place, "B", clash.message))
    if not found and not parsed.findings:
        parsed.findings.append(Finding(sheet.name, 0, "", _("There is no class in this sheet.")))
    for one in found:
        yield {"code": one.code, "name": one.label, "lower": one.lower, "upper": one.upper}


def _class(row: Row, findings: list[Finding]) -> ScoreClass | None:
    name, lower, upper = row.text("name"), whole_of(row["lower"]), whole_of(row["upper"])
    if not name or len(name) > 80:
        findings.append(row.fault("name", _("Give the class a name of at most 80 characters.")))
        return None
    for key, value in (("lower", lower), ("upper", upper)):
        if value is None:
            message = _("The bounds of “%(name)s” must be whole numbers from 0 on.")
            findings.append(row.fault(key, message % {"name": name}))
            return None
    if lower is None or upper is None or lower > upper:
        message = _("The lowest score of “%(name)s” (%(lower)s) is above its highest (%(upper)s).")
        words = message % {"name": name, "lower": lower, "upper": upper}
        findings.append(row.fault("lower", words))
        return None
    return ScoreClass("", lower, upper, label=name)


# --- saving -----------------------------------------------------------------------------------
def save_draft(parsed: Parsed, *, kelurahan: Territory, by: User) -> InstrumentVersion:
    """The draft. Raises WorkbookRefused with every fault; nothing is saved then."""
    if parsed.findings:
        raise WorkbookRefused(parsed.findings)
    with transaction.atomic():
        instrument = instrument_of(
            kelurahan,
            code=slugify(parsed.name)[:40].strip("-"),
            by=by,
            names={"name": parsed.name, "source_note": parsed.description},
        )
        heading = Heading(
            label=_free_label(instrument, str(parsed.year)),
            valid_from=datetime.date(parsed.year, 1, 1),
            method="SUM",
            source_note=parsed.description,
        )
        try:
            return write_draft(instrument, heading, parsed.content, by=by, move="import")
        except ValidationError as error:
            # Such as a NIK in a text: the row is not known here, what is wrong with it is.
            found = [Finding("", 0, "", message) for message in error.messages]
            raise WorkbookRefused(found) from error


def _free_label(instrument: Any, label: str) -> str:
    taken = set(instrument.versions.values_list("label", flat=True))
    number, found = 1, label
    while found in taken:
        number += 1
        found = f"{label} ({number})"
    return found
