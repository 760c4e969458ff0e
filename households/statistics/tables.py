"""Which figures are published: their names, their order and the words of their rows.

A line counts families or persons by one fact. A cross counts families by RW and one fact. None goes
down to an RT.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.codes import Education, Sex
from households.housing_codes import (
    CookingFuel,
    DrinkingWater,
    FloorMaterial,
    Lighting,
    MainActivity,
    RoofMaterial,
    Tenure,
    Toilet,
    WallMaterial,
)

Text = str | Promise
UNKNOWN = "unknown"
# The tables of the classes of an instrument are named after it: "class:ksjps".
CLASS = "class"


class Group(StrEnum):
    """The parts of the page, in their order."""

    FAMILIES = "FAMILIES"
    HOUSING = "HOUSING"
    WATER = "WATER"
    PERSONS = "PERSONS"


GROUP_TITLES: dict[Group, Text] = {
    Group.FAMILIES: _("Families"),
    Group.HOUSING: _("Dwellings"),
    Group.WATER: _("Water, sanitation and energy"),
    Group.PERSONS: _("Persons: age, education and work"),
}


@dataclass(frozen=True)
class LineTable:
    """A line of counts. `words` are its rows; empty where they are data (RW, classes)."""

    key: str
    title: Text
    group: Group
    words: Mapping[str, Text]
    # Long code lists are drawn without their empty rows: zero is no secret, only long.
    drops_zeros: bool = False


def _of(choices: type) -> dict[str, Text]:
    return {str(value): label for value, label in choices.choices}  # type: ignore[attr-defined]


_DECILES: dict[str, Text] = {"1-4": _("Decile 1–4"), "5-10": _("Decile 5–10")}
AGES: dict[str, tuple[int, int]] = {
    "0-4": (0, 4),
    "5-14": (5, 14),
    "15-24": (15, 24),
    "25-59": (25, 59),
    "60+": (60, 200),
}
_AGE_WORDS: dict[str, Text] = {
    "0-4": _("0–4 years"),
    "5-14": _("5–14 years"),
    "15-24": _("15–24 years"),
    "25-59": _("25–59 years"),
    "60+": _("60 years and older"),
}
# Dukcapil's 89 occupations in groups that a reader can take in; what is not named is "other".
WORK_GROUPS: dict[str, frozenset[int]] = {
    "none": frozenset({1}),
    "household": frozenset({2}),
    "student": frozenset({3}),
    "pensioner": frozenset({4}),
    "public": frozenset({5, 6, 7, *range(48, 64), 85, 86}),
    "employee": frozenset({12, 14, 15, 16, 17, 18}),
    "labour": frozenset({13, 19, 20, 21, 22, 23}),
    "land": frozenset({9, 10, 11}),
    "trade": frozenset({8, 82, 84, 88}),
}
OTHER_WORK = "other"
_WORK_WORDS: dict[str, Text] = {
    "none": _("Not working"),
    "household": _("Keeps house"),
    "student": _("Pupil or student"),
    "pensioner": _("Pensioner"),
    "public": _("Civil servant, army, police or office"),
    "employee": _("Employee"),
    "labour": _("Labourer"),
    "land": _("Farming or fishing"),
    "trade": _("Trade or own business"),
    OTHER_WORK: _("Other work"),
}

LINES: tuple[LineTable, ...] = (
    LineTable("rw", _("Families by RW"), Group.FAMILIES, {}),
    LineTable("decile", _("Families by decile in the national registry"), Group.FAMILIES, _DECILES),
    LineTable("tenure", _("Families by tenure of the dwelling"), Group.HOUSING, _of(Tenure), True),
    LineTable(
        "floor_material", _("Families by widest floor"), Group.HOUSING, _of(FloorMaterial), True
    ),
    LineTable(
        "wall_material", _("Families by widest wall"), Group.HOUSING, _of(WallMaterial), True
    ),
    LineTable(
        "roof_material", _("Families by widest roof"), Group.HOUSING, _of(RoofMaterial), True
    ),
    LineTable(
        "drinking_water", _("Families by drinking water"), Group.WATER, _of(DrinkingWater), True
    ),
    LineTable("toilet", _("Families by toilet"), Group.WATER, _of(Toilet), True),
    LineTable("lighting", _("Families by lighting"), Group.WATER, _of(Lighting), True),
    LineTable("cooking_fuel", _("Families by cooking fuel"), Group.WATER, _of(CookingFuel), True),
    LineTable("sex", _("Persons by sex"), Group.PERSONS, _of(Sex)),
    LineTable("age", _("Persons by age"), Group.PERSONS, _AGE_WORDS),
    LineTable("education", _("Persons by education"), Group.PERSONS, _of(Education), True),
    LineTable("work", _("Persons by work"), Group.PERSONS, _WORK_WORDS, True),
    LineTable(
        "main_activity", _("Persons by main activity"), Group.PERSONS, _of(MainActivity), True
    ),
)
BY_KEY = {line.key: line for line in LINES}
# Crosses: key → the line whose rows are their columns.
CROSSES: dict[str, Text] = {
    "rw_decile": _("Families by RW and decile"),
    f"rw_{CLASS}": _("Families by RW and class"),
}


def word(key: str, name: str) -> Text:
    """A row of a line in words; rows of classes carry their words with them."""
    if name == UNKNOWN:
        return {
            "rw": _("RW not known"),
            "decile": _("Not ranked or not known"),
            CLASS: _("Not assessed yet"),
        }.get(key, _("Not recorded"))
    if key == "rw":
        return f"RW {name[1:] if name.startswith('0') else name}"
    return BY_KEY[key].words[name]
