"""From a checked survey to the family's current facts, by a named act that shows old and new.

Only answers that say a fact of the registry exactly are carried over: "no own toilet, or a shared
one" is no code of the registry's list, so it changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households import families
from households.codes import DrinkingWater, Lighting, PowerVA, Tenure, Toilet
from households.models import Household, Survey, SurveyStatus
from households.sheet import label_of, shown
from households.workflows.surveys import SURVEY_FLOW, family_stands
from tkpk.models import User

# Question → field of the family.
NUMBERS = {
    "monthly_income_total": "monthly_income_idr",
    "floor_area_m2": "floor_area_m2",
    "electric_bill": "electric_bill_idr",
    "power_va": "power_va",
}
LARGEST_AREA = Decimal("99999.99")
# (Instrument, parameter, option) → field and value, for the instruments that are shipped.
CHOICES: dict[tuple[str, str, str], tuple[str, Any]] = {
    ("bps14", "jamban", "tidak"): ("toilet", Toilet.OWN),
    ("bps14", "penerangan", "ya"): ("lighting", Lighting.NOT_ELECTRIC),
    ("bps14", "berobat", "ya"): ("can_pay_clinic", False),
    ("bps14", "berobat", "tidak"): ("can_pay_clinic", True),
    ("bps14", "tabungan", "ya"): ("has_savings", False),
    ("bps14", "tabungan", "tidak"): ("has_savings", True),
    ("kepmensos262", "jamban", "tidak"): ("toilet", Toilet.OWN),
    ("ksjps", "bukan-milik", "tidak"): ("tenure", Tenure.OWN),
    ("ksjps", "barang", "ya"): ("has_valuable_goods", False),
    ("ksjps", "barang", "tidak"): ("has_valuable_goods", True),
    ("ksjps", "berobat", "ya"): ("can_pay_clinic", False),
    ("ksjps", "berobat", "tidak"): ("can_pay_clinic", True),
    ("ksjps", "air", "tidak"): ("drinking_water", DrinkingWater.PIPED),
}


@dataclass(frozen=True)
class FactChange:
    """One fact that would change: its label, old and new in words."""

    field: str
    label: str
    old: str
    new: str
    value: Any


def _number(code: str, text: str) -> Any:
    """The value for the field of a question; None where the field cannot hold it exactly."""
    value = Decimal(text)
    if code == "floor_area_m2":
        exact = value == value.quantize(Decimal("0.01")) and value <= LARGEST_AREA
        return value.quantize(Decimal("0.01")) if exact else None
    if value != value.to_integral_value():
        return None
    whole = int(value)
    if code == "power_va":
        return min(whole, PowerVA.VA_2200) if whole in PowerVA.values or whole > 2200 else None
    return whole


def facts_in(survey: Survey) -> Iterator[tuple[str, Any]]:
    """The fields of the family that the survey's answers say, with their values."""
    instrument = survey.instrument_version.instrument.code
    for code, answer in survey.read_answers().items():
        if code in NUMBERS:
            value = _number(code, str(answer))
            if value is not None:
                yield NUMBERS[code], value
        elif (instrument, code, answer) in CHOICES:
            yield CHOICES[instrument, code, answer]


def changes_from(survey: Survey, household: Household) -> list[FactChange]:
    """What the survey says otherwise than the family's current facts do."""
    after = Household.objects.get(pk=household.pk)
    found = []
    for name, value in facts_in(survey):
        if getattr(household, name) == value:
            continue
        setattr(after, name, value)
        found.append(
            FactChange(
                name, label_of(household, name), shown(household, name), shown(after, name), value
            )
        )
    return found


def refuse_unless_open(survey: Survey) -> None:
    """Raises ValidationError unless this survey may bring the family's facts up to date."""
    if survey.status != SurveyStatus.CHECKED:
        raise ValidationError(
            _("Only a checked survey brings the family's data up to date."), code="not_checked"
        )
    if survey.applied_at is not None:
        raise ValidationError(
            _("The family's data were brought up to date from this survey already."),
            code="applied",
        )
    family_stands(survey)


def apply_facts(survey: Survey, *, by: User, expected_version: int, fields: set[str]) -> Household:
    """Bring the chosen facts up to date. `expected_version` is the family's, as it was shown.

    Raises StaleRow when the family was changed since, PermissionDenied or ValidationError.
    """
    with transaction.atomic():
        locked = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
        refuse_unless_open(locked)
        household = Household.objects.select_related("territory", "kelurahan").get(
            pk=locked.household_id
        )
        for change in changes_from(locked, household):
            if change.field in fields:
                setattr(household, change.field, change.value)
        saved = families.save_family(household, by=by, expected_version=expected_version)
        locked.applied_at = timezone.now()
        locked.updated_by = by
        locked.version += 1
        locked.save()
        mandate = families.editor_mandate(by, household)
        SURVEY_FLOW.note(locked, "apply_facts", by=by, mandate=mandate, from_status=locked.status)
    return saved
