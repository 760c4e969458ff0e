"""App configuration of the ground floor and of the admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class TkpkConfig(AppConfig):
    name = "tkpk"
    verbose_name = _("People and places")

    def ready(self) -> None:
        from tkpk import act_words, checks, registrations  # noqa: F401, PLC0415 - models must be loaded first


class PortalAdminConfig(AdminConfig):
    default_site = "tkpk.admin_site.PortalAdminSite"
