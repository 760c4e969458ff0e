"""Forms of transfers between two kelurahan: letting go, asking, receiving."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.codes import Relation
from households.events.checks import relation_field
from households.forms.editing import day_input
from households.forms.event_kinds import MoveOutForm
from households.forms.events import CHOOSE, checked_number, family_named, text_field
from households.models import DocumentKind, Household, TransferPerson, TransferStatus
from households.transfers import Release
from tkpk.models import KelurahanOffice, Territory, User
from tkpk.nik import check_nik


def other_kelurahan(*, than: Territory) -> Any:
    """The other kelurahan that use this installation."""
    offices = KelurahanOffice.objects.values("territory_id")
    return Territory.objects.filter(pk__in=offices).exclude(pk=than.pk).order_by("name")


def several_kelurahan() -> bool:
    """Whether anybody is there to exchange persons with."""
    return KelurahanOffice.objects.count() > 1


class StatusFilterForm(forms.Form):
    """Which transfers of the list to show; an unknown value shows all."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("Every status")), *TransferStatus.choices],
    )

    @property
    def chosen(self) -> str:
        return self.cleaned_data.get("status", "") if self.is_valid() else ""


class PlaceNameField(forms.ModelChoiceField):
    """A kelurahan by its name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class ReleaseForm(MoveOutForm):
    """Who goes, on which paper, and who leads those who stay."""

    asks_relations = False
    destination = None  # the receiving kelurahan is known

    def first_fields(self) -> list[str]:
        return ["destination_place"]

    def release(self) -> Release:
        """Call it on a valid form."""
        assert self.household is not None  # noqa: S101 - the page always has one
        data = self.cleaned_data
        return Release(
            household=self.household,
            people=data["people"],
            on=data["on"],
            document_kind=data["document_kind"],
            document_number=data["document_number"],
            note=data["note"],
            new_head=data.get("new_head"),
        )


class OfferForm(ReleaseForm):
    """A release that the origin opens itself: it says to whom."""

    destination_place = PlaceNameField(
        Territory.objects.none(), label=gettext_lazy("Receiving kelurahan"), empty_label=CHOOSE
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert self.household is not None  # noqa: S101 - the page always has one
        place: Any = self.fields["destination_place"]
        place.queryset = other_kelurahan(than=self.household.kelurahan)


class RequestForm(forms.Form):
    """What the card of the person at the counter says."""

    origin = PlaceNameField(
        Territory.objects.none(), label=gettext_lazy("Kelurahan of origin"), empty_label=CHOOSE
    )
    name = text_field(gettext_lazy("Name"), 100, required=True)
    nik = forms.CharField(
        label="NIK",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("16 digits. The other kelurahan finds the person by it."),
    )
    on = forms.DateField(label=gettext_lazy("Date of moving"), widget=day_input())
    document_kind = forms.ChoiceField(
        label=gettext_lazy("Document"), choices=[("", CHOOSE), *DocumentKind.choices]
    )
    document_number = forms.CharField(
        label=gettext_lazy("Document number"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = text_field(
        gettext_lazy("Note to the other kelurahan"),
        500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Without NIK or KK number."),
    )

    def __init__(self, *args: Any, kelurahan: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place: Any = self.fields["origin"]
        place.queryset = other_kelurahan(than=kelurahan)
        self.fields["on"].initial = timezone.localdate()

    def clean_nik(self) -> str:
        return checked_number(self.cleaned_data["nik"], check_nik)

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."), code="future")
        return day

    def asked(self) -> dict[str, Any]:
        """What a request consists of. Call it on a valid form."""
        data = self.cleaned_data
        names = ("origin", "nik", "name", "on", "document_kind", "document_number")
        return {**{name: data[name] for name in names}, "remark": data["note"]}


class AcceptForm(forms.Form):
    """Where those who come are taken in: a family by its code, or a new one (own form)."""

    household: Any = forms.CharField(
        label=gettext_lazy("Family that takes them in"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Its code, like KLG-000123, or its full KK number. Leave empty for a new family."
        ),
    )

    def __init__(self, *args: Any, people: list[TransferPerson], by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.by = people, by
        for person in people:
            self.fields[relation_field(person.member_id)] = forms.TypedChoiceField(
                label=_("%(name)s: relation to the head") % {"name": person.member.name},
                choices=Relation.choices,
                coerce=int,
                initial=person.member.relation,
            )

    def clean_household(self) -> Household | None:
        typed = self.cleaned_data["household"]
        return family_named(typed, self.by) if typed.strip() else None

    @property
    def relations(self) -> dict[int, int]:
        data = self.cleaned_data
        return {p.member_id: data[relation_field(p.member_id)] for p in self.people}
