"""What each kind of event asks beyond its day, its paper and whom it is about."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.codes import Relation, Sex
from households.events.acts import Told
from households.events.checks import ABSENT, head_among, relation_field
from households.forms.editing import day_input
from households.forms.events import (
    CHOOSE,
    EventForm,
    checked_number,
    family_named,
    person_label,
    text_field,
)
from households.models import Household, Member
from tkpk.nik import check_nik


class BirthForm(EventForm):
    asks_people = asks_new_head = asks_relations = False
    mother: Any = forms.TypedChoiceField(
        label=gettext_lazy("Mother"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = _("Date of birth")
        women = [m for m in self.people.values() if m.sex == Sex.FEMALE]
        none = _("– not of this family –")
        mother: Any = self.fields["mother"]
        mother.choices = [("", none), *((m.pk, person_label(m)) for m in women)]

    def told(self) -> Told:
        said = super().told()
        said.mother = self.cleaned_data["mother"]
        return said


class DeathForm(EventForm):
    single = True
    head_help = gettext_lazy("Only where the head died and others live on in the family.")


class MoveOutForm(EventForm):
    destination = text_field(gettext_lazy("Moved to"), 200)

    def first_fields(self) -> list[str]:
        return ["destination"]

    def told(self) -> Told:
        said = super().told()
        said.destination = self.cleaned_data["destination"]
        return said


class MoveInForm(MoveOutForm):
    """The same, with the place that they come from."""

    asks_people = asks_new_head = asks_relations = False
    destination = text_field(gettext_lazy("Moved from"), 200)


class FounderForm(EventForm):
    """A split; place and number of the new family stand in a form of their own."""

    head_help = gettext_lazy("Of those who stay; only where their head goes.")
    founder: Any = forms.TypedChoiceField(
        label=gettext_lazy("Head of the family that splits off"), coerce=int
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        founder: Any = self.fields["founder"]
        founder.choices = [("", CHOOSE), *((pk, m.name) for pk, m in self.people.items())]
        self.fields["new_head"].label = _("New head of the family that stays")

    def first_fields(self) -> list[str]:
        return ["founder"]

    def told(self) -> Told:
        said, founder = super().told(), self.cleaned_data["founder"]
        if founder in said.people:
            said.relations[founder] = Relation.HEAD
        return said


class JoinForm(EventForm):
    other_family: Any = forms.CharField(
        label=gettext_lazy("Family that is joined"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Its code, like KLG-000123, or its full KK number."),
    )

    def first_fields(self) -> list[str]:
        return ["other_family"]

    def clean_other_family(self) -> Household:
        return family_named(self.cleaned_data["other_family"], self.by)

    def told(self) -> Told:
        said = super().told()
        said.other_family = self.cleaned_data["other_family"]
        return said


class HeadChangeForm(EventForm):
    asks_people = False
    head_help = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        former = head_among(self.people.values())
        head: Any = self.fields["new_head"]
        head.required, head.initial = True, self.chosen
        others = [pair for pair in head.choices if pair[0] and (not former or pair[0] != former.pk)]
        head.choices = [("", CHOOSE), *others]
        if former:
            self.add_relation(former, required=True)
            self.fields[relation_field(former.pk)].label = _("What %(name)s is to the new head") % {
                "name": former.name
            }


class CorrectionForm(EventForm):
    """Of one person, whose values stand in the fields; an empty field keeps what is recorded."""

    single = True
    asks_new_head = asks_relations = False
    name = text_field(gettext_lazy("Name"), 100)
    new_nik = forms.CharField(
        label="NIK",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Type all 16 digits to change it; leave empty to keep it."),
    )
    birth_place = text_field(gettext_lazy("Place of birth"), 100)
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"), required=False, widget=day_input()
    )
    sex = forms.TypedChoiceField(
        label=gettext_lazy("Sex"), choices=Sex.choices, coerce=int, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.people.get(self.chosen or 0)
        if person is not None:
            for name in ("name", "birth_place", "birth_date", "sex"):
                self.fields[name].initial = getattr(person, name)
        self.fields["on"].label = _("Date of the correction")

    def first_fields(self) -> list[str]:
        return ["name", "new_nik", "birth_place", "birth_date", "sex"]

    def those_asked(self) -> dict[int, Member]:
        assert self.household is not None  # noqa: S101 - a person has a family
        return {m.pk: m for m in self.household.members.filter(pk=self.chosen or 0)}

    def clean_new_nik(self) -> str:
        return checked_number(self.cleaned_data["new_nik"], check_nik)

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        if born and born > timezone.localdate():
            raise ValidationError(_("This day has not come yet."), code="future")
        return born

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def told(self) -> Told:
        said, data = super().told(), self.cleaned_data
        typed = {name: data[name] for name in ("name", "birth_place", "birth_date", "sex")}
        typed["nik"] = data["new_nik"]
        said.identity = {name: value for name, value in typed.items() if value not in (None, "")}
        return said


class ReturnForm(EventForm):
    single = True
    asks_new_head = False

    def those_asked(self) -> dict[int, Member]:
        assert self.household is not None  # noqa: S101 - a person has a family
        return {m.pk: m for m in self.household.members.filter(status__in=sorted(ABSENT))}
