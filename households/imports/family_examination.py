"""The families of a population list, compared one by one with those of the registry."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from households.imports.comparison import family_changes, person_changes
from households.imports.content import Content
from households.imports.families import Family, refuse_as_one
from households.imports.family_facts import decile_finding, facts_of
from households.imports.findings import Finding
from households.imports.matching import Claims, check_head, find_member, registry_findings
from households.imports.parsed import ParsedRow
from households.models import Member

if TYPE_CHECKING:
    from households.imports.examination import Choices, Person


def examine_families(
    content: Content, persons: list[Person], claims: Claims, choices: Choices
) -> list[Any]:
    """Compare family by family; returns the areas that have to be asked for, once a row."""
    unknown: list[Any] = []
    by_family = defaultdict(list)
    for person in persons:
        by_family[person.family_number].append(person)
    # Everybody is found first: whether a head is in the way depends on rows of other families.
    for number, family in enumerate(content.families):
        if not family.refused:
            _find_family(by_family[number], claims)
    for number, family in enumerate(content.families):
        members = by_family[number]
        if not family.refused:
            unknown += _examine_family(family, members, claims, choices)
            refuse_as_one(family)
        choices.beat(members[-1].position if members else 0)
    return unknown


def _find_family(persons: list[Person], claims: Claims) -> None:
    household = claims.known.households.get(persons[0].family_key)
    for person in persons:
        person.household = household
        person.member = find_member(person, claims)
        if person.member:
            claims.matched.setdefault(person.member.pk, person)


def settle_heads(content: Content, claims: Claims) -> None:
    """A family whose new head waits for a place that is not given up is refused, and so on."""
    family_of: dict[int, Family] = {
        id(row): family for family in content.families for row in family.rows
    }
    waiting, before = list(claims.waiting_heads), -1
    while len(waiting) != before:
        before, still = len(waiting), []
        for one in waiting:
            if finding := one.refused():
                one.head.row.findings.append(finding)
                refuse_as_one(family_of[id(one.head.row)])
            else:
                still.append(one)
        waiting = still


def _examine_family(
    family: Family, persons: list[Person], claims: Claims, choices: Choices
) -> list[Any]:
    """Compare one family; returns its area once a row where the area has to be asked for."""
    asked = _settle_place(family, persons, choices)
    for person in persons:
        person.row.findings += registry_findings(person, claims, confirmed=choices.confirmed)
    check_head(persons, claims, confirmed=choices.confirmed)
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
    facts = facts_of(family.living or family.rows)
    carrier.findings += decile_finding(carrier, facts, household)
    for person in persons:
        # All that a new person's row says is new: that is put down when the row is staged.
        person.changes = {}
        if person.member and not _leaves_alone(person):
            person.changes = person_changes(person.row, person.member)
        if person.row is carrier:
            person.family_changes = family_changes(facts, target, household)
    return asked


def _leaves_alone(person: Person) -> bool:
    return person.member is not None and person.member.status == Member.Status.DUPLICATE


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
