"""The institutions and their managing units (UP-UP), KSM, services and the revolving fund."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnitsConfig(AppConfig):
    name = "units"
    verbose_name = _("Units")
