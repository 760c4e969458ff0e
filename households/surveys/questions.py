"""What a version asks, one group a screen, for pages, phone, paper and keyboard alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from households import scoring
from households.models import InstrumentVersion, Parameter, Question
from households.models.instrument_content import AnswerKind, QuestionKind

# Two boxes on paper: the people of a family, never an amount typed into the wrong field.
COUNT_DIGITS = 2


@dataclass(frozen=True)
class Asked:
    """One question. `options` are (code, label); a number has none."""

    code: str
    text: str
    help: str
    kind: str  # CHOICE, COUNT, NUMBER or MONEY
    unit: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def is_choice(self) -> bool:
        return self.kind == AnswerKind.CHOICE

    @property
    def numbered(self) -> list[tuple[int, str, str]]:
        """The options with the numbers that paper and keyboard use."""
        return [(n, code, label) for n, (code, label) in enumerate(self.options, start=1)]


@dataclass(frozen=True)
class Group:
    """The questions of one aspect: one screen."""

    code: str
    name: str
    asked: tuple[Asked, ...]


def groups_of(version: InstrumentVersion) -> list[Group]:
    """The screens of a version; a question that several formulas read is asked where it is first.

    Load it `with_content`: then this asks the database nothing.
    """
    questions = {row.code: row for row in version.questions.all()}
    seen: set[str] = set()
    found = []
    for aspect in version.aspects.all():
        asked = [
            one
            for parameter in aspect.parameters.all()
            for one in _asked(parameter, questions, seen)
        ]
        if asked:
            found.append(Group(aspect.code, aspect.said("name"), tuple(asked)))
    return found


def _asked(
    parameter: Parameter, questions: Mapping[str, Question], seen: set[str]
) -> Iterator[Asked]:
    if parameter.kind == AnswerKind.DERIVED:
        for code in scoring.FORMULAS[scoring.Formula(parameter.formula)].asks:
            if code not in seen and code in questions:
                seen.add(code)
                row = questions[code]
                yield Asked(code, row.said("text"), parameter.said("help"), row.kind, row.unit)
        return
    options: tuple[tuple[str, str], ...] = ()
    kind = str(QuestionKind.NUMBER)
    if parameter.kind == AnswerKind.CHOICE:
        kind = str(AnswerKind.CHOICE)
        options = tuple((row.code, row.said("label")) for row in parameter.options.all())
    yield Asked(
        parameter.code,
        parameter.said("question"),
        parameter.said("help"),
        kind,
        parameter.unit,
        options,
    )


def codes_of(groups: list[Group]) -> list[str]:
    return [one.code for group in groups for one in group.asked]


def missing(groups: list[Group], answers: Mapping[str, Any]) -> list[Asked]:
    """The questions without an answer, in the order in which they are asked."""
    return [one for group in groups for one in group.asked if answers.get(one.code) in {None, ""}]


def refusals(version: InstrumentVersion, answers: Mapping[str, Any]) -> dict[str, str]:
    """What the version cannot take, by question: the reason and how to mend it."""
    found = scoring.refusals(version.compiled(), answers)
    words = {refused.code: refusal_words(refused.reason) for refused in found}
    for one in (one for group in groups_of(version) for one in group.asked):
        said = str(answers.get(one.code) or "")
        if one.kind == QuestionKind.COUNT and len(said.lstrip("0")) > COUNT_DIGITS:
            words.setdefault(one.code, refusal_words("too_many"))
    return words


def refusal_words(reason: str) -> str:
    return {
        "not_an_option": _("This is none of the answers. Choose one of those listed."),
        "not_a_number": _("Write a number with digits alone, such as 36 or 36.5."),
        "no_whole_number": _("Write a whole number, without a comma."),
        "too_many": _("Write at most 99. Did an amount of rupiah get into this field?"),
        "unknown_question": _("This version does not ask this. Reload the questionnaire."),
    }[reason]


def normalised(version: InstrumentVersion, answers: Mapping[str, str]) -> dict[str, str]:
    """Answers as they are stored: numbers in plain digits, nothing for what is empty."""
    choices = {one.code for group in groups_of(version) for one in group.asked if one.is_choice}
    found = {
        code: value if code in choices else plain_number(value) for code, value in answers.items()
    }
    return {code: value for code, value in found.items() if value}


def plain_number(text: str) -> str:
    """A number as people type it, as scores read it: "1.250.000" and "36,5" -> "1250000", "36.5".

    What it cannot read comes back as it was, for the refusal to name it.
    """
    text = text.strip().removeprefix("Rp").strip().replace(" ", "")
    if not text:
        return ""
    whole, comma, rest = text.partition(",")
    groups = whole.split(".")
    thousands = len(groups) > 1 and all(len(part) == 3 for part in groups[1:])
    if comma and rest.isdigit():
        # With a comma, dots can only part thousands.
        return f"{''.join(groups)}.{rest}" if thousands or len(groups) == 1 else text
    if thousands and len(groups[0]) <= 3 and groups[0] != "0":
        return "".join(groups)
    return text
