"""Indonesian names as they are compared: titles off, spellings folded, words paired. No ORM.

A name is a list of words. Old spelling (Djoko, Soeparman), sounds that officers write either way
(y/i, f/v/p, z/s, doubled letters, a last h) and the forms of Muhammad fall together; how far two
words are apart is counted in single letters.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

_TITLES = frozenset(
    {
        "H",
        "HJ",
        "HAJI",
        "HAJJAH",
        "KH",
        "KY",
        "KYAI",
        "NYAI",
        "DRS",
        "DRA",
        "IR",
        "DR",
        "PROF",
        "ALM",
        "ALMH",
        "ALMARHUM",
        "ALMARHUMAH",
        "BPK",
        "BAPAK",
        "IBU",
        "SDR",
        "SDRI",
        "NY",
        "TN",
        "UST",
        "USTADZ",
        "RR",
        "RNGT",
        "RM",
        "RA",
        "RAY",
        "RT",
    }
)
_MUHAMMAD = frozenset(
    {
        "M",
        "MUH",
        "MOH",
        "MOCH",
        "MHD",
        "MOHD",
        "MUHD",
        "MUHAMMAD",
        "MUHAMAD",
        "MOHAMMAD",
        "MOHAMAD",
        "MOCHAMMAD",
        "MOCHAMAD",
        "MOHAMMED",
        "MUHAMMED",
        "MUCHAMAD",
        "MUCHAMMAD",
    }
)
# After a comma stands a degree: short, or with dots inside.
_DEGREE = re.compile(r"[A-Z]{1,4}|[A-Z][A-Z]?(\.\s?[A-Z]{1,4}){1,3}\.?")
# In this order: one digraph must not be eaten by the rule of another.
_FOLDS = [
    (re.compile(old), new)
    for old, new in [
        ("OE", "U"), ("DJ", "J"), ("TJ", "C"), ("SJ", "SY"), ("KH|CH", "H"),
        ("([TDBGW])H", r"\1"), ("PH|V|F", "P"), ("SY|Z", "S"), ("[QK]+", "K"), ("X", "KS"),
        ("[YJ]", "I"), ("IE", "I"), (r"(.)\1+", r"\1"), ("(?<=.)H$", ""),
    ]
]  # fmt: skip

EXACT, FOLDED, NEAR, INITIAL = 1.0, 0.97, 0.88, 0.8
# What a match of this kind is worth less than the same word, in natural logarithms.
_COST = {EXACT: 0.1, FOLDED: 0.7, NEAR: 3.2, INITIAL: 3.6}
_CONFLICT, _EXTRA, _EXTRA_LAST = -5.0, -0.9, -0.5
# Names that are alike only when written in one piece.
_SQUEEZED = 1.5


@dataclass(frozen=True, slots=True)
class Name:
    """A name's words, as written and folded, without titles; and all of it in one piece."""

    words: tuple[str, ...]
    folded: tuple[str, ...]
    squeezed: str
    muhammad: bool = False

    def __bool__(self) -> bool:
        return bool(self.words)


NO_NAME = Name((), (), "")


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """A word as it sounds: the same for the spellings that officers choose between."""
    for pattern, new in _FOLDS:
        word = pattern.sub(new, word)
    return word


def _plain(text: str) -> str:
    wide = unicodedata.normalize("NFKD", text).upper()
    return "".join(letter for letter in wide if not unicodedata.combining(letter))


def parse_name(text: str) -> Name:
    """The name that a text is. Titles and degrees go; a name of titles alone keeps them."""
    first, *rest = _plain(text).split(",")
    kept = [part for part in rest if not _DEGREE.fullmatch(part.strip())]
    joined = re.sub(r"['’‘`´]", "", " ".join([first, *kept]))
    words = re.findall(r"[^\W\d_]+", joined)
    named = [word for word in words if word not in _TITLES] or words
    muhammad = len(named) > 1 and named[0] in _MUHAMMAD
    if muhammad:
        named = named[1:]
    elif named and named[0] in _MUHAMMAD and len(named[0]) > 1:
        named = ["MUHAMMAD"]
    folded = tuple(fold(word) for word in named)
    return Name(tuple(named), folded, "".join(folded), muhammad)


class Rarity:
    """How much a word says: ln(people / bearers), held between bounds."""

    LEAST, MOST, UNKNOWN = 1.2, 6.5, 4.6

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self.counts: Counter[str] = Counter()
        self.people = 0
        for name in names:
            self.people += 1
            self.counts.update(name.folded)

    def of(self, word: str) -> float:
        if not self.people:
            return self.UNKNOWN
        # Small registers cannot tell rare from common: lean towards the middle.
        share = (self.counts[word] + 1) / (self.people + 100)
        return min(self.MOST, max(self.LEAST, -math.log(share)))

    def most(self, name: Name) -> float:
        """What `compare_names` gives this name at the most, beside one that says no more."""
        return max(_SQUEEZED, sum(map(self.of, name.folded)))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are: `share` from 0 to 1 to be read, `weight` as log-odds."""

    share: float
    weight: float
    clash: bool = False  # both sides have a word that the other one has not


def kind_of_match(a: str, b: str, fa: str, fb: str) -> float:
    """How two words match: EXACT, FOLDED, NEAR (a letter or two apart), INITIAL, or 0."""
    if a == b:
        return EXACT if len(a) > 1 else INITIAL
    if fa == fb and len(fa) > 1:
        return FOLDED
    if len(a) == 1 or len(b) == 1:
        return INITIAL if a[0] == b[0] or fa[:1] == fb[:1] else 0.0
    longest = max(len(fa), len(fb))
    allowed = 2 if longest >= 9 else 1 if longest >= 4 else 0
    near = (
        OSA.distance(fa, fb, score_cutoff=allowed) <= allowed
        or OSA.distance(a, b, score_cutoff=allowed) <= allowed
    )
    return NEAR if near else 0.0


def compare_names(a: Name, b: Name, rarity: Rarity) -> Likeness:
    """Pair the words of two names, the best pairs first. The same for (a, b) and (b, a)."""
    if not a or not b:
        return Likeness(0.0, 0.0)
    if a.words == b.words:
        info = sum(rarity.of(word) - _COST[EXACT] for word in a.folded)
        return Likeness(1.0, info)
    if a.squeezed == b.squeezed and len(a.folded) != len(b.folded):
        longer = max(a.folded, b.folded, key=len)
        return Likeness(FOLDED, sum(rarity.of(word) for word in longer) - 1.5)
    if (joined := _joined(a, b, rarity)) is not None:
        return joined
    return _paired(a, b, rarity)


def _joined(a: Name, b: Name, rarity: Rarity) -> Likeness | None:
    """Words written as one, and another word behind them: SRIWAHYUNI DEWI and SRI WAHYUNI."""
    short, long = sorted((a, b), key=lambda name: (len(name.squeezed), name.words))
    if len(short.squeezed) < 6 or not long.squeezed.startswith(short.squeezed):
        return None
    if long.folded[: len(short.folded)] == short.folded:
        return None  # whole words, which are paired one by one
    info = sum(rarity.of(word) for word in short.folded)
    return Likeness(round(0.5 + len(short.squeezed) / len(long.squeezed) / 2, 4), info - 2.4)


def _paired(a: Name, b: Name, rarity: Rarity) -> Likeness:
    found = sorted(
        (-kind, abs(i - j), min(i, j), max(i, j), i, j)
        for i in range(len(a.words))
        for j in range(len(b.words))
        if (kind := kind_of_match(a.words[i], b.words[j], a.folded[i], b.folded[j]))
    )
    left, right = set(range(len(a.words))), set(range(len(b.words)))
    weight = letters = 0.0
    for minus_kind, _apart, _low, _high, i, j in found:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            worth = (rarity.of(a.folded[i]) + rarity.of(b.folded[j])) / 2
            weight += max(worth - _COST[-minus_kind], -1.0)
            letters += -minus_kind * (len(a.words[i]) + len(b.words[j]))
    return _rest(a, b, left, right, Likeness(letters, weight))


def _rest(a: Name, b: Name, left: set[int], right: set[int], matched: Likeness) -> Likeness:
    """Words on both sides that do not match speak against; on one side they were left out."""
    conflicts = min(len(left), len(right))
    extra = max(len(left), len(right)) - conflicts
    weight = matched.weight + conflicts * _CONFLICT
    last = (len(a.words) - 1 in left) or (len(b.words) - 1 in right)
    weight += extra * (_EXTRA_LAST if last and not conflicts else _EXTRA)
    if not matched.share and _nearly_squeezed(a, b):
        return Likeness(NEAR, max(weight - conflicts * _CONFLICT, 0.0) + _SQUEEZED)
    every = sum(map(len, a.words)) + sum(map(len, b.words))
    missing = sum(len(a.words[i]) for i in left) + sum(len(b.words[j]) for j in right)
    # A word that one side leaves out counts half against what is read as "how alike".
    counted = every - (missing / 2 if not conflicts else 0)
    return Likeness(round(matched.share / counted, 4), weight, clash=conflicts > 0)


def _nearly_squeezed(a: Name, b: Name) -> bool:
    shorter = min(len(a.squeezed), len(b.squeezed))
    return shorter >= 7 and OSA.distance(a.squeezed, b.squeezed, score_cutoff=2) <= 2
