"""Let somebody in again who lost phone, codes and password, with no administrator left to ask."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tkpk import people, reset_codes
from tkpk.console import console_user, officer_named
from tkpk.mandates import chain_of
from tkpk.models import Mandate, Territory
from tkpk.rights import mandates


class Command(BaseCommand):
    """Whoever runs it holds the database and the keys; the trail keeps that and the reason."""

    help = "Remove a person's second step and print a one-time code for a new password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="one sentence; kept in the trail")

    def handle(self, **options: Any) -> None:
        try:
            code = let_in(options["username"], reason=options["reason"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        minutes = int(reset_codes.LIFETIME.total_seconds() // 60)
        self.stdout.write(
            _("One-time code, good for %(minutes)d minutes at /akun/kode/: %(code)s")
            % {"minutes": minutes, "code": code}
        )


def let_in(username: str, *, reason: str) -> str:
    """The code. Raises ValidationError for an unknown name, no mandate today, or no reason."""
    person = officer_named(username)
    held = mandates(person) if person else []
    if person is None or not held:
        raise ValidationError(_("This person holds no mandate that is valid today."))
    place = chain_of(held[0].territory)
    if not place.kelurahan_code:
        served = Territory.objects.served().within(place.code).first()
        if served is None:
            raise ValidationError(_("No kelurahan of this place uses the portal."))
        place = served
    by = console_user(place)
    right = Mandate.objects.filter(user=by, territory=place).valid_today().first()
    if right is None:
        raise ValidationError(_("This person holds no mandate that is valid today."))
    return people.let_in_at_console(person, by=by, right=right, reason=reason)
