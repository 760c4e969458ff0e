"""Admin screens of the ground floor: places, people, mandates, and what was done."""

from operator import itemgetter
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from tkpk import clashes, people
from tkpk.admin_base import MandateAdmin, ReadOnlyAdmin
from tkpk.admin_files import FileAdmin
from tkpk.admin_mandates import MandatesAdmin
from tkpk.admin_office import HolidayAdmin, OfficeRuleAdmin
from tkpk.models import (
    AccessLog,
    Holiday,
    Installation,
    Job,
    KelurahanOffice,
    Mandate,
    OfficeRule,
    Organisation,
    Territory,
    TrailEntry,
    User,
)
from tkpk.nik import IdentifierError, check_nik
from tkpk.public_pages import published
from tkpk.registry import Text, registry
from tkpk.requests import signed_in
from tkpk.resources import TerritoryResource
from tkpk.rights import administers, holds, known_to, scopes
from tkpk.roles import Role

ADMIN = frozenset({Role.ADMIN})
READERS = frozenset({Role.STAFF, Role.LURAH})
admin.site.register(Mandate, MandatesAdmin)
admin.site.register(Holiday, HolidayAdmin)
admin.site.register(OfficeRule, OfficeRuleAdmin)


@admin.register(Territory)
class TerritoryAdmin(FileAdmin):
    """Places; RT and RW can be brought in as a file."""

    view_roles, change_roles, territory_path = READERS, ADMIN, "code"
    resource_classes = [TerritoryResource]
    list_display = ["code", "place", "level", "kampung"]
    list_filter = ["level"]
    search_fields = ["code", "name", "kampung"]
    fields = ["code", "level", "name", "parent", "kampung", "bps_code"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The code is the scope of mandates and rows: it never changes."""
        return ["code", "level", "parent"] if obj else []

    @admin.display(description=_("Place"))
    def place(self, obj: Territory) -> str:
        return obj.full_name

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "parent":
            # Required, so that nobody adds a place outside the own area: codes follow parents.
            places = Territory.objects.within(*scopes(signed_in(request), ADMIN))
            kwargs["queryset"] = places.exclude(level="RT").select_related("parent")
            kwargs["required"] = True
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(KelurahanOffice)
class KelurahanOfficeAdmin(MandateAdmin):
    """Address, telephone and host name of a kelurahan's pages."""

    view_roles, change_roles, territory_path = READERS, ADMIN | {Role.STAFF}, "territory__code"
    list_display = ["territory", "host", "phone"]
    fields = ["territory", "host", "office_address", "postcode", "phone", "email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The host name decides whose pages the public sees: an administrator's matter."""
        mine = bool(obj) and holds(signed_in(request), ADMIN, code=obj.territory.code)
        return ["territory"] if mine else ["territory", "host"]

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        published()


@admin.register(Organisation)
class OrganisationAdmin(MandateAdmin):
    """Bodies that hold mandates."""

    view_roles, change_roles = READERS, ADMIN | {Role.STAFF}
    list_display = ["name", "kind", "territory"]
    list_filter = ["kind"]
    search_fields = ["name", "code"]
    fields = ["kelurahan", "kind", "code", "name", "territory"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        codes = scopes(signed_in(request), self.change_roles)
        places = Territory.objects.within(*codes).select_related("parent")
        kwargs["queryset"] = places.served() if db_field.name == "kelurahan" else places
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        published()


class PersonForm(forms.ModelForm):
    """A person; the NIK is typed anew to change it and never shown here."""

    new_nik = forms.CharField(
        label=_("NIK"),
        required=False,
        help_text=_(
            "Needed by who verifies, votes, authorises or pays, so that the portal recognises the "
            "own family. Stored encrypted; leave empty to keep it as it is."
        ),
    )

    class Meta:
        model = User
        fields = ["username", "name", "email", "language", "is_active"]

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()

    def clean_new_nik(self) -> str:
        typed = self.cleaned_data["new_nik"].strip()
        if not typed:
            return ""
        try:
            nik = check_nik(typed, demo=Installation.current().demo)
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error
        probe = User()
        probe.set_nik(nik)
        if User.objects.filter(nik_index=probe.nik_index).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another person here has this NIK."), code="nik_taken")
        return nik


@admin.register(User)
class UserAdmin(MandateAdmin):
    """People who sign in or hold mandates."""

    view_roles, change_roles, territory_path = ADMIN, ADMIN, ""
    form = PersonForm
    list_display = ["name", "username", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["username"]
    fields = [
        "username",
        "name",
        "email",
        "language",
        "is_active",
        "new_nik",
        "nik_known",
        "duties",
        "sign_in_code",
    ]
    readonly_fields = ["nik_known", "duties", "sign_in_code"]

    @admin.display(description=_("NIK recorded"), boolean=True)
    def nik_known(self, obj: User) -> bool:
        return bool(obj.nik_index)

    @admin.display(description=_("Mandates"))
    def duties(self, obj: User) -> str:
        if obj.pk is None:
            return str(_("Save the person first."))
        rows = format_html_join(
            "",
            '<a href="{}">{}</a><br>',
            (
                (reverse("admin:tkpk_mandate_change", args=[held.pk]), clashes.described(held))
                for held in clashes.held_by(obj)
            ),
        )
        return format_html(
            '{}<a href="{}?user={}">{}</a>',
            rows,
            reverse("admin:tkpk_mandate_add"),
            obj.pk,
            _("Give a mandate"),
        )

    @admin.display(description=_("One-time code"))
    def sign_in_code(self, obj: User) -> str:
        if obj.pk is None:
            return str(_("Save the person first."))
        if not obj.mandates.exists():
            return str(_("Give the person a mandate first."))
        # The page of the code answers to POST only; this button sends the form of this page there.
        return format_html(
            '<button type="submit" class="button" formaction="{}" formnovalidate>{}</button>'
            '<br><a href="{}">{}</a><br><a href="{}">{}</a>',
            reverse("reset_code_issue", args=[obj.pk]),
            _("Issue a code to set a password"),
            reverse("card_hand_out", args=[obj.pk]),
            _("Has no device: hand out a printed card of codes"),
            reverse("second_step_lift", args=[obj.pk]),
            _("Phone and codes lost: remove the second step"),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).filter(known_to(signed_in(request)))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return administers(signed_in(request), obj)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        if form.cleaned_data.get("new_nik"):
            obj.set_nik(form.cleaned_data["new_nik"])
        people.save_person(obj, by=signed_in(request), new=not change)


class RowInWords:
    """Columns that say which row an entry is about, by the words of its model."""

    @admin.display(description=_("Kind of row"), ordering="subject")
    def kind(self, obj: TrailEntry | AccessLog) -> Text:
        return apps.get_model(obj.subject)._meta.verbose_name if obj.subject else "–"

    @admin.display(description=_("Row number"), ordering="subject_id")
    def row(self, obj: TrailEntry | AccessLog) -> str:
        return str(obj.subject_id or "–")

    @admin.display(description=_("by"), ordering="by__name")
    def person(self, obj: TrailEntry | AccessLog) -> str:
        """The name alone: a link would lead who may not manage people to a closed page."""
        return obj.by.name

    @admin.display(description=_("mandate"))
    def right(self, obj: TrailEntry) -> str:
        return str(obj.mandate or "–")


def words_of_act(entry: TrailEntry) -> tuple[Text, Text]:
    """Process and act in words: of its workflow's table, or as its app registered them."""
    flow = registry.workflows.get(entry.process)
    if flow and entry.move in flow.moves:
        return flow.title, flow.moves[entry.move].label
    return registry.act_words.get((entry.process, entry.move), (entry.process, entry.move))


def status_word(entry: TrailEntry, status: str) -> Text:
    flow = registry.workflows.get(entry.process)
    if not flow or not status:
        return status or "–"
    field: Any = flow.model._meta.get_field(flow.status_field)
    return dict(field.flatchoices).get(status, status)


class ProcessFilter(admin.SimpleListFilter):
    """Processes by their words."""

    title = _("process")
    parameter_name = "process"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names: dict[str, Text] = {name: flow.title for name, flow in registry.workflows.items()}
        for (process, _move), (words, _act) in registry.act_words.items():
            names.setdefault(process, words)
        return sorted(((name, str(words)) for name, words in names.items()), key=itemgetter(1))

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(process=self.value()) if self.value() else rows


@admin.register(TrailEntry)
class TrailAdmin(RowInWords, ReadOnlyAdmin):
    """The trail of my places, to read."""

    view_roles, territory_path = frozenset({Role.ADMIN, Role.LURAH}), "chain__code"
    list_display = ["recorded_at", "person", "role", "process_words", "act_words", "kind", "row"]
    list_filter = [ProcessFilter]
    fields = [
        "number",
        "recorded_at",
        "acted_at",
        "person",
        "right",
        "process_words",
        "act_words",
        "kind",
        "row",
        "before",
        "after",
        "reason",
        "digest",
        "previous_hash",
        "hash",
    ]
    list_select_related = ["by"]
    ordering = ["-number"]

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        return False

    @admin.display(description=_("process"), ordering="process")
    def process_words(self, obj: TrailEntry) -> Text:
        return words_of_act(obj)[0]

    @admin.display(description=_("act"), ordering="move")
    def act_words(self, obj: TrailEntry) -> Text:
        return words_of_act(obj)[1]

    @admin.display(description=_("from status"))
    def before(self, obj: TrailEntry) -> Text:
        return status_word(obj, obj.from_status)

    @admin.display(description=_("to status"))
    def after(self, obj: TrailEntry) -> Text:
        return status_word(obj, obj.to_status)


@admin.register(AccessLog)
class AccessLogAdmin(RowInWords, ReadOnlyAdmin):
    """Who opened whose file, to read."""

    view_roles, territory_path = frozenset({Role.ADMIN, Role.LURAH}), "kelurahan__code"
    list_display = ["at", "person", "kind", "row"]
    fields = ["at", "person", "kind", "row"]
    list_select_related = ["by"]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Background jobs, to see whether something hangs."""

    view_roles, territory_path = ADMIN, ""
    list_display = ["created_at", "kind", "status", "done", "total", "attempts", "error_code"]
    list_filter = ["status", "kind"]
    # Not who asked for it: that may be somebody of another kelurahan.
    fields = list_display
