"""The field of a file with a sheet in it: a list, answers, a questionnaire."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from households.imports.file_kind import BINARY_WORKBOOK
from tkpk.forms.acts import refuse_large


class SheetFileField(forms.FileField):
    """A file of a size that is taken, whose name ends with one of `endings`."""

    too_large = gettext_lazy("The file is larger than %(n)d MB. Split the list into smaller files.")
    wrong_ending = gettext_lazy(
        "Choose an Excel, LibreOffice or CSV file (.xlsx, .xls, .ods, .csv)."
    )

    def __init__(self, *, endings: Sequence[str], **kwargs: Any) -> None:
        self.endings = tuple(endings)
        kwargs["widget"] = forms.ClearableFileInput(attrs={"accept": ",".join(endings)})
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        refuse_large(file, str(self.too_large))
        if file.name.lower().endswith(".xlsb"):
            raise ValidationError(str(BINARY_WORKBOOK), code="ending")
        if not file.name.lower().endswith(self.endings):
            raise ValidationError(str(self.wrong_ending), code="ending")
        return file
