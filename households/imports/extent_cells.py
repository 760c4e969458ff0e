"""The XML handlers behind `extent`: which cells of a sheet are filled, and which are broken."""

from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from households.imports.extent import Extent


def column_number(reference: str) -> int:
    """`AB12` → 28."""
    number = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return number


class XlsxCells:
    """Follows `<row r>` and `<c r t>` with their `<f>` and `<v>`."""

    def __init__(self, extent: "Extent") -> None:
        self.extent = extent
        self.row = self.column = 0
        self.is_error = self.has_formula = self.has_value = False

    def attach(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "c":
            reference = attributes.get("r", "")
            self.column = column_number(reference) or self.column + 1
            self.row = int(reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$") or self.row)
            self.is_error = attributes.get("t") == "e"
            self.has_formula = self.has_value = False
        elif local in ("v", "is"):
            self.has_value = True
        elif local == "f":
            self.has_formula = True
        elif local == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column = 0

    def end(self, tag: str) -> None:
        if tag.rpartition(":")[2] != "c":
            return
        # A cell that only has a format is none to the parser either.
        if self.has_value or self.has_formula or self.is_error:
            self.extent.reach(self.row, self.column)
        if self.is_error or (self.has_formula and not self.has_value):
            self.extent.broken.append((self.row, self.column))


class OdsCells:
    """Follows rows and cells with their repeats.

    Empty repeats do not count: LibreOffice ends every sheet with a million of them.
    """

    def __init__(self, extents: dict[str, "Extent"], new: type["Extent"]) -> None:
        self.extents = extents
        self.new = new
        self.extent = new()
        self.row = self.row_repeat = self.column = self.filled_to = 0

    def attach(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.extent = self.extents.setdefault(attributes.get("table:name", ""), self.new())
            self.row = 0
        elif tag == "table:table-row":
            self.row_repeat = int(attributes.get("table:number-rows-repeated", 1))
            self.column = self.filled_to = 0
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self.column += int(attributes.get("table:number-columns-repeated", 1))
            if "office:value-type" in attributes or "table:formula" in attributes:
                self.filled_to = self.column
            if attributes.get("calcext:value-type") == "error":
                self.extent.broken.append((self.row + 1, self.column))
        elif tag == "text:p":
            self.filled_to = max(self.filled_to, self.column)

    def end(self, tag: str) -> None:
        if tag == "table:table-row":
            self.row += self.row_repeat
            if self.filled_to:
                self.extent.reach(self.row, self.filled_to)
