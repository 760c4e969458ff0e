"""Looking for what must not be published in a text: identifiers and names of registered people."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from households.models import Member
from households.models.member import name_key
from tkpk.models import Territory
from tkpk.nik import find_identifiers

IDENTIFIER, NAME = "identifier", "name"
# A name of one short word is also a word of the language: "Sari", "Jati".
SHORTEST_SINGLE_NAME = 5
_WORD = re.compile(r"[^\W_]+(?:['’ʼ`.-][^\W_]+)*")
_RUN = re.compile(r"[0-9][0-9\s.\-\u00a0/']{14,60}[0-9]")


@dataclass(frozen=True)
class Finding:
    """One place in a text; it quotes no more than what is needed to find it again."""

    kind: str
    line: int
    start: int
    quote: str

    @property
    def message(self) -> str:
        """What is wrong, where, and how to mend it."""
        if self.kind == IDENTIFIER:
            return _(
                "Line %(line)d holds a number of 16 digits. Take the NIK or KK number out."
            ) % {"line": self.line}
        return _(
            "Line %(line)d, from “%(quote)s”, names a person who is registered here. "
            "Take the name out; office holders are shown in the structure by themselves."
        ) % {"line": self.line, "quote": self.quote}


def findings(text: str, kelurahan: Territory) -> list[Finding]:
    """What `text` gives away about people of the kelurahan, in the order of the text.

    One query, however long the text; a name counts only as whole words in its own order.
    """
    found = [
        Finding(IDENTIFIER, _line(text, run.start()), run.start(), "")
        for run in _RUN.finditer(text)
        if find_identifiers(run[0])
    ]
    words = [(match.start(), match[0], name_key(match[0])) for match in _WORD.finditer(text)]
    keys = [key for _start, _word, key in words]
    names = _names(kelurahan) if words else {}
    for at, (start, word, key) in enumerate(words):
        for name in names.get(key, ()):
            # "lestari" is a word, "Lestari" may be all there is of a name.
            named = len(name) > 1 or word[0].isupper()
            if named and tuple(keys[at : at + len(name)]) == name:
                found.append(Finding(NAME, _line(text, start), start, word))
                break
    return sorted(found, key=lambda finding: finding.start)


def _names(kelurahan: Territory) -> dict[str, list[tuple[str, ...]]]:
    """The names of the kelurahan's registered people, by their first word."""
    keys = Member.objects.filter(kelurahan=kelurahan).values_list("name_key", flat=True)
    return _by_first_word(keys.order_by().distinct())


def _by_first_word(keys: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
    names: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for key in keys:
        words = tuple(key.split())
        if len(words) > 1 or (words and len(words[0]) >= SHORTEST_SINGLE_NAME):
            names[words[0]].append(words)
    return names


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
