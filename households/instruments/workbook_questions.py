"""The questions and answers of a questionnaire's workbook, as aspects, parameters and options."""

import re
from collections import defaultdict
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.text import slugify
from django.utils.translation import gettext as _

from households.instruments.workbook_rows import Columns, Finding, Row, number_of

# "1. Milik sendiri", as answers are numbered where their code has no column of its own.
_NUMBERED = re.compile(r"\s*([0-9]{1,3})\s*[.)]\s*(.+)")
FOUR_PLACES = Decimal("0.0001")
CHOICE, SEVERAL, NUMBER, TEXT = "1", "2", "3", "4"


class Asked:
    """Columns of the sheet of questions."""

    COLUMNS: ClassVar[Columns] = {
        "code": ("nokode", "kode", "no", "kodepertanyaan"),
        "question": ("pertanyaanindikator", "pertanyaan", "indikator"),
        "aspect": ("kategoriaspek", "kategori", "aspek"),
        "kind": ("tipepertanyaan", "tipe"),
        "weight": ("bobot",),
        "counts": ("aksianalisis", "aksi"),
    }


class Answer:
    """Columns of the sheet of answers."""

    COLUMNS: ClassVar[Columns] = {
        "question": ("kodepertanyaan",),
        "code": ("kodejawaban",),
        "label": ("isijawaban", "jawaban"),
        "value": ("nilai",),
    }


def read_questions(
    questions: list[Row],
    answers: list[Row],
    *,
    divisor: Decimal,
    findings: list[Finding],
    remarks: list[str],
) -> dict[str, Any]:
    """`questions` and `aspects` as `write_draft` takes them; faults and remarks are appended."""
    reader = _Reader(divisor=divisor, findings=findings, remarks=remarks)
    for row in answers:
        reader.answers[row.text("question")].append(row)
    for row in questions:
        reader.question(row)
    for code, rows in reader.answers.items():
        if code not in reader.codes:
            message = _("The question “%(code)s” of this answer is not in the sheet of questions.")
            findings.append(rows[0].fault("question", message % {"code": code}))
    return {"questions": reader.questions, "aspects": list(reader.aspects.values())}


class _Reader:
    """Collects aspects in the order in which the questions name them."""

    def __init__(self, *, divisor: Decimal, findings: list[Finding], remarks: list[str]) -> None:
        self.divisor, self.findings, self.remarks = divisor, findings, remarks
        self.answers: defaultdict[str, list[Row]] = defaultdict(list)
        self.codes: set[str] = set()
        self.aspects: dict[str, dict[str, Any]] = {}
        self.questions: list[dict[str, Any]] = []

    def fault(self, row: Row, key: str, message: str, **values: Any) -> None:
        self.findings.append(row.fault(key, message % values if values else message))

    def question(self, row: Row) -> None:
        code, text, kind = row.text("code"), row.text("question"), row.text("kind")
        if not code or slugify(code) != code.lower() or len(code) > 40:
            self.fault(row, "code", _("The code must be a short word or number without spaces."))
        elif code in self.codes:
            self.fault(row, "code", _("The code “%(code)s” stands twice."), code=code)
        self.codes.add(code)
        if not text or len(text) > 300:
            self.fault(row, "question", _("Write the question in at most 300 characters."))
        weight = number_of(row["weight"])
        counts = row.text("counts") not in {"0", ""}
        if weight is None:
            self.fault(row, "weight", _("The weight must be a number from 0 on."))
        elif kind == CHOICE:
            self._choice(row, code.lower(), text, weight if counts else Decimal(0))
        else:
            self._other(row, code.lower(), text, counted=counts and weight > 0)

    def _other(self, row: Row, code: str, text: str, *, counted: bool) -> None:
        kind = row.text("kind")
        if kind not in {SEVERAL, NUMBER, TEXT}:
            self.fault(row, "kind", _("The kind of a question is 1, 2, 3 or 4."))
        elif kind == SEVERAL:
            self.fault(
                row,
                "kind",
                _("It takes several answers. Split it into questions that take one answer each."),
            )
        elif counted:
            self.fault(
                row,
                "weight",
                _("A number or a text has no score. Set its weight to 0, or ask with answers."),
            )
        elif kind == NUMBER:
            self.questions.append({"code": code, "text": text, "kind": "NUMBER"})
        else:
            words = _("Question %(code)s “%(text)s” is free text and was left out.")
            self.remarks.append(words % {"code": code, "text": text})

    def _choice(self, row: Row, code: str, text: str, weight: Decimal) -> None:
        options = self._options(row, weight)
        if weight == 0:
            words = _("Question %(code)s “%(text)s” counts nothing: all its scores are 0.")
            self.remarks.append(words % {"code": code, "text": text})
        name = row.text("aspect") or "Umum"
        if len(name) > 120:
            self.fault(row, "aspect", _("Name the aspect in at most 120 characters."))
        key = slugify(name)[:40] or "umum"
        aspect = self.aspects.setdefault(key, {"code": key, "name": name, "parameters": []})
        aspect["parameters"].append({"code": code, "question": text, "options": options})

    def _options(self, question: Row, weight: Decimal) -> list[dict[str, Any]]:
        rows = self.answers.get(question.text("code"), [])
        if len(rows) < 2:
            message = _("The question “%(code)s” needs at least two answers in the sheet jawaban.")
            self.fault(question, "code", message, code=question.text("code"))
        found: list[dict[str, Any]] = []
        taken: set[str] = set()
        for place, row in enumerate(rows, start=1):
            numbered = _NUMBERED.fullmatch(row.text("label"))
            label = numbered[2].strip() if numbered else row.text("label")
            code = slugify(row.text("code")) or (numbered[1] if numbered else str(place))
            if not label or len(label) > 200:
                self.fault(row, "label", _("Write the answer in at most 200 characters."))
            if code in taken:
                self.fault(row, "code", _("The code “%(code)s” stands twice."), code=code)
            taken.add(code)
            score = self._score(row, weight)
            if score is not None:
                found.append({"code": code[:40], "label": label, "score": score})
        return found

    def _score(self, row: Row, weight: Decimal) -> Decimal | None:
        """Weight × value ÷ divisor, exactly."""
        value = number_of(row["value"])
        if value is None:
            self.fault(row, "value", _("The value must be a number from 0 on."))
            return None
        product = weight * value
        score = (product / self.divisor).quantize(FOUR_PLACES)
        if score * self.divisor != product or score >= 10_000:
            self.fault(
                row,
                "value",
                _("Weight × value ÷ divisor is no number of up to four decimals below 10,000."),
            )
            return None
        return score
