"""What is needed, decided, paid, built and kept in use; the public home."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgramsConfig(AppConfig):
    name = "programs"
    verbose_name = _("Programmes and public pages")

    def ready(self) -> None:
        from programs import registrations  # noqa: F401, PLC0415 - models must be loaded first
