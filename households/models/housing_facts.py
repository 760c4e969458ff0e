"""Facts about a family's dwelling, income and food, as questionnaires ask them."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from households import codes


def _code(label: Any, choices: type[models.IntegerChoices]) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, choices=choices.choices, null=True, blank=True)


def _yes_no(label: Any) -> models.BooleanField:
    return models.BooleanField(
        label, null=True, blank=True, choices=[(True, _("yes")), (False, _("no"))]
    )


HOUSING_LISTS: list[tuple[str, type[models.IntegerChoices]]] = [
    ("tenure", codes.Tenure),
    ("land_title", codes.LandTitle),
    ("floor_material", codes.FloorMaterial),
    ("wall_material", codes.WallMaterial),
    ("roof_material", codes.RoofMaterial),
    ("drinking_water", codes.DrinkingWater),
    ("toilet", codes.Toilet),
    ("closet", codes.Closet),
    ("lighting", codes.Lighting),
    ("power_va", codes.PowerVA),
    ("cooking_fuel", codes.CookingFuel),
]
INCOME_FIELDS = [
    "monthly_income_idr",
    "has_savings",
    "has_valuable_goods",
    "has_motorbike",
    "has_gold",
    "has_livestock",
]
HOUSING_FIELDS = ["floor_area_m2", *[name for name, _choices in HOUSING_LISTS], "electric_bill_idr"]
FOOD_FIELDS = ["meals_per_day", "meat_per_week", "new_clothes_per_year", "can_pay_clinic"]


class HousingFacts(models.Model):
    """Current facts; NULL means not known, never "no"."""

    monthly_income_idr = models.PositiveBigIntegerField(
        _("income of all members a month (Rp)"), null=True, blank=True
    )
    has_savings = _yes_no(_("savings or goods easy to sell of Rp500,000 or more"))
    has_valuable_goods = _yes_no(_("goods other than land above Rp1,800,000"))
    has_motorbike = _yes_no(_("motorbike"))
    has_gold = _yes_no(_("gold"))
    has_livestock = _yes_no(_("livestock"))
    floor_area_m2 = models.DecimalField(
        _("floor area (m²)"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    tenure = _code(_("dwelling is held as"), codes.Tenure)
    land_title = _code(_("land title"), codes.LandTitle)
    floor_material = _code(_("widest floor"), codes.FloorMaterial)
    wall_material = _code(_("widest wall"), codes.WallMaterial)
    roof_material = _code(_("widest roof"), codes.RoofMaterial)
    drinking_water = _code(_("drinking water"), codes.DrinkingWater)
    toilet = _code(_("toilet"), codes.Toilet)
    closet = _code(_("kind of closet"), codes.Closet)
    lighting = _code(_("lighting"), codes.Lighting)
    power_va = _code(_("power connection"), codes.PowerVA)
    electric_bill_idr = models.PositiveBigIntegerField(
        _("electricity bill a month (Rp)"), null=True, blank=True
    )
    cooking_fuel = _code(_("cooking fuel"), codes.CookingFuel)
    meals_per_day = models.PositiveSmallIntegerField(
        _("meals a day"), null=True, blank=True, validators=[MaxValueValidator(9)]
    )
    meat_per_week = models.PositiveSmallIntegerField(
        _("days a week with meat, egg or fish"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(7)],
    )
    new_clothes_per_year = models.PositiveSmallIntegerField(
        _("sets of new clothes a year"), null=True, blank=True, validators=[MaxValueValidator(99)]
    )
    can_pay_clinic = _yes_no(_("can pay for the clinic"))

    class Meta:
        abstract = True
