"""Check every chain of the trail and the seals of the rows."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tkpk.models import TrailEntry
from tkpk.trail import check_trail


class Command(BaseCommand):
    """Exit code 0 for a sound trail; else 1, naming every break, the first one first."""

    help = "Walk the trail's chains and name the first broken link."

    def handle(self, *args: Any, **options: Any) -> None:
        breaks = check_trail()
        for found in breaks:
            self.stderr.write(f"{found.chain} #{found.number}: {found.what}")
        if breaks:
            raise CommandError(f"{len(breaks)} broken link(s).")
        self.stdout.write(f"{TrailEntry.objects.count()} entries, every link holds.")
