"""A person's row after parsing."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from households.imports.cells import Area, parse_area
from households.imports.findings import Finding
from households.imports.reading import Cell


@dataclass(frozen=True)
class AidClaim:
    """One receipt that a row tells of. `programme` is the name as written.

    `period_to` is the last day. A `period_from` of None: the row does not say when.
    """

    programme: str
    period_from: date | None = None
    period_to: date | None = None
    amount_idr: int | None = None
    goods: str = ""
    recipient: Literal["person", "family"] = "person"


@dataclass
class ParsedRow:
    """One person's row.

    `values` has every field of a person and of the place, whatever the layout: None (or "" for
    texts) where the file says nothing or nothing readable. `family_values`: what the row says of
    the dwelling and of the national registry, by field of Household; only what is said.
    `aid`: the receipts it tells of. `row_code` and `expected_version`: the person's code and the
    version it had, in a workbook that was taken out to be edited.
    `source_values`: by header, what no field can hold. `cells`: the row as read.
    `headers`: by field, the column's header as the file writes it.
    """

    sheet: str
    row_number: int
    values: dict[str, Any]
    source_values: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    family_values: dict[str, Any] = field(default_factory=dict)
    aid: list[AidClaim] = field(default_factory=list)
    row_code: str = ""
    expected_version: int | None = None

    @property
    def has_errors(self) -> bool:
        # Asked often, and most rows have no finding at all.
        return bool(self.findings) and any(finding.is_error for finding in self.findings)

    def header_of(self, name: str) -> str:
        return self.headers.get(name, name)

    @property
    def area(self) -> Area:
        """Where the row says it lives, in one spelling; `values` keep the hamlet as written."""
        return parse_area(*(self.values[name] or None for name in Area._fields))
