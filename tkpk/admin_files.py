"""Admin screens whose rows can be brought in, and taken out, as a file."""

from typing import Any

from django.http import HttpRequest
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm

from tkpk.admin_base import MandateAdmin
from tkpk.exports import FORMATS
from tkpk.requests import signed_in
from tkpk.rights import home_kelurahan


class FileAdmin(ImportExportMixin, MandateAdmin):
    """Who may add rows brings them in; who may look takes them out."""

    import_formats, export_formats = [XLSX, CSV], FORMATS
    export_form_class = ExportForm

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class OfficeFileAdmin(FileAdmin):
    """The same for the rows of one kelurahan, whose resource is an `OfficeResource`."""

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        user = signed_in(request)
        return {"home": home_kelurahan(user, self.change_roles), "by": user}
