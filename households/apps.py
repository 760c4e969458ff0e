"""Poor households: registry, imports, assessment, listing, assistance."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class HouseholdsConfig(AppConfig):
    name = "households"
    verbose_name = _("Families")

    def ready(self) -> None:
        from households import (  # noqa: PLC0415 - models must be loaded first
            name_index,
            registrations,  # noqa: F401
        )

        post_migrate.connect(name_index.ensure, sender=self)
