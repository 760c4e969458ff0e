"""Check a file against the registry: what every row would do. Reads, never writes."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from households.imports.areas import AreaBook, counted
from households.imports.comparison import (
    FAMILY_FIELDS,
    Changes,
    family_changes,
    person_changes,
)
from households.imports.content import Content
from households.imports.duplicates import mark_duplicates
from households.imports.families import Family, refuse_as_one
from households.imports.findings import WARNING, Finding
from households.imports.known import Known, look_up
from households.imports.matching import Claims, check_head, find_member, registry_findings
from households.imports.parsed import ParsedRow
from households.models import Household, Member, Outcome
from households.models.member import name_key
from tkpk.encryption import blind_index


@dataclass
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
    moves_family: bool = False
    awaits_confirmation: bool = False
    possible_duplicate: bool = False

    @property
    def outcome(self) -> Outcome:
        if self.row.has_errors:
            return Outcome.REFUSED
        if self.member is None:
            return Outcome.NEW
        changed = self.changes or self.family_changes or self.moves_family
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

    @property
    def counts(self) -> dict[str, int]:
        """Person rows by outcome; families are counted apart, all that the file has."""
        by_outcome = Counter(person.outcome for person in self.persons)
        return {
            "rows": len(self.persons),
            **{outcome.lower(): by_outcome[outcome] for outcome in Outcome},
            "duplicates": sum(person.possible_duplicate for person in self.persons),
            "families": self.families,
        }

    @property
    def findings(self) -> list[Finding]:
        return [*self.notes, *(f for person in self.persons for f in person.row.findings)]


@dataclass
class Choices:
    """What was chosen for this run. `refuse_unknown`: an area without an answer is an error."""

    book: AreaBook
    confirmed: frozenset[int] = frozenset()
    refuse_unknown: bool = False
    acting_nik_index: str = ""
    beat: Callable[[int], None] = lambda done: None


def examine(content: Content, choices: Choices) -> Examination:
    """Compare a parsed file. Adds findings to its rows; costs some queries per 5,000 rows."""
    persons = _persons(content)
    known = _known(content, persons, choices)
    unknown: list[Any] = []
    claims = Claims(known)
    by_family = defaultdict(list)
    for person in persons:
        by_family[person.family_number].append(person)
    for number, family in enumerate(content.families):
        members = by_family[number]
        if not family.refused:
            unknown += _examine_family(family, members, claims, choices)
            refuse_as_one(family)
        choices.beat(members[-1].position if members else 0)
    mark_duplicates([p for p in persons if p.outcome == Outcome.NEW], known)
    return Examination(
        layout=content.layout,
        persons=persons,
        notes=content.notes,
        unknown_areas=counted(unknown),
        families=len(content.families),
        columns={table.sheet.name: table.columns for table in content.match.tables},
    )


def _persons(content: Content) -> list[Person]:
    family_of = {
        id(row): (number, family.key)
        for number, family in enumerate(content.families)
        for row in family.rows
    }
    persons = []
    for position, row in enumerate(content.rows, 1):
        number, key = family_of[id(row)]
        persons.append(Person(row, position, number, blind_index("kk", key)))
    return persons


def _known(content: Content, persons: list[Person], choices: Choices) -> Known:
    values = [person.row.values for person in persons]
    return look_up(
        choices.book.kelurahan,
        kk_indexes={person.family_key for person in persons} - {""},
        nik_indexes={blind_index("nik", v["nik"]) for v in values if v["nik"]},
        name_keys={name_key(v["name"]) for v in values if v["name"]},
        acting_nik_index=choices.acting_nik_index,
        beat=lambda: choices.beat(0),
    )


def _examine_family(
    family: Family, persons: list[Person], claims: Claims, choices: Choices
) -> list[Any]:
    """Compare one family; returns its area once a row where the area has to be asked for."""
    household = claims.known.households.get(persons[0].family_key)
    for person in persons:
        person.household = household
        person.member = find_member(person, claims)
        if person.member:
            claims.matched.add(person.member.pk)
    asked = _settle_place(family, persons, choices)
    for person in persons:
        person.row.findings += registry_findings(person, claims, confirmed=choices.confirmed)
    check_head(persons, claims)
    return asked


def _settle_place(family: Family, persons: list[Person], choices: Choices) -> list[Any]:
    household, book = persons[0].household, choices.book
    carrier = (family.living or family.rows)[0]
    area = carrier.area
    place, asked = book.exact(area), []
    said = any(area)
    if place is None and (said or household is None):
        place = book.fallback
        if place is None and choices.refuse_unknown:
            carrier.findings.append(_area_unknown(carrier))
        elif place is None:
            asked = [area] * len(persons)
    target = place.pk if place else None
    if household and place:
        known_at = book.by_pk.get(household.territory_id)
        # A wider place, or the one that merely stands in, says less than what is known.
        if known_at and (place.covers(known_at.code) or book.exact(area) is None):
            target = None
    facts = _facts(family)
    for person in persons:
        person.changes = {}
        if not _leaves_alone(person):
            person.changes = person_changes(person.row, person.member)
        if person.row is carrier:
            person.family_changes = family_changes(facts, target, household)
    return asked


def _leaves_alone(person: Person) -> bool:
    return person.member is not None and person.member.status == Member.Status.DUPLICATE


def _facts(family: Family) -> dict[str, str]:
    """The first thing said of the dwelling; a row that says otherwise is told so."""
    facts: dict[str, str] = {}
    for row in family.living or family.rows:
        for name in FAMILY_FIELDS:
            said = row.values[name]
            if said and facts.setdefault(name, said) != said:
                row.findings.append(_differs(row, name))
    return facts


def _differs(row: ParsedRow, name: str) -> Finding:
    return Finding(
        row.sheet,
        row.row_number,
        row.header_of(name),
        "family_differs",
        _("Differs from the row above of the same family; the first one is kept."),
        level=WARNING,
        field=name,
    )


def _area_unknown(row: ParsedRow) -> Finding:
    return Finding(
        row.sheet,
        row.row_number,
        row.header_of("rt"),
        "area_unknown",
        _("The area %(area)s is not one of this kelurahan.") % {"area": row.area.key},
        _("Correct RW and RT, or say which place is meant when the import asks."),
        field="rt",
    )
