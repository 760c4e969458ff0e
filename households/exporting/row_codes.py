"""The code by which a row of a workbook is found again: which row, seen in which version.

`ORG-000123/4-7K2Q`: the last part is keyed to the rest, so that a code that was typed anew or
drawn down over other rows is noticed and taken for nobody.
"""

import re
from dataclasses import dataclass

from households.models import Household, Member
from tkpk.encryption import blind_index

PERSON, FAMILY = "ORG", "KLG"
_KIND = "row_code"
_FORM = re.compile(r"(ORG|KLG)-([0-9]{6,12})/([0-9]{1,9})-([0-9A-F]{6})")


@dataclass(frozen=True)
class RowCode:
    """A row of the registry and the version that was seen."""

    kind: str
    pk: int
    version: int

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.pk:06d}"

    def __str__(self) -> str:
        said = f"{self.name}/{self.version}"
        return f"{said}-{blind_index(_KIND, said)[:6].upper()}"


def code_of(row: Member | Household) -> str:
    kind = PERSON if isinstance(row, Member) else FAMILY
    return str(RowCode(kind, row.pk, row.version))


def read_code(text: str, *, kind: str) -> RowCode | None:
    """The code that the text is, if it is one that we wrote; None for any other text."""
    match = _FORM.fullmatch(text.strip())
    if match is None or match[1] != kind:
        return None
    code = RowCode(match[1], int(match[2]), int(match[3]))
    return code if str(code) == text.strip() else None
