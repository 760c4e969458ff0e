"""Forms of meetings: the plan, the notes, one attendance, the signed list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tkpk.forms.acts import ScanForm
from tkpk.forms.voices import PlainTextField
from tkpk.models import Attendance, Level, Meeting, MeetingKind, Territory


class PlaceField(forms.ModelChoiceField):
    """A place by its full name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


def moment_input() -> forms.DateTimeInput:
    """Day and time in one control of the browser's own."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class VersionedModelForm(forms.ModelForm):
    """A form that says which version it was opened with."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version


class MeetingForm(VersionedModelForm):
    """What is planned."""

    class Meta:
        model = Meeting
        fields = ["kind", "title", "starts_at", "place", "territory"]
        field_classes = {"territory": PlaceField}
        widgets = {"starts_at": moment_input()}
        help_texts = {
            "title": gettext_lazy("As it stands in the invitation; no name of a person."),
        }

    def __init__(self, *args: Any, kelurahan: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("– choose –")), *MeetingKind.choices]
        place: Any = self.fields["territory"]
        place.queryset = Territory.objects.within(kelurahan.code).select_related("parent")
        place.empty_label = None
        if not self.instance.pk:
            place.initial = kelurahan.pk


class NotesForm(VersionedModelForm):
    """What was talked about and agreed."""

    notes = PlainTextField(
        label=gettext_lazy("Notes and agreements"),
        rows=12,
        max_length=20_000,
        required=False,
        help_text=gettext_lazy("Kept encrypted; without NIK or KK number."),
    )

    class Meta:
        model = Meeting
        fields = ["notes"]


class AttendanceForm(forms.ModelForm):
    """One person who is there."""

    class Meta:
        model = Attendance
        fields = ["name", "sex", "role_words", "territory"]
        field_classes = {"territory": PlaceField}
        widgets = {"sex": forms.RadioSelect, "name": forms.TextInput(attrs={"autocomplete": "off"})}

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.meeting = meeting
        sex: Any = self.fields["sex"]
        sex.choices = [pair for pair in sex.choices if pair[0]]
        place: Any = self.fields["territory"]
        rows = Territory.objects.within(meeting.kelurahan.code)
        place.queryset = rows.filter(level__in=[Level.RT, Level.RW]).select_related("parent")
        place.empty_label = _("none")


class ListForm(ScanForm):
    """The signed list, and how many stand on it who are not typed in above."""

    listed_women = forms.IntegerField(
        label=gettext_lazy("Women on the list"), min_value=0, max_value=2000
    )
    listed_men = forms.IntegerField(
        label=gettext_lazy("Men on the list"),
        min_value=0,
        max_value=2000,
        help_text=gettext_lazy("Without those whose names are typed in here already."),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("listed_women") == 0 and data.get("listed_men") == 0:
            raise ValidationError(_("Count who stands on the list."), code="nobody")
        return data
