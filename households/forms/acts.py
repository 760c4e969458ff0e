"""Forms of acts: a change of state, and showing a full number."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.forms.editing import day_input
from tkpk.trail import no_number_in_reason


class MoveForm(forms.Form):
    """From which day a state holds, and why."""

    on = forms.DateField(label=gettext_lazy("Since"), widget=day_input())
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One sentence, without NIK or KK number. It is kept in the trail."),
    )

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."), code="future")
        return day


class RevealForm(forms.Form):
    """Why a full number is needed: a choice of one tap, words of one's own, or both."""

    REASONS = [
        ("COUNTER", gettext_lazy("Compare with the card at the counter")),
        ("OTHER_SYSTEM", gettext_lazy("Fill in another government system")),
        ("LETTER", gettext_lazy("Write a letter the family asked for")),
        ("CORRECTION", gettext_lazy("Correct data")),
    ]

    choice = forms.ChoiceField(
        label=gettext_lazy("Why do you need the number?"),
        choices=REASONS,
        required=False,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("Or in your own words"),
        required=False,
        max_length=300,
        validators=[no_number_in_reason],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("choice") and not data.get("words"):
            raise ValidationError(_("Choose a reason or write one."), code="reason_missing")
        return data

    @property
    def reason(self) -> str:
        """The reason as the trail keeps it."""
        chosen = dict(self.REASONS).get(self.cleaned_data["choice"], "")
        return ". ".join(str(part) for part in (chosen, self.cleaned_data["words"]) if part)
