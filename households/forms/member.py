"""The form of a person: who, school and work, health, parents, papers."""

from typing import Any, ClassVar

from crispy_forms.layout import HTML, Layout
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.codes import Relation
from households.duplicates.typed import Likely, Typed, likely_same
from households.families import head_of, nik_holder
from households.forms.editing import SecretField, Sections, VersionedForm, day_input, person_link
from households.models import LIVING, Member
from households.models.person_facts import DOCUMENT_FIELDS, HEALTH_FIELDS
from tkpk import nik as nik_rules
from tkpk.encryption import blind_index
from tkpk.models import Installation, User
from tkpk.nik import IdentifierError, check_nik, nik_warnings

PERSON = ["name", "new_nik", "sex", "relation", "birth_place", "birth_date", "marital_status"]
MORE = ["religion", "citizenship", "ethnicity", "current_address", "latitude", "longitude"]
WORK = ["education", "education_current", "work", "main_activity"]
PARENTS = ["father_name", "new_father_nik", "mother_name", "new_mother_nik"]
DATES = ["passport_expires_on", "married_on", "divorced_on"]
STATES = ["has_ektp", "recording_status"]
PAPER_NUMBERS = [name for name in DOCUMENT_FIELDS if name not in {"father_nik", "mother_nik"}]


def notes_on_nik(member: Member) -> list[nik_rules.Warning]:
    """Where the NIK disagrees with birth date or sex: to be looked at, never refused."""
    if not member.nik:
        return []
    return nik_warnings(
        member.nik, sex=member.sex, birth_date=member.birth_date, today=timezone.localdate()
    )


class MemberForm(VersionedForm):
    """One person; `instance.household` is set before, except for the head of a new family."""

    new_nik = SecretField(
        stored="nik",
        label=gettext_lazy("NIK"),
        help_text=gettext_lazy("16 digits. Leave empty for a person who has none yet."),
    )
    new_father_nik: Any = SecretField(stored="father_nik", label=gettext_lazy("NIK of father"))
    new_mother_nik: Any = SecretField(stored="mother_nik", label=gettext_lazy("NIK of mother"))
    new_birth_certificate: Any = SecretField(
        stored="birth_certificate", label=gettext_lazy("birth certificate number")
    )
    new_passport_number: Any = SecretField(
        stored="passport_number", label=gettext_lazy("passport number")
    )
    new_kitas_number: Any = SecretField(stored="kitas_number", label=gettext_lazy("KITAS number"))
    new_marriage_certificate: Any = SecretField(
        stored="marriage_certificate", label=gettext_lazy("marriage certificate number")
    )
    new_divorce_certificate: Any = SecretField(
        stored="divorce_certificate", label=gettext_lazy("divorce certificate number")
    )
    new_id_card_tag: Any = SecretField(stored="id_card_tag", label=gettext_lazy("e-KTP tag number"))
    new_insurance_number: Any = SecretField(
        stored="insurance_number", label=gettext_lazy("insurance number")
    )

    sections: ClassVar[Sections] = [
        (gettext_lazy("Person"), PERSON),
        (gettext_lazy("School and work"), WORK),
        (gettext_lazy("Health"), [*HEALTH_FIELDS, "insurance_kind", "new_insurance_number"]),
        (gettext_lazy("More about the person"), MORE),
        (gettext_lazy("Parents"), PARENTS),
        (
            gettext_lazy("Papers"),
            [
                "new_birth_certificate",
                *STATES,
                "new_id_card_tag",
                "new_marriage_certificate",
                "married_on",
                "new_divorce_certificate",
                "divorced_on",
                "new_passport_number",
                "passport_expires_on",
                "new_kitas_number",
            ],
        ),
    ]

    class Meta:
        model = Member
        fields = [
            *[name for name in [*PERSON, *WORK, *HEALTH_FIELDS] if name != "new_nik"],
            "insurance_kind",
            *MORE,
            "father_name",
            "mother_name",
            *STATES,
            *DATES,
        ]
        widgets = {name: day_input() for name in ["birth_date", *DATES]}

    def __init__(self, *args: Any, reader: User | None = None, **kwargs: Any) -> None:
        """With `reader`, people who are alike are shown once, as this person may see them."""
        self.reader = reader
        self.likely: list[Likely] = []
        super().__init__(*args, **kwargs)

    def _layout(self) -> Layout:
        layout = super()._layout()
        # Under name and NIK, which stand first.
        layout.fields[1].fields.insert(2, HTML('{% include "staff/duplicates/_check.html" %}'))
        return layout

    def clean_new_nik(self) -> str:
        return self._checked_nik("new_nik")

    def clean_new_father_nik(self) -> str:
        return self._checked_nik("new_father_nik")

    def clean_new_mother_nik(self) -> str:
        return self._checked_nik("new_mother_nik")

    def _checked_nik(self, name: str) -> str:
        typed = self.cleaned_data[name]
        if not typed:
            return ""
        try:
            return check_nik(typed, demo=Installation.current().demo)
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        if born and born > timezone.localdate():
            raise ValidationError(_("This day has not come yet."), code="future")
        return born

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not any(letter.isalpha() for letter in name):
            raise ValidationError(_("Write the name with letters."), code="no_letters")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            self.add_error("latitude", _("Write both latitude and longitude, or neither."))
        self._refuse_second_nik(data)
        self._refuse_second_head(data)
        self._warn_of_likely(data)
        return data

    def _warn_of_likely(self, data: dict[str, Any]) -> None:
        """Ask once before somebody is saved who may be there already."""
        told = {"name", "new_nik", "birth_date"} & set(self.changed_data)
        if self.errors or not self.reader or not told or self.data.get("save_anyway"):
            return
        typed = Typed(
            data["name"],
            data["new_nik"] or self.instance.nik,
            data["birth_date"],
            data["sex"],
            data.get("birth_place", ""),
        )
        self.likely = likely_same(
            typed, self.instance.household, reader=self.reader, other_than=self.instance.pk
        )
        if self.likely:
            self.add_error(
                None,
                _("May be in the registry already. Compare, then tick “Save all the same”."),
            )

    def _refuse_second_nik(self, data: dict[str, Any]) -> None:
        household = getattr(self.instance, "household", None)
        if self.instance.status not in LIVING or household is None:
            return
        index = self.instance.nik_index
        if data.get("new_nik"):
            index = blind_index("nik", data["new_nik"])
        other = nik_holder(index, kelurahan_id=household.kelurahan_id, other_than=self.instance.pk)
        if other:
            self.refuse_nik_of(other)

    def refuse_nik_of(self, other: Member) -> None:
        """Say at the field whose NIK this is."""
        text = format_html(
            _("This NIK belongs to {person} in family {code}."),
            person=person_link(other),
            code=other.household.code,
        )
        self.add_error("new_nik", ValidationError(text, code="taken"))

    def _refuse_second_head(self, data: dict[str, Any]) -> None:
        if data.get("relation") != Relation.HEAD:
            return
        if self.instance.status != Member.Status.ACTIVE or not self.instance.household_id:
            return
        other = head_of(self.instance.household_id, other_than=self.instance.pk)
        if other:
            text = format_html(
                _("The family already has a head: {person}. Change that relation first."),
                person=person_link(other),
            )
            self.add_error("relation", ValidationError(text, code="taken"))

    def set_secret(self, stored: str, value: str) -> None:
        if stored == "nik":
            self.instance.set_nik(value)
        else:
            setattr(self.instance, stored, value)

    def _post_clean(self) -> None:
        super()._post_clean()
        if "name" in self.cleaned_data:
            self.instance.set_name(self.cleaned_data["name"])


class HeadForm(MemberForm):
    """The head of a new family: what identifies a person; the rest follows on the own page."""

    new_father_nik = new_mother_nik = new_birth_certificate = new_passport_number = None
    new_kitas_number = new_marriage_certificate = new_divorce_certificate = None
    new_id_card_tag = new_insurance_number = None

    class Meta(MemberForm.Meta):
        fields = [*[name for name in PERSON if name not in {"relation", "new_nik"}], *WORK]

    def refuse_if_taken(self, kelurahan_id: int) -> None:
        """Refuse a NIK that a living person of the kelurahan has. Call it when both are valid."""
        other = nik_holder(self.instance.nik_index, kelurahan_id=kelurahan_id, other_than=None)
        if other:
            self.refuse_nik_of(other)
