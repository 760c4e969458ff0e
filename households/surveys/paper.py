"""The paper form of a version: boxes and the numbers by which it is typed in."""

from typing import Any

from django.utils import translation

from households.models import InstrumentVersion
from households.models.survey import SurveyResult
from households.surveys import consent, questions
from tkpk import pdf
from tkpk.letterhead import office_of

_BOXES = {"MONEY": 9, "NUMBER": 6, "COUNT": 2}


def form_pdf(version: InstrumentVersion) -> bytes:
    """A blank form, in Indonesian. Raises PdfFailed."""
    with translation.override("id"):
        return pdf.render("survey_form", form_data(version))


def form_data(version: InstrumentVersion) -> dict[str, Any]:
    """What stands on the form. It names no family: the code is written by hand."""
    groups = questions.groups_of(version)
    text = consent.current(version.kelurahan)
    number = 0
    sections = []
    for place, group in enumerate(groups, start=1):
        rows = []
        for one in group.asked:
            number += 1
            rows.append(
                {
                    "number": number,
                    "text": one.text,
                    "help": one.help,
                    "unit": "" if one.is_choice else one.unit,
                    "boxes": 1 if one.is_choice else _BOXES.get(one.kind, 6),
                    "options": [[n, label] for n, _code, label in one.numbered],
                }
            )
        sections.append({"name": f"{place}. {group.name}", "rows": rows})
    return {
        "title": f"Formulir survei: {version}",
        "foot": f"Formulir survei · {version}",
        "office": office_of(version.kelurahan),
        "consent": text.text,
        "consent_number": str(text.number),
        "note": version.weights_note,
        "results": [[int(value), str(label)] for value, label in SurveyResult.choices],
        "sections": sections,
    }
