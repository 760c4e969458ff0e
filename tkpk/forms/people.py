"""Forms of an administrator's acts on people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tkpk.trail import refuse_identifiers


class ReasonForm(forms.Form):
    """Why it is done, in one sentence; the trail keeps it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("For example: the phone was lost, the person came to the office."),
    )

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"])
        try:
            refuse_identifiers(reason)
        except forms.ValidationError as error:
            # The trail names its field; here the error already stands at it.
            raise forms.ValidationError(error.messages) from error
        return reason
