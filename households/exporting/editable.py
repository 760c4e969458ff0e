"""The columns of a workbook that comes back: what each is called, and what stands in its cells.

Reading compares a cell with what was written, so both sides use the same functions here. Headers
and words are known in every language of the portal: who reads may not be who wrote.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.db.models import Field, Model
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from households.imports.layout import fold
from households.models import Household, Member
from households.sheet import hidden_number
from households.visibility import HOUSEHOLD_GROUPS, MEMBER_GROUPS, Column, Group
from tkpk.encryption import EncryptedTextField
from tkpk.models import Level, Territory

# Stands for nothing, because an empty cell leaves what is known.
EMPTY = "(kosong)"
ROW_CODE, FAMILY_CODE = "row_code", "family_code"
# Not to be changed in a workbook: each has its own page, with its own questions.
FIXED = ("kk_number", "status")
PLACE = ("rw", "rt")
# Facts that only a row of their own can say.
REQUIRED = frozenset({"name", "sex", "relation"})
NEVER_IN_BULK = frozenset({"registry_source", "decile", "decile_as_of", "latitude", "longitude"})


@dataclass(frozen=True)
class EditColumn:
    """One column. `owner` is the model that has the field; None for codes and place."""

    name: str
    owner: type[Model] | None = None

    @property
    def key(self) -> str:
        """The column's name among those of both models."""
        return f"family.{self.name}" if self.owner is Household else self.name

    @property
    def field(self) -> Field:
        if self.owner is None:
            raise TypeError(f"{self.name} is no field")
        found: Any = self.owner._meta.get_field(self.name)
        return cast("Field", found)

    @property
    def is_fixed(self) -> bool:
        return self.owner is None or self.name in FIXED

    @property
    def is_secret(self) -> bool:
        return self.owner is not None and isinstance(self.field, EncryptedTextField)

    @property
    def header(self) -> str:
        """The header in the language that is active now."""
        own = {
            ROW_CODE: _("Row code (do not change)"),
            FAMILY_CODE: _("Family code (do not change)"),
            "rw": "RW",
            "rt": "RT",
            "kk_number": str(capfirst(_("KK number"))),
        }
        if self.name in own:
            return own[self.name]
        label = str(capfirst(self.field.verbose_name))
        if self.owner is Household:
            return _("%(label)s (family)") % {"label": label}
        return label


_CODES = (EditColumn(ROW_CODE), EditColumn(FAMILY_CODE))
_ALWAYS = (
    *_CODES,
    EditColumn("kk_number", Household),
    EditColumn("nik", Member),
    EditColumn("name", Member),
    EditColumn("status", Member),
    EditColumn("rw"),
    EditColumn("rt"),
)


def _of(groups: list[Group], owner: type[Model]) -> Iterator[EditColumn]:
    for group in groups:
        for name in group.fields:
            yield EditColumn(name, owner)


def group_choices() -> list[tuple[str, Any]]:
    """The groups of columns as a form offers them."""
    return [
        *((f"person{at}", group.title) for at, group in enumerate(MEMBER_GROUPS)),
        *((f"family{at}", group.title) for at, group in enumerate(HOUSEHOLD_GROUPS)),
    ]


def columns_of(groups: list[str] | None = None) -> list[EditColumn]:
    """The columns of a workbook: those that are always there, then the groups chosen (all)."""
    chosen = [name for name, _title in group_choices()] if groups is None else groups
    people = [group for at, group in enumerate(MEMBER_GROUPS) if f"person{at}" in chosen]
    homes = [group for at, group in enumerate(HOUSEHOLD_GROUPS) if f"family{at}" in chosen]
    return [*_ALWAYS, *_of(people, Member), *_of(homes, Household)]


def bulk_columns() -> list[EditColumn]:
    """The facts that many rows may get at once: no name, number, state or relation."""
    people = [c for g in MEMBER_GROUPS if g.column != Column.IDENTIFIERS for c in _of([g], Member)]
    never = {*NEVER_IN_BULK, *REQUIRED, "birth_date", "birth_place"}
    found = [*people, *_of(HOUSEHOLD_GROUPS, Household)]
    return [c for c in found if c.name not in never and not c.is_secret]


@cache
def headers() -> dict[str, EditColumn]:
    """Folded header in every language → column."""
    found: dict[str, EditColumn] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for column in columns_of():
                found.setdefault(fold(column.header), column)
    return found


# --- cells -----------------------------------------------------------------------------------
def words_of(field: Field) -> list[str]:
    """The answers of a code list, in the active language, for a drop-down."""
    return [str(word) for _code, word in field.flatchoices]


@cache
def codes_of(field: Field) -> dict[str, Any]:
    """Case-folded word in every language → stored code; the first language wins."""
    found: dict[str, Any] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, word in field.flatchoices:
                found.setdefault(" ".join(str(word).casefold().split()), code)
    return found


def writer_of(
    field: Field, *, numbers: bool, plain: Callable[[Any], Any] | None = None
) -> Callable[[Any], Any]:
    """How a stored value stands in its cell: words for codes, hidden numbers unless asked for.

    The words are those of the language that is active now; made once a column, not once a cell.
    `plain` writes what is neither; of itself as a workbook that comes back has it.
    """
    if isinstance(field, EncryptedTextField):
        return _itself if numbers else hidden_number
    if field.choices:
        words = {code: str(word) for code, word in field.flatchoices}
        return lambda value: "" if value is None else words.get(value, str(value))
    return plain or _plain


def _itself(value: str) -> str:
    return value


def _plain(value: Any) -> Any:
    """Day/month/year; decimals as they are: a southern latitude is no formula."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return "" if value is None else str(value)


def rw_and_rt(place: Territory) -> tuple[str, str]:
    """The numbers of RW and RT as three digits; "" where they are not known."""
    parts = place.code.split(".")
    rw = parts[4] if place.level in {Level.RW, Level.RT} else ""
    return rw, parts[5] if place.level == Level.RT else ""
