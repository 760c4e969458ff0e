"""Check a file against the registry: what every row would do. Reads, never writes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from households.imports.areas import AreaBook, counted
from households.imports.collecting import without_collector
from households.imports.comparison import Changes
from households.imports.content import Content
from households.imports.duplicates import mark_duplicates
from households.imports.families import refuse_as_one
from households.imports.family_examination import examine_families, settle_heads
from households.imports.findings import Finding
from households.imports.known import Known, look_up
from households.imports.layout import Purpose
from households.imports.matching import (
    Claims,
    own_family,
)
from households.imports.parsed import ParsedRow
from households.imports.programmes import ProgrammeBook
from households.imports.receipts import settle_receipts
from households.imports.registered import examine_registered
from households.models import Household, Member, Outcome
from households.models.member import name_key
from tkpk.encryption import blind_index
from tkpk.keyring import keyring, using


@dataclass(slots=True)
class Person:
    """One row, compared. `position` counts the rows of the file from 1."""

    row: ParsedRow
    position: int
    family_number: int
    family_key: str
    household: Household | None = None
    member: Member | None = None
    changes: Changes = field(default_factory=dict)
    family_changes: Changes = field(default_factory=dict)
    # What it would write of aid received, see `receipts`.
    receipts: list[dict[str, Any]] = field(default_factory=list)
    # Field → [registry, file], shown side by side and never taken over.
    beside: dict[str, list[Any]] = field(default_factory=dict)
    # False where the row names only the family, and `member` speaks for it.
    names_person: bool = True
    moves_family: bool = False
    awaits_confirmation: bool = False
    possible_duplicate: bool = False

    @property
    def outcome(self) -> Outcome:
        if self.row.has_errors:
            return Outcome.REFUSED
        if self.member is None:
            return Outcome.NEW
        changed = self.changes or self.family_changes or self.moves_family or self.receipts
        return Outcome.CHANGED if changed else Outcome.UNCHANGED


@dataclass
class Examination:
    """Every row compared, what is asked of the officer, and the counts."""

    layout: str
    persons: list[Person]
    notes: list[Finding]
    unknown_areas: list[tuple[str, int]]
    families: int
    # Sheet → field → place of its column from 0.
    columns: dict[str, dict[str, int]]
    unknown_programmes: list[tuple[str, int]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Person rows by outcome; families are counted apart, all that the file has."""
        by_outcome = Counter(person.outcome for person in self.persons)
        kept = [person for person in self.persons if person.outcome != Outcome.REFUSED]
        excluded = sum(bool(said.get("excluded")) for one in kept for said in one.receipts)
        return {
            # Only where there are any: receipts that a rule on pairs of programmes excludes.
            **({"excluded": excluded} if excluded else {}),
            "rows": len(self.persons),
            **{outcome.lower(): by_outcome[outcome] for outcome in Outcome},
            "duplicates": sum(person.possible_duplicate for person in self.persons),
            "families": self.families,
            "receipts": sum(len(person.receipts) for person in kept),
        }

    @property
    def findings(self) -> list[Finding]:
        return [*self.notes, *(f for person in self.persons for f in person.row.findings)]


@dataclass
class Choices:
    """What was chosen for this run.

    `refuse_unknown`: an area or a programme without an answer is not asked for any more.
    """

    book: AreaBook
    programmes: ProgrammeBook | None = None
    confirmed: frozenset[int] = frozenset()
    refuse_unknown: bool = False
    acting_nik_index: str = ""
    beat: Callable[[int], None] = lambda done: None


def examine(content: Content, choices: Choices) -> Examination:
    """Compare a parsed file. Adds findings to its rows; costs some queries per 5,000 rows."""
    with using(keyring()), without_collector():
        return _examine(content, choices)


def _examine(content: Content, choices: Choices) -> Examination:
    persons = _persons(content)
    known = _known(content, persons, choices)
    claims = Claims(known)
    unknown: list[Any] = []
    if content.purpose == Purpose.POPULATION:
        unknown = examine_families(content, persons, claims, choices)
        new = [p for p in persons if p.outcome == Outcome.NEW]
        mark_duplicates(new, known, choices.book.kelurahan)
    else:
        examine_registered(persons, claims, choices, content.purpose)
    programmes = _examine_aid(content, persons, claims, choices)
    settle_heads(content, claims)
    return Examination(
        layout=content.layout,
        persons=persons,
        notes=content.notes,
        unknown_areas=counted(unknown),
        families=_families(content, persons),
        columns={table.sheet.name: table.columns for table in content.match.tables},
        unknown_programmes=programmes,
    )


def _families(content: Content, persons: list[Person]) -> int:
    if content.purpose == Purpose.POPULATION:
        return len(content.families)
    return len({person.household.pk for person in persons if person.household})


def _examine_aid(
    content: Content, persons: list[Person], claims: Claims, choices: Choices
) -> list[tuple[str, int]]:
    """Compare the receipts that the rows tell of; returns the programmes to be asked for."""
    if not any(person.row.aid for person in persons):
        return []
    book = choices.programmes or ProgrammeBook(choices.book.kelurahan)
    asked = settle_receipts(
        persons, book, purpose=content.purpose, refuse_unknown=choices.refuse_unknown
    )
    for person in persons:
        own = person.household and person.household.pk in claims.known.own_families
        if person.receipts and own:
            person.row.findings.append(own_family(person))
    for family in content.families:
        refuse_as_one(family)
    return asked


def _persons(content: Content) -> list[Person]:
    family_of: dict[int, tuple[int, str]] = {}
    for number, family in enumerate(content.families):
        key = blind_index("kk", family.key)
        family_of.update((id(row), (number, key)) for row in family.rows)
    persons = []
    for position, row in enumerate(content.rows, 1):
        number, key = family_of[id(row)]
        persons.append(Person(row, position, number, key))
    return persons


def _known(content: Content, persons: list[Person], choices: Choices) -> Known:
    values = [person.row.values for person in persons]
    return look_up(
        choices.book.kelurahan,
        # Each once, in the order of the file.
        kk_indexes=dict.fromkeys(person.family_key for person in persons if person.family_key),
        nik_indexes=dict.fromkeys(blind_index("nik", v["nik"]) for v in values if v["nik"]),
        name_keys={name_key(v["name"]) for v in values if v["name"]},
        acting_nik_index=choices.acting_nik_index,
        beat=lambda: choices.beat(0),
    )
