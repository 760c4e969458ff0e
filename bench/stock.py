"""The other side: django-import-export as its manual says, two resources, families and persons.

Both write history and encrypted identifiers with their blind index, as the pipeline does. Nothing
is made slower than the package is: no HTML of differences, no validation that it does not ask for.
"""

from typing import Any

import tablib
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from households.imports.comparison import PERSON_FIELDS
from households.imports.parsed import ParsedRow
from households.models import Household, Member
from tkpk.encryption import blind_index
from tkpk.models import Territory, User


class _Stock(ModelResource):
    def __init__(self, kelurahan: Territory, officer: User) -> None:
        super().__init__()
        self.kelurahan, self.officer = kelurahan, officer

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        instance.kelurahan = self.kelurahan
        if not instance.pk:
            instance.created_by = self.officer
        instance.updated_by = self.officer


class FamilyResource(_Stock):
    territory = Field("territory", "territory", ForeignKeyWidget(Territory, "code"))

    class Meta:
        model = Household
        fields = ("kk_number", "kk_index", "address", "territory")
        import_id_fields = ("kk_index",)
        skip_unchanged = True
        skip_html_diff = True


class PersonResource(_Stock):
    household = Field("household", "household", ForeignKeyWidget(Household, "kk_index"))

    class Meta:
        model = Member
        fields = ("household", "nik", "nik_index", *PERSON_FIELDS)
        import_id_fields = ("nik_index",)
        skip_unchanged = True
        skip_html_diff = True

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        super().before_save_instance(instance, row, **kwargs)
        instance.set_name(instance.name)


def datasets(rows: list[ParsedRow], kelurahan: Territory) -> tuple[tablib.Dataset, tablib.Dataset]:
    """The parsed rows as the package takes them: one row a family, one row a person."""
    families: dict[str, dict[str, Any]] = {}
    persons = []
    for row in rows:
        kk, values = row.values["kk_number"], row.values
        families.setdefault(kk, _family(kk, row, kelurahan))
        said = {name: values[name] for name in ("nik", *PERSON_FIELDS)}
        persons.append(
            {
                **said,
                "nik_index": blind_index("nik", said["nik"]),
                "household": blind_index("kk", kk),
            }
        )
    return _dataset(list(families.values())), _dataset(persons)


def _family(kk: str, row: ParsedRow, kelurahan: Territory) -> dict[str, Any]:
    area = row.area
    return {
        "kk_number": kk,
        "kk_index": blind_index("kk", kk),
        "address": row.values["address"],
        "territory": f"{kelurahan.code}.{area.rw}.{area.rt}",
    }


def _dataset(rows: list[dict[str, Any]]) -> tablib.Dataset:
    return tablib.Dataset(
        *([_plain(value) for value in row.values()] for row in rows), headers=list(rows[0])
    )


def _plain(value: Any) -> Any:
    return "" if value is None else value


def run(families: tablib.Dataset, persons: tablib.Dataset, *, place: Territory, by: User) -> int:
    """Families, then persons, each previewed and then saved. Returns the number of rows written.

    Persons are previewed when their families are saved: their preview looks the families up.
    """
    written = 0
    for resource, data in ((FamilyResource, families), (PersonResource, persons)):
        resource(place, by).import_data(data, dry_run=True, raise_errors=True)
        result = resource(place, by).import_data(data, raise_errors=True)
        written += result.totals["new"] + result.totals["update"]
    return written
