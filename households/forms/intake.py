"""Forms of reports about families, as residents fill them in and as officers write them down."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from households import intake
from tkpk.forms.voices import PlainTextField, PublicForm, SpokenForm
from tkpk.models import Channel, Installation, Level, SentKind, Territory
from tkpk.nik import IdentifierError, check_nik
from tkpk.submissions import LONGEST_TEXT, Incoming


class PlaceField(forms.ModelChoiceField):
    """An RT with its RW."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class SubjectForm(forms.Form):
    """Which family is meant, as its sender knows it."""

    # First the matter, then the sender, whatever form this one is mixed with.
    field_order = [
        "channel",
        "ground",
        "subject_name",
        "territory",
        "subject_address",
        "nik",
        "text",
        "contact_name",
        "contact_phone",
        "contact_email",
        "consent",
    ]
    kind: str = SentKind.NOMINATION
    subject_name = PlainTextField(label=gettext_lazy("Name of the head of family"), max_length=100)
    territory = PlaceField(
        Territory.objects.none(),
        label=gettext_lazy("RT and RW"),
        required=False,
        empty_label=gettext_lazy("I do not know"),
    )
    subject_address = PlainTextField(
        label=gettext_lazy("Address, or how to find the house"), max_length=200, required=False
    )
    nik = forms.CharField(
        label="NIK",
        required=False,
        max_length=60,
        help_text=gettext_lazy("May stay empty. It is stored encrypted and shown to nobody here."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    text = PlainTextField(label=gettext_lazy("Why"), rows=6, max_length=LONGEST_TEXT)

    def __init__(self, *args: Any, kelurahan: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kelurahan = kelurahan
        place: Any = self.fields["territory"]
        rows = Territory.objects.within(kelurahan.code).filter(level=Level.RT)
        place.queryset = rows.select_related("parent")

    def clean_nik(self) -> str:
        typed = self.cleaned_data["nik"].strip()
        if not typed:
            return ""
        try:
            return check_nik(typed, demo=Installation.current().demo)
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error

    def subject(self) -> intake.Subject:
        """Call it on a valid form."""
        data = self.cleaned_data
        return intake.Subject(
            name=data["subject_name"],
            address=data["subject_address"],
            territory=data["territory"],
            nik=data["nik"],
        )

    def said(self) -> Incoming:
        """Call it on a valid form."""
        data: Any = self.cleaned_data
        return Incoming(
            kind=self.kind,
            text=data["text"],
            contact=self.contact(),  # type: ignore[attr-defined]  # of the form it is mixed with
            channel=data.get("channel", Channel.PORTAL),
            language="en" if (get_language() or "").startswith("en") else "id",
        )

    def more(self) -> dict[str, Any]:
        """Fields of the kind's own row."""
        return {}

    def marked(self) -> list[str]:
        """The texts by which two reports are told to be the same."""
        return [self.cleaned_data["subject_name"], self.cleaned_data["text"]]


class NominationFields(SubjectForm):
    """A family that should be looked at for the list."""

    kind: str = SentKind.NOMINATION
    text = PlainTextField(
        label=gettext_lazy("Why should this family be on the list?"),
        rows=6,
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy("What you know of their dwelling, work, food, health, school."),
    )


class ObjectionFields(SubjectForm):
    """What is wrong with the list. Sent while objections are taken, and refused afterwards."""

    kind: str = SentKind.OBJECTION
    ground = forms.ChoiceField(
        label=gettext_lazy("What is wrong with the list?"),
        choices=intake.GROUNDS,
        widget=forms.RadioSelect,
    )
    text = PlainTextField(
        label=gettext_lazy("How do you know?"),
        rows=6,
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy("What you have seen or heard yourself, and since when."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.window = intake.objection_window(self.kelurahan)

    def clean_ground(self) -> str:
        if not self.window.is_open:
            raise ValidationError(self.window.refusal, code="window_closed")
        return str(self.cleaned_data["ground"])

    def more(self) -> dict[str, Any]:
        return {
            "ground": self.cleaned_data["ground"],
            "poor_list_id": self.window.poor_list_id,
        }


class RemovalFields(SubjectForm):
    """The own family does not want to stand on the list."""

    kind: str = SentKind.SELF_REMOVAL
    text = PlainTextField(
        label=gettext_lazy("Why, if you want to say it"),
        rows=4,
        max_length=LONGEST_TEXT,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject_name"].label = _("Name of the head of your family")
        self.fields["subject_address"].label = _("Your address")
        self.fields["subject_address"].required = True


class NominationForm(NominationFields, PublicForm):
    """Sent by a stranger."""


class ObjectionForm(ObjectionFields, PublicForm):
    """Sent by a stranger."""


class RemovalForm(RemovalFields, PublicForm):
    """Sent by a stranger."""


class SpokenNominationForm(NominationFields, SpokenForm):
    """Written down by an officer."""


class SpokenObjectionForm(ObjectionFields, SpokenForm):
    """Written down by an officer."""


class SpokenRemovalForm(RemovalFields, SpokenForm):
    """Written down by an officer."""


PUBLIC: dict[str, Any] = {
    SentKind.NOMINATION: NominationForm,
    SentKind.OBJECTION: ObjectionForm,
    SentKind.SELF_REMOVAL: RemovalForm,
}
SPOKEN: dict[str, Any] = {
    SentKind.NOMINATION: SpokenNominationForm,
    SentKind.OBJECTION: SpokenObjectionForm,
    SentKind.SELF_REMOVAL: SpokenRemovalForm,
}
