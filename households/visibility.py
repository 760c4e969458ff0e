"""Which role sees which facts about a family. What is not in the table is not seen.

The table is data: pages, lists, searches and exports ask it and hold no rule of their own.
"""

import enum
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.models.housing_facts import FOOD_FIELDS, HOUSING_FIELDS, INCOME_FIELDS
from households.models.person_facts import HEALTH_FIELDS
from tkpk.models import User
from tkpk.rights import holds, scopes
from tkpk.roles import Role


class Column(enum.Enum):
    """Kinds of facts, as the table of visibility has them."""

    NAMES = "names"  # names, place and status
    FACTS = "facts"  # everything that no other column names
    IDENTIFIERS = "identifiers"  # masked; the full number by an act with a reason
    INCOME = "income"
    HEALTH = "health"


FULL = frozenset(Column)
COLUMNS: dict[Role, frozenset[Column]] = {
    Role.STAFF: FULL,
    Role.LURAH: FULL,
    Role.RW_HEAD: frozenset({Column.NAMES}),
    Role.RT_HEAD: frozenset({Column.NAMES}),
}


_WORDS = {
    Column.NAMES: _("names, place and status"),
    Column.FACTS: _("dwelling, school, work, papers and status in full"),
    Column.IDENTIFIERS: _("NIK and KK number masked, in full by an act with a reason"),
    Column.INCOME: _("income and goods"),
    Column.HEALTH: _("health"),
}


def sights(role: Role) -> list[str | Promise]:
    """What this role sees of the families of its own place, in words."""
    return [_WORDS[column] for column in Column if column in COLUMNS.get(role, frozenset())]


def roles_seeing(column: Column) -> frozenset[Role]:
    return frozenset(role for role, seen in COLUMNS.items() if column in seen)


def scopes_seeing(user: User, column: Column) -> list[str]:
    """Codes of the places where this person sees such facts today."""
    return scopes(user, roles_seeing(column))


def columns_for(user: User, code: str) -> frozenset[Column]:
    """What this person sees today of the families at the place with this code."""
    return frozenset(column for column in Column if holds(user, roles_seeing(column), code=code))


@dataclass(frozen=True)
class Group:
    """Facts that stand together on a page, and what one must be allowed to see."""

    title: str | Promise
    column: Column
    fields: tuple[str, ...]


HOUSEHOLD_GROUPS = [
    Group(
        _("Where the family lives"), Column.FACTS, ("address", "hamlet", "latitude", "longitude")
    ),
    Group(_("National registry"), Column.FACTS, ("registry_source", "decile", "decile_as_of")),
    Group(_("Income and goods"), Column.INCOME, tuple(INCOME_FIELDS)),
    Group(_("Dwelling"), Column.FACTS, tuple(HOUSING_FIELDS)),
    Group(_("Food, clothing and health care"), Column.INCOME, tuple(FOOD_FIELDS)),
]
PAPERS = (
    "birth_certificate",
    "passport_number",
    "passport_expires_on",
    "kitas_number",
    "marriage_certificate",
    "married_on",
    "divorce_certificate",
    "divorced_on",
    "has_ektp",
    "recording_status",
    "id_card_tag",
)
MEMBER_GROUPS = [
    Group(
        _("Person"),
        Column.FACTS,
        (
            "sex",
            "relation",
            "birth_place",
            "birth_date",
            "marital_status",
            "religion",
            "citizenship",
            "ethnicity",
            "current_address",
            "latitude",
            "longitude",
        ),
    ),
    Group(
        _("School and work"),
        Column.FACTS,
        ("education", "education_current", "work", "main_activity"),
    ),
    Group(_("Health"), Column.HEALTH, (*HEALTH_FIELDS, "insurance_kind", "insurance_number")),
    Group(
        _("Parents"), Column.IDENTIFIERS, ("father_name", "father_nik", "mother_name", "mother_nik")
    ),
    Group(_("Papers"), Column.IDENTIFIERS, PAPERS),
]
