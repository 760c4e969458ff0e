"""What leaves the registry in a workbook: families, or their members."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export import resources
from import_export.fields import Field

from households.models import Household, Member
from households.models.housing_facts import FOOD_FIELDS, HOUSING_FIELDS, INCOME_FIELDS
from households.models.person_facts import DOCUMENT_FIELDS, HEALTH_FIELDS
from households.searching import with_counts
from households.sheet import hidden_number
from households.visibility import Column, roles_seeing
from tkpk import rights, trail
from tkpk.encryption import EncryptedTextField
from tkpk.models import Level, Mandate, Territory, User

FAMILY_FIELDS = [
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
PERSON_FIELDS = [
    "nik",
    "name",
    "sex",
    "relation",
    "birth_place",
    "birth_date",
    "religion",
    "education",
    "education_current",
    "work",
    "main_activity",
    "marital_status",
    "citizenship",
    "ethnicity",
    *HEALTH_FIELDS,
    "insurance_kind",
    "father_name",
    "mother_name",
    *DOCUMENT_FIELDS,
    "status",
    "status_on",
]


def cell(row: Model, name: str, *, numbers: bool) -> Any:
    """One stored field as a cell: words for codes, ISO dates, numbers hidden unless asked for."""
    field = row._meta.get_field(name)
    value = getattr(row, name)
    if value is None or value == "":
        return ""
    if isinstance(field, EncryptedTextField):
        return value if numbers else hidden_number(value)
    if getattr(field, "choices", None):
        return str(getattr(row, f"get_{name}_display")())
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | Decimal) else str(value)


def _rw_and_rt(place: Territory) -> tuple[str, str]:
    if place.level == Level.RT:
        return (place.parent.name if place.parent else ""), place.name
    return (place.name if place.level == Level.RW else ""), ""


class RegistryResource(resources.ModelResource):
    """Shared by both: cells as `cell` gives them, headers in the reader's language."""

    def __init__(self, *, numbers: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.numbers = numbers

    def export_field(self, field: Field, instance: Any, **_kwargs: Any) -> Any:
        name = self.get_field_name(field)
        own = getattr(self, f"cell_{name}", None)
        return own(instance) if own else cell(instance, name, numbers=self.numbers)

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        return [self.header(self.get_field_name(field)) for field in self.get_export_fields()]

    def header(self, name: str) -> str:
        own = {
            "code": _("Family code"),
            "person_code": _("Person code"),
            "kk": _("KK number"),
            "rw": "RW",
            "rt": "RT",
            "head": _("Head of family"),
            "members": _("Members"),
        }
        if name in own:
            return own[name]
        return str(capfirst(self._meta.model._meta.get_field(name).verbose_name))

    def get_user_visible_fields(self) -> list[Field]:
        return self.get_export_fields()


class FamilyResource(RegistryResource):
    """One row a family."""

    code = Field()
    kk = Field()
    rw = Field()
    rt = Field()
    head = Field()
    members = Field()

    class Meta:
        model = Household
        name = "families"
        fields = ["code", "kk", "rw", "rt", "head", "members", "status", *FAMILY_FIELDS]
        export_order = fields

    @classmethod
    def get_display_name(cls) -> str:
        return _("Families, one a row")

    def filter_export(self, queryset: QuerySet[Household], **_kwargs: Any) -> Any:
        return with_counts(queryset)

    def cell_code(self, row: Any) -> str:
        return str(row.code)

    def cell_kk(self, row: Household) -> Any:
        return cell(row, "kk_number", numbers=self.numbers)

    def cell_rw(self, row: Household) -> str:
        return _rw_and_rt(row.territory)[0]

    def cell_rt(self, row: Household) -> str:
        return _rw_and_rt(row.territory)[1]

    def cell_head(self, row: Any) -> str:
        return row.head_name or ""

    def cell_members(self, row: Any) -> int:
        return int(row.living)


class PersonResource(RegistryResource):
    """One row a person of the families chosen."""

    code = Field()
    person_code = Field()
    kk = Field()
    rw = Field()
    rt = Field()

    class Meta:
        model = Member
        name = "persons"
        fields = ["code", "person_code", "kk", "rw", "rt", *PERSON_FIELDS]
        export_order = fields

    @classmethod
    def get_display_name(cls) -> str:
        return _("Family members, one a row")

    def filter_export(self, queryset: QuerySet[Household], **_kwargs: Any) -> Any:
        chosen = Member.objects.filter(household__in=queryset.order_by().values("pk"))
        return chosen.select_related("household__territory__parent").order_by(
            "household__territory__code", "household_id", "relation", "birth_date", "pk"
        )

    def cell_code(self, row: Member) -> str:
        return row.household.code

    def cell_person_code(self, row: Member) -> str:
        return row.code

    def cell_kk(self, row: Member) -> Any:
        return cell(row.household, "kk_number", numbers=self.numbers)

    def cell_rw(self, row: Member) -> str:
        return _rw_and_rt(row.household.territory)[0]

    def cell_rt(self, row: Member) -> str:
        return _rw_and_rt(row.household.territory)[1]


def note_export(families: QuerySet[Household], *, by: User, reason: str, numbers: bool) -> None:
    """Record who took how many families out, why, and whether with full numbers."""
    ids = families.order_by().values_list("kelurahan_id", flat=True)
    for kelurahan_id, count in Counter(ids).items():
        kelurahan = Territory.objects.get(pk=kelurahan_id)
        trail.record(
            chain=kelurahan,
            by=by,
            mandate=_mandate_at(kelurahan, by),
            process="export",
            move="export_with_numbers" if numbers else "export",
            reason=_("%(reason)s (%(n)d families)") % {"reason": reason, "n": count},
        )


def _mandate_at(kelurahan: Territory, by: User) -> Mandate | None:
    """The mandate by which the files of this kelurahan, or of a part of it, are read."""
    roles = roles_seeing(Column.IDENTIFIERS)
    for mandate in rights.mandates(by):
        place = mandate.territory
        if mandate.role in roles and (place.covers(kelurahan.code) or kelurahan.covers(place.code)):
            return mandate
    return None
