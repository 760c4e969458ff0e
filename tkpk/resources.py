"""Reference data in and out of workbooks."""

from typing import Any

from import_export import fields, resources, widgets

from tkpk.models import Territory, normalise_code


class ParentWidget(widgets.ForeignKeyWidget):
    """The place that a code lies in: found by the code itself, so a file needs no such column."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Territory | None:
        code = normalise_code(str((row or {}).get("code") or ""))
        parent_code = code.rpartition(".")[0]
        return Territory.objects.filter(code=parent_code).first()


class TerritoryResource(resources.ModelResource):
    """code, level, name, kampung, bps_code; the parent follows from the code."""

    parent = fields.Field(
        attribute="parent", column_name="parent", widget=ParentWidget(Territory, "code")
    )

    class Meta:
        model = Territory
        import_id_fields = ["code"]
        fields = ("code", "level", "name", "kampung", "bps_code", "parent")
        clean_model_instances = True
        skip_unchanged = True

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        row["code"] = normalise_code(str(row.get("code") or ""))
        row["parent"] = row["code"].rpartition(".")[0]
        for optional in ("kampung", "bps_code"):
            row[optional] = row.get(optional) or ""
