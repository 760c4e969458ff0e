"""A cell of a Regsosek sheet: the number or the word of an answer, and what of it is kept."""

import re
from typing import Any

from django.utils.translation import gettext as _

from households.code_parsing import UnknownCodeError, loses_meaning, parse_code
from households.imports.cells import as_text, is_blank
from households.imports.findings import CellError
from households.imports.reading import Cell
from households.imports.regsosek_codes import Answers

# `01. Paket A` as well as `1`.
_NUMBERED = re.compile(r"0?([0-9]{1,2})(?:\.\s*\D.*)?")


def answer_number(cell: Cell) -> int | None:
    """The number of the answer, None where the cell holds something else."""
    found = _NUMBERED.fullmatch(as_text(cell))
    return int(found[1]) if found else None


def parse_answer(cell: Cell, answers: Answers) -> tuple[int | None, bool]:
    """Our code (None: none of ours) and whether the answer is to be kept as given."""
    if is_blank(cell):
        return None, False
    number = answer_number(cell)
    if number is None:
        return _word(as_text(cell), answers)
    if number in answers.exact:
        return int(answers.exact[number]), False
    if number in answers.wider:
        return int(answers.wider[number]), True
    if number in answers.kept:
        return None, True
    if number in answers.asked:
        raise CellError(
            "answer_ambiguous",
            _("In Regsosek this number stands for more than one answer of the registry."),
            _("Write one of these words in the cell instead: %(words)s.")
            % {"words": answers.asked[number]},
        )
    known = sorted({*answers.exact, *answers.wider, *answers.kept, *answers.asked})
    raise CellError(
        "unknown_code",
        _("Not an answer of Regsosek. Accepted: %(first)d to %(last)d.")
        % {"first": known[0], "last": known[-1]},
        _("Compare it with the questionnaire and write one of the accepted numbers."),
    )


def _word(text: str, answers: Answers) -> tuple[int, bool]:
    try:
        return parse_code(answers.choices, text), loses_meaning(answers.choices, text)
    except UnknownCodeError as error:
        raise CellError(
            "unknown_code", str(error), _("Write one of the accepted numbers or words.")
        ) from error


def parse_one_of(cell: Cell, words: dict[int, str]) -> tuple[Any, bool]:
    """The word of the answer, or the answer kept as given where it is none alone."""
    if is_blank(cell):
        return None, False
    number = answer_number(cell)
    if number is None or number not in words:
        return None, True
    return words[number], False
