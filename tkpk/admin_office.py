"""Admin screens of the office: days off, and the terms of reports and meetings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tkpk.admin_base import MandateAdmin
from tkpk.admin_files import OfficeFileAdmin
from tkpk.holiday_resource import HolidayResource
from tkpk.models import Holiday, OfficeRule
from tkpk.requests import signed_in
from tkpk.rights import home_kelurahan
from tkpk.roles import Role

OFFICERS = frozenset({Role.STAFF, Role.ADMIN})
READERS = frozenset({Role.STAFF, Role.LURAH})


class HolidayForm(forms.ModelForm):
    """A day off; two names for one day are told beside the date."""

    kelurahan_id: int | None = None

    class Meta:
        model = Holiday
        fields = ["day", "name", "kind", "note"]

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        home = self.instance.kelurahan_id or self.kelurahan_id
        same = Holiday.objects.filter(kelurahan_id=home, day=day).exclude(pk=self.instance.pk)
        if found := same.first():
            raise ValidationError(
                _("This day is in the calendar already: %(name)s. Change that line."),
                code="day_taken",
                params={"name": found.name},
            )
        return day


class HolidayAdmin(OfficeFileAdmin):
    """The days off of the kelurahan; a year's decree can be brought in as a file."""

    view_roles, change_roles = READERS, OFFICERS
    form = HolidayForm
    resource_classes = [HolidayResource]
    list_display = ["day", "name", "kind", "note"]
    list_filter = ["kind"]
    date_hierarchy = "day"
    search_fields = ["name"]
    fields = ["day", "name", "kind", "note"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return home_kelurahan(signed_in(request), self.change_roles) is not None

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, **kwargs)
        home = home_kelurahan(signed_in(request), self.change_roles)
        form.kelurahan_id = home.pk if home else None
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.kelurahan = home_kelurahan(signed_in(request), self.change_roles)
        super().save_model(request, obj, form, change)


class OfficeRuleForm(forms.ModelForm):
    """Terms from a day on; what held before stays as it was."""

    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = OfficeRule
        fields = [
            "valid_from",
            "answer_days",
            "spam_days",
            "contact_days",
            "least_attendance",
            "minutes_code",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.pk:
            row = OfficeRule.objects.select_for_update().get(pk=self.instance.pk)
            if row.version != data.get("read_version"):
                raise ValidationError(
                    _("Somebody else saved this row first. Open it again and compare."),
                    code="stale",
                )
        return data


class OfficeRuleAdmin(MandateAdmin):
    """How long answers and texts may take, and the numbers of minutes."""

    view_roles, change_roles = READERS, frozenset({Role.ADMIN})
    form = OfficeRuleForm
    list_display = ["valid_from", "answer_days", "least_attendance", "minutes_code"]
    fields = [*OfficeRuleForm.Meta.fields, "read_version"]
