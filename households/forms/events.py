"""Forms of life events: what happened, when, on which paper, and to whom."""

import datetime
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.codes import Relation
from households.events.acts import Told, fresh_family
from households.events.checks import living_in, relation_field
from households.forms.editing import day_input
from households.forms.family import PlaceField, places_for
from households.models import DocumentKind, Household, Member, MemberStatus
from households.models.checks import no_identifier
from tkpk.formats import date_long
from tkpk.models import Installation, Level, Territory, User
from tkpk.nik import IdentifierError, check_kk
from tkpk.requests import whole_number

CHOOSE = gettext_lazy("– choose –")


def person_label(member: Member) -> str:
    """Who somebody is, without a number."""
    parts = [member.name, str(member.get_relation_display())]
    if member.birth_date:
        parts.append(date_long(member.birth_date))
    if member.status != MemberStatus.ACTIVE:
        parts.append(str(member.get_status_display()))
    return " · ".join(parts)


def text_field(label: Any, length: int, *, required: bool = False, **kwargs: Any) -> Any:
    """Words that are kept in clear, so that no NIK or KK number may stand in them."""
    return forms.CharField(
        label=label, max_length=length, required=required, validators=[no_identifier], **kwargs
    )


class EventForm(forms.Form):
    """What every event has: its day, its paper, a note. `people` are those it may be about."""

    on = forms.DateField(label=gettext_lazy("Date of the event"), widget=day_input())
    document_kind = forms.ChoiceField(
        label=gettext_lazy("Document"), choices=[("", CHOOSE), *DocumentKind.choices]
    )
    document_number = forms.CharField(
        label=gettext_lazy("Document number"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept encrypted. Leave empty if the paper has none."),
    )
    note = text_field(
        gettext_lazy("Note"),
        500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Without NIK or KK number."),
    )

    # Which of the persons' choices the kind asks for.
    single = False
    asks_people = True
    asks_new_head = True
    asks_relations = True
    head_help: Any = gettext_lazy("Only where the head goes and others stay.")

    def __init__(
        self, *args: Any, household: Household | None, by: User, chosen: int | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.household, self.by, self.chosen = household, by, chosen
        self.people = {} if household is None else self.those_asked()
        self.fields["on"].initial = timezone.localdate()
        if household is not None:
            self._add_person_fields()
        self.order_fields(["people", *self.first_fields(), "on"])

    @property
    def nobody(self) -> bool:
        """Whether the family has none of those whom this kind is about."""
        return self.household is not None and self.asks_people and not self.people

    def first_fields(self) -> list[str]:
        """Fields of the kind that come before the day."""
        return []

    def those_asked(self) -> dict[int, Member]:
        assert self.household is not None  # noqa: S101 - asked only where there is one
        return living_in(self.household)

    def _add_person_fields(self) -> None:
        choices = [(pk, person_label(member)) for pk, member in self.people.items()]
        if self.asks_people:
            kind: Any = forms.TypedChoiceField if self.single else forms.TypedMultipleChoiceField
            widget: Any = forms.RadioSelect if self.single else forms.CheckboxSelectMultiple
            known = self.chosen if self.chosen in self.people else None
            self.fields["people"] = kind(
                label=_("Who?"),
                choices=choices,
                coerce=int,
                widget=widget,
                initial=known if self.single or known is None else [known],
            )
        if self.asks_new_head:
            active = [pk for pk, m in self.people.items() if m.status == MemberStatus.ACTIVE]
            self.fields["new_head"] = forms.TypedChoiceField(
                label=_("New head of the family"),
                choices=[("", _("– none –")), *((pk, self.people[pk].name) for pk in active)],
                coerce=int,
                empty_value=None,
                required=False,
                help_text=self.head_help,
            )
        if self.asks_relations:
            for member in self.people.values():
                self.add_relation(member)

    def add_relation(self, member: Member, *, required: bool = False) -> None:
        stays = _("stays: %(relation)s") % {"relation": member.get_relation_display()}
        self.fields[relation_field(member.pk)] = forms.TypedChoiceField(
            label=member.name,
            choices=[("", CHOOSE if required else stays), *Relation.choices],
            coerce=int,
            empty_value=None,
            required=required,
        )

    def clean_on(self) -> datetime.date:
        # The plan says it too; here it is said together with what else is wrong.
        day: datetime.date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."), code="future")
        return day

    @property
    def main_fields(self) -> Iterator[forms.BoundField]:
        return (field for field in self if not field.name.startswith("relation_"))

    @property
    def relation_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("relation_")]

    @property
    def shows_relations(self) -> bool:
        """Whether relations are asked in sight: one is wrong, or they have a new head."""
        wrong = any(field.errors for field in self.relation_fields)
        return wrong or bool(self.data.get("new_head"))

    def told(self) -> Told:
        """What was written down, as the plans take it. Call it on a valid form."""
        data = self.cleaned_data
        people = data.get("people") or []
        relations = {pk: data.get(relation_field(pk)) for pk in self.people}
        return Told(
            on=data["on"],
            document_kind=data["document_kind"],
            document_number=data["document_number"],
            note=data["note"],
            people=people if isinstance(people, list) else [people],
            new_head=data.get("new_head"),
            relations={pk: int(value) for pk, value in relations.items() if value},
        )


class NewFamilyForm(forms.Form):
    """Where a new family lives and under which number."""

    territory = PlaceField(
        Territory.objects.none(), label=gettext_lazy("RT/RW"), empty_label=CHOOSE
    )
    kk_number = forms.CharField(
        label=gettext_lazy("KK number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("16 digits, as on the new family card."),
    )
    address = text_field(gettext_lazy("Address"), 200)
    hamlet = text_field(gettext_lazy("Kampung or hamlet"), 100)

    def __init__(
        self, *args: Any, by: User, household: Household | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        place: Any = self.fields["territory"]
        place.queryset = places_for(by, household.kelurahan_id if household else None)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        if household is not None:
            place.initial = household.territory_id
            self.fields["address"].initial = household.address
            self.fields["hamlet"].initial = household.hamlet

    def clean_kk_number(self) -> str:
        return checked_number(self.cleaned_data["kk_number"], check_kk)

    def family(self) -> Household:
        """The family as written down, unsaved."""
        data = self.cleaned_data
        place = data["territory"]
        kelurahan = Territory.objects.get(code=place.kelurahan_code, level=Level.KELURAHAN)
        found = fresh_family(territory=place, kelurahan=kelurahan, kk_number=data["kk_number"])
        found.address, found.hamlet = data["address"], data["hamlet"]
        return found


def checked_number(typed: str, check: Any) -> str:
    """A NIK or KK number that can be one; "" stays "". Raises ValidationError."""
    if not typed.strip():
        return ""
    try:
        return str(check(typed, demo=Installation.current().demo))
    except IdentifierError as error:
        raise ValidationError(error.message, code=error.code) from error


def family_named(text: str, by: User) -> Household:
    """A family by its code or full KK number, among those this person may open."""
    sought = text.strip().upper().removeprefix("KLG-")
    rows = Household.objects.visible_to(by).select_related("territory__parent", "kelurahan")
    try:
        number = check_kk(sought, demo=Installation.current().demo)
    except IdentifierError:
        found = rows.filter(pk=whole_number(sought) or 0).first()
    else:
        found = rows.with_kk(number).order_by("status", "pk").first()
    if found is None:
        raise ValidationError(_("No family of yours has this code or number."), code="unknown")
    return found
