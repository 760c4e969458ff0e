"""Base of every admin screen: rights from mandates, no deletion, edits checked for staleness."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import ModelChange
from simple_history.template_utils import HistoricalRecordContextHelper

from tkpk.encryption import EncryptedTextField
from tkpk.models import Tracked
from tkpk.models.territory import within
from tkpk.models.tracked import save_edit
from tkpk.requests import signed_in
from tkpk.rights import home_kelurahan, scopes
from tkpk.roles import Role


class MaskedHistory(HistoricalRecordContextHelper):
    """The history page's words, with nothing of what lies encrypted."""

    def prepare_delta_change_value(self, change: ModelChange, value: Any) -> Any:
        if isinstance(self.model._meta.get_field(change.field), EncryptedTextField):
            return "••••" if value else "–"
        return super().prepare_delta_change_value(change, value)


HIDDEN_FROM_LOOKUPS = frozenset({"password", "nik", "nik_index", "kk_number", "kk_index"})


class MandateAdmin(SimpleHistoryAdmin):
    """An admin screen opened by roles at places.

    `view_roles` may look, `change_roles` may also add and change; `territory_path` leads from the
    row to the code that a mandate must cover ("" for rows that belong to no place). Nothing is
    ever deleted here, and a field that a workflow owns belongs in `readonly_fields`. The form of a
    Tracked model has a field `read_version`: the version that the officer was shown.
    """

    view_roles: frozenset[Role] = frozenset()
    change_roles: frozenset[Role] = frozenset()
    territory_path = "kelurahan__code"
    save_on_top = False
    show_full_result_count = False
    list_per_page = 50

    def _scopes(self, request: HttpRequest, roles: frozenset[Role]) -> list[str]:
        return scopes(signed_in(request), roles)

    def _covers(self, request: HttpRequest, obj: Model | None, roles: frozenset[Role]) -> bool:
        codes = self._scopes(request, roles)
        if obj is None or not self.territory_path:
            return bool(codes)
        return (
            type(obj)
            ._default_manager.filter(within(self.territory_path, *codes), pk=obj.pk)
            .exists()
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if not self.territory_path:
            return rows
        codes = self._scopes(request, self.view_roles | self.change_roles)
        return rows.filter(within(self.territory_path, *codes))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(self._scopes(request, self.view_roles | self.change_roles))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._covers(request, obj, self.view_roles | self.change_roles)

    def has_add_permission(self, request: HttpRequest) -> bool:
        if issubclass(self.model, Tracked):
            return home_kelurahan(signed_in(request), self.change_roles) is not None
        return bool(self._scopes(request, self.change_roles))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._covers(request, obj, self.change_roles)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No filter in the address by a hash or a blind index: it would spell them out."""
        hidden = lookup.split("__")[0] in HIDDEN_FROM_LOOKUPS
        return not hidden and super().lookup_allowed(lookup, value, request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        if hasattr(obj, "updated_by_id"):
            obj.updated_by = signed_in(request)
            if not change:
                obj.created_by = signed_in(request)
        if isinstance(obj, Tracked):
            if change:
                expected = form.cleaned_data["read_version"]
                save_edit(obj, by=signed_in(request), expected_version=expected)
                return
            home = home_kelurahan(signed_in(request), self.change_roles)
            if home is None:
                raise PermissionDenied
            obj.kelurahan = home
        super().save_model(request, obj, form, change)

    # --- history ------------------------------------------------------------------------------
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if not hasattr(self.model._meta, "simple_history_manager_attribute"):
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """A version to look at. Saving one would undo moves behind the workflow's back."""
        if not hasattr(self.model._meta, "simple_history_manager_attribute"):
            raise Http404
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return super().history_form_view(request, object_id, version_id, extra_context)

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> HistoricalRecordContextHelper:
        return MaskedHistory(self.model, historical_record)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Django's own admin log would keep names in clear; history and trail say it better."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """See `log_addition`."""


class ReadOnlyAdmin(MandateAdmin):
    """A screen to look at only."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
