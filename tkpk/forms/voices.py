"""Forms around reports of residents: what their sender and what officers type."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tkpk import form_guard
from tkpk.models import Channel
from tkpk.nik import find_identifiers
from tkpk.submissions import LONGEST_TEXT

# What an officer writes down for somebody else; a head of RT or RW has an own page.
SPOKEN = [pair for pair in Channel.choices if pair[0] not in {Channel.PORTAL, Channel.RT_RW}]


def refuse_numbers(text: str) -> str:
    """The text, unless it holds a NIK or KK number. Raises ValidationError saying how to mend."""
    if find_identifiers(text):
        raise ValidationError(
            _(
                "There is a number of 16 digits in this text. Take the NIK or KK number out; "
                "a NIK may be written only in the field “NIK”, where it is stored encrypted."
            ),
            code="identifier",
        )
    return text


class PlainTextField(forms.CharField):
    """Words of a resident, without numbers of persons."""

    def __init__(self, *, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        return refuse_numbers(super().clean(value))


class SenderForm(forms.Form):
    """How the sender may be reached; everything may stay empty."""

    contact_name = PlainTextField(
        label=gettext_lazy("Your name"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("May stay empty. Only officers of the kelurahan see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact_phone = forms.RegexField(
        r"^\+?[0-9][0-9 ().\-]{6,24}\Z",
        label=gettext_lazy("Telephone or WhatsApp"),
        required=False,
        max_length=26,
        error_messages={
            "invalid": gettext_lazy("Write the number in digits, like 0812 3456 7890.")
        },
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    contact_email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("We tell you by mail when there is an answer; never what about."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def contact(self) -> dict[str, str]:
        """Call it on a valid form."""
        names = ("contact_name", "contact_phone", "contact_email")
        return {name: self.cleaned_data[name] for name in names}

    def clean_contact_phone(self) -> str:
        return refuse_numbers(self.cleaned_data["contact_phone"])


class PublicForm(SenderForm):
    """A form that strangers send: consent, and the traps for machines."""

    kind: str = ""
    consent = forms.BooleanField(
        label=gettext_lazy(
            "I agree that the kelurahan keeps what I write here, to handle this report only."
        ),
        error_messages={
            "required": gettext_lazy("Tick this, or tell your matter at the counter instead.")
        },
    )
    website = forms.CharField(
        label=gettext_lazy("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    lembar = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opened: form_guard.Opened | None = None
        if not self.is_bound:
            self.initial[form_guard.TOKEN] = form_guard.new_token(self.kind)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.opened = form_guard.read_token(data.get(form_guard.TOKEN, ""), self.kind)
        if self.opened is None:
            self._renew()
            text = _("Please look over what you wrote, then send it once more.")
            self.add_error(None, ValidationError(text, code="token"))
        elif self.opened.age < form_guard.SHORTEST_SECONDS and not self.errors:
            # Who has something to mend will be slow enough the next time.
            text = _("That was very fast. Please look over what you wrote, then send it again.")
            self.add_error(None, ValidationError(text, code="fast"))
        return data

    def _renew(self) -> None:
        """The page that comes back carries a token of ours again."""
        typed: Any = self.data
        self.data = typed.copy()
        typed = self.data
        typed[form_guard.TOKEN] = form_guard.new_token(self.kind)


class SpokenForm(SenderForm):
    """The same words, written down by an officer for somebody."""

    channel = forms.ChoiceField(label=gettext_lazy("How it came"), choices=SPOKEN)
    consent = forms.BooleanField(
        label=gettext_lazy("The resident agrees that this is written down and kept."),
        error_messages={"required": gettext_lazy("Ask the resident first.")},
    )


class ReopenForm(forms.Form):
    """What is still missing."""

    text = PlainTextField(
        label=gettext_lazy("What is still missing?"),
        rows=4,
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy("You can open this report again once."),
    )


class AnswerForm(forms.Form):
    """The answer that stands under the ticket, and where the matter went if not handled here."""

    answer = PlainTextField(
        label=gettext_lazy("Answer to the sender"),
        rows=5,
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy(
            "Everybody who knows the ticket can read it: name no person and no address."
        ),
    )
    forwarded_to = PlainTextField(
        label=gettext_lazy("Forwarded to"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Only if another office handles it: JSS, SP4N-LAPOR!, a dinas."),
    )
    forwarded_number = PlainTextField(
        label=gettext_lazy("Number there"), required=False, max_length=60
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("forwarded_number") and not data.get("forwarded_to"):
            self.add_error("forwarded_to", _("Say which office gave this number."))
        return data
