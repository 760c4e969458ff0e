"""Forms of lists that leave, come back, or are set in one go."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.exporting.editable import (
    EMPTY,
    EditColumn,
    bulk_columns,
    group_choices,
    words_of,
)
from households.imports.bulk_setting import PLACE, Whom, column_named
from households.imports.edited_cells import parse
from households.imports.findings import CellError
from households.models import Household
from tkpk.models import Installation, Level, Territory
from tkpk.trail import no_number_in_reason


class ReasonForm(forms.Form):
    """Why a list of persons leaves, and whether with full numbers."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        validators=[no_number_in_reason],
        help_text=gettext_lazy("What the file is for, in one sentence. It is kept in the trail."),
    )
    numbers = forms.BooleanField(
        label=gettext_lazy("With full NIK, KK and paper numbers"),
        required=False,
        help_text=gettext_lazy("Only where the receiver needs them; else they stay masked."),
    )

    def clean_reason(self) -> str:
        return " ".join(self.cleaned_data["reason"].split())


class EditDownloadForm(ReasonForm):
    """Which groups of columns the workbook gets, besides the codes, names and places."""

    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Fewer columns make a workbook that is easier to fill."),
    )
    field_order = ["groups", "reason", "numbers"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["groups"]
        field.choices = group_choices()
        field.initial = [name for name, _title in group_choices()]


def _titled(column: EditColumn) -> tuple[str, str]:
    return column.key, column.header


class BulkFieldForm(forms.Form):
    """Which fact is set."""

    key = forms.ChoiceField(label=gettext_lazy("Fact to be set"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["key"]
        columns = bulk_columns()
        people = [_titled(column) for column in columns if column.owner is not Household]
        homes = [_titled(column) for column in columns if column.owner is Household]
        field.choices = [
            ("", _("Choose")),
            (_("Facts of persons"), people),
            (_("Facts of families"), [(PLACE, _("Place (RT and RW)")), *homes]),
        ]


class BulkValueForm(forms.Form):
    """The value, and who gets it."""

    value = forms.CharField(label=gettext_lazy("New value"))
    whom = forms.ChoiceField(
        label=gettext_lazy("Who gets it"),
        choices=[
            (Whom.ALL, gettext_lazy("Every person who lives in these families")),
            (Whom.HEADS, gettext_lazy("Heads of family only")),
        ],
        initial=Whom.ALL,
        widget=forms.RadioSelect,
    )
    only_empty = forms.BooleanField(
        label=gettext_lazy("Only where nothing is known yet"), required=False
    )

    def __init__(self, *args: Any, key: str, kelurahan: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        self.column = None if key == PLACE else column_named(key)
        if self.column is None or self.column.owner is Household:
            del self.fields["whom"]
        self._offer(kelurahan)

    def _offer(self, kelurahan: Territory) -> None:
        """A select where there is a list; a text field that says how to erase otherwise."""
        label = _("Place (RT and RW)") if self.column is None else self.column.header
        choices: list[tuple[str, str]] = []
        if self.column is None:
            places = Territory.objects.within(kelurahan.code).filter(level__in=[Level.RW, Level.RT])
            choices = [(p.code, p.full_name) for p in places.select_related("parent")]
        elif self.column.field.choices:
            choices = [(word, word) for word in words_of(self.column.field)]
            choices.append((EMPTY, _("Erase what is known")))
        if choices:
            self.fields["value"] = forms.ChoiceField(
                label=label, choices=[("", _("Choose")), *choices]
            )
        else:
            self.fields["value"].label = label
            self.fields["value"].help_text = _("Write %(word)s to erase what is known.") % {
                "word": EMPTY
            }
        self.order_fields(["value", "whom", "only_empty"])

    def clean_value(self) -> str:
        said = str(self.cleaned_data["value"])
        if self.column is not None:
            try:
                parse(
                    self.column,
                    said,
                    demo=Installation.current().demo,
                    today=timezone.localdate(),
                )
            except CellError as error:
                message = f"{error.message} {error.cure}".strip()
                raise ValidationError(message, code=error.code) from error
        return said


class SentForm(forms.Form):
    """On which day a list was handed over."""

    sent_on = forms.DateField(
        label=gettext_lazy("Sent on"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_sent_on(self) -> date:
        day: date = self.cleaned_data["sent_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."), code="future")
        return day
