"""Forms of lists that are sent, and of the answers that come back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.exporting.answer_columns import AnswerColumns
from households.forms.events import CHOOSE
from households.forms.sheet_files import SheetFileField
from households.models import (
    Answer,
    ExportLayout,
    SubmissionKind,
    SubmissionList,
    SubmissionStatus,
)
from tkpk.models import Territory
from tkpk.text_checks import no_identifier

ENDINGS = (".xlsx", ".xls", ".ods", ".csv")


class SubmissionForm(forms.Form):
    """On which list the rows go: one that is being drawn up, or a new one."""

    draft = forms.ModelChoiceField(
        label=gettext_lazy("List"),
        queryset=SubmissionList.objects.none(),
        required=False,
        empty_label=gettext_lazy("A new list"),
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the new list"),
        max_length=80,
        required=False,
        validators=[no_identifier],
        help_text=gettext_lazy("As in: Usulan DTSEN November 2026."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=SubmissionKind.choices,
        initial=SubmissionKind.PROPOSAL,
        required=False,
        widget=forms.RadioSelect,
    )
    layout = forms.ModelChoiceField(
        label=gettext_lazy("Export layout"),
        queryset=ExportLayout.objects.none(),
        required=False,
        empty_label=CHOOSE,
    )

    def __init__(self, *args: Any, kelurahan: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drafts: Any = self.fields["draft"]
        drafts.queryset = SubmissionList.objects.filter(
            kelurahan=kelurahan, status=SubmissionStatus.DRAFT
        )
        drafts.label_from_instance = lambda row: f"{row.code} · {row.name}"
        layouts: Any = self.fields["layout"]
        layouts.queryset = ExportLayout.objects.filter(kelurahan=kelurahan, active=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("draft"):
            for name, message in (
                ("name", _("Give the new list a name.")),
                ("kind", _("Choose the kind.")),
                ("layout", _("Choose the layout in which the list is sent.")),
            ):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(message, code="required"))
        return data


class AnswerFileForm(forms.Form):
    """The file that came back."""

    file = SheetFileField(
        label=gettext_lazy("File of answers"),
        help_text=gettext_lazy("Excel (.xlsx, .xls), LibreOffice (.ods) or CSV."),
        endings=ENDINGS,
    )


class AnswerColumnsForm(forms.Form):
    """Which column is which, and what each word of the answers means."""

    number = forms.TypedChoiceField(
        label=gettext_lazy("Column with NIK or KK number"), coerce=int, empty_value=""
    )
    status = forms.TypedChoiceField(
        label=gettext_lazy("Column with the answer"), coerce=int, empty_value=""
    )
    reason = forms.TypedChoiceField(
        label=gettext_lazy("Column with the reason"), coerce=int, empty_value="", required=False
    )

    def __init__(
        self, *args: Any, columns: AnswerColumns, headers: list[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        choices = [("", _("Choose")), *((str(at), header) for at, header in enumerate(headers))]
        for name in ("number", "status", "reason"):
            field: Any = self.fields[name]
            place = getattr(columns, name)
            field.choices = choices
            field.initial = str(place) if place >= 0 else ""
        self.words = list(columns.words)
        for at, word in enumerate(self.words):
            self.fields[f"word{at}"] = forms.ChoiceField(
                label=_("“%(word)s” means") % {"word": word},
                choices=[("", _("Choose")), *Answer.choices],
                initial=columns.words[word],
                required=False,
            )

    @property
    def chosen(self) -> AnswerColumns:
        said = self.cleaned_data
        return AnswerColumns(
            sheet=self.columns.sheet,
            header_row=self.columns.header_row,
            number=said["number"],
            status=said["status"],
            reason=-1 if said["reason"] == "" else said["reason"],
            words={word: said[f"word{at}"] for at, word in enumerate(self.words)},
        )
