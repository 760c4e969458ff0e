"""Who acts when a command acts: a technical account that nobody can sign in with."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tkpk import rights, trail
from tkpk.models import Mandate, Territory, User
from tkpk.roles import Role

USERNAME = "konsol"


def officer_named(username: str) -> User | None:
    """The person of a command's `--by`, None for an empty one; raises ValidationError."""
    if not username:
        return None
    try:
        return User.objects.get_by_natural_key(username)
    except User.DoesNotExist as error:
        raise ValidationError(
            _("Nobody here has the user name %(name)s.") % {"name": username}, code="no_user"
        ) from error


def console_user(kelurahan: Territory) -> User:
    """The account of the console, an officer of this kelurahan; both are made on demand.

    Whoever runs commands holds the database and the keys already: the account adds no right, it
    gives the trail a name.
    """
    with transaction.atomic():
        user = User.objects.filter(username=USERNAME).first()
        if user is None:
            user = User.objects.create_user(USERNAME, name="Perintah konsol")
        if not rights.holds(user, {Role.STAFF}, code=kelurahan.code):
            mandate = Mandate.objects.create(
                user=user,
                role=Role.STAFF,
                territory=kelurahan,
                position="Perintah konsol",
                starts_on=timezone.localdate(),
                created_by=user,
                updated_by=user,
            )
            trail.record(
                chain=kelurahan,
                by=user,
                mandate=mandate,
                process="mandate",
                move="console",
                row=mandate,
            )
            rights.fresh_mandates(user)
    return user
