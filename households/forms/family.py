"""The form of a family: place, KK number, registry, income, dwelling, food."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.families import EDITORS, kk_holder
from households.forms.editing import SecretField, Sections, VersionedForm, day_input, file_link
from households.models import Household
from households.models.housing_facts import FOOD_FIELDS, HOUSING_FIELDS, INCOME_FIELDS
from tkpk.encryption import blind_index
from tkpk.models import Installation, Level, Territory, User
from tkpk.models.territory import within
from tkpk.nik import IdentifierError, check_kk
from tkpk.rights import scopes


class PlaceField(forms.ModelChoiceField):
    """An RT, or the RW or kelurahan where the RT is not known yet."""

    def label_from_instance(self, obj: Any) -> str:
        if obj.level == Level.RT:
            return str(obj.full_name)
        return _("%(place)s, RT not known") % {"place": obj.full_name}


def places_for(user: User, kelurahan_id: int | None = None) -> Any:
    """Where this person may enter families; with an id only within that kelurahan."""
    found = Territory.objects.filter(
        within("code", *scopes(user, EDITORS)),
        level__in=[Level.KELURAHAN, Level.RW, Level.RT],
    ).select_related("parent")
    if kelurahan_id is not None:
        code = Territory.objects.values_list("code", flat=True).get(pk=kelurahan_id)
        found = found.filter(within("code", code))
    return found.order_by("code")


class FamilyForm(VersionedForm):
    """One family. `by` is the officer who fills it in."""

    territory = PlaceField(Territory.objects.none(), label=gettext_lazy("RT/RW"))
    new_kk_number = SecretField(
        stored="kk_number",
        label=gettext_lazy("KK number"),
        help_text=gettext_lazy("16 digits, as on the family card. Leave empty if not known."),
    )

    sections: ClassVar[Sections] = [
        (
            gettext_lazy("Family card and place"),
            ["territory", "new_kk_number", "address", "hamlet"],
        ),
        (gettext_lazy("National registry"), ["registry_source", "decile", "decile_as_of"]),
        (gettext_lazy("Dwelling"), HOUSING_FIELDS),
        (gettext_lazy("Income and goods"), INCOME_FIELDS),
        (gettext_lazy("Food, clothing and health care"), FOOD_FIELDS),
        (gettext_lazy("Position on the map"), ["latitude", "longitude"]),
    ]

    class Meta:
        model = Household
        fields = [
            "territory",
            "address",
            "hamlet",
            "latitude",
            "longitude",
            "registry_source",
            "decile",
            "decile_as_of",
            *INCOME_FIELDS,
            *HOUSING_FIELDS,
            *FOOD_FIELDS,
        ]
        widgets = {"decile_as_of": day_input()}

    by: User

    def __init__(self, *args: Any, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by or self.by
        kelurahan_id = None if self.is_new else self.instance.kelurahan_id
        place: Any = self.fields["territory"]
        place.queryset = places_for(self.by, kelurahan_id)

    def clean_new_kk_number(self) -> str:
        typed = self.cleaned_data["new_kk_number"]
        if not typed:
            return ""
        try:
            return check_kk(typed, demo=Installation.current().demo)
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decile"):
            if not data.get("decile_as_of") and "decile_as_of" not in self.errors:
                self.add_error("decile_as_of", _("A decile needs the date from which it holds."))
            if not data.get("registry_source"):
                self.add_error("registry_source", _("Say which registry gave this decile."))
        elif data.get("decile_as_of") and "decile" not in self.errors:
            self.add_error("decile", _("A date is given: write the decile, or clear the date."))
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            self.add_error("latitude", _("Write both latitude and longitude, or neither."))
        self._refuse_second_family(data)
        return data

    def _refuse_second_family(self, data: dict[str, Any]) -> None:
        place = data.get("territory")
        index = self.instance.kk_index
        if data.get("new_kk_number"):
            index = blind_index("kk", data["new_kk_number"])
        if place is None or self.instance.status != Household.Status.ACTIVE:
            return
        kelurahan = Territory.objects.get(code=place.kelurahan_code)
        other = kk_holder(index, kelurahan_id=kelurahan.pk, other_than=self.instance.pk)
        if other:
            text = format_html(_("This KK number belongs to family {code}."), code=file_link(other))
            self.add_error("new_kk_number", ValidationError(text, code="taken"))

    def set_secret(self, stored: str, value: str) -> None:
        self.instance.set_kk_number(value)
