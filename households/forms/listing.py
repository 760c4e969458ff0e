"""Forms of the yearly list: its settings and evidence, filters of its lines, acts on a family."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.forms.search import place_choices
from households.listing.keeping import CHANGEABLE
from households.listing.rows import COLUMNS
from households.models import (
    GraduationGround,
    ListingOrigin,
    ListingStatus,
    PoorList,
    ScoreClass,
)
from tkpk.models import Meeting, MeetingKind, MeetingStatus, Territory
from tkpk.text_checks import no_identifier
from tkpk.trail import no_number_in_reason

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
KELURAHAN_CODE = len("34.71.04.1002")
MEETINGS = {
    "review_1": MeetingKind.PUBLIC_REVIEW_1,
    "review_2": MeetingKind.PUBLIC_REVIEW_2,
    "rembug": MeetingKind.REMBUG,
}


class NewListForm(forms.ModelForm):
    """The list of a new year."""

    class Meta:
        model = PoorList
        fields = ("year", "basis", "objection_days", "instrument")

    def __init__(self, *args: Any, kelurahan: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kelurahan = kelurahan
        self.fields["year"].initial = timezone.localdate().year
        instrument: Any = self.fields["instrument"]
        instrument.queryset = instrument.queryset.filter(kelurahan=kelurahan)
        instrument.empty_label = _("any instrument")

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        taken = PoorList.objects.filter(kelurahan=self.instance.kelurahan, year=year)
        if taken.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This year has a list already."), code="year_taken")
        return year


class ListSettingsForm(forms.ModelForm):
    """What the stage of the list still lets one change."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = PoorList
        fields = (
            "basis",
            "objection_days",
            "instrument",
            "review_1",
            "review_2",
            "rembug",
            "decree_number",
            "decree_on",
        )
        widgets = {"decree_on": DATE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        poor_list = self.instance
        self.fields["version"].initial = poor_list.version
        for name in set(self._meta.fields or ()) - set(self.offered(poor_list)):
            del self.fields[name]
        meetings = Meeting.objects.filter(kelurahan=poor_list.kelurahan_id)
        meetings = meetings.exclude(status=MeetingStatus.CANCELLED)
        for name, kind in MEETINGS.items():
            if name in self.fields:
                field: Any = self.fields[name]
                field.queryset = meetings.filter(kind=kind)
                field.label_from_instance = _meeting_label
        if "instrument" in self.fields:
            instrument: Any = self.fields["instrument"]
            instrument.queryset = instrument.queryset.filter(kelurahan=poor_list.kelurahan_id)
            instrument.empty_label = _("any instrument")

    @staticmethod
    def offered(poor_list: PoorList) -> list[str]:
        """What may be changed now: of the last two only what belongs to the basis."""
        other = {"rembug"} if poor_list.basis == "DECREE" else {"decree_number", "decree_on"}
        return [name for name in CHANGEABLE[poor_list.status] if name not in other]

    def clean_decree_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["decree_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("The date lies in the future."), code="future")
        return day

    @property
    def values(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in self._meta.fields or ()
            if name in self.cleaned_data
        }


def _meeting_label(meeting: Meeting) -> str:
    day = timezone.localtime(meeting.starts_at)
    return f"{day:%d-%m-%Y} · {meeting.title} ({meeting.get_status_display()})"


class LineFilterForm(forms.Form):
    """Filters of the lines; a value that is not offered counts as none."""

    rw = forms.ChoiceField(label="RW", required=False)
    rt = forms.ChoiceField(label="RT", required=False)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    kelas = forms.ChoiceField(label=gettext_lazy("Class"), required=False)
    asal = forms.ChoiceField(label=gettext_lazy("Put on by"), required=False)
    desil = forms.ChoiceField(label=gettext_lazy("Decile"), required=False)

    def __init__(
        self, *args: Any, poor_list: PoorList, codes: list[str], keeps: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = self.fields
        offered["rw"].choices, offered["rt"].choices = place_choices(codes)
        standing = ("berdiri", _("On the list now"))
        offered["status"].choices = [("", _("All")), standing, *ListingStatus.choices]
        if not keeps:
            for name in ("kelas", "asal", "desil"):
                del self.fields[name]
            return
        classes = ScoreClass.objects.filter(
            pk__in=poor_list.listings.order_by().values("score_class")
        )
        offered["kelas"].choices = [
            ("", _("All")),
            *((str(row.pk), str(row)) for row in classes),
            ("-", _("without a class")),
        ]
        offered["asal"].choices = [("", _("All")), *ListingOrigin.choices]
        bands = [
            (band, _("Decile %(band)s") % {"band": band}) for band in ("1", "2", "3-4", "5-10")
        ]
        offered["desil"].choices = [("", _("All")), *bands, ("-", _("Not known"))]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that hold, without empty and unknown ones."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def chosen_columns(said: list[str], *, allowed: tuple[str, ...]) -> list[str]:
    """The columns of the address in our order; without any, those allowed that are usual."""
    return [name for name in COLUMNS if name in said and name in allowed]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        validators=[no_number_in_reason],
        help_text=gettext_lazy("One sentence, without names or numbers. It is kept in the trail."),
    )


class PurposeForm(ReasonForm):
    """What a paper or a workbook with names is for."""


class SheetForm(PurposeForm):
    """Of which place the names are printed: only what the reader may print is offered."""

    place = forms.ChoiceField(label="RW/RT", required=False)

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rws, rts = place_choices(codes)
        field: Any = self.fields["place"]
        whole = any(len(code) == KELURAHAN_CODE for code in codes)
        # Who heads one place prints that; who keeps the list may print all of it.
        first = [("", _("The whole kelurahan, each RW on its own page"))] if whole else []
        field.choices = [*first, *rws[1:], *rts[1:]]
        field.required = not whole
        if not whole and field.choices:
            field.initial = field.choices[0][0]
        self.order_fields(["place", "reason"])


class NumbersForm(PurposeForm):
    """The same, and whether with full numbers."""

    numbers = forms.BooleanField(
        label=gettext_lazy("With full NIK and KK numbers"),
        required=False,
        help_text=gettext_lazy("Only where the receiver needs them; else they stay masked."),
    )


class GroundForm(forms.Form):
    """Why a family has outgrown the list."""

    ground = forms.ChoiceField(label=gettext_lazy("Ground"), choices=GraduationGround.choices)


class VisitForm(forms.Form):
    """What a visit to a graduate found."""

    visited_on = forms.DateField(label=gettext_lazy("Visited on"), widget=DATE)
    note = forms.CharField(
        label=gettext_lazy("What did you find?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[no_identifier],
    )


class EmptyForm(forms.Form):
    """A step that asks nothing more."""


class GraduationMeetingForm(forms.Form):
    """In which uji publik the graduation was confirmed."""

    meeting = forms.ModelChoiceField(
        label=gettext_lazy("Meeting of uji publik"), queryset=Meeting.objects.none()
    )

    def __init__(self, *args: Any, kelurahan: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["meeting"]
        kinds = (MeetingKind.PUBLIC_REVIEW_1, MeetingKind.PUBLIC_REVIEW_2)
        field.queryset = Meeting.objects.held().filter(kelurahan=kelurahan, kind__in=kinds)
        field.label_from_instance = _meeting_label


class DecreeFileForm(forms.Form):
    """The file that the city sent."""

    file = forms.FileField(
        label=gettext_lazy("File of the city"),
        help_text=gettext_lazy(
            "XLSX, XLS or CSV with NIK, KK number or the name of the head of family."
        ),
    )
