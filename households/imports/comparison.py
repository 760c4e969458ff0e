"""One row against the registry: which fields would change, old → new."""

from collections.abc import Mapping
from typing import Any

from households.codes import BasicStatus
from households.imports.known_rows import KnownMember
from households.imports.parsed import ParsedRow
from households.models import Household, Member, MemberStatus
from tkpk.encryption import blind_index

# What a row says of the person, and of the family's dwelling. Area is resolved apart.
PERSON_FIELDS = (
    "name",
    "sex",
    "relation",
    "birth_place",
    "birth_date",
    "religion",
    "education",
    "education_current",
    "work",
    "marital_status",
    "citizenship",
    "father_nik",
    "father_name",
    "mother_nik",
    "mother_name",
    "blood_type",
    "birth_certificate",
    "passport_number",
    "passport_expires_on",
    "kitas_number",
    "marriage_certificate",
    "married_on",
    "divorce_certificate",
    "divorced_on",
    "disability",
    "contraception",
    "pregnant",
    "has_ektp",
    "recording_status",
    "current_address",
    "ethnicity",
    "id_card_tag",
    "insurance_kind",
    "insurance_number",
    "latitude",
    "longitude",
    "main_activity",
    "chronic_illness",
)
FAMILY_FIELDS = ("address", "hamlet")
# One fact: a decile with the registry that gave it and its day.
REGISTRY_FIELDS = ("registry_source", "decile", "decile_as_of")
COMPARED = ("nik", *PERSON_FIELDS)
STATES = {
    BasicStatus.LIVING: MemberStatus.ACTIVE,
    BasicStatus.DEAD: MemberStatus.DECEASED,
    BasicStatus.MOVED: MemberStatus.MOVED,
    BasicStatus.MISSING: MemberStatus.MISSING,
    BasicStatus.AWAY: MemberStatus.AWAY,
    BasicStatus.INVALID: MemberStatus.INVALID,
}
_STATE_VALUES = {int(said): str(state.value) for said, state in STATES.items()}
# Running numbers: another order of the same people is no change of theirs.
COUNTING_COLUMNS = frozenset({"no", "no.", "nomor", "no urut", "no. urut", "nomor urut"})

Changes = dict[str, list[Any]]


def state_of(row: ParsedRow) -> str | None:
    """The state that the row names; None where it says nothing."""
    said = row.values["basic_status"]
    return None if said is None else _STATE_VALUES[said]


def person_changes(row: ParsedRow, member: Member | None) -> Changes:
    """Field → [old, new]; an empty cell never erases what is known. Without a member: all new."""
    changes: Changes = {}
    values = row.values
    # What is known is looked at where something is said only: it may have to be decrypted.
    said = [name for name in COMPARED if values[name] is not None and values[name] != ""]
    if said and said[0] == "nik" and _has_nik(member, values["nik"]):
        del said[0]
    for name, old in zip(said, _known(member, said), strict=True):
        if values[name] != old:
            changes[name] = [old, values[name]]
    state = state_of(row)
    if member is None:
        changes["status"] = [None, state or MemberStatus.ACTIVE.value]
    elif state and state != member.status:
        changes["status"] = [member.status, state]
    _add_source_values(changes, row, member)
    return changes


def _known(member: Any, names: list[str]) -> list[Any]:
    if member is None:
        return [None] * len(names)
    if isinstance(member, KnownMember):
        return member.old_values(names)
    return [getattr(member, name) for name in names]


def _has_nik(member: Member | None, nik: str) -> bool:
    return member is not None and member.nik_index == blind_index("nik", nik)


def _add_source_values(changes: Changes, row: ParsedRow, member: Member | None) -> None:
    if not row.source_values:
        return
    said = {
        header: value
        for header, value in row.source_values.items()
        if header.casefold() not in COUNTING_COLUMNS
    }
    old = member.source_value if member else {}
    if any(old.get(header) != value for header, value in said.items()):
        changes["source_value"] = [old, {**old, **said}]


def family_changes(
    facts: Mapping[str, Any], territory_pk: int | None, household: Household | None
) -> Changes:
    """The same for the family; `territory_pk` None keeps the place that is known."""
    changes: Changes = {}
    for name, new in facts.items():
        old = getattr(household, name) if household else None
        if name == "source_value":
            new = {**(old or {}), **new}
        if name not in REGISTRY_FIELDS and new not in (None, "") and new != old:
            changes[name] = [old, new]
    if not is_older_decile(facts, household):
        changes |= _decile_changes(facts, household)
    old_place = household.territory_id if household else None
    if territory_pk is not None and territory_pk != old_place:
        changes["territory_id"] = [old_place, territory_pk]
    return changes


def _decile_changes(facts: Mapping[str, Any], household: Household | None) -> Changes:
    """All three columns, or none: a decile without its source and day is no fact."""
    if any(facts.get(name) in (None, "") for name in REGISTRY_FIELDS):
        return {}
    old = {name: getattr(household, name) if household else None for name in REGISTRY_FIELDS}
    return {name: [old[name], facts[name]] for name in REGISTRY_FIELDS if facts[name] != old[name]}


def is_older_decile(facts: Mapping[str, Any], household: Household | None) -> bool:
    """Whether the registry already knows the decile of a later day."""
    said = facts.get("decile_as_of")
    known = household.decile_as_of if household else None
    return bool(facts.get("decile") and said and known and said < known)
