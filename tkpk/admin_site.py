"""The admin site under /kelola/: opened by mandates, never by Django's staff flag alone."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from tkpk.models import User
from tkpk.rights import may_enter_admin


class PortalAdminSite(AdminSite):
    """Data-entry screens and reference data."""

    site_header = _("Portal TKPK: admin screens")
    site_title = _("Admin screens")
    index_title = _("What would you like to manage?")
    site_url = "/kerja/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and may_enter_admin(request.user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Signing in has one door, with its lock-out and its second step."""
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def password_change(  # type: ignore[override]  # a redirect is no template
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One page for it, which also signs the other devices out."""
        return redirect("account_change_password")
