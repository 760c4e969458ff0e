"""Checks across the cells and the rows of an edited workbook."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from households.codes import Relation
from households.exporting.editable import ROW_CODE
from households.imports.edited import finding_at
from households.imports.examination import Person
from households.imports.findings import Finding
from households.imports.known import chunks
from households.models import LIVING, Household, Member, MemberStatus
from tkpk.encryption import blind_index
from tkpk.models import Territory

_DECILE = ("decile", "decile_as_of", "registry_source")
_DEGREES = ("latitude", "longitude")


def check_niks(persons: list[Person], kelurahan: Territory) -> None:
    """A NIK belongs to one living person: in the registry, and among the rows of the file."""
    claims: dict[str, list[Person]] = defaultdict(list)
    for person in persons:
        if person.changes.get("nik", ["", ""])[1]:
            claims[blind_index("nik", person.changes["nik"][1])].append(person)
    holders: dict[str, Member] = {}
    rows = Member.objects.filter(kelurahan=kelurahan, status__in=sorted(LIVING))
    for part in chunks(sorted(claims)):
        holders |= {member.nik_index: member for member in rows.filter(nik_index__in=part)}
    for index, people in claims.items():
        holder = holders.get(index)
        for person in people:
            if holder is not None and person.member and holder.pk != person.member.pk:
                person.row.findings.append(_taken(person, holder))
            elif len(people) > 1:
                person.row.findings.append(_twice(person))


def _taken(person: Person, holder: Member) -> Finding:
    return finding_at(
        person.row,
        "nik",
        "nik_taken",
        _("%(code)s has this NIK in the registry.") % {"code": holder.code},
    ).moved(cure=_("Compare both with their KTP; correct the one that is wrong first."))


def _twice(person: Person) -> Finding:
    return finding_at(
        person.row, "nik", "nik_repeated", _("This NIK was typed for two persons of the file.")
    ).moved(cure=_("Compare it with the KTP and correct one of the rows."))


def check_families(
    families: list[list[Person]], of_family: dict[int, list[Member]], own: set[int]
) -> None:
    """Facts of the family said once, one head, pairs complete, not the officer's own family."""
    for people in families:
        known = [person for person in people if person.member and person.household]
        if not known:
            continue
        _agree(known)
        household: Any = known[0].household
        _check_own(known, own)
        _check_pairs(known, household)
        _check_head(known, of_family[household.pk])


def _agree(people: list[Person]) -> None:
    """The first row that changes a fact carries it; the others may leave it or say the same."""
    said: dict[str, Any] = {}
    for person in people:
        for name, (_old, new) in list(person.family_changes.items()):
            if name not in said:
                said[name] = new
            elif said[name] == new:
                del person.family_changes[name]
            else:
                person.row.findings.append(_differs(person, name))


def _differs(person: Person, name: str) -> Finding:
    key = "rt" if name == "territory_id" else f"family.{name}"
    return finding_at(
        person.row,
        key,
        "family_differs",
        _("Another row of the family was changed to something else."),
    ).moved(cure=_("Write the same in both rows, or change it in one of them only."))


def _check_own(people: list[Person], own: set[int]) -> None:
    for person in people:
        touched = person.changes or person.family_changes
        if touched and person.household and person.household.pk in own:
            person.row.findings.append(
                finding_at(
                    person.row,
                    ROW_CODE,
                    "own_family",
                    _("This is your own family: another officer has to bring it in."),
                )
            )


def _check_pairs(people: list[Person], household: Household) -> None:
    changes = {name: pair for person in people for name, pair in person.family_changes.items()}
    if set(_DECILE) & set(changes):
        decile, as_of, source = (_after(changes, household, name) for name in _DECILE)
        if (decile is None) != (as_of is None) or (decile is not None and not source):
            _tell(people, _DECILE, _decile_alone)
    _check_degrees(people, changes, household, family=True)
    for person in people:
        _check_degrees([person], person.changes, person.member, family=False)


def _check_degrees(
    people: list[Person], changes: dict[str, Any], row: Any, *, family: bool
) -> None:
    if not set(_DEGREES) & set(changes):
        return
    north, east = (_after(changes, row, name) for name in _DEGREES)
    if (north is None) != (east is None):
        person = next(p for p in people if set(_DEGREES) & {*p.changes, *p.family_changes})
        key = "family.latitude" if family else "latitude"
        person.row.findings.append(
            finding_at(
                person.row,
                key,
                "coordinate_alone",
                _("Latitude and longitude belong together; one of them is missing."),
            ).moved(cure=_("Fill both or neither."))
        )


def _after(changes: dict[str, Any], row: Any, name: str) -> Any:
    return changes[name][1] if name in changes else getattr(row, name)


def _tell(people: list[Person], names: tuple[str, ...], finding: Any) -> None:
    person = next(p for p in people if set(names) & set(p.family_changes))
    person.row.findings.append(finding(person))


def _decile_alone(person: Person) -> Finding:
    return finding_at(
        person.row,
        "family.decile",
        "decile_undated",
        _("A decile needs its registry and its date; without a decile there is no date."),
    ).moved(cure=_("Fill decile, registry and date, or erase decile and date."))


def _check_head(people: list[Person], everybody: list[Member]) -> None:
    """One head who lives here, after the change as before it."""
    changed = [person for person in people if "relation" in person.changes]
    if not changed:
        return
    now = {person.member.pk: person.changes["relation"][1] for person in changed if person.member}
    here = [member for member in everybody if member.status == MemberStatus.ACTIVE]
    before = sum(member.relation == Relation.HEAD for member in here)
    after = sum(now.get(member.pk, member.relation) == Relation.HEAD for member in here)
    if after > 1:
        code, message = "two_heads", _("The family would have more than one head.")
    elif before and not after:
        code, message = "no_head", _("The family would be left without a head.")
    else:
        return
    for person in changed:
        found = finding_at(person.row, "relation", code, message)
        person.row.findings.append(
            found.moved(cure=_("Change the relations so that one head remains."))
        )
