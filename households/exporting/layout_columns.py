"""What the columns of a saved layout can hold, and how a row is written under them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from households.exporting.editable import (
    FAMILY_CODE,
    PLACE,
    ROW_CODE,
    EditColumn,
    columns_of,
    rw_and_rt,
    writer_of,
)
from households.models import CodeFormat, Household, Member
from tkpk.ages import whole_years
from tkpk.formats import rt_rw

HEADER_LENGTH = 80
MAP_LENGTH = 100


@dataclass(frozen=True)
class Line:
    """One row to be written: its number, the family, the person (None for nobody)."""

    number: int
    household: Any
    member: Member | None


Cell = Callable[[Line], Any]


@dataclass(frozen=True)
class LayoutColumn:
    """One column as it is kept in `ExportLayout.columns`."""

    source: str
    header: str
    codes: str = CodeFormat.WORDS
    words: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, said: dict[str, Any]) -> "LayoutColumn":
        words = tuple(sorted(said.get("map", {}).items()))
        return cls(said["source"], said["header"], said.get("codes", CodeFormat.WORDS), words)

    def kept(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "header": self.header,
            "codes": str(self.codes),
            "map": dict(self.words),
        }


def _number(line: Line) -> int:
    return line.number


def _nothing(line: Line) -> str:
    return ""


def _place(line: Line) -> str:
    rw, rt = rw_and_rt(line.household.territory)
    if rw and rt:
        return rt_rw(rt, rw)
    return str(line.household.territory.name)


def _address(line: Line) -> str:
    return ", ".join(part for part in (line.household.address, _place(line)) if part)


def _age(line: Line) -> str:
    born = line.member.birth_date if line.member else None
    return str(whole_years(born, timezone.localdate())) if born else ""


# Columns that are no stored field.
_OWN: dict[str, Cell] = {
    "number": _number,
    "blank": _nothing,
    "place": _place,
    "address_and_place": _address,
    "rw": lambda line: rw_and_rt(line.household.territory)[0],
    "rt": lambda line: rw_and_rt(line.household.territory)[1],
    "age": _age,
    "head_name": lambda line: line.household.head_name or "",
    "living": lambda line: str(line.household.living),
    "family_code": lambda line: line.household.code,
    "person_code": lambda line: line.member.code if line.member else "",
}


def own_sources() -> list[tuple[str, str]]:
    """The names of the columns that are no field."""
    return [
        ("number", _("Running number")),
        ("blank", _("Empty column, to write in")),
        ("place", _("RT and RW in one cell")),
        ("address_and_place", _("Address with RT and RW")),
        ("rw", "RW"),
        ("rt", "RT"),
        ("age", _("Age in years")),
        ("head_name", _("Head of family")),
        ("living", _("Number of members")),
        ("family_code", _("Family code")),
        ("person_code", _("Person code")),
    ]


def stored_fields() -> dict[str, EditColumn]:
    """Source → field of a person or a family."""
    left_out = {ROW_CODE, FAMILY_CODE, *PLACE}
    return {column.key: column for column in columns_of() if column.name not in left_out}


def source_choices() -> list[tuple[str, Any]]:
    """All sources, grouped for a select."""
    fields = stored_fields().items()
    people = [(key, column.header) for key, column in fields if column.owner is Member]
    homes = [(key, column.header) for key, column in fields if column.owner is Household]
    return [
        ("", _("Choose")),
        (_("Made for the list"), own_sources()),
        (_("Facts of persons"), people),
        (_("Facts of families"), homes),
    ]


def source_names() -> dict[str, str]:
    named = dict(own_sources())
    return named | {key: column.header for key, column in stored_fields().items()}


def holds_numbers(columns: Sequence[LayoutColumn]) -> bool:
    """Whether a column has identifiers, which are hidden unless asked for."""
    fields = stored_fields()
    return any(c.source in fields and fields[c.source].is_secret for c in columns)


def cell_of(column: LayoutColumn, *, numbers: bool) -> Cell:
    """How a line is written under this column. A source that is gone gives an empty column."""
    if column.source in _OWN:
        return _OWN[column.source]
    field = stored_fields().get(column.source)
    if field is None:
        return _nothing
    write, name = _writer(column, field, numbers=numbers), field.name
    if field.owner is Household:
        return lambda line: write(getattr(line.household, name))
    return lambda line: write(getattr(line.member, name)) if line.member else ""


def _writer(column: LayoutColumn, field: EditColumn, *, numbers: bool) -> Callable[[Any], Any]:
    plain = writer_of(field.field, numbers=numbers)
    if not field.field.choices or column.codes == CodeFormat.WORDS:
        return plain
    if column.codes == CodeFormat.CODES:
        return code_text
    words = dict(column.words)
    return lambda value: words.get(code_text(value)) or plain(value)


def code_text(value: Any) -> str:
    """A stored code as digits; yes and no as the questionnaires number them."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "1" if value else "2"
    return str(value)


def codes_and_words(source: str) -> list[tuple[str, str]]:
    """The codes of a source with our words, for who writes the receiver's words."""
    field = stored_fields().get(source)
    if field is None or not field.field.choices:
        return []
    return [(code_text(code), str(word)) for code, word in field.field.flatchoices]
