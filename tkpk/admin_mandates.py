"""The admin screen of mandates: what the person already holds stands beside the form."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tkpk import clashes, mandates
from tkpk.admin_base import MandateAdmin
from tkpk.models import Mandate, Organisation, Territory, User
from tkpk.models.territory import within
from tkpk.requests import signed_in, whole_number
from tkpk.rights import known_to, scopes
from tkpk.roles import Role
from tkpk.trail import no_number_in_reason

ADMIN = frozenset({Role.ADMIN})
READERS = frozenset({Role.STAFF, Role.LURAH})


class MandateForm(forms.ModelForm):
    """A mandate, and why where that must be said."""

    by: User
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        validators=[no_number_in_reason],
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        help_text=_("Needed for a mandate of your own; useful when you end one."),
    )

    class Meta:
        model = Mandate
        fields = (
            "user",
            "role",
            "territory",
            "organisation",
            "position",
            "is_acting",
            "sk_number",
            "starts_on",
            "ends_on",
        )

    def _post_clean(self) -> None:
        """After the model's own checks: is it a mandate of the administrator's own?"""
        super()._post_clean()  # type: ignore[misc]  # Django's, without a stub
        mandate = self.instance
        if self.errors or mandate.territory_id is None:
            return
        before = Mandate.objects.filter(pk=mandate.pk).first()
        if before is not None and not mandates.is_extended(before, mandate):
            return
        try:
            mandates.check_own(mandate, by=self.by, reason=self.cleaned_data["reason"])
        except ValidationError as error:
            self.add_error(None, error)


class MandatesAdmin(MandateAdmin):
    """Who may do what, where, until when."""

    view_roles, change_roles, territory_path = READERS, ADMIN, "territory__code"
    form = MandateForm
    change_form_template = "admin/tkpk/mandate/change_form.html"
    list_display = [
        "user",
        "title",
        "role",
        "territory",
        "organisation",
        "starts_on",
        "ends_on",
        "given_by",
    ]
    list_filter = ["role"]
    list_select_related = ["user", "territory__parent", "organisation", "created_by"]
    search_fields = ["user__username", "position", "sk_number"]

    @admin.display(description=_("given by"))
    def given_by(self, obj: Mandate) -> str:
        """Who entered it; what somebody gave to himself is called so."""
        if obj.created_by is None:
            return "–"
        if obj.created_by_id != obj.user_id:
            return obj.created_by.name
        return format_html("<strong>{}</strong>", _("by oneself"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Who only reads has nothing to give a reason for."""
        shown = list(MandateForm.Meta.fields)
        may = self.has_change_permission(request, obj) if obj else True
        return [*shown, "reason"] if may else shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user", "role", "territory", "organisation"] if obj else []

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": signed_in(request)})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        codes = scopes(signed_in(request), ADMIN)
        if db_field.name == "territory":
            kwargs["queryset"] = Territory.objects.within(*codes).select_related("parent")
        elif db_field.name == "organisation":
            kwargs["queryset"] = Organisation.objects.filter(within("territory__code", *codes))
        elif db_field.name == "user":
            kwargs["queryset"] = self._people(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @staticmethod
    def _people(request: HttpRequest) -> Any:
        return User.objects.filter(known_to(signed_in(request)), is_active=True)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """With what the chosen person holds, and what that rules out, before anything is saved."""
        extra = dict(extra_context or {})
        if object_id is None and self.has_add_permission(request):
            people = self._people(request)
            chosen = whole_number(request.POST.get("user") or request.GET.get("user") or "")
            person = people.filter(pk=chosen).first()
            held = clashes.held_by(person) if person else []
            extra |= {
                "people": people,
                "person": person,
                "held": [(row, clashes.described(row)) for row in held],
                "closed": clashes.closed_to(held),
                "is_own": person is not None and person.pk == signed_in(request).pk,
            }
        return super().changeform_view(request, object_id, form_url, extra)

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        act = mandates.amend if change else mandates.grant
        try:
            act(obj, by=signed_in(request), reason=form.cleaned_data["reason"])
        except PermissionDenied as error:
            messages.error(request, str(error))
            raise
