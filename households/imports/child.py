"""The parser's own process: file bytes on stdin, some rows a JSON line on stdout. Nothing on disk.

Run as a script by `reading`, apart from Django, without environment and under a memory limit: a
workbook that makes the parser ask for gigabytes kills this process and nothing else.
Dates are tagged, `{"d": "1970-05-20"}`; numbers, text, true and null are JSON's own.
Exit code 3 means that a line `{"error": code, "detail": …}` was written.
"""

import csv
import gc
import io
import json
import math
import os
import resource
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

MEMORY_BYTES = 2**30
CPU_SECONDS = 120
MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_FIELD = 32_767
REFUSED = 3
DELIMITERS = ";,\t|"
# What is looked at to tell the delimiter, and how much the signs against one count.
SAMPLE_ROWS, SAMPLE_LENGTH = 60, 2**18
MOSTLY, SPACED, LATE = 0.9, 0.6, 0.3
# Merged cells of a table's header; below it only columns matter.
HEADER_AREA = 40
MAX_HEADER_MERGES = 2_000
MAX_COPIES = 1_000_000
# What the parent has to hold.
MAX_CELLS = 12_000_000
MAX_OUTPUT = 200 * 2**20
# One call a row would cost more than the rows; the parent reads a line while the next is made.
ROWS_A_LINE = 200


class Refused(Exception):
    """A file with a fault that the parent can put into words."""

    def __init__(self, code: str, detail: object = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def tagged(cell: object) -> object:
    """What JSON cannot say, as it can."""
    if isinstance(cell, datetime):
        return {"d": cell.date().isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    return str(cell)


Merged = list[tuple[int, int, int, int]]
Found = tuple[str, Iterable[Sequence[object]], Merged]


def spread(rows: list[list[Any]], ranges: Iterable[Any]) -> Merged:
    """Writes what stands in a merged cell into each of its rows; gives the merges of the top rows.

    Downwards only: a number merged over a family's rows holds for each, but a name that is merged
    over two columns is no value of the second one. A row that holds nothing else stays empty.
    """
    copies = 0
    header: Merged = []
    filled = [any(cell != "" for cell in row) for row in rows]
    for (top, left), (bottom, right) in ranges:
        if top < HEADER_AREA and len(header) < MAX_HEADER_MERGES:
            header.append((top, left, bottom, right))
        if top >= len(rows) or left >= len(rows[top]) or rows[top][left] == "":
            continue
        last = min(bottom, len(rows) - 1)
        copies += max(0, last - top)
        if copies > MAX_COPIES:
            raise Refused("damaged")
        for number in range(top + 1, last + 1):
            if filled[number] and left < len(rows[number]) and rows[number][left] == "":
                rows[number][left] = rows[top][left]
    return header


def workbook(data: bytes, kind: str) -> Iterator[Found]:
    """Every sheet, hidden ones too, from row 1 and column 1 on, so that row numbers are right."""
    # Imported here: text files are read without the native library.
    import python_calamine  # noqa: PLC0415

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        merged = ods_merges(data) if kind == "ods" else {}
        for meta in book.sheets_metadata:
            if meta.typ == python_calamine.SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_name(meta.name)
                ranges = merged.get(meta.name) or sheet.merged_cell_ranges or ()
                yield meta.name, *rows_and_merges(sheet, ranges)
    except python_calamine.PasswordError as error:
        raise Refused("password") from error
    except python_calamine.CalamineError as error:
        raise Refused("damaged") from error


def rows_and_merges(sheet: Any, ranges: Any) -> tuple[Iterable[Sequence[object]], Merged]:
    """Row by row where nothing has to be looked up in a later one, so that the parent reads along.

    `iter_rows` begins at the first filled row and column.
    """
    if not ranges and sheet.start == (0, 0):
        return sheet.iter_rows(), []
    rows = sheet.to_python(skip_empty_area=False)
    return rows, spread(rows, ranges)


def ods_merges(data: bytes) -> dict[str, list[Any]]:
    """By sheet, the merged cells of a LibreOffice workbook, of which the parser says nothing."""
    # As the native library: only who needs them waits for them.
    import zipfile  # noqa: PLC0415
    from xml.parsers import expat  # noqa: PLC0415

    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("content.xml") as part:
        if not _mentions(part, b"-spanned="):
            return {}
        part.seek(0)
        spans, reader = _Spans(), expat.ParserCreate()
        reader.StartElementHandler = spans.begin
        try:
            reader.ParseFile(part)
        except expat.ExpatError as error:
            raise Refused("damaged") from error
        return spans.found


def _mentions(part: Any, word: bytes) -> bool:
    """Whether the word stands anywhere: following each cell costs as much as reading them."""
    rest = b""
    while piece := part.read(2**20):
        if word in rest + piece:
            return True
        rest = piece[-len(word) :]
    return False


class _Spans:
    """Counts rows and columns as they begin, and notes each cell that reaches over others."""

    def __init__(self) -> None:
        self.found: dict[str, list[Any]] = {}
        self.spans: list[Any] = []
        self.row = self.column = -1
        self.step = 1

    def begin(self, name: str, said: dict[str, str]) -> None:
        if name == "table:table":
            self.spans = self.found.setdefault(said.get("table:name", ""), [])
            self.row, self.step = -1, 1
        elif name == "table:table-row":
            self.row += self.step
            self.step = int(said.get("table:number-rows-repeated", 1))
            self.column = 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            down = int(said.get("table:number-rows-spanned", 1))
            right = int(said.get("table:number-columns-spanned", 1))
            if down > 1 or right > 1:
                here, last = (self.row, self.column), (self.row + down - 1, self.column + right - 1)
                self.spans.append((here, last))
                if len(self.spans) > MAX_ROWS:
                    raise Refused("too_much")
            self.column += int(said.get("table:number-columns-repeated", 1))


def text_table(data: bytes) -> Iterator[Found]:
    """The one table of a text file."""
    text = decoded(data)
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == len("sep=,"):
        # Excel's own hint. A blank line takes its place, to keep the row numbers.
        text, delimiter = "\n" + rest, first.strip()[-1]
    else:
        delimiter = best_delimiter(text)
    yield "CSV", records(text, delimiter), []


def records(text: str, delimiter: str) -> Iterator[Sequence[object]]:
    # strict: a quote that is never closed would swallow every row after it without a word.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            if number > MAX_ROWS or len(row) > MAX_COLUMNS:
                raise Refused("too_large", {"row": number, "column": len(row)})
            yield row
    except csv.Error as error:
        code = "cell_too_long" if "field limit" in str(error) else "csv_quotes"
        raise Refused(code, reader.line_num) from error


def decoded(data: bytes) -> str:
    """UTF-16 where a mark says so, else UTF-8, else Windows-1252, as Indonesian Excel writes it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in data:
        raise Refused("not_text")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("not_text")


def best_delimiter(text: str) -> str:
    """The one that parts the rows into equally many columns, from the header on.

    Sums of columns mislead: an address with three commas in it outweighs a table of three columns
    that a semicolon parts. Where none parts the rows alike there is one column, and the delimiter
    that cuts through the fewest values is taken.
    """
    sample = text[:SAMPLE_LENGTH]
    found = [_Parting.by(delimiter, sample) for delimiter in DELIMITERS]
    begun = min((one.begins for one in found if one.width > 1), default=0)
    best = max(found, key=lambda one: one.score(begun))
    if best.score(begun) > 0:
        return best.delimiter
    return min(found, key=lambda one: one.cuts).delimiter


class _Parting(NamedTuple):
    """What one delimiter makes of the first rows.

    `width`: how many columns most rows have; `begins`: the first row that has as many, which under
    the right delimiter is the header; `alike`: the share of rows of this width; `prose`: the share
    of delimiters with a space behind, as in a sentence; `cuts`: delimiters in all.
    """

    delimiter: str
    width: int
    begins: int
    alike: float
    prose: float
    cuts: int

    @classmethod
    def by(cls, delimiter: str, sample: str) -> "_Parting":
        rows = list(_sampled(sample, delimiter))
        widths = [len(row) for row in rows]
        cuts = sum(widths) - len(rows)
        if not cuts:
            return cls(delimiter, 1, 0, 0, 0, 0)
        counted = Counter(widths)
        width = max(counted, key=lambda one: (counted[one], one))
        spaced = sum(cell.startswith(" ") for row in rows for cell in row[1:])
        alike = counted[width] / len(rows)
        return cls(delimiter, width, widths.index(width), alike, spaced / cuts, cuts)

    def score(self, begun: int) -> float:
        """0 for one column. `begun`: where the first table of all delimiters begins."""
        if self.prose > MOSTLY and self.begins > 0:
            return 0  # commas of sentences, below a header that has none
        late = LATE if self.begins > begun else 1
        return self.alike * math.log2(self.width) * (1 - SPACED * self.prose) * late


def _sampled(sample: str, delimiter: str) -> Iterator[list[str]]:
    """The first records that hold anything; as far as the quotes can be made sense of."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        yield from islice(filter(None, reader), SAMPLE_ROWS)
    except csv.Error:
        return


def write(sheets: Iterable[Found]) -> None:
    # Floats that are not numbers cannot be said in JSON; allow_nan=False would kill the process.
    filled = written = 0
    out = sys.stdout
    encode = json.JSONEncoder(default=tagged).encode
    for name, rows, merged in sheets:
        out.write(encode({"sheet": name, "merged": merged}) + "\n")
        for block in blocks(rows):
            line = with_nulls(encode(block))
            filled += sum(map(len, block))
            written += len(line)
            if filled > MAX_CELLS or written > MAX_OUTPUT:
                raise Refused("too_much")
            out.write(line + "\n")


def blocks(rows: Iterable[Sequence[object]]) -> Iterator[list[list[object]]]:
    """Some rows at a time, without the empty cells at their ends."""
    said = iter(rows)
    while taken := [list(row) for row in islice(said, ROWS_A_LINE)]:
        for row in taken:
            while row and row[-1] == "":
                row.pop()
        yield taken


def with_nulls(line: str) -> str:
    """Empty texts as null, in a fifth of the time that a look at each cell takes.

    Exact: inside a JSON text a quotation mark has a backslash before it, so that these characters
    are only found where a cell begins.
    """
    return line.replace(', ""', ", null").replace('[""', "[null")


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    # A core file would put the list on disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    limit()
    # Millions of cells and not one cycle: the collector would only walk over them.
    gc.disable()
    csv.field_size_limit(MAX_FIELD)
    data = sys.stdin.buffer.read()
    try:
        write(text_table(data) if sys.argv[1] == "csv" else workbook(data, sys.argv[1]))
    except Refused as refusal:
        print(json.dumps({"error": refusal.code, "detail": refusal.detail}))  # noqa: T201
        return REFUSED
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Without taking millions of cells apart one by one: the parent waits for the end.
    os._exit(code)
