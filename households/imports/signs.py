"""What the cells of a column look like, in shares: never what they say."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from django.db.models import IntegerChoices

from households import codes
from households.code_parsing import fold, words
from households.imports.cells import as_text
from households.imports.dates import parse_date
from households.imports.findings import CellError
from households.imports.reading import Cell
from tkpk import nik

# Lists whose words name nothing else. Yes and no stand in too many columns to tell one from.
WORD_LISTS: dict[str, type[IntegerChoices]] = {
    "sex": codes.Sex,
    "relation": codes.Relation,
    "religion": codes.Religion,
    "education": codes.Education,
    "education_current": codes.EducationCurrent,
    "work": codes.Work,
    "marital_status": codes.MaritalStatus,
    "blood_type": codes.BloodType,
}
_UNIT = re.compile(r"(rt|rw)[\s.:\-]*[0-9]{1,3}", re.IGNORECASE)
_RUN_LENGTH = 2


@dataclass(frozen=True)
class Signs:
    """Shares of the filled cells, 0 to 1. `words` by field; `different`: of distinct cells."""

    identifier: float = 0
    women: float = 0
    dates: float = 0
    decile: float = 0
    different: float = 0
    neighbours: float = 0
    years: int = 0
    rt: float = 0
    rw: float = 0
    words: dict[str, float] = field(default_factory=dict)


def signs_of(cells: list[Cell]) -> Signs:
    if not cells:
        return Signs()
    texts = [_text(cell) for cell in cells]
    total = len(texts)
    counted = Counter(texts)
    identifiers = [text for text in texts if _is_nik_shaped(text)]
    dates = [found for cell in cells if (found := _date(cell))]
    units = [unit[1].lower() for text in texts if (unit := _UNIT.fullmatch(text))]
    same = sum(one == two for one, two in pairwise(texts))
    return Signs(
        identifier=len(identifiers) / total,
        women=_women(identifiers),
        dates=len(dates) / total,
        decile=sum(text.isdecimal() and 1 <= int(text[:3]) <= 10 for text in texts) / total,
        different=len(counted) / total,
        neighbours=same / total,
        years=max(d.year for d in dates) - min(d.year for d in dates) if dates else 0,
        rt=units.count("rt") / total,
        rw=units.count("rw") / total,
        words=_words(counted, total),
    )


def _text(cell: Cell) -> str:
    try:
        return as_text(cell)
    except CellError:
        return ""


def _is_nik_shaped(text: str) -> bool:
    try:
        nik.check_nik(text, demo=True)
    except nik.IdentifierError:
        return False
    return True


def _women(identifiers: list[str]) -> float:
    """A day above 40 is written in the NIK of a woman, and never in a KK number."""
    days = [int(nik.clean_digits(number)[6:8]) for number in identifiers]
    return sum(day > nik.FEMALE_DAY_OFFSET for day in days) / len(days) if days else 0


def _date(cell: Cell) -> date | None:
    # A bare number may be a serial or anything else.
    if not isinstance(cell, str | date) or (isinstance(cell, str) and cell.strip().isdigit()):
        return None
    try:
        return parse_date(cell)
    except CellError:
        return None


def _words(counted: Counter[str], total: int) -> dict[str, float]:
    shares = {}
    for name, choices in WORD_LISTS.items():
        accepted = words(choices)
        hits = sum(
            times
            for text, times in counted.items()
            if not text.isdigit() and fold(text, choices) in accepted
        )
        if hits:
            shares[name] = hits / total
    return shares
