"""Finding the pairs worth comparing among many people, and comparing them. No ORM.

Nobody is compared with everybody: only people who share a key (a birth date in either order of day
and month, also the one in the NIK; the sound of the name with the year of birth; a part of the
name at one place). Memory grows with the people, never with the pairs compared.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from zlib import crc32

from rapidfuzz import fuzz

from households.duplicates.comparison import (
    THRESHOLD,
    Comparison,
    compare_likely,
    with_family,
)
from households.duplicates.facts import Day, Facts, day_in_nik, day_of
from households.duplicates.names import Rarity

# A key that so many people share tells nobody apart; the other keys still find them.
LARGEST_BLOCK = 600
# Pairs a little below the threshold may be lifted over it by the rest of their families.
_LIFTED = 3.0
_FAMILY_SUPPORT = 0.8


@dataclass(frozen=True, slots=True)
class Pair:
    """Two persons by key, the smaller first."""

    a: int
    b: int
    comparison: Comparison


def is_thin(facts: Facts) -> bool:
    """Nothing says when this person was born: only name and place can be looked for."""
    return facts.birth_date is None and day_in_nik(facts.nik) is None


def block_keys(facts: Facts) -> Iterator[str]:
    """The keys under which two people with some date are looked for."""
    days = {day_in_nik(facts.nik)} | ({day_of(facts.birth_date)} if facts.birth_date else set())
    if facts.nik:
        yield f"n{facts.nik}"
    for day in days:
        if day:
            low, high = sorted(day[:2])
            yield f"d{low}.{high}.{day[2]}"
            if facts.name:
                yield from _mistyped_day_keys(facts, day)
    for year in {day[2] for day in days if day}:
        if facts.name:
            yield from _year_keys(facts, year)


def _mistyped_day_keys(facts: Facts, day: Day) -> Iterator[str]:
    """A word of the name, and two of day, month and year."""
    two = (f"{day[0]}.{day[1]}", f"{day[1]}-{day[2]}", f"{day[0]}+{day[2]}")
    for word in {*facts.name.folded, facts.name.squeezed[:4]}:
        for part in two:
            yield f"z{word}.{part}"


def _year_keys(facts: Facts, year: int) -> Iterator[str]:
    words, squeezed, rw = sorted(facts.name.folded), facts.name.squeezed, _rw(facts.place)
    # Years beside each other share one of two bands.
    for band in (year // 2, (year + 1) // 2 + 1000):
        yield f"y{''.join(words)}.{band}"
        yield f"s{_skeleton(squeezed)}.{band}"
        yield f"h{squeezed[:4]}.{band}.{rw}"
        yield f"t{squeezed[-4:]}.{band}.{rw}"
        for word in words:
            yield f"y{word}.{band}.{rw}"


def thin_keys(facts: Facts) -> Iterator[str]:
    """The keys under which somebody without a date is looked for: name, or a part of it and RW."""
    if facts.name:
        yield f"w{''.join(sorted(facts.name.folded))}"
        yield f"s{_skeleton(facts.name.squeezed)}"
        for word in {*facts.name.folded, facts.name.squeezed[:4]}:
            yield f"p{word}.{_rw(facts.place)}"


def _rw(place: str) -> str:
    return ".".join(place.split(".")[:5])


def _skeleton(squeezed: str) -> str:
    """The consonants, which most typing errors leave alone."""
    return squeezed[:1] + "".join(letter for letter in squeezed[1:] if letter not in "AIUEO")


class Blocks:
    """Who shares a key with whom, as places in a list of people."""

    def __init__(self, people: Sequence[Facts]) -> None:
        self.blocks = list(_blocks(people))
        self.of: list[array[int]] = [array("I") for _person in people]
        for number, block in enumerate(self.blocks):
            for i in block:
                self.of[i].append(number)
        self.thin = _beside_the_thin(people)

    def after(self, i: int) -> list[int]:
        """The people to compare with this one that come later in the list, each once."""
        found = set(self.thin.get(i, ()))
        for number in self.of[i]:
            found.update(other for other in self.blocks[number] if other > i)
        return sorted(found)


def _blocks(people: Sequence[Facts]) -> Iterator[array[int]]:
    """Sorted by a 32-bit sum of the key: two keys that meet cost comparisons, no more."""
    marks = sorted(
        {crc32(key.encode()) << 32 | i for i, one in enumerate(people) for key in block_keys(one)}
    )
    for _sum, same in groupby(marks, key=lambda mark: mark >> 32):
        block = array("I", (mark & 0xFFFFFFFF for mark in same))
        if 1 < len(block) <= LARGEST_BLOCK:
            yield block


def _beside_the_thin(people: Sequence[Facts]) -> dict[int, set[int]]:
    """For people without a date: everybody with the same name, or part of it, by place in line."""
    thin: dict[str, list[int]] = defaultdict(list)
    for i, one in enumerate(people):
        if is_thin(one):
            for key in thin_keys(one):
                thin[key].append(i)
    found: dict[int, set[int]] = defaultdict(set)
    for i, one in enumerate(people) if thin else ():
        for key in thin_keys(one):
            for other in thin.get(key, ()):
                if other != i:
                    found[min(i, other)].add(max(i, other))
    return found


def _worth_a_look(a: Facts, b: Facts) -> bool:
    """A quick no for most of those who share only a date."""
    if a.nik and a.nik == b.nik:
        return True
    if not set(a.name.folded).isdisjoint(b.name.folded):
        return True
    return bool(fuzz.partial_ratio(a.name.squeezed, b.name.squeezed, score_cutoff=62))


def find_pairs(
    people: Sequence[Facts],
    *,
    only: Collection[int] | None = None,
    rarity: Rarity | None = None,
    threshold: float = THRESHOLD,
    beat: Callable[[int], None] = lambda done: None,
) -> list[Pair]:
    """The pairs that score at least `threshold`, in the order of their keys.

    With `only` (keys), pairs in which one of these takes part. The same people in another order
    give the same pairs. About 15 µs for each pair compared.
    """
    rarity = rarity or Rarity(facts.name for facts in people)
    people = sorted(people, key=lambda facts: facts.key)
    blocks, most = Blocks(people), [rarity.most(facts.name) for facts in people]
    likely: list[tuple[Facts, Facts, Comparison]] = []
    for i, one in enumerate(people):
        if not i % 1000:
            beat(i)
        for j in blocks.after(i):
            other = people[j]
            if only is not None and one.key not in only and other.key not in only:
                continue
            if _worth_a_look(one, other):
                comparison = compare_likely(
                    one, other, rarity, least=_LIFTED, name_most=max(most[i], most[j])
                )
                if comparison:
                    likely.append((one, other, comparison))
    return _with_families(likely, threshold, people=rarity.people)


def _with_families(
    likely: Iterable[tuple[Facts, Facts, Comparison]], threshold: float, *, people: int
) -> list[Pair]:
    """Lift pairs whose families share another pair; keep what reaches the threshold."""
    likely = list(likely)
    strong: dict[tuple[int, int], set[int]] = defaultdict(set)
    for a, b, comparison in likely:
        if comparison.score >= _FAMILY_SUPPORT and a.family != b.family:
            strong[_families(a, b)].update((a.key, b.key))
    found = []
    for a, b, comparison in likely:
        others = strong.get(_families(a, b), set()) - {a.key, b.key}
        if others and a.family != b.family:
            comparison = with_family(comparison, people=people)
        if comparison.score >= threshold:
            found.append(Pair(a.key, b.key, comparison))
    return found


def _families(a: Facts, b: Facts) -> tuple[int, int]:
    low, high = sorted((a.family or 0, b.family or 0))
    return low, high
