"""Duties that do not go together in one person, found among mandates by dates and places."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tkpk import formats
from tkpk.models import Mandate, User
from tkpk.models.territory import within
from tkpk.presets import CLASHES, clashes
from tkpk.rights import scopes
from tkpk.roles import Role

SOON = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Conflict:
    """Two mandates of one person that meet in time and place, and why they may not."""

    words: Any
    first: Mandate
    second: Mandate


@dataclass(frozen=True)
class Closed:
    """A role that this person cannot be given now, and the mandate that stands against it."""

    role: Any
    words: Any
    held: Mandate


@dataclass(frozen=True)
class Attention:
    """What an administrator should look at among the mandates of the own places."""

    conflicts: list[Conflict]
    ending: list[Mandate]
    own: list[Mandate]


def period(mandate: Mandate) -> str:
    """The days of a mandate in words."""
    language = "en" if (get_language() or "id").startswith("en") else "id"
    first = formats.date_long(mandate.starts_on, language=language)
    if mandate.ends_on is None:
        return _("from %(first)s, without an end") % {"first": first}
    last = formats.date_long(mandate.ends_on, language=language)
    return _("from %(first)s until %(last)s") % {"first": first, "last": last}


def described(mandate: Mandate) -> str:
    """Duty, organisation, place and days."""
    parts = [mandate.title, str(mandate.organisation or ""), str(mandate.territory)]
    return f"{' · '.join(part for part in parts if part)}, {period(mandate)}"


def meet(one: Mandate, other: Mandate) -> bool:
    """Whether two mandates share a day, and one's place lies in the other's."""
    in_time = (one.ends_on is None or other.starts_on <= one.ends_on) and (
        other.ends_on is None or one.starts_on <= other.ends_on
    )
    here, there = one.territory, other.territory
    return in_time and (here.covers(there.code) or there.covers(here.code))


def against(mandate: Mandate, held: Iterable[Mandate]) -> list[Conflict]:
    """Which of these mandates stand against this one."""
    return [
        Conflict(words, other, mandate)
        for other in held
        if meet(mandate, other)
        for words in clashes({Role(mandate.role), Role(other.role)})
    ]


def not_ended() -> Q:
    """Valid today or begun later: both count."""
    return Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate())


def held_by(person: User) -> list[Mandate]:
    """What a person holds or will hold."""
    rows = Mandate.objects.filter(not_ended(), user=person)
    return list(rows.select_related("territory__parent", "organisation").order_by("starts_on"))


def closed_to(held: list[Mandate]) -> list[Closed]:
    """Roles that would clash with what the person holds, before one is chosen."""
    found = []
    for role in Role:
        for mandate in held:
            for words in clashes({role, Role(mandate.role)}):
                found.append(Closed(role.label, words, mandate))
                break
    return found


def for_administrator(user: User) -> Attention | None:
    """Clashes from older data, mandates that end soon, and those given to oneself; one query."""
    codes = scopes(user, {Role.ADMIN})
    if not codes:
        return None
    today = timezone.localdate()
    rows = list(
        Mandate.objects.filter(not_ended(), within("territory__code", *codes))
        .select_related("user", "territory__parent", "organisation")
        .order_by("user__name", "starts_on")
    )
    by_person: dict[int, list[Mandate]] = {}
    for row in rows:
        by_person.setdefault(row.user_id, []).append(row)
    conflicts = [
        found
        for theirs in by_person.values()
        for one, other in combinations(theirs, 2)
        for found in against(other, [one])
    ]
    ending = [row for row in rows if row.ends_on and row.ends_on <= today + SOON]
    own = [row for row in rows if row.created_by_id == row.user_id and row.role != Role.ADMIN]
    return Attention(conflicts, sorted(ending, key=lambda row: str(row.ends_on)), own)


def home_panel(user: User) -> tuple[str, dict[str, Any]] | None:
    """The piece of an administrator's first page."""
    found = for_administrator(user)
    if found is None or not (found.conflicts or found.ending or found.own):
        return None
    return "staff/mandate_panel.html", {"attention": found}


def pairs_of(role: Role) -> list[tuple[list[Any], Any]]:
    """For the page of roles: the roles that do not go with this one, and why."""
    found = []
    for clash in CLASHES:
        others: set[Role] = set()
        if role in clash.first:
            others |= clash.second
        if role in clash.second:
            others |= clash.first
        others.discard(role)
        if others:
            found.append(([one.label for one in Role if one in others], clash.words))
    return found
