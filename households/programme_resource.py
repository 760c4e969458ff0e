"""Programmes of aid in and out of workbooks."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from households.models import AidProgramme, AidTarget
from tkpk.resources import OfficeResource

_YES = frozenset({"1", "true", "ya", "y"})
_NO = frozenset({"0", "false", "tidak", "t"})


class ProgrammeResource(OfficeResource):
    """name, provider, target (PERSON or FAMILY), active, max_decile with its source and day.

    A programme is known by its name.
    """

    class Meta:
        model = AidProgramme
        import_id_fields = ["name"]
        fields = (
            "name",
            "provider",
            "target",
            "active",
            "max_decile",
            "decile_source",
            "decile_read_on",
        )
        clean_model_instances = True
        skip_unchanged = True

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        row["name"] = " ".join(str(row.get("name") or "").split())
        row["provider"] = row.get("provider") or ""
        row["target"] = str(row.get("target") or "").strip().upper()
        if row["target"] not in AidTarget.values:
            words = {"targets": ", ".join(AidTarget.values)}
            raise ValidationError(_("The column target is one of: %(targets)s.") % words)
        row["decile_source"] = row.get("decile_source") or ""
        row["active"] = _active(str(row.get("active") or "").strip().casefold())

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        instance.updated_by = self.by
        if instance.pk:
            instance.version += 1
        else:
            instance.kelurahan, instance.created_by = self.home, self.by


def _active(said: str) -> str:
    """An empty cell is a programme that runs."""
    if said in _NO:
        return "0"
    if said in _YES or not said:
        return "1"
    raise ValidationError(_("The column active is 1 or 0."))
