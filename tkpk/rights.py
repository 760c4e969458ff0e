"""What a person may do and see, derived from the mandates that are valid today."""

import datetime
from collections.abc import Iterable

from django.utils import timezone

from tkpk.models import Mandate, Territory, User
from tkpk.roles import Role

# Who has business in the admin screens: data entry and reference data, never decisions.
ADMIN_SCREEN_ROLES = frozenset({Role.STAFF, Role.LURAH, Role.ADMIN})


def mandates(user: User, *, day: datetime.date | None = None) -> list[Mandate]:
    """The person's mandates valid on a day (today), with place and organisation.

    Asked once per request: the answer is kept on the user object, which lives one request.
    """
    if not user.is_authenticated or not user.is_active:
        return []
    day = day or timezone.localdate()
    kept: dict[datetime.date, list[Mandate]] = user.__dict__.setdefault("_mandates_by_day", {})
    if day not in kept:
        kept[day] = list(
            Mandate.objects.filter(user=user)
            .valid_on(day)
            .select_related("territory__office", "organisation")
        )
    return kept[day]


def fresh_mandates(user: User) -> list[Mandate]:
    """The same straight from the database: what a decision is based on."""
    user.__dict__.pop("_mandates_by_day", None)
    return mandates(user)


def scopes(user: User, roles: Iterable[Role]) -> list[str]:
    """Codes of the places where the person holds one of the roles today."""
    wanted = set(roles)
    return sorted({m.territory.code for m in mandates(user) if m.role in wanted})


def holds(user: User, roles: Iterable[Role], *, code: str) -> bool:
    """Whether a role of these is held today at the place with this code."""
    wanted = set(roles)
    return any(m.role in wanted and m.territory.covers(code) for m in mandates(user))


def may_enter_admin(user: User) -> bool:
    return any(m.role in ADMIN_SCREEN_ROLES for m in mandates(user))


def home_kelurahan(user: User) -> Territory | None:
    """The kelurahan that the person works for: of the first mandate at or under a kelurahan."""
    codes = [m.territory.kelurahan_code for m in mandates(user) if m.territory.kelurahan_code]
    if not codes:
        return None
    return Territory.objects.select_related("office").filter(code=codes[0]).first()
