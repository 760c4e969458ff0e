"""Forms of the review of possible duplicates."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.duplicates.review import Line
from households.merging import MergePlan
from households.models import DismissReason, Member, PairKind
from tkpk.trail import no_number_in_reason

SIDES = [("low", "low"), ("high", "high")]


class QueueForm(forms.Form):
    """The filters of the queue; nothing personal, so they may stand in the address."""

    SHOWN = [
        ("", gettext_lazy("To be looked at")),
        ("DISMISSED", gettext_lazy("Two persons")),
        ("MERGED", gettext_lazy("Merged")),
    ]
    LEAST = [
        ("", gettext_lazy("All")),
        ("0.95", gettext_lazy("very alike")),
        ("0.99", gettext_lazy("almost certain")),
    ]

    tampil = forms.ChoiceField(label=gettext_lazy("Show"), choices=SHOWN, required=False)
    jenis = forms.ChoiceField(
        label=gettext_lazy("Found by"),
        choices=[("", gettext_lazy("All")), *PairKind.choices],
        required=False,
    )
    rw = forms.ChoiceField(label=gettext_lazy("RW"), required=False)
    nilai = forms.ChoiceField(label=gettext_lazy("Likeness"), choices=LEAST, required=False)

    def __init__(self, *args: Any, rws: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rw"].choices = [("", _("All")), *rws]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, str]:
        """The valid filters; what cannot be read counts as not chosen."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ReasonMixin(forms.Form):
    """A reason for the trail, without a number in it."""

    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=300,
        validators=[no_number_in_reason],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class DismissForm(ReasonMixin):
    """Why the two are two persons: one tap, or one's own words."""

    choice = forms.ChoiceField(choices=DismissReason.choices)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("choice") == DismissReason.OTHER and not data.get("words"):
            self.add_error("words", _("Write the reason in one sentence."))
        return data

    @property
    def reason(self) -> str:
        """The reason as the trail keeps it."""
        label = str(DismissReason(self.cleaned_data["choice"]).label)
        return ". ".join(part for part in (label, self.cleaned_data["words"]) if part)


class UndoForm(ReasonMixin):
    """Why a merge is taken back."""

    def clean_words(self) -> str:
        words = str(self.cleaned_data["words"])
        if not words:
            raise ValidationError(_("Write the reason in one sentence."), code="reason_missing")
        return words


class MergeForm(forms.Form):
    """Which row stays and which values hold; the versions are of the rows that were looked at."""

    kept = forms.ChoiceField(choices=SIDES)
    close_family = forms.BooleanField(required=False)
    low_version = forms.IntegerField(widget=forms.HiddenInput)
    high_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: list[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.chosen]
        for line in self.lines:
            self.fields[f"take-{line.name}"] = forms.ChoiceField(choices=SIDES, label=line.label)

    def plan(self, low: Member, high: Member) -> MergePlan:
        """What was chosen, on rows as of the versions that were looked at."""
        data = self.cleaned_data
        low.version, high.version = data["low_version"], data["high_version"]
        kept, merged = (low, high) if data["kept"] == "low" else (high, low)
        taken = [line.name for line in self.lines if data[f"take-{line.name}"] != data["kept"]]
        return MergePlan(kept, merged, tuple(taken), data["close_family"])

    @property
    def as_posted(self) -> list[tuple[str, str]]:
        """What was chosen, to be confirmed: names and values of hidden fields."""
        return [(name, str(self.data.get(name, ""))) for name in self.fields if self.data.get(name)]
