"""Lists of people who are registered already: each row is one known person, or it is refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from households.codes import Relation
from households.imports.comparison import Changes, family_changes, person_changes, state_of
from households.imports.family_facts import decile_finding, facts_of
from households.imports.findings import ERROR, WARNING, Finding
from households.imports.known import chunks
from households.imports.layout import Purpose
from households.imports.matching import Claims, finding_at, head_taken, own_family_finding
from households.models import LIVING, Household, Member, MemberStatus
from households.models.member import name_key
from tkpk.encryption import blind_index
from tkpk.models import Territory

if TYPE_CHECKING:
    from households.imports.examination import Choices, Person

# Below this likeness (0-100) two names are shown side by side: another person may be meant.
LIKE = 70
# They say who is meant and are no news of him.
_CHECKS = frozenset({"nik", "name"})


def examine_registered(
    persons: list[Person], claims: Claims, choices: Choices, purpose: Purpose
) -> None:
    """Compare every row. A person or family that is not known is refused, never made."""
    by_code = _by_code(persons, choices.book.kelurahan)
    for person in persons:
        _find(person, claims, by_code)
    _number_by_family(persons)
    by_family: dict[int, list[Person]] = defaultdict(list)
    for person in persons:
        if person.household and not person.row.has_errors:
            by_family[person.household.pk].append(person)
    for same in by_family.values():
        _examine_family(same, claims, choices, purpose)


def _by_code(persons: list[Person], kelurahan: Territory) -> dict[str, Member]:
    codes = {person.row.row_code for person in persons} - {""}
    pks = sorted({int(digits) for code in codes if (digits := code.rpartition("-")[2]).isdigit()})
    found: dict[str, Member] = {}
    for part in chunks(pks):
        rows = Member.objects.filter(kelurahan=kelurahan, pk__in=part).select_related("household")
        found |= {row.code: row for row in rows}
    return found


def _find(person: Person, claims: Claims, by_code: dict[str, Member]) -> None:
    row = person.row
    number, code = row.values["nik"], row.row_code
    if number or code:
        known = claims.known.by_nik.get(blind_index("nik", number)) if number else None
        person.member = known or by_code.get(code)
    elif household := claims.known.households.get(person.family_key):
        person.household = household
        person.names_person = False
        person.member = _spokesman(claims.known.members_of[household.pk])
    if person.member:
        person.household = person.household or person.member.household
    elif not row.has_errors:
        row.findings.append(_unknown(person, by_number=bool(number or code)))


def _spokesman(members: list[Member]) -> Member | None:
    """Who stands for a family that a list names by its KK number."""
    ranked = sorted(members, key=lambda one: (not one.is_head, one.status not in LIVING, one.pk))
    return next(iter(ranked), None)


def _unknown(person: Person, *, by_number: bool) -> Finding:
    if by_number:
        message = _("This person is not in the registry of the kelurahan yet.")
        name = "nik"
    else:
        message = _("This family is not in the registry of the kelurahan yet.")
        name = "kk_number"
    cure = _("Bring the family in with a population list first, then import this list again.")
    return finding_at(person, name, "unknown_person", message, cure)


def _number_by_family(persons: list[Person]) -> None:
    """Rows of one registered family are written together, wherever they stand in the list."""
    numbers: dict[Any, int] = {}
    for person in persons:
        key = person.household.pk if person.household else ("row", person.position)
        person.family_number = numbers.setdefault(key, len(numbers))


def _examine_family(same: list[Person], claims: Claims, choices: Choices, purpose: Purpose) -> None:
    household = same[0].household
    if household is None:
        return
    for person in same:
        _compare(person, purpose)
    facts = facts_of([person.row for person in same], differing=ERROR)
    if purpose == Purpose.RECIPIENTS:
        facts.pop("address", None)
        facts.pop("hamlet", None)
    sound = [person for person in same if not person.row.has_errors]
    if sound:
        carrier = sound[0]
        carrier.row.findings += decile_finding(carrier.row, facts, household)
        carrier.family_changes = family_changes(facts, _place(same, choices, purpose), household)
    for person in same:
        person.row.findings += _objections(person, claims, purpose)
    if purpose == Purpose.KNOWN:
        _check_heads(same, claims)


def _compare(person: Person, purpose: Purpose) -> None:
    person.changes = {}
    member = person.member
    if purpose == Purpose.KNOWN and member and member.status != MemberStatus.DUPLICATE:
        changes: Changes = person_changes(person.row, member)
        person.changes = {name: said for name, said in changes.items() if name not in _CHECKS}


def _place(same: list[Person], choices: Choices, purpose: Purpose) -> int | None:
    """Only a place that the numbers name; nobody is asked about the words of such a list."""
    if purpose != Purpose.KNOWN:
        return None
    household = same[0].household
    known_at = choices.book.by_pk.get(household.territory_id) if household else None
    places = {place.pk: place for person in same if (place := choices.book.exact(person.row.area))}
    if len(places) != 1:
        return None
    place = next(iter(places.values()))
    return None if known_at and place.covers(known_at.code) else place.pk


def _objections(person: Person, claims: Claims, purpose: Purpose) -> Iterator[Finding]:
    member, household = person.member, person.household
    if member is None or household is None:
        return
    if member.status not in LIVING and state_of(person.row) not in LIVING:
        yield finding_at(
            person,
            "nik",
            "not_living_here",
            _("In the registry this person (%(code)s) has the status “%(status)s”.")
            % {"code": member.code, "status": member.get_status_display()},
            level=WARNING,
        )
    yield from _other_family(person, household)
    if person.names_person:
        yield from _other_name(person, member)
        yield from _other_birth(person, member, purpose)
    yield from own_family_finding(person, claims)


def _other_family(person: Person, household: Household) -> Iterator[Finding]:
    """A KK number that is not the registered one: facts of which family, then?"""
    said = person.family_key
    if not said or not household.kk_index or said == household.kk_index:
        return
    of_family = bool(person.row.family_values) or any(
        claim.recipient == "family" for claim in person.row.aid
    )
    yield finding_at(
        person,
        "kk_number",
        "other_family",
        _("In the registry this person (%(code)s) belongs to another KK, %(family)s.")
        % {"code": person.member.code if person.member else "", "family": household.code},
        _("Record the move to the KK of the list first, or leave the KK number out."),
        level=ERROR if of_family else WARNING,
    )


def _other_name(person: Person, member: Member) -> Iterator[Finding]:
    said = person.row.values["name"]
    if said and fuzz.token_set_ratio(name_key(said), member.name_key) < LIKE:
        person.beside["name"] = [member.name, said]
        yield finding_at(
            person,
            "name",
            "name_differs",
            _("The name in the list is not like the one in the registry, which is kept."),
            _("Look whether the NIK is that of this person before you save."),
            level=WARNING,
        )


def _other_birth(person: Person, member: Member, purpose: Purpose) -> Iterator[Finding]:
    said = person.row.values["birth_date"]
    if purpose == Purpose.RECIPIENTS and said and member.birth_date and said != member.birth_date:
        person.beside["birth_date"] = [member.birth_date, said]
        yield finding_at(
            person,
            "birth_date",
            "birth_differs",
            _("The birth date in the list is not the one in the registry, which is kept."),
            _("Look whether the NIK is that of this person before you save."),
            level=WARNING,
        )


def _check_heads(same: list[Person], claims: Claims) -> None:
    """Who becomes head by this list must not stand beside another head."""
    household = same[0].household
    if household is None:
        return
    said = {person.member.pk: person.row.values["relation"] for person in same if person.member}
    heads = [
        member
        for member in claims.known.members_of[household.pk]
        if (said.get(member.pk) or member.relation) == Relation.HEAD
        and member.status == MemberStatus.ACTIVE
    ]
    for person in same:
        others = [head for head in heads if person.member and head.pk != person.member.pk]
        if others and person.row.values["relation"] == Relation.HEAD:
            person.row.findings.append(head_taken(person, household, others[0]))
