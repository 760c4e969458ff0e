"""Who in the registry a row is, and what the registry objects to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from households.codes import Relation
from households.imports.comparison import state_of
from households.imports.findings import ERROR, WARNING, Finding
from households.imports.known import Known
from households.models import LIVING, Household, HouseholdStatus, Member, MemberStatus
from households.models.member import name_key
from tkpk.encryption import blind_index

if TYPE_CHECKING:
    from households.imports.examination import Person

Identity = tuple[str, str, date | None]


@dataclass
class Claims:
    """The registry's rows, and which of them (or which new persons) rows of this file are."""

    known: Known
    members: dict[int, Person] = field(default_factory=dict)
    newcomers: set[Identity] = field(default_factory=set)
    # Every person of the registry that some row was found to be, with the first such row.
    matched: dict[int, Person] = field(default_factory=dict)
    # New heads whose place is free only if the row of the present head is taken over.
    waiting_heads: list[WaitingHead] = field(default_factory=list)


@dataclass(frozen=True)
class WaitingHead:
    """`head` takes the place that `present` leaves by the same file."""

    head: Person
    household: Household
    present: Person

    def refused(self) -> Finding | None:
        """What is to be said of `head` when `present` stays after all."""
        if not self.present.row.has_errors or self.head.row.has_errors:
            return None
        other = self.present.member
        return head_taken(self.head, self.household, other) if other else None


def find_member(person: Person, claims: Claims) -> Member | None:
    """By NIK; else by family, name and birth date, where only one side has a NIK or none has."""
    number = person.row.values["nik"]
    if number and (found := claims.known.by_nik.get(blind_index("nik", number))):
        return found
    if person.household is None:
        return None
    same = [
        member
        for member in claims.known.members_of[person.household.pk]
        if _is_same(person, member) and not (number and member.nik_index)
    ]
    # Two of them cannot be told apart: the second claim is refused as a repetition.
    free = [member for member in same if member.pk not in claims.matched]
    return next(iter(free or same), None)


def _is_same(person: Person, member: Member) -> bool:
    values = person.row.values
    return (
        values["birth_date"] is not None
        and member.birth_date == values["birth_date"]
        and member.name_key == name_key(values["name"])
    )


def finding_at(
    person: Person, name: str, code: str, message: str, cure: str = "", *, level: str = ERROR
) -> Finding:
    row = person.row
    return Finding(
        row.sheet,
        row.row_number,
        row.headers.get(name, ""),
        code,
        message,
        cure=cure,
        level=level,
        field=name,
    )


def registry_findings(
    person: Person, claims: Claims, *, confirmed: frozenset[int]
) -> Iterator[Finding]:
    """What speaks against taking the row over. Notes the row's claim."""
    yield from _repetition(person, claims)
    member, state = person.member, state_of(person.row)
    living = (state or (member.status if member else MemberStatus.ACTIVE)) in LIVING
    household = person.household
    if household and household.status == HouseholdStatus.CLOSED and living:
        yield finding_at(
            person,
            "kk_number",
            "family_closed",
            _("The family %(code)s is closed.") % {"code": household.code},
            _("Open the family again first, or write the person's present KK number."),
        )
    yield from own_family_finding(person, claims)
    if member is None:
        return
    if member.status == MemberStatus.DUPLICATE:
        yield finding_at(
            person,
            "nik",
            "marked_duplicate",
            _("%(code)s is marked as entered twice and stays as it is.") % {"code": member.code},
            level=WARNING,
        )
    elif household is None or member.household_id != household.pk:
        yield from _moved_family(person, member, claims, confirmed)


def own_family_finding(person: Person, claims: Claims) -> Iterator[Finding]:
    """What may not be typed by hand is not brought in by a file either."""
    member, household, own = person.member, person.household, claims.known.own_families
    homes = {member.household_id if member else None, household.pk if household else None}
    moves = member is None or household is None or member.household_id != household.pk
    touches = bool(homes & own) and bool(moves or person.changes or person.family_changes)
    if member is None and claims.known.own_nik_index:
        touches = touches or _is_self(person, claims)
    if touches:
        yield own_family(person)


def own_family(person: Person) -> Finding:
    return finding_at(
        person,
        "kk_number",
        "own_family",
        _("This is your own family: another officer has to bring it in."),
    )


def _is_self(person: Person, claims: Claims) -> bool:
    return blind_index("nik", person.row.values["nik"] or "") == claims.known.own_nik_index


def _repetition(person: Person, claims: Claims) -> Iterator[Finding]:
    member, values = person.member, person.row.values
    other: Person | None
    if member is not None:
        other = claims.members.setdefault(member.pk, person)
    elif values["nik"]:
        return
    else:
        identity = (person.family_key, name_key(values["name"]), values["birth_date"])
        other = None if identity in claims.newcomers else person
        claims.newcomers.add(identity)
    if other is not person:
        yield finding_at(
            person,
            "name",
            "person_repeated",
            _("The same person stands in the file twice."),
            _("Delete one of the rows, or write the NIK that tells the two apart."),
        )


def _moved_family(
    person: Person, member: Member, claims: Claims, confirmed: frozenset[int]
) -> Iterator[Finding]:
    person.moves_family = True
    if person.position in confirmed:
        yield from _left_behind(person, member, claims)
        return
    person.awaits_confirmation = True
    yield finding_at(
        person,
        "kk_number",
        "moved_family",
        _("This person (%(code)s) is registered in another family, %(family)s.")
        % {"code": member.code, "family": member.household.code},
        _("Confirm on the page of the import that the person has moved to this KK, or mend it."),
    )


def _left_behind(person: Person, member: Member, claims: Claims) -> Iterator[Finding]:
    """A head who moves away alone leaves a family that needs another one."""
    others = claims.known.members_of[member.household_id]
    if member.is_head and any(
        other.pk != member.pk and other.status in LIVING and other.pk not in claims.matched
        for other in others
    ):
        yield finding_at(
            person,
            "kk_number",
            "family_left_without_head",
            _("The family %(family)s would be left without a head.")
            % {"family": member.household.code},
            _("Write there who is head now."),
            level=WARNING,
        )


def check_head(persons: list[Person], claims: Claims, *, confirmed: frozenset[int]) -> None:
    """One active head after the import: a head that the file does not name is in the way."""
    household = persons[0].household
    heads = [person for person in persons if _is_head(person)]
    if household is None or not heads:
        return
    in_file = {person.member.pk for person in persons if person.member}
    for member in claims.known.members_of[household.pk]:
        if not member.is_head or member.pk in in_file:
            continue
        present = claims.matched.get(member.pk)
        if present and present.position in confirmed:
            claims.waiting_heads.append(WaitingHead(heads[0], household, present))
        else:
            heads[0].row.findings.append(head_taken(heads[0], household, member))


def head_taken(person: Person, household: Household, other: Member) -> Finding:
    return finding_at(
        person,
        "relation",
        "head_taken",
        _("The family %(family)s has another head in the registry, %(code)s.")
        % {"family": household.code, "code": other.code},
        _("Add that person to the list with the present relation or state."),
    )


def _is_head(person: Person) -> bool:
    state = state_of(person.row) or (person.member.status if person.member else MemberStatus.ACTIVE)
    return person.row.values["relation"] == Relation.HEAD and state == MemberStatus.ACTIVE
