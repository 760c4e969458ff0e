"""What a person may do and see, derived from the mandates that are valid today."""

import datetime
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from tkpk.models import Mandate, Territory, TrailEntry, User
from tkpk.models.territory import within
from tkpk.roles import Role

Kept = TypeVar("Kept")
# Who has business in the admin screens: data entry and reference data, never decisions.
ADMIN_SCREEN_ROLES = frozenset({Role.STAFF, Role.LURAH, Role.ADMIN})


def mandates(user: User, *, day: datetime.date | None = None) -> list[Mandate]:
    """The person's mandates valid on a day (today), with place and organisation.

    Asked once per request: the answer is kept on the user object, which lives one request.
    """
    if not user.is_authenticated or not user.is_active:
        return []
    day = day or timezone.localdate()
    return kept(user, ("mandates", day), lambda: _read(user, day))


def _read(user: User, day: datetime.date) -> list[Mandate]:
    # Asked of the database too: who was shut out while the session ran has no right left.
    rows = Mandate.objects.filter(user=user, user__is_active=True).valid_on(day)
    return list(rows.select_related("territory__office", "organisation"))


def kept(user: User, key: Hashable, read: Callable[[], Kept]) -> Kept:
    """What was read about a person, once a request; `fresh_mandates` forgets it."""
    # As an attribute, not in `__dict__`: that of `request.user` is its lazy stand-in's, and who
    # is handed the person behind it would ask again.
    if user.kept is None:
        user.kept = {}
    if key not in user.kept:
        user.kept[key] = read()
    found: Kept = user.kept[key]
    return found


def fresh_mandates(user: User) -> list[Mandate]:
    """The same straight from the database, all that was kept: what a decision is based on."""
    user.kept = None
    return mandates(user)


def scopes(user: User, roles: Iterable[Role]) -> list[str]:
    """Codes of the places where the person holds one of the roles today."""
    wanted = set(roles)
    return sorted({m.territory.code for m in mandates(user) if m.role in wanted})


def mandate_at(user: User, roles: Iterable[Role], *, code: str) -> Mandate | None:
    """The mandate by which a role of these is held today at the place with this code, if any."""
    wanted = set(roles)
    held = (m for m in mandates(user) if m.role in wanted and m.territory.covers(code))
    return next(held, None)


def holds(user: User, roles: Iterable[Role], *, code: str) -> bool:
    """Whether a role of these is held today at the place with this code."""
    return mandate_at(user, roles, code=code) is not None


def administers(user: User, person: User) -> bool:
    """Whether the user administers every place in which the person ever held a mandate.

    Else the administrator of one kelurahan could give a mandate there to somebody of a wider
    place, and take over that account by changing its e-mail address. Who has no mandate yet
    belongs to the place of the administrator who added them.
    """
    codes = scopes(user, {Role.ADMIN})
    theirs = Mandate.objects.filter(user=person).select_related("territory")
    places = {mandate.territory.code for mandate in theirs}
    if not places:
        places = set(
            _additions().filter(subject_id=person.pk).values_list("chain__code", flat=True)
        )
    return bool(codes) and all(
        any(place == code or place.startswith(f"{code}.") for code in codes) for place in places
    )


def _additions() -> QuerySet[TrailEntry]:
    """The entries that say who was added where."""
    return TrailEntry.objects.filter(process="person", move="add", subject=User._meta.label_lower)


def known_to(user: User) -> Q:
    """People with a mandate in an administrator's places, and those added there who have none yet.

    Nobody's trail begins before the portal's own pages: whom a command added, every
    administrator may give a first mandate.
    """
    codes = scopes(user, {Role.ADMIN})
    mine = Mandate.objects.filter(within("territory__code", *codes)).values("user")
    elsewhere = _additions().exclude(within("chain__code", *codes)).values("subject_id")
    without_mandate = ~Q(pk__in=Mandate.objects.values("user"))
    # By subqueries: a join would show a person once for each mandate.
    return Q(pk__in=mine) | (without_mandate & ~Q(pk__in=elsewhere))


def may_enter_admin(user: User) -> bool:
    return any(m.role in ADMIN_SCREEN_ROLES for m in mandates(user))


def home_kelurahan(user: User, roles: Iterable[Role] | None = None) -> Territory | None:
    """The kelurahan that the person works for: of the first mandate at or under a kelurahan.

    With `roles`, of the first mandate in one of them: where a new row of theirs belongs.
    """
    wanted = set(Role if roles is None else roles)
    held = (m.territory for m in mandates(user) if m.territory.kelurahan_code and m.role in wanted)
    first = next(held, None)
    if first is None or first.code == first.kelurahan_code:
        return first
    return Territory.objects.select_related("office").filter(code=first.kelurahan_code).first()
