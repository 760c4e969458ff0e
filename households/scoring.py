"""Scores of a family under one version of an instrument: pure arithmetic, no database.

`score(instrument, answers)` gives total, parts and class. All amounts are `Decimal`; a total is
rounded half up to a whole number before it is classed. A missing answer makes the score
incomplete, with neither total nor class: what is not known is never taken for "not poor".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from households.instruments.terms import (
    FORMULAS,
    ZERO,
    AnswerRefused,
    Edge,
    Formula,
    Instrument,
    Kind,
    Method,
    NoMembers,
    Option,
    Parameter,
    Part,
    Question,
    Score,
    ScoreClass,
    Why,
)

__all__ = [
    "FORMULAS",
    "ZERO",
    "AnswerRefused",
    "Edge",
    "Formula",
    "Instrument",
    "Kind",
    "Method",
    "NoMembers",
    "Option",
    "Parameter",
    "Part",
    "Question",
    "Read",
    "Score",
    "ScoreClass",
    "Why",
    "classed",
    "number",
    "option_for",
    "read",
    "refusals",
    "rounded",
    "score",
    "scored",
    "total_of",
]

Answer = str | int | Decimal
Answers = Mapping[str, Answer]
# Twelve digits and four decimals hold every rupiah and square metre of a family, exactly.
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")


# --- answers ----------------------------------------------------------------------------------
def number(code: str, answer: Answer, *, whole: bool = False) -> Decimal:
    """An answer as an exact number ≥ 0. Raises AnswerRefused."""
    if isinstance(answer, bool) or not isinstance(answer, str | int | Decimal):
        raise AnswerRefused(code, "not_a_number")
    text = format(answer, "f") if isinstance(answer, Decimal) else str(answer).strip()
    if not text.isascii() or not _NUMBER.fullmatch(text):
        raise AnswerRefused(code, "not_a_number")
    found = Decimal(text)
    if whole and found != found.to_integral_value():
        raise AnswerRefused(code, "no_whole_number")
    return found


def _is_missing(answers: Answers, code: str) -> bool:
    return answers.get(code) is None or answers[code] == ""


class Read(NamedTuple):
    """What the answers say of one parameter: an option, a number, or why there is neither."""

    value: str | Decimal | None
    why: str = ""


def _number_read(parameter: Parameter, answers: Answers, whole: frozenset[str]) -> Read:
    read = [number(code, answers[code], whole=code in whole) for code in parameter.asks]
    if parameter.formula is None:
        return Read(read[0])
    try:
        return Read(FORMULAS[parameter.formula].compute(*read))
    except NoMembers:
        return Read(None, Why.NO_MEMBERS.value)


def _read(parameter: Parameter, answers: Answers, whole: frozenset[str]) -> Read:
    """Raises AnswerRefused, also for one of two answers while the other is missing."""
    if any(_is_missing(answers, code) for code in parameter.asks):
        for code in parameter.asks:
            if parameter.formula and not _is_missing(answers, code):
                number(code, answers[code], whole=code in whole)
        return Read(None, Why.MISSING.value)
    if parameter.kind != Kind.CHOICE:
        return _number_read(parameter, answers, whole)
    answer = str(answers[parameter.code])
    if answer not in parameter.by_code:
        raise AnswerRefused(parameter.code, "not_an_option")
    return Read(answer)


def refusals(instrument: Instrument, answers: Answers) -> Iterator[AnswerRefused]:
    """Every answer that the instrument does not know, for a form to say at its field."""
    whole = instrument.whole
    for question in instrument.questions:
        if not _is_missing(answers, question.code):
            try:
                number(question.code, answers[question.code], whole=question.whole)
            except AnswerRefused as refused:
                yield refused
    for parameter in instrument.parameters:
        if parameter.kind != Kind.DERIVED:
            try:
                _read(parameter, answers, whole)
            except AnswerRefused as refused:
                yield refused
    for code in answers:
        if code not in instrument.known:
            yield AnswerRefused(code, "unknown_question")


def read(instrument: Instrument, answers: Answers) -> tuple[Read, ...]:
    """What these answers say of each parameter. Raises AnswerRefused.

    It depends on questions and formulas alone: other scores or bounds leave it as it is.
    """
    for question in instrument.questions:
        if question.code not in instrument.derived_from and not _is_missing(answers, question.code):
            number(question.code, answers[question.code], whole=question.whole)
    for code in answers:
        if code not in instrument.known:
            raise AnswerRefused(code, "unknown_question")
    return tuple(_read(parameter, answers, instrument.whole) for parameter in instrument.parameters)


# --- the score --------------------------------------------------------------------------------
def rounded(total: Decimal) -> int:
    """Half up to a whole number, as totals are before they are classed."""
    return int(total.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def classed(instrument: Instrument, total: Decimal) -> ScoreClass | None:
    """The class of a total; None where the instrument has none for it."""
    whole = rounded(total)
    return next((c for c in instrument.classes if c.lower <= whole <= c.upper), None)


def option_for(parameter: Parameter, found: Read) -> Option | None:
    """The option that an answer is; None while it is missing."""
    if found.value is None:
        return None
    if isinstance(found.value, str):
        return parameter.by_code.get(found.value)
    value = found.value
    return next((o for o in parameter.options if o.holds(value, parameter.edge)), None)


def _part(parameter: Parameter, found: Read) -> Part:
    option = option_for(parameter, found)
    return Part(
        aspect=parameter.aspect,
        parameter=parameter.code,
        option=option.code if option else "",
        score=option.score if option else None,
        maximum=parameter.maximum,
        value=found.value if isinstance(found.value, Decimal) else None,
        why=option.label if option else found.why or Why.NO_BAND.value,
    )


def total_of(instrument: Instrument, reads: Sequence[Read]) -> Decimal | None:
    """The total alone, for many families at once; None while anything is missing."""
    total = ZERO
    for parameter, found in zip(instrument.parameters, reads, strict=True):
        option = option_for(parameter, found)
        if option is None:
            return None
        total += option.score
    return total if instrument.parameters else None


def scored(instrument: Instrument, reads: Sequence[Read]) -> Score:
    """The score of answers that were read already, under this instrument or one with its codes."""
    parts = tuple(map(_part, instrument.parameters, reads))
    scores = [part.score for part in parts if part.score is not None]
    if not parts or len(scores) < len(parts):
        return Score(total=None, parts=parts, category=None, complete=False)
    total = sum(scores, ZERO)
    return Score(total=total, parts=parts, category=classed(instrument, total), complete=True)


def score(instrument: Instrument, answers: Answers) -> Score:
    """The score of these answers. Raises AnswerRefused for the first that is not known.

    Same instrument and answers, same score; the total is the sum of the parts.
    """
    return scored(instrument, read(instrument, answers))
