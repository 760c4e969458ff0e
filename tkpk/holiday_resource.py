"""Days off in and out of workbooks."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tkpk.models import Holiday, HolidayKind
from tkpk.resources import OfficeResource

_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


class HolidayResource(OfficeResource):
    """day, name, kind, note; a line is known by its day."""

    class Meta:
        model = Holiday
        import_id_fields = ["day"]
        fields = ("day", "name", "kind", "note")
        clean_model_instances = True
        skip_unchanged = True

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        days = [_day(row.get("day")) for row in dataset.dict]
        if twice := sorted({day for day in days if day and days.count(day) > 1}):
            words = {"days": ", ".join(day.isoformat() for day in twice)}
            raise ValidationError(_("These days stand in the file twice: %(days)s.") % words)

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        day = _day(row.get("day"))
        if day is None:
            raise ValidationError(_("Write the day like 2027-03-08 or 08/03/2027."))
        row["day"] = day
        row["name"] = " ".join(str(row.get("name") or "").split())
        row["note"] = " ".join(str(row.get("note") or "").split())
        row["kind"] = str(row.get("kind") or HolidayKind.NATIONAL).strip().upper()
        if row["kind"] not in HolidayKind.values:
            words = {"kinds": ", ".join(HolidayKind.values)}
            raise ValidationError(_("The column kind is one of: %(kinds)s.") % words)

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        instance.updated_by = self.by
        if not instance.pk:
            instance.kelurahan, instance.created_by = self.home, self.by


def _day(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    for form in _FORMS:
        try:
            return datetime.datetime.strptime(str(value or "").strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
