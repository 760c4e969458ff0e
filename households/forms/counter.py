"""Forms of the counter: what is sought, and why a number or a paper is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.models import CounterReason
from tkpk.search_token import LONGEST
from tkpk.trail import no_number_in_reason


class CounterForm(forms.Form):
    """One field: NIK, KK number, code or name. The marks of card readers are dropped later."""

    text = forms.CharField(label=gettext_lazy("NIK, KK number or name"), max_length=LONGEST)


class ReasonForm(forms.Form):
    """Why, by one tap: each button of the form carries a value of `reason`."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=CounterReason.choices)
    words = forms.CharField(
        label=gettext_lazy("Other reason"),
        max_length=200,
        required=False,
        validators=[no_number_in_reason],
    )
    shows_nik = forms.BooleanField(required=False)

    def clean_words(self) -> str:
        return " ".join(self.cleaned_data["words"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        other = data.get("reason") == CounterReason.OTHER
        if other and not data.get("words") and "words" not in self.errors:
            self.add_error("words", _("Write the reason in a few words."))
        return data

    @property
    def words_of_reason(self) -> str:
        """The reason as the trail keeps it."""
        chosen = self.cleaned_data["reason"]
        if chosen == CounterReason.OTHER:
            return str(self.cleaned_data["words"])
        return str(CounterReason(chosen).label)
