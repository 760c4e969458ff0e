"""A family's or a person's facts as a person reads them, grouped by what the reader may see."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language

from households.visibility import Column, Group
from tkpk import formats
from tkpk.encryption import EncryptedTextField
from tkpk.nik import LENGTH, mask


@dataclass(frozen=True)
class Fact:
    """A label and what is known; an empty value is what is not known."""

    label: str
    value: str


@dataclass(frozen=True)
class Facts:
    """A group of facts under its title."""

    title: Any
    facts: list[Fact]

    @property
    def known(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.value]

    @property
    def any_known(self) -> bool:
        return bool(self.known)

    @property
    def unknown(self) -> str:
        """The labels of what is not known, in one line."""
        return ", ".join(fact.label for fact in self.facts if not fact.value)


def hidden_number(value: str) -> str:
    """How a stored number is shown: NIK and KK by their area, any other paper not at all."""
    if not value:
        return ""
    return mask(value) if value.isdigit() and len(value) == LENGTH else "•" * 8


def _decimal(value: Decimal, language: str) -> str:
    exponent = value.normalize().as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return formats.number(value, places=places, language=language)


def shown(row: models.Model, name: str) -> str:
    """One field in words, "" when it is not known; encrypted numbers are hidden."""
    field = row._meta.get_field(name)
    value = getattr(row, name)
    language = "en" if (get_language() or "").startswith("en") else "id"
    if value is None or value == "":
        return ""
    if isinstance(field, EncryptedTextField):
        return hidden_number(value)
    if getattr(field, "choices", None):
        return str(getattr(row, f"get_{name}_display")())
    if name.endswith("_idr"):
        return formats.rupiah(value)
    if isinstance(value, date):
        return formats.date_long(value, language=language)
    return _decimal(value, language) if isinstance(value, Decimal) else str(value)


def label_of(row: models.Model, name: str) -> str:
    field: Any = row._meta.get_field(name)
    return str(capfirst(field.verbose_name))


def facts_of(row: models.Model, groups: list[Group], columns: frozenset[Column]) -> list[Facts]:
    """The groups that the reader's columns open."""
    return [
        Facts(group.title, [Fact(label_of(row, name), shown(row, name)) for name in group.fields])
        for group in groups
        if group.column in columns
    ]
