"""Forms of aid across families: filters, what several received, when it stopped."""

from typing import Any

from django import forms
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from households.aid.recording import EVERYBODY, HEAD, Given
from households.aid.stopping import Ending
from households.forms.editing import day_input
from households.forms.search import place_choices
from households.models import AidProgramme, AidTarget, StopReason
from households.models.checks import no_identifier
from tkpk.models import Territory
from tkpk.trail import no_number_in_reason

KEEP_PLACES = 60  # seconds
RUNNING, ENDED, STOPPED = "berjalan", "selesai", "dihentikan"
STATES = [
    (RUNNING, gettext_lazy("going on today")),
    (ENDED, gettext_lazy("period over")),
    (STOPPED, gettext_lazy("stopped")),
]


class YearForm(forms.Form):
    """A year that there is something of; anything else counts as the newest."""

    tahun = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int, required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = self.fields
        offered["tahun"].choices = [(str(year), str(year)) for year in years]
        self.newest = years[0]
        self.is_valid()
        self.year: int = self.cleaned_data.get("tahun") or self.newest
        self.initial["tahun"] = str(self.year)

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that hold, as an address carries them."""
        return {
            name: str(value)
            for name, value in self.cleaned_data.items()
            if value and not (name == "tahun" and value == self.newest)
        }


def _places(codes: list[str]) -> Any:
    """RW and RT as choices, kept a minute: they change once in years."""
    cache, key = caches["memory"], ".".join(["aid.places", get_language() or "", *codes])
    kept = cache.get(key)
    if kept is None:
        kept = place_choices(codes)
        cache.set(key, kept, KEEP_PLACES)
    return kept


class PlaceYearForm(YearForm):
    """Also a RW and an RT of the reader's area."""

    rw = forms.ChoiceField(label="RW", required=False)
    rt = forms.ChoiceField(label="RT", required=False)

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        # Before the base reads what was said, the choices of places have to stand.
        self.codes = codes
        super().__init__(*args, **kwargs)

    def _clean_fields(self) -> None:
        offered: dict[str, Any] = self.fields
        offered["rw"].choices, offered["rt"].choices = _places(self.codes)
        super()._clean_fields()  # type: ignore[misc] # Django's

    @property
    def place(self) -> str:
        """The code of the narrowest place chosen, or ""."""
        return self.cleaned_data.get("rt") or self.cleaned_data.get("rw") or ""


class ReceiverForm(PlaceYearForm):
    """Filters of the receivers of a programme."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("All")), *STATES],
    )


class GivenForm(forms.Form):
    """What several families received."""

    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme"), queryset=AidProgramme.objects.none()
    )
    who = forms.ChoiceField(
        label=gettext_lazy("Who received it"),
        choices=[
            (HEAD, gettext_lazy("the head of the family")),
            (EVERYBODY, gettext_lazy("everybody who lives there")),
        ],
        initial=HEAD,
        help_text=gettext_lazy("Only for programmes that are given to persons."),
    )
    period_from = forms.DateField(label=gettext_lazy("From"), widget=day_input())
    period_to = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=day_input(),
        help_text=gettext_lazy("Leave empty while it goes on."),
    )
    amount_idr = forms.IntegerField(
        label=gettext_lazy("Amount for each (Rp)"),
        required=False,
        min_value=0,
        max_value=10_000_000_000,
    )
    goods = forms.CharField(
        label=gettext_lazy("In kind"),
        required=False,
        max_length=100,
        validators=[no_identifier],
    )
    despite_pair = forms.CharField(
        label=gettext_lazy("Why it is recorded although a rule excludes the pair"),
        required=False,
        max_length=300,
        validators=[no_number_in_reason],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Only for families that a rule excludes; without a reason they are left out."
        ),
    )

    def __init__(self, *args: Any, kelurahan: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes: Any = self.fields["programme"]
        programmes.queryset = AidProgramme.objects.filter(kelurahan=kelurahan, active=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("period_from"), data.get("period_to")
        if first and last and last < first:
            self.add_error("period_to", _("The last day comes before the first day."))
        if first and first.year > timezone.localdate().year + 1:
            self.add_error("period_from", _("This day lies too far ahead."))
        return data

    @property
    def given(self) -> Given:
        names = ("programme", "period_from", "period_to", "amount_idr", "goods", "who")
        return Given(**{name: self.cleaned_data[name] for name in names})

    @property
    def asks_who(self) -> bool:
        programme = self.cleaned_data.get("programme")
        return programme is None or programme.target == AidTarget.PERSON


class EndingForm(forms.Form):
    """Until when somebody received, and why no longer."""

    stopped_on = forms.DateField(
        label=gettext_lazy("Last day on which it was received"), widget=day_input()
    )
    stop_reason = forms.ChoiceField(
        label=gettext_lazy("Why it stopped"),
        choices=[("", gettext_lazy("Choose")), *StopReason.choices],
    )
    stop_words = forms.CharField(
        label=gettext_lazy("In words"),
        required=False,
        max_length=200,
        validators=[no_number_in_reason],
        help_text=gettext_lazy(
            "Needed for another reason. Without NIK or KK number; it is kept in the trail."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.ending.check()
            except ValidationError as error:
                self.add_error(None, error)
        return data

    @property
    def ending(self) -> Ending:
        data = self.cleaned_data
        return Ending(data["stopped_on"], data["stop_reason"], data["stop_words"])
