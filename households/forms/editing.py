"""What the forms of families and persons share: the version they edit, and numbers kept hidden."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from households.models import Household, Member
from households.sheet import hidden_number

Sections = list[tuple[str | Promise, list[str]]]


class SecretField(forms.CharField):
    """A number that is never shown back: left empty, what is stored stays."""

    def __init__(self, *, stored: str, **kwargs: Any) -> None:
        self.stored = stored
        super().__init__(
            required=False,
            max_length=60,
            widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
            **kwargs,
        )


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def file_link(household: Household) -> str:
    """The family's code as a link, for messages."""
    address = reverse("household_file", args=[household.pk])
    return format_html('<a href="{}">{}</a>', address, household.code)


def person_link(member: Member) -> str:
    """The person's code as a link, for messages."""
    address = reverse("member_file", args=[member.household_id, member.pk])
    return format_html('<a href="{}">{}</a>', address, member.code)


def _offered(field: forms.ChoiceField) -> list[tuple[Any, Any]]:
    return list(cast("Iterable[tuple[Any, Any]]", field.choices))


def _name_the_empty_choice(field: forms.Field) -> None:
    """Say in words what Django draws as dashes: choose one, or leave it "not known yet"."""
    words = _("– choose –") if field.required else _("not known yet")
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = words
    elif isinstance(field, forms.TypedChoiceField):
        field.choices = [(value, words if value == "" else word) for value, word in _offered(field)]


class VersionedForm(forms.ModelForm):
    """A form that knows which version of the row it was filled in on.

    `sections` groups the fields on the page. Fields declared as `SecretField` hold the name of the
    stored number in `stored`; `store_secrets` sets those that were typed.
    """

    sections: ClassVar[Sections] = []
    version_field = "version"
    version: Any = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        if not self.is_new:
            self.initial[self.version_field] = self.instance.version
        for secret in self.secret_fields.values():
            known = hidden_number(getattr(self.instance, secret.stored))
            if known:
                secret.help_text = _(
                    "Recorded: %(known)s. Leave empty to keep it; type all of it to change it."
                ) % {"known": known}
        for field in self.fields.values():
            field.label = capfirst(field.label)
            _name_the_empty_choice(field)
        self._show_decimals_plainly()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self._layout()

    def _show_decimals_plainly(self) -> None:
        """36 and 36,5 instead of the column's 36.00: as it is read, and as it is typed."""
        for name, value in self.initial.items():
            if isinstance(value, Decimal):
                self.initial[name] = Decimal(format(value.normalize(), "f"))

    @property
    def secret_fields(self) -> dict[str, SecretField]:
        return {
            name: field for name, field in self.fields.items() if isinstance(field, SecretField)
        }

    def _layout(self) -> Layout:
        parts: list[Any] = []
        for title, names in self.sections:
            present = [name for name in names if name in self.fields]
            if present:
                parts.append(Fieldset(str(title), *present))
        return Layout(self.version_field, *parts)

    def clean_version(self) -> int:
        version = self.cleaned_data.get("version")
        if not self.is_new and version is None:
            raise ValidationError(_("The page was incomplete. Open it again and retype."))
        return version or 0

    def store_secrets(self) -> None:
        """Put what was typed into secret fields on the row; empty ones change nothing."""
        for name, field in self.secret_fields.items():
            if value := self.cleaned_data.get(name):
                self.set_secret(field.stored, value)

    def set_secret(self, stored: str, value: str) -> None:
        setattr(self.instance, stored, value)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc] # Django's own step after clean()
        if not self.errors:
            self.store_secrets()


def posted_value(form: forms.ModelForm, name: str) -> str:
    """The value of a field of an untouched form as a browser would send it."""
    bound = form[name]
    value = bound.field.prepare_value(bound.initial)
    return "" if value is None else str(value)


def with_choices(data: QueryDict, stored: VersionedForm) -> QueryDict:
    """What was typed, with the stored value wherever "theirs" was chosen on the conflict page."""
    merged = data.copy()
    for name, field in stored.fields.items():
        if data.get(f"keep-{name}") == "theirs":
            merged[name] = "" if isinstance(field, SecretField) else posted_value(stored, name)
    return merged


def undecided(data: QueryDict) -> list[str]:
    """Fields shown as differing for which nothing was chosen."""
    return [name for name in data.getlist("differing") if not data.get(f"keep-{name}")]


def shown_value(form: forms.ModelForm, name: str, raw: Any) -> str:
    """A value of a form as a person reads it."""
    field = form.fields[name]
    if isinstance(field, SecretField):
        return hidden_number(str(raw or ""))
    if isinstance(field, forms.ChoiceField):
        return next((str(word) for value, word in _offered(field) if str(value) == str(raw)), "")
    return "" if raw is None else str(raw)


def differences(
    mine: VersionedForm, theirs: VersionedForm
) -> list[tuple[Any, str, str, str, bool]]:
    """Rows of the conflict table: label, stored, typed, field name, whether they differ."""
    rows = []
    for name in (name for _title, names in mine.sections for name in names):
        if name not in mine.fields:
            continue
        field = mine.fields[name]
        typed = mine[name].data
        if isinstance(field, SecretField):
            kept = getattr(theirs.instance, field.stored)
            if typed and typed != kept:
                rows.append((field.label, hidden_number(kept), _("a new number"), name, True))
        elif field.has_changed(theirs[name].initial, typed):
            stored = posted_value(theirs, name)
            rows.append(
                (
                    field.label,
                    shown_value(theirs, name, stored),
                    shown_value(mine, name, typed),
                    name,
                    True,
                )
            )
    return rows
