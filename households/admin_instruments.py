"""The editor of instruments: drafts are written here, every other version is only shown."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import DecimalField, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.forms.instruments import (
    ClassFormSet,
    InstrumentForm,
    OptionFormSet,
    ParameterForm,
    PlainNumberInput,
    VersionForm,
)
from households.instruments.building import record
from households.instruments.checking import problems
from households.instruments.versions import note_edit
from households.models import (
    Aspect,
    Instrument,
    InstrumentVersion,
    Option,
    Parameter,
    Question,
    ScoreClass,
)
from tkpk.admin_base import MandateAdmin
from tkpk.requests import signed_in, whole_number
from tkpk.rights import home_kelurahan, scopes
from tkpk.roles import Role

# Widths that the admin has a class for: a number, and a sentence.
SHORT, LONG = "vIntegerField", "vLargeTextField"
OFFICERS = frozenset({Role.STAFF})
READERS = frozenset({Role.STAFF, Role.LURAH})


def version_of(row: Any) -> InstrumentVersion:
    """The version that a row belongs to, itself included."""
    if isinstance(row, InstrumentVersion):
        return row
    version: InstrumentVersion = (row if isinstance(row, Aspect) else row.aspect).version
    return version


class DraftInline(admin.TabularInline):
    """Rows of a draft. They go with the draft's own right to be changed."""

    extra = 0
    change_roles = OFFICERS

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Short fields for codes, units and numbers, so that a row fits the screen."""
        if isinstance(db_field, DecimalField):
            kwargs["widget"] = PlainNumberInput(attrs={"class": SHORT})
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in {"code", "unit"}:
            field.widget.attrs = {"size": "12" if db_field.name == "code" else "6"}
        return field

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # the screen of the version has been opened already

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        codes = scopes(signed_in(request), OFFICERS)
        if obj is None:
            return bool(codes)
        version = version_of(obj)
        return not version.frozen and any(
            version.kelurahan.code == code or version.kelurahan.code.startswith(f"{code}.")
            for code in codes
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row of an unfinished draft may go; nothing was ever computed with it."""
        return self.has_change_permission(request, obj)


class QuestionInline(DraftInline):
    model = Question
    fields = ["position", "code", "text", "text_en", "kind", "unit"]


class AspectInline(DraftInline):
    model = Aspect
    fields = ["position", "code", "name", "name_en"]


class ClassInline(DraftInline):
    model = ScoreClass
    formset = ClassFormSet
    fields = ["position", "code", "name", "name_en", "lower", "upper", "needs_help"]


class OptionInline(DraftInline):
    model = Option
    formset = OptionFormSet
    fields = ["position", "code", "label", "label_en", "score", "lower", "upper"]


class FieldsByRight(MandateAdmin):
    """The hidden version that was read is a field of those who may write, not of who looks."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(super().get_fields(request, obj))
        if obj is not None and not self.has_change_permission(request, obj):
            fields.remove("read_version")
        return fields


@admin.register(Instrument)
class InstrumentAdmin(FieldsByRight):
    """Names of instruments; what they ask stands in their versions."""

    view_roles, change_roles = READERS, OFFICERS
    form = InstrumentForm
    list_display = ["name", "code"]
    search_fields = ["name", "code"]
    fields = ["code", "name", "name_en", "source_note", "read_version"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, **kwargs)
        made.home = home_kelurahan(signed_in(request), self.change_roles)
        return made


class DraftAdmin(FieldsByRight):
    """A screen of a version's rows: writable for officers while it is a draft."""

    view_roles, change_roles = READERS, OFFICERS
    actions = None

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not version_of(obj).frozen)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The rows, then the entry in the trail, and what still keeps the draft from use."""
        super().save_related(request, form, formsets, change)
        version = version_of(form.instance)
        if isinstance(form.instance, InstrumentVersion) and not change:
            record("create", version, by=signed_in(request))
        else:
            version = note_edit(version, by=signed_in(request))
        for problem in problems(InstrumentVersion.objects.get(pk=version.pk).compiled()):
            messages.warning(request, problem.message)


@admin.register(InstrumentVersion)
class InstrumentVersionAdmin(DraftAdmin):
    """A version with its questions, aspects and classes; parameters have a screen of their own."""

    form = VersionForm
    inlines = [QuestionInline, AspectInline, ClassInline]
    list_display = ["instrument", "label", "valid_from", "status"]
    list_filter = ["status"]
    list_select_related = ["instrument", "kelurahan"]
    fields = ["instrument", "label", "valid_from", "method", "weights_note", "source_note"]
    fields += ["status", "parameters", "page", "read_version"]
    readonly_fields = ["status", "parameters", "page"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("instrument", "kelurahan")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields, "instrument"] if obj else self.readonly_fields

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "instrument":
            home = home_kelurahan(signed_in(request), self.change_roles)
            kwargs["queryset"] = Instrument.objects.filter(kelurahan=home)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            if not change:
                # The lock keeps two drafts from taking the same number.
                Instrument.objects.select_for_update(of=("self",)).get(pk=obj.instrument_id)
                newest = obj.instrument.versions.order_by("-number").first()
                obj.number = newest.number + 1 if newest else 1
            super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("Parameters"))
    def parameters(self, obj: InstrumentVersion) -> SafeString | str:
        if obj.pk is None:
            return _("Save the version and its aspects first.")
        rows = Parameter.objects.filter(aspect__version=obj).select_related("aspect")
        lines = [
            (reverse("admin:households_parameter_change", args=[row.pk]), str(row))
            for row in rows.order_by("aspect__position", "position", "pk")
        ]
        found = format_html_join("", '<a href="{}">{}</a><br>', lines)
        if obj.frozen:
            return found
        add = f"{reverse('admin:households_parameter_add')}?draft={obj.pk}"
        return format_html('{}<a href="{}">{}</a>', found, add, _("Add a parameter"))

    @admin.display(description=gettext_lazy("Page of the version"))
    def page(self, obj: InstrumentVersion) -> SafeString | str:
        if obj.pk is None:
            return "–"
        address = reverse("instrument_version", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', address, _("Check, try out, put into use"))


@admin.register(Parameter)
class ParameterAdmin(DraftAdmin):
    """A criterion with its answers and scores."""

    form = ParameterForm
    inlines = [OptionInline]
    territory_path = "aspect__version__kelurahan__code"
    list_display = ["question", "aspect", "version", "kind"]
    list_select_related = ["aspect__version__instrument", "aspect__version__kelurahan"]
    search_fields = ["question", "code"]
    fields = ["aspect", "position", "code", "question", "question_en", "help", "help_en"]
    fields += ["kind", "formula", "edge", "unit", "read_version"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return ["kind"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Long fields for what is read aloud, so that the whole sentence is seen."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in {"question", "question_en", "help", "help_en"}:
            field.widget.attrs["class"] = LONG
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related("aspect__version__instrument", "aspect__version__kelurahan")

    @admin.display(description=gettext_lazy("version"))
    def version(self, obj: Parameter) -> str:
        return str(obj.aspect.version)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "aspect":
            home = home_kelurahan(signed_in(request), self.change_roles)
            rows = Aspect.objects.filter(
                version__kelurahan=home, version__status=InstrumentVersion.Status.DRAFT
            )
            chosen = whole_number(request.GET.get("draft", ""))
            if chosen is not None:
                rows = rows.filter(version_id=chosen)
            kwargs["queryset"] = rows.select_related("version__instrument")
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "aspect" and field is not None:
            field.label_from_instance = lambda row: f"{row.version} · {row}"
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A parameter of a draft may go again; never all at once from the list."""
        return obj is not None and self.has_change_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            version = version_of(obj)
            super().delete_model(request, obj)
            note_edit(version, by=signed_in(request))
