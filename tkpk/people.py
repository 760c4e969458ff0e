"""Acts of an administrator on people: adding, changing, and lifting a lost second step."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tkpk import trail
from tkpk.mandates import chain_of
from tkpk.models import Mandate, SignInCard, User
from tkpk.reset_codes import issue_at_console, right_to_issue
from tkpk.rights import fresh_mandates
from tkpk.roles import Role

PROCESS = "person"


def save_person(person: User, *, by: User, new: bool) -> User:
    """Save what an administrator typed; the caller has checked the fields.

    A new person has no password until a one-time code is issued. Raises PermissionDenied.
    """
    right = next((m for m in fresh_mandates(by) if m.role == Role.ADMIN), None)
    if right is None:
        raise PermissionDenied(_("Only an administrator changes people."))
    with transaction.atomic():
        if new:
            person.set_unusable_password()
        person.save()
        _record("add" if new else "change", person, right=right, by=by)
    return person


def lift_second_step(person: User, *, by: User, reason: str) -> None:
    """Remove the second step of a person who lost phone and codes, and end their sessions.

    Outside a demo they set a new one up at the next sign-in. Raises PermissionDenied, or
    ValidationError without a reason.
    """
    right = right_to_issue(by, person)
    if right is None:
        raise PermissionDenied(_("Only an administrator of this person's places may do this."))
    _lift(person, by=by, right=right, reason=reason)


def let_in_at_console(person: User, *, by: User, right: Mandate, reason: str) -> str:
    """Remove the second step and give a one-time code, from the console of the machine.

    For an administrator who lost phone and codes and has no colleague. `by` and `right` are the
    console's account and mandate. Raises ValidationError without a reason. Returns the code.
    """
    with transaction.atomic():
        _lift(person, by=by, right=right, reason=reason)
        return issue_at_console(person, by=by, right=right, reason=reason)


def _lift(person: User, *, by: User, right: Mandate, reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason in one sentence.")})
    with transaction.atomic():
        Authenticator.objects.filter(user=person).delete()
        SignInCard.objects.filter(user=person).delete()
        sessions = list(UserSession.objects.filter(user=person))
        _record("lift_second_step", person, right=right, by=by, reason=reason)
    for session in sessions:
        session.end()


def _record(move: str, person: User, *, right: Mandate, by: User, reason: str = "") -> None:
    trail.record(
        chain=chain_of(right.territory),
        by=by,
        mandate=right,
        process=PROCESS,
        move=move,
        row=person,
        reason=reason,
    )
