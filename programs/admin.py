"""Admin screens of the public home."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from programs.forms import ProfileSectionForm
from programs.markdown import render as render_markdown
from programs.models import ProfileSection
from tkpk.admin_base import MandateAdmin
from tkpk.models import Territory
from tkpk.models.tracked import save_edit
from tkpk.public_pages import published
from tkpk.requests import StaffRequest, signed_in
from tkpk.rights import home_kelurahan
from tkpk.roles import Role


@admin.register(ProfileSection)
class ProfileSectionAdmin(MandateAdmin):
    """Sections of the public profile, with preview and history."""

    view_roles = frozenset({Role.STAFF, Role.LURAH})
    change_roles = frozenset({Role.STAFF})
    form = ProfileSectionForm
    list_display = ["title", "position", "is_published", "updated_at", "updated_by"]
    list_select_related = ["updated_by"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "position", "is_published", "body"]}),
        (_("English version"), {"fields": ["title_en", "body_en"]}),
        (None, {"fields": ["read_version"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(require_POST(self.preview))
        name = "programs_profilesection_preview"
        return [path("pratinjau/", preview, name=name), *super().get_urls()]

    def get_form(
        self, request: StaffRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        # A class of this request only: Django builds it anew each time.
        form.kelurahan = obj.kelurahan if obj else self._kelurahan(request)
        return form

    def _kelurahan(self, request: StaffRequest) -> Territory | None:
        return home_kelurahan(request.user, self.change_roles)

    def preview(self, request: StaffRequest) -> HttpResponse:
        """The typed text as the public would see it; nothing is saved."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ProfileSectionForm(request.POST)
        form.kelurahan = self._kelurahan(request)
        form.is_valid()
        warnings = [
            error
            for name in ("title", "body", "title_en", "body_en")
            for error in form.errors.get(name, [])
        ]
        typed = {name: form.data.get(name, "") for name in form.fields}
        versions = [("id", typed["title"], render_markdown(typed["body"]))]
        if typed["title_en"] or typed["body_en"]:
            versions.append(("en", typed["title_en"], render_markdown(typed["body_en"])))
        context = {"versions": versions, "warnings": warnings, "menu": []}
        return render(request, "public/preview.html", context)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        if change:
            expected = form.cleaned_data["read_version"]
            save_edit(obj, by=signed_in(request), expected_version=expected)
        else:
            super().save_model(request, obj, form, change)
        published()
