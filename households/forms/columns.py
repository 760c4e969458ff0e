"""The form of the columns of a list: what each means, and what holds for the whole list."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.imports.column_choice import MAPPED, Said
from households.imports.headers import fold
from households.imports.mapped import FIELDS, GROUPS, IGNORE, KEEP, Problem, mapping_problems
from households.imports.programmes import MAKE, programmes_of
from households.imports.sheet_notes import ColumnNote, SheetNote
from households.models import AidTarget, ListPurpose
from households.models.checks import no_identifier
from households.models.household import RegistrySource
from tkpk.models import Territory

# Fields that may be said once for the whole list; dates are typed as dates.
CONSTANTS = (
    "registry_source",
    "decile_as_of",
    "aid_programme",
    "aid_period_from",
    "aid_period_to",
    "aid_amount_idr",
    "aid_goods",
)
# What the reading calls the one sheet of a text file.
CSV = "CSV"
_OF_PERSON = frozenset({"name", "kk_number", "relation", "sex"})


def _date(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def target_choices() -> list[Any]:
    """Fields of ours by group; first what is no field."""
    groups: dict[str, list[tuple[str, Any]]] = {}
    for field in FIELDS:
        groups.setdefault(field.group, []).append((field.name, field.label))
    return [
        (IGNORE, _("Leave out")),
        (KEEP, _("Keep as a remark, as written")),
        *((GROUPS[group], fields) for group, fields in groups.items()),
    ]


class ColumnsForm(forms.Form):
    """One select a column, then the constants. `said()` is what the officer says."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What is this list for?"),
        choices=ListPurpose.choices,
        widget=forms.RadioSelect,
    )
    registry_source = forms.ChoiceField(
        label=gettext_lazy("The decile comes from"),
        choices=[("", "–"), *RegistrySource.choices],
        required=False,
    )
    decile_as_of = _date(
        gettext_lazy("Decile as of"), gettext_lazy("The day that stands on the list or its letter.")
    )
    aid_programme = forms.ChoiceField(label=gettext_lazy("Programme"), required=False)
    new_programme = forms.CharField(
        label=gettext_lazy("Name of the new programme"),
        max_length=100,
        required=False,
        validators=[no_identifier],
    )
    aid_period_from = _date(gettext_lazy("Received from"))
    aid_period_to = _date(gettext_lazy("Received until"))
    aid_amount_idr = forms.CharField(
        label=gettext_lazy("Amount for each recipient (Rp)"), max_length=20, required=False
    )
    aid_goods = forms.CharField(
        label=gettext_lazy("In kind, for each recipient"),
        max_length=100,
        required=False,
        validators=[no_identifier],
    )
    name = forms.CharField(
        label=gettext_lazy("Name of this layout"),
        max_length=100,
        validators=[no_identifier],
        help_text=gettext_lazy(
            "The next list with the same headers is read the same way. Dates are asked again."
        ),
    )

    def __init__(
        self,
        *args: Any,
        sheet: SheetNote,
        kelurahan: Territory,
        before: Said | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sheet, self.before = sheet, before
        choices = target_choices()
        for column in self.columns:
            self.fields[_key(column)] = forms.ChoiceField(
                label=column.shown_header,
                choices=choices,
                required=False,
                initial=self._initial(column),
                widget=forms.Select(attrs={"class": "form-select"}),
            )
        self._offer_programmes(kelurahan)
        self._offer_what_was_said()

    @property
    def columns(self) -> list[ColumnNote]:
        return [column for column in self.sheet.columns if column.can_be_said]

    def _initial(self, column: ColumnNote) -> str:
        if self.before:
            said = {fold(header): target for header, target in self.before.columns.items()}
            return said.get(fold(column.header), IGNORE)
        return column.field

    def _offer_programmes(self, kelurahan: Territory) -> None:
        field: Any = self.fields["aid_programme"]
        new = [
            (key, _("New programme, given to %(whom)s") % {"whom": AidTarget(target).label})
            for key, target in MAKE.items()
        ]
        known = [(row.name, row.name) for row in programmes_of(kelurahan)]
        field.choices = [("", "–"), *known, *new]

    def _offer_what_was_said(self) -> None:
        self.fields["purpose"].initial = self._likely_purpose()
        self.fields["name"].initial = self.before.name if self.before else self._likely_name()
        for name, text in (self.before.constants if self.before else {}).items():
            self.fields[name].initial = text

    def _likely_name(self) -> str:
        """The sheet's; a text file has none."""
        if self.sheet.name == CSV:
            return _("List with %(n)d columns") % {"n": len(self.columns)}
        return self.sheet.shown_name

    def _likely_purpose(self) -> str:
        if self.before:
            return self.before.purpose
        found = {column.field for column in self.columns}
        if found >= _OF_PERSON:
            return ListPurpose.POPULATION
        aid = any(name.startswith("aid_") for name in found)
        return ListPurpose.RECIPIENTS if aid and "decile" not in found else ListPurpose.KNOWN

    @property
    def asks_decile(self) -> bool:
        """Whether its questions are open on the page from the start."""
        return self._asks("decile", ("registry_source", "decile_as_of"))

    @property
    def asks_aid(self) -> bool:
        chosen = self["purpose"].value() == ListPurpose.RECIPIENTS
        names = [name for name in CONSTANTS if name.startswith("aid_")]
        return chosen or self._asks("aid_programme", (*names, "new_programme"))

    def _asks(self, target: str, names: Iterable[str]) -> bool:
        at_column = any(self[_key(column)].value() == target for column in self.columns)
        return at_column or any(self[name].value() or self[name].errors for name in names)

    def rows(self) -> Iterator[tuple[ColumnNote, Any]]:
        """Each column with its field; None for one that cannot be said."""
        for column in self.sheet.columns:
            yield column, self[_key(column)] if column.can_be_said else None

    def clean_decile_as_of(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["decile_as_of"]
        if day and day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = data.get("aid_programme")
        if chosen in MAKE and not data.get("new_programme"):
            self.add_error("new_programme", _("Write the name of the new programme."))
        if data.get("new_programme") and not chosen:
            self.add_error("aid_programme", _("Choose to whom the new programme is given."))
        if self.errors:
            return data
        problems = mapping_problems(
            self.chosen_columns(), self.constants(), purpose=data["purpose"]
        )
        for problem in problems:
            self._say(problem)
        return data

    def _say(self, problem: Problem) -> None:
        """At each column or answer that the problem is about, else above the form."""
        places: list[str] = []
        for name in problem.fields:
            at = [_key(c) for c in self.columns if self.cleaned_data.get(_key(c)) == name]
            if name in self.fields and (not at or self.cleaned_data.get(name)):
                at.append(name)
            places += at
        for place in places:
            self.add_error(place, ValidationError(problem.message, code="columns"))
        if not places:
            self.add_error(None, ValidationError(problem.message, code="columns"))

    def chosen_columns(self) -> dict[str, str]:
        return {column.header: self.cleaned_data[_key(column)] for column in self.columns}

    def constants(self) -> dict[str, str]:
        said = {}
        for name in CONSTANTS:
            value = self.cleaned_data.get(name)
            if name == "aid_programme" and value in MAKE:
                value = self.cleaned_data["new_programme"].strip()
            if value not in (None, ""):
                said[name] = value.isoformat() if hasattr(value, "isoformat") else str(value)
        return said

    def new_programme_target(self) -> str:
        """Whom the programme that is to be made is given to; "" where none is."""
        chosen = self.cleaned_data["aid_programme"]
        return MAKE.get(chosen, "")

    def said(self) -> Said:
        return Said(
            sheet=self.sheet.name,
            header_row=self.sheet.header_row,
            signature=self.sheet.signatures[0],
            columns=self.chosen_columns(),
            purpose=self.cleaned_data["purpose"],
            constants=self.constants(),
            name=self.cleaned_data["name"] or MAPPED,
        )


def _key(column: ColumnNote) -> str:
    return f"column{column.place}"
