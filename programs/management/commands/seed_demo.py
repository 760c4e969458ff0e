"""Fill an empty installation with the fictional demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from programs.demo import load


class Command(BaseCommand):
    """Runs once; `make run` calls it on the first start."""

    help = "Load the fictional demo of Kelurahan Tegalpanggung into an empty installation."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = load(password=settings.DEMO_PASSWORD)
        except RuntimeError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Demo loaded; accounts in {path.name}.")
