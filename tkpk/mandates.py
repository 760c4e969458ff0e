"""Giving and ending mandates: acts of an administrator, trailed."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tkpk import rights, trail
from tkpk.models import Mandate, Territory, User
from tkpk.public_pages import published
from tkpk.roles import Role


def chain_of(territory: Territory) -> Territory:
    """The place in whose trail an act at this territory is written: its kelurahan, or itself."""
    code = territory.kelurahan_code
    return Territory.objects.get(code=code) if code else territory


def _administrator(by: User, territory: Territory) -> Mandate:
    for mandate in rights.fresh_mandates(by):
        if mandate.role == Role.ADMIN and mandate.territory.covers(territory.code):
            return mandate
    raise PermissionDenied(str(_("Only an administrator of this place gives or ends mandates.")))


def colleagues(by: User, territory: Territory) -> list[User]:
    """The other administrators of a place who can sign in."""
    found = {m.user for m in _administrators() if m.territory.covers(territory.code)}
    able = [user for user in found if user.is_active and user.has_usable_password()]
    return sorted((user for user in able if user.pk != by.pk), key=lambda user: user.name)


def check_own(mandate: Mandate, *, by: User, reason: str) -> bool:
    """Whether an administrator acts on a mandate of their own, which is never done in silence.

    Where there is another administrator, that one enters it; else a reason is given, which stays
    in the trail. Raises ValidationError.
    """
    if mandate.user_id != by.pk:
        return False
    if others := colleagues(by, mandate.territory):
        raise ValidationError(
            _("You cannot give or extend a mandate of your own. Ask another one: %(names)s.")
            % {"names": ", ".join(user.name for user in others)},
            code="own_mandate",
        )
    if not reason.strip():
        raise ValidationError(
            {"reason": _("This is a mandate of your own: write why. The trail keeps it.")},
            code="own_mandate_reason",
        )
    return True


def grant(mandate: Mandate, *, by: User, reason: str = "") -> Mandate:
    """Save a new mandate. Raises ValidationError for its fields, PermissionDenied for `by`."""
    with transaction.atomic():
        right = _administrator(by, mandate.territory)
        mandate.created_by = mandate.updated_by = by
        mandate.full_clean()
        own = check_own(mandate, by=by, reason=reason)
        mandate.save(force_insert=True)
        _record("grant_own" if own else "grant", mandate, right=right, by=by, reason=reason)
    return mandate


def is_extended(before: Mandate, after: Mandate) -> bool:
    """Whether a change adds a day on which the mandate holds."""
    later = before.ends_on is not None and (after.ends_on is None or after.ends_on > before.ends_on)
    return later or after.starts_on < before.starts_on


def amend(mandate: Mandate, *, by: User, reason: str = "") -> Mandate:
    """Save changed facts of a mandate (position, decree, dates).

    Person, role, place and organisation never change: that would be another mandate.
    """
    with transaction.atomic():
        before = Mandate.objects.select_for_update().get(pk=mandate.pk)
        right = _administrator(by, before.territory)
        fixed = ("user_id", "role", "territory_id", "organisation_id")
        if any(getattr(before, name) != getattr(mandate, name) for name in fixed):
            raise ValidationError(_("End this mandate and give a new one instead."), code="fixed")
        mandate.updated_by = by
        mandate.full_clean()
        own = is_extended(before, mandate) and check_own(mandate, by=by, reason=reason)
        mandate.save()
        _record("amend_own" if own else "amend", mandate, right=right, by=by, reason=reason)
    return mandate


def end(mandate: Mandate, *, last_day: datetime.date, by: User, reason: str) -> Mandate:
    """Let a mandate end; with its last day its rights are gone."""
    mandate.ends_on = last_day
    return amend(mandate, by=by, reason=reason)


def found_first_administrator(user: User, territory: Territory, **facts: Any) -> Mandate:
    """The one mandate that nobody could give: of the person who sets the portal up.

    Raises PermissionDenied as soon as the place has an administrator.
    """
    with transaction.atomic():
        if any(m.territory.covers(territory.code) for m in _administrators()):
            raise PermissionDenied(str(_("This place already has an administrator.")))
        mandate = Mandate(
            user=user,
            role=Role.ADMIN,
            territory=territory,
            created_by=user,
            updated_by=user,
            **facts,
        )
        mandate.full_clean()
        mandate.save(force_insert=True)
        _record("found", mandate, right=mandate, by=user)
    return mandate


def _administrators() -> list[Mandate]:
    rows = Mandate.objects.filter(role=Role.ADMIN).valid_today()
    return list(rows.select_related("territory", "user"))


def _record(move: str, mandate: Mandate, *, right: Mandate, by: User, reason: str = "") -> None:
    published()  # the public structure page reads mandates
    trail.record(
        chain=chain_of(mandate.territory),
        by=by,
        mandate=right,
        process="mandate",
        move=move,
        row=mandate,
        reason=reason,
    )
