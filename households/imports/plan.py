"""The staged rows of a batch as rows of the registry that wait to be written."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from households.imports import bulk
from households.imports.comparison import Changes
from households.imports.known import chunks
from households.imports.prepared import RowMaker
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
from tkpk.encryption import blind_index
from tkpk.models import User

# Columns that are written together with the one that they are computed from.
SHADOWS = {
    "nik": ("nik_index", lambda nik: blind_index("nik", nik)),
    "name": ("name_key", name_key),
    "kk_number": ("kk_index", lambda number: blind_index("kk", number)),
}


class StaleRegistry(Exception):
    """The registry is not what the preview was computed from."""


@dataclass(slots=True)
class PlannedFamily:
    """A family that is made or changed. `number` counts the new ones; they get a key when saved."""

    pk: int | None
    version: int | None
    number: int = 0
    kk_number: str = ""
    changes: Changes = field(default_factory=dict)
    anybody_living: bool = False


@dataclass(slots=True)
class PlannedMember:
    """A known person who is changed; a new one waits in a temporary table."""

    pk: int
    version: int
    family: PlannedFamily
    changes: Changes
    moves_family: bool

    @property
    def leaves(self) -> bool:
        return "status" in self.changes and self.changes["status"][1] != MemberStatus.ACTIVE

    @property
    def returns(self) -> bool:
        return "status" in self.changes and not self.leaves

    def direct_fields(self) -> tuple[str, ...]:
        """Columns written by the import itself; a state is written by its workflow."""
        names = with_shadows(name for name in self.changes if name != "status")
        return (*names, "household_id") if self.moves_family else names

    def fields(self) -> tuple[str, ...]:
        """Columns that change in whatever way."""
        state = ("status", "status_on") if "status" in self.changes else ()
        return (*self.direct_fields(), *state)

    def values(self) -> dict[str, Any]:
        """The new values of `direct_fields`."""
        said = ((name, new) for name, (_old, new) in self.changes.items() if name != "status")
        values = dict(shadowed(said))
        return {**values, "household_id": self.family.pk} if self.moves_family else values


def with_shadows(names: Iterable[str]) -> tuple[str, ...]:
    own = tuple(names)
    return (*own, *(SHADOWS[name][0] for name in own if name in SHADOWS))


def shadowed(values: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The values and those of the columns that are computed from them."""
    for name, value in values:
        yield name, value
        if name in SHADOWS:
            shadow, compute = SHADOWS[name]
            yield shadow, compute(value)


@dataclass(slots=True)
class PlannedReceipts:
    """The staged receipts of one row; a new person has no key yet but the number of its row."""

    staged: list[dict[str, Any]]
    family: PlannedFamily
    member_pk: int | None
    number: int


@dataclass
class Plan:
    """All that a batch writes. New rows lie prepared in two temporary tables."""

    new_families: bulk.Waiting
    new_members: bulk.Waiting
    families: list[PlannedFamily] = field(default_factory=list)
    # Known persons, and those of them of whom nothing but their family changes.
    members: list[PlannedMember] = field(default_factory=list)
    receipts: list[PlannedReceipts] = field(default_factory=list)

    @property
    def changed(self) -> list[PlannedMember]:
        return [member for member in self.members if member.fields()]

    def drop(self) -> None:
        self.new_members.drop()
        self.new_families.drop()


def plan_of(
    batch: ImportBatch, *, by: User, beat: Callable[[int], None] = lambda done: None
) -> Plan:
    """Unseal the rows that would write something and prepare the new ones.

    Call `drop` on the plan in the end: it holds temporary tables.
    """
    plan = Plan(bulk.Waiting(Household, "family"), bulk.Waiting(Member, "member"))
    constants = {
        "kelurahan_id": batch.kelurahan_id,
        "created_by_id": by.pk,
        "updated_by_id": by.pk,
    }
    planner = _Planner(plan, RowMaker(Member, SHADOWS, **constants))
    for part in _parts(batch):
        fresh = [made for row in part if (made := planner.take(row))]
        with bulk.gathered():
            plan.new_members.fill(fresh)
        beat(part[-1].position)
    homes = RowMaker(Household, SHADOWS, **constants)
    with bulk.gathered():
        plan.new_families.fill(_new_family(family, homes) for family in planner.new_families)
        plan.new_families.index("n")
        plan.new_members.index("household_id")
    for family in planner.new_families:
        family.changes = {}  # they lie in the table now
    return plan


def _parts(batch: ImportBatch) -> Iterator[list[ImportRow]]:
    """Lists, no open cursor: between them a sign of life is written."""
    rows, last = batch.rows.filter(outcome__in=[Outcome.NEW, Outcome.CHANGED]), 0
    while part := list(rows.filter(position__gt=last).order_by("position")[: bulk.CHUNK]):
        yield part
        last = part[-1].position


class _Planner:
    """Sorts staged rows: new persons are prepared, what becomes of known ones is noted."""

    def __init__(self, plan: Plan, maker: RowMaker) -> None:
        self.plan, self.maker = plan, maker
        self.families: dict[int, PlannedFamily] = {}
        self.new_families: list[PlannedFamily] = []
        self.count = 0

    def take(self, row: ImportRow) -> list[Any] | None:
        content = staged_content(row)
        family = self.families.get(row.family_number)
        if family is None:
            family = self._family(row, content)
        family.changes.update(content["family_changes"])
        changes = content["changes"]
        state = changes.get("status", [None, None])[1]
        if state in LIVING or (row.member_pk and state is None):
            family.anybody_living = True
        if "receipts" in content:
            number = 0 if row.member_pk else self.count + 1
            receipts = PlannedReceipts(content["receipts"], family, row.member_pk, number)
            self.plan.receipts.append(receipts)
        if row.member_pk:
            self.plan.members.append(_known_member(row, content, family))
            return None
        self.count += 1
        values = [(name, new) for name, (_old, new) in changes.items()]
        if family.pk:
            values.append(("household_id", family.pk))
        return [self.count, family.number, *self.maker.row(values)]

    def _family(self, row: ImportRow, content: dict[str, Any]) -> PlannedFamily:
        family = PlannedFamily(row.household_pk, row.household_version)
        self.families[row.family_number] = family
        self.plan.families.append(family)
        if not family.pk:
            self.new_families.append(family)
            family.number, family.kk_number = len(self.new_families), content["kk_number"]
        return family


def _known_member(row: ImportRow, content: dict[str, Any], family: PlannedFamily) -> PlannedMember:
    return PlannedMember(
        row.member_pk or 0,
        row.member_version or 0,
        family,
        content["changes"],
        content["moves_family"],
    )


def _new_family(family: PlannedFamily, maker: RowMaker) -> list[Any]:
    values = {name: new for name, (_old, new) in family.changes.items()}
    values["kk_number"] = family.kk_number
    # Listed for the record only: a family of which nobody lives here is no open family.
    if not family.anybody_living:
        values["status"] = HouseholdStatus.CLOSED.value
    return [family.number, None, *maker.row(values.items())]


def lock_targets(plan: Plan, *, kelurahan_pk: int) -> None:
    """Lock every row that is touched; raises StaleRegistry if the preview is old."""
    families = {family.pk: family.version or 0 for family in plan.families if family.pk}
    members = {member.pk: member.version for member in plan.members}
    _lock(Household, families, kelurahan_pk)
    _lock(Member, members, kelurahan_pk)
    _refuse_taken(kelurahan_pk)


def _lock(model: Any, versions: dict[int, int], kelurahan_pk: int) -> None:
    found: dict[int, int] = {}
    for part in chunks(sorted(versions)):
        rows = model.objects.filter(kelurahan_id=kelurahan_pk, pk__in=part)
        found.update(rows.select_for_update(of=("self",)).values_list("pk", "version"))
    if found != versions:
        raise StaleRegistry


# What the preview calls new must still be new.
_TAKEN = (
    "SELECT 1 FROM households_household WHERE kelurahan_id = %s AND kk_index <> ''"
    " AND kk_index IN (SELECT kk_index FROM waiting_family)",
    "SELECT 1 FROM households_member WHERE kelurahan_id = %s AND nik_index <> ''"
    " AND nik_index IN (SELECT nik_index FROM waiting_member)",
    "SELECT 1 FROM waiting_member w JOIN households_member m ON m.household_id = w.household_id"
    " WHERE m.kelurahan_id = %s AND w.nik_index = '' AND m.name_key = w.name_key"
    " AND coalesce(CAST(m.birth_date AS text), '') = coalesce(CAST(w.birth_date AS text), '')",
)


def _refuse_taken(kelurahan_pk: int) -> None:
    with connection.cursor() as cursor:
        for statement in _TAKEN:
            cursor.execute(f"{statement} LIMIT 1", [kelurahan_pk])
            if cursor.fetchone():
                raise StaleRegistry
