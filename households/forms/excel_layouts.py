"""Forms of saved export layouts."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.exporting.layout_columns import (
    HEADER_LENGTH,
    MAP_LENGTH,
    LayoutColumn,
    codes_and_words,
    source_choices,
    source_names,
    stored_fields,
)
from households.exporting.layouts import name_taken
from households.models import CodeFormat, ExportLayout, RowUnit
from tkpk.nik import find_identifiers

MOST_LINES = 6
_MAP_LINE = re.compile(r"([0-9A-Z]{1,12})\s*=\s*(.*)")


def _refuse_numbers(text: str) -> None:
    if find_identifiers(text):
        raise ValidationError(
            _("This looks like a NIK or KK number. Write it in its own field only."),
            code="identifier_in_text",
        )


class LayoutForm(forms.ModelForm):
    """Name, what a row is, and the lines above the table."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    lines_above = forms.CharField(
        label=gettext_lazy("Lines above the table"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One line each, six at most. [kelurahan] and [tanggal] are filled in when the list "
            "is taken."
        ),
    )
    field_order = ["name", "row_unit", "lines_above", "printed", "version"]

    class Meta:
        model = ExportLayout
        fields = ["name", "row_unit", "printed"]
        widgets = {"row_unit": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["row_unit"]
        unit.choices = RowUnit.choices
        self.fields["lines_above"].initial = "\n".join(self.instance.header_rows)
        self.fields["version"].initial = self.instance.version

    def clean_lines_above(self) -> list[str]:
        said = [line.strip() for line in self.cleaned_data["lines_above"].splitlines()]
        found = [line for line in said if line]
        if len(found) > MOST_LINES:
            raise ValidationError(
                _("At most %(n)d lines.") % {"n": MOST_LINES}, code="too_many_lines"
            )
        for line in found:
            _refuse_numbers(line)
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        same = ExportLayout.objects.filter(
            kelurahan_id=self.instance.kelurahan_id, name=data.get("name", ""), active=True
        )
        if self.instance.kelurahan_id and same.exclude(pk=self.instance.pk).exists():
            self.add_error("name", name_taken())
        return data

    def put_lines(self) -> ExportLayout:
        """The layout with what the form's own field says."""
        self.instance.header_rows = self.cleaned_data["lines_above"]
        return self.instance


class ColumnForm(forms.Form):
    """A column to be added: what it holds, under which header."""

    source = forms.ChoiceField(label=gettext_lazy("What the column holds"))
    header = forms.CharField(
        label=gettext_lazy("Header"),
        required=False,
        max_length=HEADER_LENGTH,
        help_text=gettext_lazy("As the receiver calls it. Left empty: our own word."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["source"]
        field.choices = source_choices()

    def clean_header(self) -> str:
        header = " ".join(self.cleaned_data["header"].split())
        _refuse_numbers(header)
        return header

    @property
    def column(self) -> LayoutColumn:
        source = self.cleaned_data["source"]
        return LayoutColumn(source, self.cleaned_data["header"] or source_names()[source])


class CodedColumnForm(ColumnForm):
    """A column that is there already; for a code list also how its answers are written."""

    codes = forms.ChoiceField(
        label=gettext_lazy("Answers are written as"), choices=CodeFormat.choices
    )
    words = forms.CharField(
        label=gettext_lazy("Words of the receiver"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("One line a code, as in: 1 = MALE. A code left out has our word."),
    )

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_source = source
        del self.fields["source"]
        field = stored_fields().get(source)
        if not field or not field.field.choices:
            del self.fields["codes"], self.fields["words"]

    def clean_words(self) -> dict[str, str]:
        known = {code for code, _word in codes_and_words(self.of_source)}
        found: dict[str, str] = {}
        for line in filter(str.strip, self.cleaned_data["words"].splitlines()):
            match = _MAP_LINE.fullmatch(line.strip())
            if match is None or match[1] not in known:
                raise ValidationError(
                    _("“%(line)s” does not begin with a code of this list and “=”.")
                    % {"line": line[:60]},
                    code="unknown_code",
                )
            _refuse_numbers(match[2])
            found[match[1]] = match[2].strip()[:MAP_LENGTH]
        return found

    @property
    def column(self) -> LayoutColumn:
        said = self.cleaned_data
        header = said["header"] or source_names().get(self.of_source, "")
        words = tuple(sorted(said.get("words", {}).items()))
        return LayoutColumn(self.of_source, header, said.get("codes", CodeFormat.WORDS), words)


def words_as_lines(column: LayoutColumn) -> str:
    """The receiver's words, or ours to start from."""
    own = dict(column.words)
    return "\n".join(
        f"{code} = {own.get(code, word)}" for code, word in codes_and_words(column.source)
    )
