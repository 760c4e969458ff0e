"""Admin screens of the registry's reference data: programmes of aid, and what sources mean."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.imports.mapped import FIELDS, KEEP
from households.models import AidPair, AidProgramme, AreaMapping, ColumnMapping, ProgrammeAlias
from households.programme_resource import ProgrammeResource
from tkpk.admin_base import MandateAdmin, ReadOnlyAdmin
from tkpk.admin_files import OfficeFileAdmin
from tkpk.models import Territory
from tkpk.requests import signed_in
from tkpk.rights import home_kelurahan, scopes
from tkpk.roles import Role

OFFICERS = frozenset({Role.STAFF})
READERS = frozenset({Role.STAFF, Role.LURAH})


class ReadVersionForm(forms.ModelForm):
    """A form that is refused when somebody saved the row after it was shown."""

    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read_version"].initial = getattr(self.instance, "version", None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.pk:
            # The admin saves in the transaction that this lock is held in.
            row = type(self.instance)._default_manager.select_for_update().get(pk=self.instance.pk)
            if row.version != data.get("read_version"):
                raise ValidationError(
                    _("Somebody else saved this row first. Open it again and compare."),
                    code="stale",
                )
        return data


_DECILE_FIELDS = ("max_decile", "decile_source", "decile_read_on")
_PROGRAMME_FIELDS = ("name", "provider", "target", "active", *_DECILE_FIELDS)


class ProgrammeForm(ReadVersionForm):
    """A programme; whom it is given to is fixed once something was received."""

    class Meta:
        model = AidProgramme
        fields = [*_PROGRAMME_FIELDS]

    def clean_target(self) -> str:
        target = str(self.cleaned_data["target"])
        changed = self.instance.pk and "target" in self.changed_data
        if changed and self.instance.receipts.exists():
            raise ValidationError(
                _("Something was received from this programme already, so this stays as it is."),
                code="in_use",
            )
        return target

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        told = data.get("decile_source") or data.get("decile_read_on")
        if told and not data.get("max_decile"):
            self.add_error("max_decile", _("Up to which decile? Or leave source and day empty."))
        return data


@admin.register(AidProgramme)
class AidProgrammeAdmin(OfficeFileAdmin):
    """Programmes of aid; they can be brought in as a file."""

    view_roles, change_roles = READERS, OFFICERS
    form = ProgrammeForm
    resource_classes = [ProgrammeResource]
    list_display = ["name", "provider", "target", "max_decile", "active"]
    list_filter = ["active", "target"]
    search_fields = ["name", "provider"]
    fields = [*_PROGRAMME_FIELDS, "read_version"]

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        return False  # reference data: who wrote last and when stand in the row


class PairForm(ReadVersionForm):
    """What holds of two programmes from a day on."""

    class Meta:
        model = AidPair
        fields = ["first", "second", "rule", "note", "valid_from"]


@admin.register(AidPair)
class AidPairAdmin(MandateAdmin):
    """Which programmes may or must not go together. A rule changes by a later rule."""

    view_roles, change_roles = READERS, OFFICERS
    form = PairForm
    list_display = ["first", "second", "rule", "valid_from", "note"]
    list_filter = ["rule"]
    list_select_related = ["first", "second"]
    fields = ["first", "second", "rule", "note", "valid_from", "read_version"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in {"first", "second"}:
            home = home_kelurahan(signed_in(request), self.change_roles)
            kwargs["queryset"] = AidProgramme.objects.filter(kelurahan=home)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(ColumnMapping)
class ColumnMappingAdmin(ReadOnlyAdmin):
    """What was said of the columns of other offices' lists. A new answer is given with a list."""

    view_roles = READERS
    list_display = ["name", "purpose", "updated_at"]
    fields = ["name", "purpose", "columns_shown", "constants_shown", "updated_at", "updated_by"]
    readonly_fields = ["columns_shown", "constants_shown"]

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        return False

    @admin.display(description=gettext_lazy("Columns"))
    def columns_shown(self, row: ColumnMapping) -> SafeString:
        labels = {field.name: field.label for field in FIELDS}
        labels[KEEP] = _("Keep as a remark, as written")
        said = row.said["columns"].items()
        lines = [(header, labels.get(target, _("Leave out"))) for header, target in said]
        return format_html_join("", "<div>{}: {}</div>", lines)

    @admin.display(description=gettext_lazy("True of the whole list"))
    def constants_shown(self, row: ColumnMapping) -> SafeString | str:
        labels = {field.name: field.label for field in FIELDS}
        said = row.said["constants"].items()
        lines = [(labels.get(name, name), text) for name, text in said]
        return format_html_join("", "<div>{}: {}</div>", lines) or "–"


@admin.register(AreaMapping)
class AreaMappingAdmin(MandateAdmin):
    """Which place a source's words mean: a wrong answer is mended here."""

    view_roles, change_roles = READERS, OFFICERS
    list_display = ["words", "layout", "territory"]
    list_filter = ["layout"]
    list_select_related = ["territory__parent"]
    search_fields = ["words"]
    fields = ["words", "layout", "territory", "created_at", "created_by"]
    readonly_fields = ["words", "layout", "created_at", "created_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # asked when a list names them

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "territory":
            codes = scopes(signed_in(request), self.change_roles)
            kwargs["queryset"] = Territory.objects.within(*codes).select_related("parent")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(ProgrammeAlias)
class ProgrammeAliasAdmin(MandateAdmin):
    """Which programme a list's words mean."""

    view_roles, change_roles = READERS, OFFICERS
    list_display = ["words", "programme"]
    list_select_related = ["programme"]
    fields = ["words", "programme", "created_at", "created_by"]
    readonly_fields = ["words", "created_at", "created_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "programme":
            home = home_kelurahan(signed_in(request), self.change_roles)
            kwargs["queryset"] = AidProgramme.objects.filter(kelurahan=home)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
