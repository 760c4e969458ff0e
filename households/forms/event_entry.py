"""All that one page of an event asks, held together: the event, newcomers, a new family."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from households.events.acts import Told
from households.forms.event_kinds import (
    BirthForm,
    CorrectionForm,
    DeathForm,
    FounderForm,
    HeadChangeForm,
    JoinForm,
    MoveInForm,
    MoveOutForm,
    ReturnForm,
)
from households.forms.events import EventForm, NewFamilyForm
from households.forms.member import MemberForm
from households.models import EventKind, Household, Member
from tkpk.models import User
from tkpk.requests import whole_number

FORMS: dict[str, type[EventForm]] = {
    EventKind.BIRTH: BirthForm,
    EventKind.DEATH: DeathForm,
    EventKind.MOVE_OUT: MoveOutForm,
    EventKind.MOVE_IN: MoveInForm,
    EventKind.SPLIT: FounderForm,
    EventKind.JOIN: JoinForm,
    EventKind.HEAD: HeadChangeForm,
    EventKind.CORRECTION: CorrectionForm,
    EventKind.RETURN: ReturnForm,
}
MOST_NEWCOMERS = 12


class NewcomerForm(MemberForm):
    """A person who comes into the registry: who it is; the rest follows on the own page."""

    new_father_nik = new_mother_nik = new_birth_certificate = new_passport_number = None
    new_kitas_number = new_marriage_certificate = new_divorce_certificate = None
    new_id_card_tag = new_insurance_number = None
    field_order = ("name", "new_nik")

    class Meta(MemberForm.Meta):
        fields = [
            "name",
            "sex",
            "relation",
            "birth_place",
            "birth_date",
            "marital_status",
            "religion",
            "education",
            "work",
        ]


class BabyForm(NewcomerForm):
    """A child: its date of birth is the day of the event."""

    class Meta(MemberForm.Meta):
        fields = ["name", "sex", "relation", "birth_place"]


class Entry:
    """The forms of one kind of event, bound to the same data."""

    def __init__(
        self,
        kind: str,
        household: Household | None,
        *,
        by: User,
        data: QueryDict | None,
        chosen: int | None = None,
    ) -> None:
        self.kind = kind
        self.main = FORMS[kind](data, household=household, by=by, chosen=chosen)
        self.persons = [self._person(kind, data, n) for n in range(self._how_many(kind, data))]
        founds = kind == EventKind.SPLIT or household is None
        self.family = NewFamilyForm(data, by=by, household=household) if founds else None

    @staticmethod
    def _how_many(kind: str, data: QueryDict | None) -> int:
        if kind == EventKind.BIRTH:
            return 1
        if kind != EventKind.MOVE_IN:
            return 0
        asked = whole_number(data.get("count", "") if data else "")
        return min(max(asked or 1, 1), MOST_NEWCOMERS)

    @staticmethod
    def _person(kind: str, data: QueryDict | None, number: int) -> NewcomerForm:
        form = BabyForm if kind == EventKind.BIRTH else NewcomerForm
        return form(data, prefix=f"orang{number}", instance=Member())

    @property
    def every_form(self) -> list[forms.BaseForm]:
        family = [] if self.family is None else [self.family]
        return [self.main, *family, *self.persons]

    @property
    def count(self) -> int:
        return len(self.persons)

    @property
    def may_add(self) -> bool:
        return self.kind == EventKind.MOVE_IN and self.count < MOST_NEWCOMERS

    @property
    def with_errors(self) -> list[forms.BaseForm]:
        return [form for form in self.every_form if form.errors]

    def is_valid(self) -> bool:
        # All are asked, so that all errors are shown at once.
        answers = [form.is_valid() for form in self.every_form]
        return all(answers)

    def told(self) -> Told:
        said = self.main.told()
        said.newcomers = [form.instance for form in self.persons]
        if self.family is not None:
            said.new_family = self.family.family()
        return said

    def tell(self, error: ValidationError) -> None:
        """Put a refusal beside the field that it is about, whichever form has it."""
        by_field = getattr(error, "error_dict", None) or {"__all__": [error]}
        for name, found in by_field.items():
            form, field = self._place_of(name)
            form.add_error(field, found)

    def _place_of(self, name: str) -> tuple[Any, str | None]:
        start, _dash, number = name.rpartition("_")
        if start == "newcomer" and int(number) < self.count:
            return self.persons[int(number)], "new_nik"
        for form in self.every_form:
            if name in form.fields:
                return form, name
        return self.main, None
