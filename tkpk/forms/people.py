"""Forms of an administrator's acts on people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tkpk.trail import no_number_in_reason


class ReasonForm(forms.Form):
    """Why it is done, in one sentence; the trail keeps it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        validators=[no_number_in_reason],
        help_text=_("For example: the phone was lost, the person came to the office."),
    )
