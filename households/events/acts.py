"""Writing an event: the steps that follow from it, and what they change, kept for taking it back.

A step says in words what it will do and then does just that, so that what an officer confirms and
what is written cannot differ.
"""

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from households.models import FamilyRole, Household, LifeEvent, Member, PersonRole
from households.workflows.registering import HOUSEHOLD_FLOW, MEMBER_FLOW
from tkpk.models import Territory, User

# Not part of what is known of a person or family, or computed from what is.
BOOKKEEPING = {
    "id",
    "kelurahan_id",
    "created_at",
    "created_by_id",
    "updated_at",
    "updated_by_id",
    "version",
    "nik_index",
    "kk_index",
    "name_key",
}
Rows = dict[tuple[str, int], Any]


def values_of(row: Household | Member) -> dict[str, Any]:
    """Everything that is known in a row, by column."""
    names = [column.attname for column in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in BOOKKEEPING}


def put_values(row: Household | Member, values: dict[str, Any]) -> None:
    """Set columns on a row, a NIK and a name together with what is searched by."""
    for name, value in values.items():
        if name == "nik" and isinstance(row, Member):
            row.set_nik(value)
        elif name == "name" and isinstance(row, Member):
            row.set_name(value)
        else:
            setattr(row, name, value)


@dataclass
class Act:
    """One event while it is written: every row that it touches passes through here."""

    event: LifeEvent
    by: User
    rows: Rows = field(default_factory=dict)
    old: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """What the trail says about the moves that follow from the event."""
        return _("Event %(code)s") % {"code": self.event.code}

    def _watch(self, row: Household | Member) -> None:
        key = (row._meta.label_lower, row.pk)
        if key not in self.rows:
            self.rows[key], self.old[key] = row, values_of(row)

    def created(self, row: Household | Member) -> None:
        """Note a row that this act brought into the registry."""
        self.rows[row._meta.label_lower, row.pk] = row

    def add(self, member: Member, household: Household) -> None:
        """A person who was not in the registry enters a family."""
        member.household, member.kelurahan = household, household.kelurahan
        member.created_by = member.updated_by = self.by
        member.save()
        self.created(member)

    def change(self, member: Member, **values: Any) -> None:
        """Set facts of a person; a state is changed by `move` alone."""
        self._watch(member)
        put_values(member, values)
        member.version += 1
        member.updated_by = self.by
        member.save()

    def move(self, name: str, row: Household | Member, *, on: datetime.date | None) -> None:
        """Make a move of the registry's tables; the row learns what it wrote.

        `on` is None only where a state is given back whose day was never known.
        """
        self._watch(row)
        flow: Any = MEMBER_FLOW if isinstance(row, Member) else HOUSEHOLD_FLOW
        fresh = flow.apply(name, row, by=self.by, reason=self.reason, changes={"status_on": on})
        for column in ("status", "status_on", "version", "updated_at", "updated_by_id"):
            setattr(row, column, getattr(fresh, column))

    def ledger(self) -> list[dict[str, Any]]:
        """What was touched: old values where they differ, and the version it was left at."""
        found = []
        for (label, pk), row in self.rows.items():
            before = self.old.get((label, pk))
            now = values_of(row)
            changed = {k: v for k, v in (before or {}).items() if v != now[k]}
            found.append(
                {
                    "label": label,
                    "pk": pk,
                    "created": before is None,
                    "version": row.version,
                    "old": changed,
                }
            )
        return found


@dataclass(frozen=True)
class Step:
    """One consequence: in words, and as what is done."""

    text: str
    run: Callable[[Act], None]


@dataclass
class Plan:
    """What an event would do, and whom it concerns. Nothing is written yet.

    `place` is the family where it is recorded; it may be one that the event itself founds.
    """

    place: Household
    steps: list[Step] = field(default_factory=list)
    people: list[tuple[Member, PersonRole]] = field(default_factory=list)
    families: list[tuple[Household, FamilyRole]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def then(self, text: str, run: Callable[[Act], None]) -> None:
        self.steps.append(Step(text, run))

    def concerns(self, member: Member, role: PersonRole) -> None:
        if (member, role) not in self.people:
            self.people.append((member, role))

    def touches(self, household: Household, role: FamilyRole) -> None:
        if (household, role) not in self.families:
            self.families.append((household, role))

    @property
    def consequences(self) -> list[str]:
        return [step.text for step in self.steps]

    @property
    def mark(self) -> str:
        """Says which consequences an officer has seen, without repeating them."""
        texts = "\n".join([*self.consequences, *self.warnings])
        return hashlib.sha256(texts.encode()).hexdigest()[:32]


@dataclass
class Told:
    """What the officer wrote down. People are named by their keys, newcomers by unsaved rows."""

    on: datetime.date
    document_kind: str
    document_number: str = ""
    note: str = ""
    people: list[int] = field(default_factory=list)
    new_head: int | None = None
    relations: dict[int, int] = field(default_factory=dict)
    mother: int | None = None
    newcomers: list[Member] = field(default_factory=list)
    destination: str = ""
    new_family: Household | None = None
    other_family: Household | None = None
    identity: dict[str, Any] = field(default_factory=dict)
    transfer: Any = None


def fresh_family(*, territory: Territory, kelurahan: Territory, kk_number: str) -> Household:
    """A family that an event founds, not saved yet."""
    household = Household(territory=territory, kelurahan=kelurahan)
    household.set_kk_number(kk_number)
    return household
