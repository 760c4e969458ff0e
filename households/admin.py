"""The admin screen of families: a family with its members on one screen."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin

from households import admin_consent as admin_consent  # registers its screen
from households import admin_instruments as admin_instruments  # registers its screens
from households import admin_reference as admin_reference  # registers its screens
from households import families
from households.admin_list import RtFilter, RwFilter, SealedSearchChangeList
from households.forms.admin import (
    AdminFamilyForm,
    AdminMemberForm,
    HouseholdExportForm,
    MemberFormSet,
)
from households.models import Household, Member
from households.resources import FamilyResource, PersonResource, note_export
from households.searching import find_families, with_counts
from tkpk import rights, search_token
from tkpk.admin_base import MandateAdmin
from tkpk.exports import FORMATS
from tkpk.requests import signed_in
from tkpk.roles import Role
from tkpk.sent_files import file_response


class MemberInline(admin.StackedInline):
    """The persons of the family. Papers and parents are on the person's own page."""

    model = Member
    form = AdminMemberForm
    formset = MemberFormSet
    extra = 0
    can_delete = False
    readonly_fields = ["nik_shown", "status", "person_page"]
    shown = [
        ("name", "relation"),
        "nik_shown",
        ("sex", "birth_place", "birth_date"),
        ("religion", "marital_status"),
        ("education", "work"),
        ("disability", "chronic_illness"),
        ("status", "person_page"),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(self.shown)
        if self.has_change_permission(request, obj):
            fields = [fields[0], "nik_shown", "new_nik", *fields[2:], "seen_version"]
        return [(None, {"fields": fields})]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # the family's own screen has been opened already

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and not families.edit_refusals(signed_in(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("NIK recorded"))
    def nik_shown(self, member: Member) -> str:
        return member.nik_masked if member.nik else "–"

    @admin.display(description=_("Person's page"))
    def person_page(self, member: Member) -> str:
        if member.pk is None:
            return "–"
        address = reverse("member_file", args=[member.household_id, member.pk])
        return format_html('<a href="{}">{}</a>', address, _("Status, papers and more"))


@admin.register(Household)
class HouseholdAdmin(ExportMixin, MandateAdmin):
    """Officers edit, the Lurah looks; the administrator sees nothing of families."""

    view_roles = frozenset({Role.STAFF, Role.LURAH})
    change_roles = families.EDITORS
    territory_path = "territory__code"
    form = AdminFamilyForm
    inlines = [MemberInline]
    actions = None
    list_display = ["head", "place", "living", "decile", "status"]
    list_filter = [RwFilter, RtFilter, "status"]
    list_select_related = ["territory__parent"]
    ordering = ["territory__code", "pk"]
    # The search goes through `get_search_results`; without a field Django draws no search box.
    search_fields = ["pk"]
    readonly_fields = ["code", "kk_shown", "status", "status_on"]
    resource_classes = [FamilyResource, PersonResource]
    formats = FORMATS
    export_form_class = HouseholdExportForm
    export_template_name = "admin/households/household/export.html"
    import_export_change_list_template = "admin/households/household/list_with_tools.html"

    # --- what is shown ------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_counts(super().get_queryset(request))

    @admin.display(description=_("Head of family"))
    def head(self, row: Any) -> str:
        return row.head_name or row.code

    @admin.display(description=_("Place"), ordering="territory__code")
    def place(self, row: Household) -> str:
        return row.territory.full_name

    @admin.display(description=_("Members"))
    def living(self, row: Any) -> int:
        return int(row.living)

    @admin.display(description=_("KK number recorded"))
    def kk_shown(self, row: Household) -> str:
        return row.kk_masked if row.kk_number else "–"

    @admin.display(description=_("Family code"))
    def code(self, row: Household) -> str:
        return row.code

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        edits = self.has_change_permission(request, obj)
        sets = []
        for number, (title, names) in enumerate(AdminFamilyForm.sections):
            fields = [name for name in names if name != "new_kk_number"]
            if number == 0:
                typed = ["new_kk_number", "seen_version"] if edits else []
                fields = ["code", "status", "status_on", "kk_shown", *typed, *fields]
            sets.append((title, {"fields": fields}))
        return sets

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, **kwargs)
        made.by = signed_in(request)
        return made

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if context.get("original") is not None:
            families.note_view(context["original"], by=signed_in(request))
        return super().render_change_form(request, context, *args, **kwargs)

    # --- rights -------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a family is entered with its head at /kerja/keluarga/baru/

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return not families.edit_refusals(signed_in(request), obj)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    # --- saving -------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if form.changed_data:
            families.save_family(obj, by=signed_in(request), expected_version=obj.version)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for member in formset.new_objects:
            families.add_member(member, by=signed_in(request))
        for member, _names in formset.changed_objects:
            families.save_member(member, by=signed_in(request), expected_version=member.version)
        formset.save_m2m()

    # --- search -------------------------------------------------------------------------------
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.search_view)
        return [path("cari/", view, name="households_household_search"), *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SealedSearchChangeList

    def search_view(self, request: HttpRequest) -> HttpResponse:
        """What was sought is posted, and goes on to the list as a token."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        address = reverse("admin:households_household_changelist")
        token = search_token.make(request.POST.get("text", ""), signed_in(request))
        return redirect(f"{address}?{urlencode({'q': token})}" if token else address)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        text = search_token.read(search_term, signed_in(request))
        rows = find_families(queryset, signed_in(request), text) if text else queryset.none()
        return rows, False

    # --- history, which the family's own page shows without numbers ----------------------------
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("household_history", object_id)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("household_history", object_id)

    # --- export -------------------------------------------------------------------------------
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        try:
            import_url = reverse("import_list")
        except NoReverseMatch:
            import_url = ""
        more = {
            "import_url": import_url if rights.scopes(signed_in(request), families.EDITORS) else "",
            "may_enter": bool(rights.scopes(signed_in(request), families.EDITORS)),
        }
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def _do_file_export(
        self, file_format: Any, request: HttpRequest, queryset: Any, export_form: Any = None
    ) -> Any:
        """The file, written as it is sent, after an entry in the trail of each kelurahan."""
        chosen = export_form.cleaned_data
        with transaction.atomic():
            note_export(
                queryset, by=signed_in(request), reason=chosen["reason"], numbers=chosen["numbers"]
            )
        resource = self.choose_export_resource_class(export_form, request)(
            numbers=chosen["numbers"]
        )
        content = resource.stream_csv if file_format.get_extension() == "csv" else resource.stream
        name = f"keluarga-{timezone.localdate():%Y-%m-%d}.{file_format.get_extension()}"
        return file_response(
            content(queryset), name=name, content_type=file_format.get_content_type()
        )
