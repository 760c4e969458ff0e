"""A truth set for the search for duplicates: invented people, some of them entered twice.

Who is who is drawn from the first seed: families of a kelurahan, with what is hard to tell apart
(twins, fathers and sons with like names, namesakes of one year, guessed birth dates). The errors of
each second entry are drawn from another seed, so neither can be fitted to the other. Numbers end in
0000; where a real NIK has its serial, digits 3 to 6 count instead.

    python -m bench.truth_duplicates --people 10000 > truth.csv
"""

import argparse
import csv
import datetime
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from itertools import combinations
from random import Random

from bench.truth_errors import wrong_date, wrong_name, wrong_nik
from bench.truth_names import FEMALE, MALE, PLACES, invented_name, like_name

YEAR = 2026
HEAD, WIFE, CHILD, PARENT = 1, 3, 4, 7
DUPLICATE_SHARE = 0.035


@dataclass(frozen=True)
class Entry:
    """One row of the registry. Rows with the same `truth` are the same person."""

    row: int
    truth: int
    family: int
    name: str
    sex: int
    birth_date: datetime.date | None
    birth_place: str
    nik: str
    relation: int
    father_name: str
    mother_name: str
    rw: int
    rt: int


def same_person(entries: list[Entry]) -> set[tuple[int, int]]:
    """The pairs of rows that are one person, the smaller row first."""
    rows: dict[int, list[int]] = defaultdict(list)
    for entry in entries:
        rows[entry.truth].append(entry.row)
    return {pair for same in rows.values() for pair in combinations(sorted(same), 2)}


class Kelurahan:
    """Draws families until there are people enough. About one RT for 100 people."""

    def __init__(self, people: int, *, seed: int) -> None:
        self.draw = Random(seed)
        self.people = people
        self.rws = max(2, min(40, people // 900))
        self.rts = max(3, people // 100 // self.rws)
        self.entries: list[Entry] = []
        self.serials: dict[str, int] = defaultdict(int)
        self.families = 0

    def fill(self) -> list[Entry]:
        while len(self.entries) < self.people:
            self._family()
        return self.entries[: self.people]

    def _born(self, age: int) -> datetime.date:
        first = datetime.date(YEAR - age - 1, 1, 1)
        if self.draw.random() < (0.14 if age > 58 else 0.015):
            return first.replace(year=YEAR - age)  # nobody remembers the day
        return first + datetime.timedelta(days=self.draw.randrange(365))

    def _nik(self, born: datetime.date, sex: int) -> str:
        if self.draw.random() < 0.035:
            return ""
        middle = f"{born.day + (40 if sex == FEMALE else 0):02d}{born:%m%y}"
        if self.draw.random() < 0.3:  # first issued elsewhere
            return (
                f"{self.draw.choice([33, 35, 32])}{self.draw.randrange(100, 9999):04d}{middle}0000"
            )
        self.serials[middle] += 1
        return f"34{self.serials[middle]:04d}{middle}0000"

    def _family(self) -> None:
        draw = self.draw
        self.families += 1
        place = draw.randrange(1, self.rws + 1), draw.randrange(1, self.rts + 1)
        age = draw.choices([26, 36, 46, 58, 70], [14, 27, 26, 20, 13])[0] + draw.randrange(10)
        alone = draw.random() < 0.16
        head_sex = FEMALE if draw.random() < (0.5 if alone else 0.08) else MALE
        head = self._person(head_sex, age, HEAD, place)
        if alone:
            return
        wife = None
        if head_sex == MALE:
            wife = self._person(FEMALE, max(18, age - draw.randrange(-2, 8)), WIFE, place)
        self._children(head, wife, age, place)
        if age < 55 and draw.random() < 0.1:
            self._person(draw.choice([MALE, FEMALE]), age + 26, PARENT, place)

    def _children(self, head: Entry, wife: Entry | None, age: int, place: tuple[int, int]) -> None:
        draw = self.draw
        parents = (head.name, wife.name) if wife else ("", head.name)
        youngest = max(0, age - 42)
        siblings: list[Entry] = []
        for _count in range(draw.choices([0, 1, 2, 3, 4], [12, 30, 36, 16, 6])[0]):
            child_age = draw.randrange(youngest, max(youngest + 1, age - 20))
            sex = draw.choice([MALE, FEMALE])
            name = invented_name(sex, child_age, draw, family_name=head.name.split()[-1])
            model = draw.choice(siblings).name if siblings else head.name
            if draw.random() < 0.08:
                name = like_name(model, sex, child_age, draw)
            child = self._person(sex, child_age, CHILD, place, name=name, parents=parents)
            siblings.append(child)
            if draw.random() < 0.012:
                self._twin(child)

    def _twin(self, child: Entry) -> None:
        sex = child.sex if self.draw.random() < 0.7 else MALE + FEMALE - child.sex
        name = like_name(child.name, sex, 5, self.draw)
        born = child.birth_date or datetime.date(YEAR - 5, 1, 1)
        self._add(replace(child, name=name, sex=sex, nik=self._nik(born, sex)))

    def _person(
        self,
        sex: int,
        age: int,
        relation: int,
        place: tuple[int, int],
        *,
        name: str = "",
        parents: tuple[str, str] = ("", ""),
    ) -> Entry:
        draw = self.draw
        born = self._born(age)
        name = name or self._namesake(sex, age) or invented_name(sex, age, draw)
        if not any(parents) and draw.random() < 0.6:
            parents = (invented_name(MALE, 70, draw), invented_name(FEMALE, 70, draw))
        weights = [60, *[6] * 3, *[3] * (len(PLACES) - 4)]
        birth_place = draw.choices(PLACES, weights)[0]
        nik = self._nik(born, sex)
        entry = Entry(
            0, 0, self.families, name, sex, born, birth_place, nik, relation, *parents, *place
        )
        return self._add(entry)

    def _namesake(self, sex: int, age: int) -> str:
        """Now and then the name of somebody of about the same age."""
        if not self.entries or self.draw.random() > 0.02:
            return ""
        other = self.draw.choice(self.entries)
        born = other.birth_date
        alike = born is not None and abs(YEAR - born.year - age) <= 2 and other.sex == sex
        return other.name if alike else ""

    def _add(self, entry: Entry) -> Entry:
        number = len(self.entries)
        entry = replace(entry, row=number, truth=number)
        self.entries.append(entry)
        return entry


class SecondEntries:
    """Enters people again: alone, with the whole family under another number, or a third time."""

    def __init__(self, base: list[Entry], place: Kelurahan, *, seed: int) -> None:
        self.draw, self.place = Random(seed), place
        self.base = base
        self.niks = [entry.nik for entry in base if entry.nik]
        self.members: dict[int, list[Entry]] = defaultdict(list)
        for entry in base:
            self.members[entry.family].append(entry)
        self.next_family = place.families

    def make(self, wanted: int) -> list[Entry]:
        made: list[Entry] = []
        while len(made) < wanted:
            chosen = self.draw.choice(self.base)
            kind = self.draw.random()
            if kind < 0.25:
                made += self._second(self.members[chosen.family])
            else:
                made += self._second([chosen], same_family=kind > 0.92)
            if self.draw.random() < 0.03:
                made += self._second([chosen])
        return made[:wanted]

    def _second(self, people: list[Entry], *, same_family: bool = False) -> Iterator[Entry]:
        self.next_family += 1
        draw, first = self.draw, people[0]
        rw, rt = first.rw, first.rt
        where = 0.0 if same_family else draw.random()
        if where > 0.72:
            rw = draw.randrange(1, self.place.rws + 1)
        if where > 0.45:
            rt = draw.randrange(1, self.place.rts + 1)
        for person in people:
            yield replace(
                person,
                family=first.family if same_family else self.next_family,
                name=wrong_name(person.name, person.sex, draw),
                sex=person.sex if draw.random() > 0.01 else MALE + FEMALE - person.sex,
                birth_date=wrong_date(person.birth_date, draw) if person.birth_date else None,
                birth_place=person.birth_place if draw.random() < 0.82 else "",
                nik=wrong_nik(person.nik, self.niks, draw),
                father_name=self._parent(person.father_name, MALE),
                mother_name=self._parent(person.mother_name, FEMALE),
                rw=rw,
                rt=rt,
            )

    def _parent(self, name: str, sex: int) -> str:
        if not name or self.draw.random() < 0.4:
            return ""
        return wrong_name(name, sex, self.draw)


def truth_set(people: int, *, seed: int = 20260101, error_seed: int = 7) -> list[Entry]:
    """So many rows in an order that gives nothing away; the same seeds give the same rows."""
    second = round(people * DUPLICATE_SHARE)
    place = Kelurahan(people - second, seed=seed)
    base = place.fill()
    rows = base + SecondEntries(base, place, seed=error_seed).make(second)
    Random(error_seed + 1).shuffle(rows)
    return [replace(entry, row=number) for number, entry in enumerate(rows)]


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a truth set as CSV.")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--error-seed", type=int, default=7)
    chosen = parser.parse_args()
    writer = csv.writer(sys.stdout)
    writer.writerow(field.name for field in fields(Entry))
    for entry in truth_set(chosen.people, seed=chosen.seed, error_seed=chosen.error_seed):
        writer.writerow(astuple(entry))


if __name__ == "__main__":
    main()
