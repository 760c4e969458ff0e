"""Rights and duties of every role, read from the tables that decide: never written twice.

What a role may do comes from the workflow tables, what it sees from the apps' own tables of
visibility, what it may not be together with from the table of clashes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tkpk import clashes
from tkpk.models import Mandate, User
from tkpk.models.territory import within
from tkpk.registry import registry, workflows
from tkpk.rights import home_kelurahan, mandates
from tkpk.roles import DUTIES, NEEDS_IDENTITY, Role


@dataclass(frozen=True)
class Deeds:
    """The moves of one process that a role may make."""

    title: Any
    moves: list[Any]


@dataclass(frozen=True)
class Chapter:
    """One role."""

    role: Role
    duty: Any
    is_mine: bool
    sees: list[Any]
    does: list[Deeds]
    excludes: list[tuple[list[Any], Any]]
    needs_identity: bool
    holders: list[Mandate] = field(default_factory=list)


def deeds_of(role: Role) -> list[Deeds]:
    """Every move of every table that names this role."""
    found = []
    for flow in workflows():
        moves = [move.label for move in flow.moves.values() if role in move.roles]
        if moves:
            found.append(Deeds(flow.title, moves))
    return found


def sights_of(role: Role) -> list[Any]:
    return [words for sights in registry.role_sights for words in sights(role)]


def holders_near(user: User) -> dict[Role, list[Mandate]]:
    """Who holds which role today in the kelurahan that this person works for, and above it."""
    home = home_kelurahan(user)
    codes = [home.code] if home else [m.territory.code for m in mandates(user)]
    above = [code[:length] for code in codes for length in (5, 8) if len(code) > length]
    rows = Mandate.objects.filter(within("territory__code", *codes)).valid_today() | (
        Mandate.objects.filter(territory__code__in=above).valid_today()
    )
    held: dict[Role, list[Mandate]] = {}
    for row in rows.select_related("user", "territory__parent", "organisation").order_by(
        "territory__code", "user__name"
    ):
        held.setdefault(Role(row.role), []).append(row)
    return held


def chapters(user: User) -> list[Chapter]:
    """All roles, my own first."""
    mine = {m.role for m in mandates(user)}
    holders = holders_near(user)
    return sorted(
        (_chapter(role, holders.get(role, []), is_mine=role in mine) for role in Role),
        key=lambda chapter: not chapter.is_mine,
    )


def _chapter(role: Role, holders: Iterable[Mandate], *, is_mine: bool) -> Chapter:
    return Chapter(
        role=role,
        duty=DUTIES[role],
        is_mine=is_mine,
        sees=sights_of(role),
        does=deeds_of(role),
        excludes=clashes.pairs_of(role),
        needs_identity=role in NEEDS_IDENTITY,
        holders=list(holders),
    )
