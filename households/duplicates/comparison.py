"""Whether two rows are one person: a score from 0 to 1 and the parts it is made of. No ORM.

Each part is a weight of evidence in natural logarithms, after Fellegi and Sunter (1969): how much
more often the pair looks like this when it is one person than when it is two. The sum with the
odds before any evidence gives the score.
"""

import datetime
import math
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import Hamming

from households.duplicates.facts import Facts, day_in_nik, day_of
from households.duplicates.names import FOLDED, Likeness, Name, Rarity, compare_names

# Odds before any evidence: the more people, the more pairs look alike by chance.
_PEOPLE_A_CHANCE = 25
_FEWEST_PEOPLE = 8_000
# Above this a pair is shown to the officers.
THRESHOLD = 0.8
_HIGHEST = 0.99  # what is not the same in every known part is never certain
# The parts as they are read. A part of one kind stands once, but for the birth (date, then NIK).
_KINDS = ("name", "birth", "nik", "twins", "sex", "mother", "father", "birth_place", "place")
_ORDER = {kind: place for place, kind in enumerate(_KINDS)}
_ROUNDED = 0.01  # weights of names are kept rounded


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of evidence: `kind` and `found` are codes, `share` how alike (names only)."""

    kind: str
    found: str
    weight: float
    share: float | None = None

    @property
    def supports(self) -> bool:
        return self.weight > 0


@lru_cache(maxsize=64)
def _part(kind: str, found: str, weight: float) -> Part:
    """The one part that says this: a search would make the same few a million times."""
    return Part(kind, found, weight)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The score and its parts."""

    score: float
    parts: tuple[Part, ...]

    @property
    def weight(self) -> float:
        return sum(part.weight for part in self.parts)


def _before(people: int) -> float:
    return -math.log(max(people, _FEWEST_PEOPLE) / _PEOPLE_A_CHANCE)


def _scored(parts: list[Part], *, people: int, same: bool = False) -> Comparison:
    odds = _before(people) + sum(part.weight for part in parts)
    score = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
    return Comparison(1.0 if same else round(min(score, _HIGHEST), 4), tuple(parts))


def compare(a: Facts, b: Facts, rarity: Rarity) -> Comparison:
    """Compare two persons; the order does not matter. The same known facts give exactly 1."""
    return _whole(a, b, rarity, _plain_facts(a, b), compare_names(a.name, b.name, rarity))


def compare_likely(
    a: Facts, b: Facts, rarity: Rarity, *, least: float, name_most: float
) -> Comparison | None:
    """As `compare`, for the many pairs of a search: None where the parts weigh less than `least`.

    Stops as soon as they cannot reach it any more: what is compared at once comes first, the words
    of the names next, the parents last. `name_most`: see `Rarity.most`.
    """
    plain = _plain_facts(a, b)
    wanted = least - sum(part.weight for part in plain) - _parents_most(a, b)
    if name_most < wanted:
        return None
    name = compare_names(a.name, b.name, rarity)
    if name.weight + _ROUNDED < wanted:
        return None
    comparison = _whole(a, b, rarity, plain, name)
    return comparison if comparison.weight >= least else None


def _plain_facts(a: Facts, b: Facts) -> list[Part]:
    """What is compared without the words of any name."""
    return [*_birth(a, b), *_number(a, b), *_sex(a, b), *_place(a, b)]


def _whole(a: Facts, b: Facts, rarity: Rarity, plain: list[Part], name: Likeness) -> Comparison:
    parts = [
        Part("name", _word(name.share), round(name.weight, 3), name.share),
        *plain,
        *_twins(a, b, name),
        *_parents(a, b, rarity),
    ]
    parts.sort(key=lambda part: _ORDER[part.kind])
    same = name.share == 1 and _complete(a) and replace(a, key=b.key) == b
    return _scored(parts, people=rarity.people, same=same)


def _complete(facts: Facts) -> bool:
    """Whether the facts are enough to be certain when they are all the same."""
    return bool(facts.name and facts.birth_date and facts.sex and facts.place)


def with_family(comparison: Comparison, *, people: int) -> Comparison:
    """The same, with another member of both families found on the other side as well."""
    return _scored([*comparison.parts, Part("family", "also", 2.6)], people=people)


def _word(share: float) -> str:
    return "same" if share == 1 else "alike" if share >= 0.7 else "other"


# --- birth -----------------------------------------------------------------------------------
def _birth(a: Facts, b: Facts) -> list[Part]:
    if a.birth_date is None or b.birth_date is None:
        return _birth_by_nik(a, b)
    found, weight = birth_found(a.birth_date, b.birth_date)
    parts = [_part("birth", found, weight)]
    if found not in {"same", "same_guessed"}:
        parts += _birth_by_nik(a, b)
    return parts


def birth_found(a: datetime.date, b: datetime.date) -> tuple[str, float]:
    """How two birth dates agree, and the weight of that."""
    if a == b:
        guessed = (a.day, a.month) == (1, 1)
        return ("same_guessed", 3.4) if guessed else ("same", 6.6)
    if a.year == b.year:
        if (a.day, a.month) == (b.month, b.day):
            return "swapped", 5.2
        if (1, 1) in {(a.day, a.month), (b.day, b.month)}:
            return "first_january", 2.2
    if abs(a.year - b.year) == 1 and (a.day, a.month) == (b.day, b.month):
        return "year", 4.6 if (a.day, a.month) != (1, 1) else 2.2
    if Hamming.distance(_digits(a), _digits(b)) == 1:
        return "digit", 2.6
    return ("same_year", -2.6) if a.year == b.year else ("other", -6.0)


def _digits(day: datetime.date) -> str:
    return f"{day.day:02}{day.month:02}{day.year:04}"


def _birth_by_nik(a: Facts, b: Facts) -> list[Part]:
    """Where a date was left out or mistyped, the other row's NIK may still say it."""
    for one, other in ((a, b), (b, a)):
        if one.birth_date is None or not other.nik or other.nik == one.nik:
            continue
        if day_in_nik(other.nik) == day_of(one.birth_date):
            return [_part("birth", "in_nik", 4.2)]
    return []


# --- number ----------------------------------------------------------------------------------
def nik_found(a: str, b: str) -> str:
    """How two NIKs agree: same, digit (one wrong), swapped (two neighbours), other; "" unknown."""
    if not a or not b:
        return ""
    if a == b:
        return "same"
    if len(a) != len(b):
        return "other"
    apart = [i for i in range(len(a)) if a[i] != b[i]]
    if len(apart) == 1:
        return "digit"
    neighbours = len(apart) == 2 and apart[1] == apart[0] + 1
    if neighbours and a[apart[0]] == b[apart[1]] and a[apart[1]] == b[apart[0]]:
        return "swapped"
    return "other"


_NIK_WEIGHTS = {"same": 9.0, "digit": 3.0, "swapped": 3.8, "other": -6.2}


def _number(a: Facts, b: Facts) -> list[Part]:
    found = nik_found(a.nik, b.nik)
    if not found:
        return []
    weight = _NIK_WEIGHTS[found]
    if found in {"digit", "swapped"}:
        if a.birth_date and a.birth_date == b.birth_date:
            # Born on one day in one place: their numbers are neighbours, whoever they are.
            weight = -2.0 if found == "digit" else 1.0
        elif _own_date(a) and _own_date(b):
            found, weight = "other", -4.0  # each number is right for its own birth date
    return [_part("nik", found, weight)]


def _own_date(facts: Facts) -> bool:
    return facts.birth_date is not None and day_in_nik(facts.nik) == day_of(facts.birth_date)


def _twins(a: Facts, b: Facts, name: Likeness) -> list[Part]:
    """Born on one day in one family, with a number, a name or a sex of their own."""
    if not _same_family(a, b) or not a.birth_date or a.birth_date != b.birth_date:
        return []
    numbers = bool(a.nik and b.nik and a.nik != b.nik)
    own = (
        name.clash or (numbers and name.share < FOLDED) or bool(a.sex and b.sex and a.sex != b.sex)
    )
    return [_part("twins", "likely", -9.0)] if own else []


# --- the rest --------------------------------------------------------------------------------
def _sex(a: Facts, b: Facts) -> list[Part]:
    if not a.sex or not b.sex:
        return []
    return [_part("sex", "same", 0.6) if a.sex == b.sex else _part("sex", "other", -3.6)]


_PARENT_MOST = 3.6


def _same_family(a: Facts, b: Facts) -> bool:
    return a.family is not None and a.family == b.family


def _parents_most(a: Facts, b: Facts) -> float:
    """What both parents can add at the most."""
    if _same_family(a, b):
        return 0.0
    return _PARENT_MOST * (bool(a.mother and b.mother) + bool(a.father and b.father))


def _parents(a: Facts, b: Facts, rarity: Rarity) -> list[Part]:
    if _same_family(a, b):
        return []  # brothers and sisters have the same
    mother = _parent("mother", a.mother, b.mother, rarity)
    return mother + _parent("father", a.father, b.father, rarity)


def _parent(kind: str, a: Name, b: Name, rarity: Rarity) -> list[Part]:
    if not a or not b:
        return []
    likeness = compare_names(a, b, rarity)
    weight = max(-2.6, min(_PARENT_MOST, likeness.weight - 0.6))
    return [Part(kind, _word(likeness.share), round(weight, 3), likeness.share)]


_RW_LEVELS, _RT_LEVELS = 5, 6


def _place(a: Facts, b: Facts) -> list[Part]:
    parts = []
    if a.birth_place and b.birth_place:
        same = a.birth_place.casefold() == b.birth_place.casefold()
        parts.append(
            _part("birth_place", "same", 0.5) if same else _part("birth_place", "other", -2)
        )
    if _same_family(a, b):
        parts.append(_part("place", "same_family", 0.8))
    elif a.place and b.place:
        parts.append(_area(_levels(a.place), _levels(b.place)))
    return parts


@lru_cache(maxsize=4_096)
def _levels(place: str) -> tuple[str, ...]:
    return tuple(place.split("."))


def _area(a: tuple[str, ...], b: tuple[str, ...]) -> Part:
    if a == b and len(a) == _RT_LEVELS:
        return _part("place", "same_rt", 2.4)
    if len(a) >= _RW_LEVELS and a[:_RW_LEVELS] == b[:_RW_LEVELS]:
        return _part("place", "same_rw", 1.2)
    return _part("place", "other", -0.6)
