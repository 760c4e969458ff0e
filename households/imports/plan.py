"""The staged rows of a batch as rows of the registry that wait to be written."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from households.imports.comparison import Changes
from households.imports.known import chunks
from households.imports.staging import staged_content
from households.models import (
    LIVING,
    Household,
    HouseholdStatus,
    ImportBatch,
    ImportRow,
    Member,
    MemberStatus,
    Outcome,
)
from households.models.member import name_key
from tkpk.models import Territory


class StaleRegistry(Exception):
    """The registry is not what the preview was computed from."""


@dataclass
class PlannedFamily:
    """A family that is made or changed; `row` of a known one is filled by `lock_targets`."""

    pk: int | None
    version: int | None
    row: Household = field(default_factory=Household)
    changes: Changes = field(default_factory=dict)
    anybody_living: bool = False


@dataclass
class PlannedMember:
    """A person who is made or changed."""

    pk: int | None
    version: int | None
    family: PlannedFamily
    changes: Changes
    moves_family: bool
    row: Member = field(default_factory=Member)

    @property
    def leaves(self) -> bool:
        return "status" in self.changes and self.changes["status"][1] != MemberStatus.ACTIVE

    @property
    def returns(self) -> bool:
        return "status" in self.changes and not self.leaves

    def direct_fields(self) -> list[str]:
        """Columns written by the import itself; a state is written by its workflow."""
        names = [name for name in self.changes if name != "status"]
        for name, shadow in (("nik", "nik_index"), ("name", "name_key")):
            if name in names:
                names.append(shadow)
        return [*names, "household_id"] if self.moves_family else names

    def fields(self) -> list[str]:
        """Columns that change in whatever way."""
        state = ["status", "status_on"] if "status" in self.changes else []
        return [*self.direct_fields(), *state]

    def put_changes(self) -> None:
        put(self.row, self.changes)
        if self.moves_family:
            self.row.household = self.family.row


def put(row: Any, changes: Changes) -> None:
    """Set the new values, identifiers together with their indexes; never a status."""
    for name, (_old, new) in changes.items():
        if name == "nik":
            row.set_nik(new)
        elif name == "name":
            row.set_name(new)
        elif name != "status":
            setattr(row, name, new)


@dataclass
class Plan:
    """All that a batch writes."""

    families: list[PlannedFamily] = field(default_factory=list)
    members: list[PlannedMember] = field(default_factory=list)

    @property
    def changed(self) -> list[PlannedMember]:
        return [member for member in self.members if member.pk and member.fields()]


def plan_of(batch: ImportBatch) -> Plan:
    """Unseal the rows that would write something. One query."""
    plan = Plan()
    families: dict[int, PlannedFamily] = {}
    for row in batch.rows.filter(outcome__in=[Outcome.NEW, Outcome.CHANGED]).iterator(500):
        content = staged_content(row)
        family = families.get(row.family_number)
        if family is None:
            family = families[row.family_number] = PlannedFamily(
                row.household_pk, row.household_version
            )
            plan.families.append(family)
            if not family.pk:
                family.row.set_kk_number(content["kk_number"])
        family.changes.update(content["family_changes"])
        plan.members.append(_planned(row, content, family))
    for family in plan.families:
        if not family.pk:
            put(family.row, family.changes)
            # Listed for the record only: a family of which nobody lives here is no open family.
            if not family.anybody_living:
                family.row.status = HouseholdStatus.CLOSED
    return plan


def _planned(row: ImportRow, content: dict[str, Any], family: PlannedFamily) -> PlannedMember:
    member = PlannedMember(
        row.member_pk, row.member_version, family, content["changes"], content["moves_family"]
    )
    state = member.changes.get("status", [None, None])[1]
    if not member.pk:
        put(member.row, member.changes)
        member.row.status = state
    if state in LIVING or (member.pk and state is None):
        family.anybody_living = True
    return member


def lock_targets(plan: Plan, *, kelurahan: Territory) -> None:
    """Lock every row that is touched and load it; raises StaleRegistry if the preview is old."""
    families = {family.pk: family for family in plan.families if family.pk}
    members = {member.pk: member for member in plan.members if member.pk}
    _load(Household, families, kelurahan)
    _load(Member, members, kelurahan)
    _refuse_taken(plan, kelurahan)


def _load(model: Any, planned: dict[int, Any], kelurahan: Territory) -> None:
    found = 0
    for part in chunks(sorted(planned)):
        rows = model.objects.filter(kelurahan=kelurahan, pk__in=part).select_for_update(
            of=("self",)
        )
        for row in rows:
            target = planned[row.pk]
            if row.version != target.version:
                raise StaleRegistry
            target.row = row
            found += 1
    if found != len(planned):
        raise StaleRegistry


def _refuse_taken(plan: Plan, kelurahan: Territory) -> None:
    """What the preview calls new must still be new."""
    fresh = [member for member in plan.members if not member.pk]
    kks = {family.row.kk_index for family in plan.families if not family.pk}
    niks = {member.row.nik_index for member in fresh} - {""}
    nameless = {
        (member.family.pk, name_key(member.row.name), member.row.birth_date)
        for member in fresh
        if member.family.pk and not member.row.nik_index
    }
    if _any(Household, "kk_index", kks, kelurahan) or _any(Member, "nik_index", niks, kelurahan):
        raise StaleRegistry
    for part in chunks({pk for pk, _name, _born in nameless}):
        rows = Member.objects.filter(household_id__in=part)
        if nameless & set(rows.values_list("household_id", "name_key", "birth_date")):
            raise StaleRegistry


def _any(model: Any, name: str, values: set[str], kelurahan: Territory) -> bool:
    return any(
        model.objects.filter(Q(**{f"{name}__in": part}), kelurahan=kelurahan).exists()
        for part in chunks(sorted(values))
    )
