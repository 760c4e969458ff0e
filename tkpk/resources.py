"""Reference data in and out of workbooks."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.encoding import force_str
from django.utils.html import format_html
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets

from tkpk.models import Level, Territory, User, normalise_code
from tkpk.rights import holds
from tkpk.roles import Role


class ParentWidget(widgets.ForeignKeyWidget):
    """The place that a code lies in: found by the code itself, so a file needs no such column."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Territory | None:
        code = normalise_code(str((row or {}).get("code") or ""))
        parent_code = code.rpartition(".")[0]
        return Territory.objects.filter(code=parent_code).first()


class PlainDiff(resources.Diff):
    """Old and new value of each cell, without the inline styles that our policy forbids."""

    def as_html(self) -> list[str]:
        return [self._cell(force_str(old), force_str(new)) for old, new in self._pairs()]

    def _pairs(self) -> list[tuple[Any, Any]]:
        pairs = zip(self.left, self.right, strict=True)
        return [("" if self.new and old != new else old, new) for old, new in pairs]

    @staticmethod
    def _cell(old: str, new: str) -> str:
        if old in {"", new}:
            return new
        return format_html("<del>{}</del> → <ins>{}</ins>", old, new)


class PlainResource(resources.ModelResource):
    """A resource whose preview is shown under our policy."""

    @classmethod
    def get_diff_class(cls) -> type[resources.Diff]:
        return PlainDiff


class OfficeResource(PlainResource):
    """Rows of one kelurahan. `home`: that which a file is brought into, `by` whom."""

    def __init__(self, home: Territory | None = None, by: User | None = None) -> None:
        super().__init__()
        self.home, self.by = home, by

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        return rows.filter(kelurahan=self.home) if self.home else rows


class TerritoryResource(PlainResource):
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
        _refuse_foreign(row["code"], kwargs.get("user"))
        if row.get("level") not in Level.values:
            words = {"levels": ", ".join(Level.values)}
            raise ValidationError(_("The level is one of: %(levels)s.") % words, code="level")
        row["parent"] = row["code"].rpartition(".")[0]
        for optional in ("kampung", "bps_code"):
            row[optional] = row.get(optional) or ""


def _refuse_foreign(code: str, user: User | None) -> None:
    """A person brings in places of the own area only; a command, which has no user, any."""
    if user is not None and not holds(user, {Role.ADMIN}, code=code):
        raise ValidationError(_("This place does not lie in your area."), code="foreign_place")
