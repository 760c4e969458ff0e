"""From the number or word in a cell to a stored code."""

import re
import unicodedata
from functools import cache

from django.conf import settings
from django.db.models import IntegerChoices
from django.utils import translation
from django.utils.translation import gettext as _

from households import codes
from households.code_words import WORDS

# Words that say more than the code they are filed under; the word itself is kept beside the code.
LOSSY: dict[type[IntegerChoices], frozenset[str]] = {
    codes.BasicStatus: frozenset({"pindahdalamnegeri", "pindahluarnegeri"}),
    codes.Relation: frozenset({"sopir", "keponakan"}),
    codes.Disability: frozenset({"tunagrahita", "laras"}),
    codes.Education: frozenset({"paketa", "paketb", "paketc"}),
}


class UnknownCodeError(ValueError):
    """Neither a number nor a word of the list; the message names some that are."""

    def __init__(self, choices: type[IntegerChoices]) -> None:
        examples = ", ".join(f"{choice.value} = {choice.label}" for choice in list(choices)[:4])
        super().__init__(
            _("Not in the list. Accepted: %(examples)s, …") % {"examples": examples}
            if len(choices) > 4
            else _("Not in the list. Accepted: %(examples)s.") % {"examples": examples}
        )


def words(choices: type[IntegerChoices]) -> dict[str, int]:
    """Every accepted spelling of the list, folded by `fold`, with its code."""
    return _folded(choices)


@cache
def _values(choices: type[IntegerChoices]) -> frozenset[int]:
    return frozenset(choices.values)


@cache
def _folded(choices: type[IntegerChoices]) -> dict[str, int]:
    accepted: dict[str, int] = {}
    for code, spellings in WORDS.get(choices, {}).items():
        for spelling in spellings.split(" | "):
            key = fold(spelling, choices)
            if accepted.setdefault(key, code) != code:
                message = f"{choices.__name__}: {spelling!r} would mean two codes"
                raise ValueError(message)
    # Our own words, as an export writes them in the language of whoever took it out.
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, label in choices.choices:
                accepted.setdefault(fold(str(label), choices), code)
    return accepted


def fold(text: str, choices: type[IntegerChoices]) -> str:
    """`SLTA / Sederajat` and `slta/sederajat` alike.

    A slash counts: without it `D I/II` would read as `D III`. Blood types keep their sign.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\N{MINUS SIGN}", "-")
    if choices is codes.BloodType:
        folded = folded.replace("+", "positif").replace("-", "negatif")
    return re.sub(r"[^a-z0-9/]", "", folded)


def parse_code(
    choices: type[IntegerChoices], text: str, *, numbers: dict[int, int] | None = None
) -> int:
    """The code meant by `text`; raises `UnknownCodeError`.

    `numbers` translates a source that numbers the same answers otherwise.
    """
    stripped = text.strip()
    if re.fullmatch(r"[0-9]{1,4}", stripped):
        number = int(stripped)
        code = numbers.get(number) if numbers is not None else number
        if code in _values(choices):
            return code
        raise UnknownCodeError(choices)
    code = words(choices).get(fold(stripped, choices))
    if code is None:
        raise UnknownCodeError(choices)
    return code


def loses_meaning(choices: type[IntegerChoices], text: str) -> bool:
    """Whether writing the code back would not give the word that was read."""
    return choices in LOSSY and fold(text, choices) in LOSSY[choices]
