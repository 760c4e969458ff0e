"""Poor households: registry, imports, assessment, listing, assistance."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HouseholdsConfig(AppConfig):
    name = "households"
    verbose_name = _("Families")

    def ready(self) -> None:
        from households import registrations  # noqa: F401, PLC0415 - models must be loaded first
