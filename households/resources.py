"""What leaves the registry in a workbook: families, or their members."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import Field, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export import resources
from import_export.fields import Field as ExportField
from tablib import Dataset

from households.exporting import workbook
from households.exporting.editable import writer_of
from households.models import Household, Member
from households.models.household import household_code
from households.models.housing_facts import FOOD_FIELDS, HOUSING_FIELDS, INCOME_FIELDS
from households.models.member import member_code
from households.models.person_facts import DOCUMENT_FIELDS, HEALTH_FIELDS
from households.searching import with_counts
from households.visibility import Column, roles_seeing
from tkpk import exports, rights, trail
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


ROWS_AT_ONCE = 2_000


def _plain(value: Any) -> Any:
    """ISO dates; numbers as they are, for who counts with them."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | Decimal) else str(value)


class RegistryResource(resources.ModelResource):
    """Shared by both: rows of cells, straight from the columns of a query.

    `own` are columns that are no field of the model: name → header, the query's columns it needs,
    and how these make a cell.
    """

    # Where the territory of a row is found, and where its family's KK number.
    place = "territory"
    kk = "kk_number"

    def __init__(self, *, numbers: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.numbers = numbers

    def _writer_of(self, field: Field) -> Callable[[Any], Any]:
        return writer_of(field, numbers=self.numbers, plain=_plain)

    def own(self) -> dict[str, tuple[str, list[str], Callable[..., Any]]]:
        level, name, above = (f"{self.place}__{part}" for part in ("level", "name", "parent__name"))
        kk = Household._meta.get_field("kk_number")
        return {
            "kk": (_("KK number"), [self.kk], self._writer_of(kk)),
            "rw": ("RW", [level, name, above], _rw),
            "rt": ("RT", [level, name], lambda level, name: name if level == Level.RT else ""),
        }

    def columns(self) -> list[tuple[str, list[str], Callable[..., Any]]]:
        """Header, columns of the query, and how they make a cell, in the order of the file."""
        own, found = self.own(), []
        for name in self._meta.export_order:
            field = None if name in own else self._meta.model._meta.get_field(name)
            found.append(
                own[name]
                if field is None
                else (
                    str(field.verbose_name),
                    [name],
                    self._writer_of(field),
                )
            )
        return found

    def headers(self) -> list[str]:
        return [str(capfirst(header)) for header, _paths, _write in self.columns()]

    def rows(self, families: QuerySet[Household]) -> Iterator[list[Any]]:
        """The cells of each row, read in parts; one query, whatever the number of rows."""
        columns = self.columns()
        paths = list(dict.fromkeys(path for _header, needed, _write in columns for path in needed))
        places = {path: place for place, path in enumerate(paths)}
        plan = [([places[path] for path in needed], write) for _h, needed, write in columns]
        for row in self.filter_export(families).values_list(*paths).iterator(ROWS_AT_ONCE):
            yield [write(*[row[place] for place in needed]) for needed, write in plan]

    def stream(self, families: QuerySet[Household]) -> Iterator[bytes]:
        """The workbook in pieces, written as the rows are read."""
        headers = self.headers()
        rows = chain([headers], self.rows(families))
        return workbook.stream([workbook.Sheet("Data", rows, widths=_widths(headers))])

    def stream_csv(self, families: QuerySet[Household]) -> Iterator[bytes]:
        return exports.stream_csv(self.headers(), self.rows(families))

    def export(self, queryset: Any = None, **_kwargs: Any) -> Dataset:
        """The whole as import-export's own dataset."""
        return Dataset(*self.rows(queryset), headers=self.headers())

    def get_user_visible_fields(self) -> list[ExportField]:
        return self.get_export_fields()


def _widths(headers: list[str]) -> list[int]:
    return [min(40, max(12, len(header) + 2)) for header in headers]


def _rw(level: str, name: str, above: str | None) -> str:
    if level == Level.RT:
        return above or ""
    return name if level == Level.RW else ""


class FamilyResource(RegistryResource):
    """One row a family."""

    class Meta:
        model = Household
        name = "families"
        fields = ["status", *FAMILY_FIELDS]
        export_order = ["code", "kk", "rw", "rt", "head", "members", *fields]

    @classmethod
    def get_display_name(cls) -> str:
        return _("Families, one a row")

    def filter_export(self, queryset: QuerySet[Household], **_kwargs: Any) -> Any:
        return with_counts(queryset)

    def own(self) -> dict[str, tuple[str, list[str], Callable[..., Any]]]:
        return {
            **super().own(),
            "code": (_("Family code"), ["pk"], household_code),
            "head": (_("Head of family"), ["head_name"], lambda name: name or ""),
            "members": (_("Members"), ["living"], int),
        }


class PersonResource(RegistryResource):
    """One row a person of the families chosen."""

    place = "household__territory"
    kk = "household__kk_number"

    class Meta:
        model = Member
        name = "persons"
        fields = PERSON_FIELDS
        export_order = ["code", "person_code", "kk", "rw", "rt", *fields]

    @classmethod
    def get_display_name(cls) -> str:
        return _("Family members, one a row")

    def filter_export(self, queryset: QuerySet[Household], **_kwargs: Any) -> Any:
        chosen = Member.objects.filter(household__in=queryset.order_by().values("pk"))
        return chosen.order_by(
            "household__territory__code", "household_id", "relation", "birth_date", "pk"
        )

    def own(self) -> dict[str, tuple[str, list[str], Callable[..., Any]]]:
        return {
            **super().own(),
            "code": (_("Family code"), ["household_id"], household_code),
            "person_code": (_("Person code"), ["pk"], member_code),
        }


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
