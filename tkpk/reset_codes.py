"""One-time codes: an administrator lets a person in who forgot the password or never had one.

A code is told by word of mouth, lives 15 minutes, works once, bears five tries and is stored as a
hash alone.
"""

import datetime
import secrets

from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tkpk import rights, trail
from tkpk.mandates import chain_of
from tkpk.models import Mandate, ResetCode, User
from tkpk.roles import Role

# Without I, O, 0 and 1: a code is read out over the telephone.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 10
LIFETIME = datetime.timedelta(minutes=15)
MAX_FAILURES = 5


def random_code(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _character in range(length))


def as_issued(typed: str) -> str:
    """As typed from a note: small letters, spaces and dashes do not matter."""
    return "".join(character for character in typed.upper() if character.isalnum())


def _places_of(user: User) -> list[Mandate]:
    return list(Mandate.objects.filter(user=user).select_related("territory"))


def right_to_issue(by: User, user: User) -> Mandate | None:
    """The administrator's mandate whose place covers every mandate the person ever had.

    A person without any belongs to no place yet, so nobody may issue a code: give a mandate first.
    """
    theirs = _places_of(user)
    if not theirs or by.pk == user.pk or not user.is_active:
        return None
    for mandate in rights.fresh_mandates(by):
        if mandate.role == Role.ADMIN and all(
            mandate.territory.covers(other.territory.code) for other in theirs
        ):
            return mandate
    return None


def issue(user: User, *, by: User) -> str:
    """Make a code, void the older ones, and return it: it can never be read again.

    Raises PermissionDenied unless `by` administers every place of the person.
    """
    code = random_code(LENGTH)
    hashed = make_password(code)  # slow by design, so not while a row is locked
    with transaction.atomic():
        right = right_to_issue(by, user)
        if right is None:
            raise PermissionDenied(
                _("Only an administrator of all places of this person issues a code.")
            )
        _store(user, hashed, by=by, right=right)
    return code


def issue_at_console(user: User, *, by: User, right: Mandate, reason: str) -> str:
    """The same for who holds the machine, where no other administrator is left to ask.

    `by` is the console's own account and `right` its mandate: the trail says so.
    """
    code = random_code(LENGTH)
    hashed = make_password(code)
    with transaction.atomic():
        _store(user, hashed, by=by, right=right, reason=reason)
    return code


def _store(user: User, hashed: str, *, by: User, right: Mandate, reason: str = "") -> None:
    now = timezone.now()
    ResetCode.objects.filter(user=user, used_at=None).update(used_at=now)
    ResetCode.objects.create(user=user, code_hash=hashed, issued_by=by, expires_at=now + LIFETIME)
    trail.record(
        chain=chain_of(right.territory),
        by=by,
        mandate=right,
        process="account",
        move="issue_reset_code",
        row=user,
        reason=reason,
    )


def redeem(username: str, code: str, password: str) -> User | None:
    """Set the password with a code, end the person's sessions, and return the person.

    None for every wrong combination, after the same time. Raises ValidationError for a password
    that resembles the person's own facts; the code stays good then.
    """
    with transaction.atomic():
        row = (
            ResetCode.objects.select_for_update()
            .select_related("user")
            .filter(
                user__username=username.strip().lower(),
                user__is_active=True,
                used_at=None,
                expires_at__gt=timezone.now(),
                failures__lt=MAX_FAILURES,
            )
            .order_by("-pk")
            .first()
        )
        if row is None:
            make_password(code)  # an unknown name must not answer faster
            return None
        if not check_password(as_issued(code), row.code_hash):
            row.failures += 1
            row.save(update_fields=["failures"])
            return None
        validate_password(password, row.user)
        _let_in(row, password)
        return row.user


def _let_in(row: ResetCode, password: str) -> None:
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    user = row.user
    user.set_password(password)
    user.save(update_fields=["password"])
    for session in UserSession.objects.filter(user=user):
        session.end()
    places = _places_of(user)
    if places:
        trail.record(
            chain=chain_of(places[0].territory),
            by=user,
            process="account",
            move="use_reset_code",
            row=user,
        )
