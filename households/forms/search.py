"""The list's filters, as an address can carry them, and the search, as it cannot."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.models import HouseholdStatus
from tkpk.models import Level, Territory, User
from tkpk.models.territory import within
from tkpk.search_token import LONGEST


class SearchForm(forms.Form):
    """A name, a full number or a code."""

    text = forms.CharField(
        label=gettext_lazy("Name, full NIK or KK number, or code"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


def place_choices(codes: list[str]) -> tuple[list[Any], list[Any]]:
    """RW and RT of the reader's area as choices; one query."""
    rows = Territory.objects.filter(
        within("code", *codes), level__in=[Level.RW, Level.RT]
    ).select_related("parent")
    rws: list[Any] = [("", _("All RW"))]
    rts: list[Any] = [("", _("All RT"))]
    for place in rows.order_by("code"):
        (rws if place.level == Level.RW else rts).append((place.code, place.full_name))
    return rws, rts


class FilterForm(forms.Form):
    """Filters of the list of families; a value that is not offered counts as none."""

    rw = forms.ChoiceField(label="RW", required=False)
    rt = forms.ChoiceField(label="RT", required=False)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    desil = forms.ChoiceField(label=gettext_lazy("Decile"), required=False)
    tanpa_rt = forms.BooleanField(label=gettext_lazy("RT not known"), required=False)
    tanpa_bantuan = forms.BooleanField(label=gettext_lazy("No aid recorded"), required=False)

    def __init__(
        self, *args: Any, user: User, codes: list[str], deciles: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        offered: dict[str, Any] = self.fields
        offered["rw"].choices, offered["rt"].choices = place_choices(codes)
        offered["status"].choices = [("", _("All")), *HouseholdStatus.choices]
        offered["desil"].choices = [
            ("", _("All")),
            ("1", _("Decile 1")),
            ("2", _("Decile 2")),
            ("3-4", _("Decile 3–4")),
            ("5-10", _("Decile 5–10")),
            ("-", _("Not known")),
        ]
        if not deciles:
            del self.fields["desil"]
            del self.fields["tanpa_bantuan"]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that hold, without empty and unknown ones."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
