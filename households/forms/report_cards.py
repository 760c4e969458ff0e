"""Forms of the report card and of the access report."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.forms.editing import day_input
from households.models import CommitmentOutcome, CommitmentSide, NoteAuthor
from tkpk.nik import find_identifiers
from tkpk.trail import no_number_in_reason

LONGEST = 300  # characters: the card is one page


def no_number(text: str) -> None:
    """A validator: what the family takes home holds no NIK and no KK number."""
    if find_identifiers(text):
        raise ValidationError(
            _("Leave NIK and KK numbers out: the paper is given away."), code="identifier"
        )


class NoteForm(forms.Form):
    """A note in somebody's words."""

    author = forms.ChoiceField(label=gettext_lazy("Whose words"), choices=NoteAuthor.choices)
    author_name = forms.CharField(
        label=gettext_lazy("Name of the companion"),
        required=False,
        max_length=100,
        validators=[no_number],
    )
    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=LONGEST,
        validators=[no_number],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "The family reads this. Write to them, respectfully, and no diagnosis of an illness."
        ),
    )


class PromiseForm(forms.Form):
    """Who will do what by when."""

    side = forms.ChoiceField(label=gettext_lazy("Who promises"), choices=CommitmentSide.choices)
    what = forms.CharField(
        label=gettext_lazy("What"),
        max_length=300,
        validators=[no_number],
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    due_on = forms.DateField(label=gettext_lazy("By when"), widget=day_input())


class SettleForm(forms.Form):
    """What became of a commitment."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What became of it"),
        choices=[("", gettext_lazy("Choose")), *CommitmentOutcome.choices],
    )
    remark = forms.CharField(
        label=gettext_lazy("Remark"), required=False, max_length=200, validators=[no_number]
    )


class SetAsideForm(forms.Form):
    """Why a card is set aside."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, validators=[no_number_in_reason]
    )


class StartForm(forms.Form):
    """The year of a new card."""

    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = timezone.localdate().year
        years: Any = self.fields["year"]
        years.choices = [(str(year), str(year)) for year in (this, this - 1)]


class AccessReportForm(forms.Form):
    """Who asks, when, and for which days."""

    asked_by = forms.CharField(
        label=gettext_lazy("Who of the family asks"),
        max_length=100,
        validators=[no_number],
        help_text=gettext_lazy("The name; look at the identity card."),
    )
    asked_on = forms.DateField(label=gettext_lazy("Asked on"), widget=day_input())
    first = forms.DateField(label=gettext_lazy("From"), widget=day_input())
    last = forms.DateField(label=gettext_lazy("Until"), widget=day_input())
