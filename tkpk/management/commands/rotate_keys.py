"""Give the installation new keys and seal everything anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tkpk import rotation


class Command(BaseCommand):
    """Safe to interrupt and to run again: a sealed value names the key that opens it."""

    help = "Add new keys, seal everything with them; --retire then deletes the old keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-new-key", action="store_true", help="Only seal anew with the newest key."
        )
        parser.add_argument(
            "--retire", action="store_true", help="Delete the old keys when all is sealed anew."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._rotate(**options)
        except rotation.KeysElsewhere as error:
            raise CommandError(str(error)) from error

    def _rotate(self, **options: Any) -> None:
        for what, count in rotation.rotate(new_keys=not options["no_new_key"]).items():
            self.stdout.write(f"{what}: {count}")
        if options["retire"]:
            self.stdout.write("Retired: " + (", ".join(rotation.retire_old_keys()) or "none"))
        else:
            self.stdout.write(
                "Make a safe copy of the keys now. Old keys stay until --retire is given."
            )
