"""Who acts when a command acts: a technical account that nobody can sign in with."""

from django.db import transaction
from django.utils import timezone

from tkpk import rights, trail
from tkpk.models import Mandate, Territory, User
from tkpk.roles import Role

USERNAME = "konsol"


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
