"""A person's row after parsing."""

from dataclasses import dataclass, field
from typing import Any

from households.imports.cells import Area, parse_area
from households.imports.findings import Finding
from households.imports.reading import Cell


@dataclass
class ParsedRow:
    """One person's row.

    `values` has every field of the layout, None (or "" for texts) where the file says nothing or
    nothing readable. `source_values`: by header, what no field can hold. `cells`: the row as read.
    `headers`: by field, the column's header as the file writes it.
    """

    sheet: str
    row_number: int
    values: dict[str, Any]
    source_values: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        return any(finding.is_error for finding in self.findings)

    def header_of(self, name: str) -> str:
        return self.headers.get(name, name)

    @property
    def area(self) -> Area:
        """Where the row says it lives, in one spelling; `values` keep the hamlet as written."""
        return parse_area(*(self.values[name] or None for name in Area._fields))
