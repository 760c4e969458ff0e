"""The admin site under /kelola/: opened by mandates, never by Django's staff flag alone."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tkpk.rights import may_enter_admin


class PortalAdminSite(AdminSite):
    """Data-entry screens and reference data."""

    site_header = _("Portal TKPK: admin screens")
    site_title = _("Admin screens")
    index_title = _("What would you like to manage?")
    site_url = "/kerja/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return may_enter_admin(request.user)
