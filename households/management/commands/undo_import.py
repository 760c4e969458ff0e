"""Undo an import by its code or id."""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError

from households.imports.undoing import BuiltUpon, undo_batch
from households.models import Household, ImportBatch, Member
from tkpk.console import console_user, officer_named


class Command(BaseCommand):
    """Exit code 0: undone; 1: not, and why."""

    help = "Undo an import: delete what it created, give changed rows their old values back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", help="code such as I-2026-0007, or id")
        parser.add_argument("--by", default="", help="user name of the officer who acts")
        parser.add_argument("--reason", default="Dibatalkan lewat perintah konsol")

    def handle(self, **options: Any) -> None:
        batch = _batch(options["batch"])
        try:
            by = officer_named(options["by"])
            undone = undo_batch(
                batch, by=by or console_user(batch.kelurahan), reason=options["reason"]
            )
        except BuiltUpon as error:
            raise CommandError(error.message) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except PermissionDenied as error:
            raise CommandError(str(error)) from error
        left = {
            "members": Member.objects.filter(kelurahan=batch.kelurahan).count(),
            "households": Household.objects.filter(kelurahan=batch.kelurahan).count(),
        }
        self.stdout.write(
            f"{undone.code}: {undone.status}. In the registry now: {left['members']} members, "
            f"{left['households']} households; of this import: {undone.changes.count()} left."
        )


def _batch(text: str) -> ImportBatch:
    found = ImportBatch.objects.select_related("kelurahan")
    is_id = re.fullmatch(r"[0-9]{1,18}", text)
    found = found.filter(pk=int(text)) if is_id else found.filter(code=text.upper())
    batches = list(found[:2])
    if len(batches) != 1:
        raise CommandError(
            f"{text}: no such import." if not batches else f"{text}: give the id, not the code."
        )
    return batches[0]
