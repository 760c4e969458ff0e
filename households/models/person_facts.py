"""Facts about one person, as the population sheet and the questionnaires have them."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from households import codes
from households.models.checks import no_identifier
from tkpk.encryption import EncryptedTextField


def _code(label: Any, choices: type[models.IntegerChoices]) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, choices=choices.choices, null=True, blank=True)


def _text(label: Any, length: int = 100) -> models.CharField:
    return models.CharField(label, max_length=length, blank=True, validators=[no_identifier])


def _secret(label: Any, context: str) -> EncryptedTextField:
    return EncryptedTextField(label, context=context, blank=True, default="")


PERSON_LISTS: list[tuple[str, type[models.IntegerChoices]]] = [
    ("sex", codes.Sex),
    ("relation", codes.Relation),
    ("religion", codes.Religion),
    ("education", codes.Education),
    ("education_current", codes.EducationCurrent),
    ("work", codes.Work),
    ("main_activity", codes.MainActivity),
    ("marital_status", codes.MaritalStatus),
    ("citizenship", codes.Citizenship),
    ("blood_type", codes.BloodType),
    ("disability", codes.Disability),
    ("contraception", codes.Contraception),
    ("pregnant", codes.YesNo),
    ("has_ektp", codes.YesNo),
    ("recording_status", codes.RecordingStatus),
]
HEALTH_FIELDS = ["blood_type", "disability", "chronic_illness", "contraception", "pregnant"]
# Numbers of papers: encrypted like the NIK, shown to those who may see identifiers.
DOCUMENT_FIELDS = [
    "birth_certificate",
    "passport_number",
    "kitas_number",
    "marriage_certificate",
    "divorce_certificate",
    "id_card_tag",
    "insurance_number",
    "father_nik",
    "mother_nik",
]


class PersonFacts(models.Model):
    """NULL or empty means not known."""

    birth_place = _text(_("place of birth"))
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    religion = _code(_("religion"), codes.Religion)
    education = _code(_("education"), codes.Education)
    education_current = _code(_("education being taken"), codes.EducationCurrent)
    work = _code(_("occupation"), codes.Work)
    main_activity = _code(_("main activity"), codes.MainActivity)
    marital_status = _code(_("marital status"), codes.MaritalStatus)
    citizenship = _code(_("citizenship"), codes.Citizenship)
    father_nik = _secret(_("NIK of father"), "nik.father")
    father_name = _text(_("name of father"))
    mother_nik = _secret(_("NIK of mother"), "nik.mother")
    mother_name = _text(_("name of mother"))
    blood_type = _code(_("blood type"), codes.BloodType)
    disability = _code(_("disability"), codes.Disability)
    chronic_illness = _text(_("chronic illness"))
    contraception = _code(_("family planning"), codes.Contraception)
    pregnant = _code(_("pregnant"), codes.YesNo)
    birth_certificate = _secret(_("birth certificate number"), "paper.birth")
    passport_number = _secret(_("passport number"), "paper.passport")
    passport_expires_on = models.DateField(_("passport valid until"), null=True, blank=True)
    kitas_number = _secret(_("KITAS number"), "paper.kitas")
    marriage_certificate = _secret(_("marriage certificate number"), "paper.marriage")
    married_on = models.DateField(_("date of marriage"), null=True, blank=True)
    divorce_certificate = _secret(_("divorce certificate number"), "paper.divorce")
    divorced_on = models.DateField(_("date of divorce"), null=True, blank=True)
    has_ektp = _code(_("has e-KTP"), codes.YesNo)
    recording_status = _code(_("e-KTP recording"), codes.RecordingStatus)
    id_card_tag = _secret(_("e-KTP tag number"), "paper.tag")
    insurance_kind = _text(_("health insurance"), 60)
    insurance_number = _secret(_("insurance number"), "paper.insurance")
    ethnicity = _text(_("ethnic group"), 60)
    current_address = _text(_("present address"), 200)
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )

    class Meta:
        abstract = True
