"""The parser's own process: file bytes on stdin, one JSON line a row on stdout. Nothing on disk.

Run as a script by `reading`, apart from Django, without environment and under a memory limit: a
workbook that makes the parser ask for gigabytes kills this process and nothing else.
Dates are tagged, `{"d": "1970-05-20"}`; numbers, text, true and null are JSON's own.
Exit code 3 means that a line `{"error": code, "detail": …}` was written.
"""

import csv
import io
import json
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

MEMORY_BYTES = 2**30
CPU_SECONDS = 120
MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_FIELD = 32_767
REFUSED = 3
DELIMITERS = ";,\t|"


class Refused(Exception):
    """A file with a fault that the parent can put into words."""

    def __init__(self, code: str, detail: object = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def tagged(cell: object) -> object:
    """`cell` as JSON can say it."""
    if isinstance(cell, datetime):
        return {"d": cell.date().isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    if isinstance(cell, time | timedelta):
        return str(cell)
    return None if cell == "" else cell


def workbook(data: bytes) -> Iterator[tuple[str, Iterable[Sequence[object]]]]:
    """Every sheet, hidden ones too, from row 1 and column 1 on, so that row numbers are right."""
    # Imported here: text files are read without the native library.
    import python_calamine  # noqa: PLC0415

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for meta in book.sheets_metadata:
            if meta.typ == python_calamine.SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_name(meta.name)
                yield meta.name, sheet.to_python(skip_empty_area=False)
    except python_calamine.PasswordError as error:
        raise Refused("password") from error
    except python_calamine.CalamineError as error:
        raise Refused("damaged") from error


def text_table(data: bytes) -> Iterator[tuple[str, Iterable[Sequence[object]]]]:
    """The one table of a text file."""
    text = decoded(data)
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == len("sep=,"):
        # Excel's own hint. A blank line takes its place, to keep the row numbers.
        text, delimiter = "\n" + rest, first.strip()[-1]
    else:
        delimiter = best_delimiter(text)
    yield "CSV", records(text, delimiter)


def records(text: str, delimiter: str) -> Iterator[Sequence[object]]:
    # strict: a quote that is never closed would swallow every row after it without a word.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            if number > MAX_ROWS or len(row) > MAX_COLUMNS:
                raise Refused("too_large", {"row": number, "column": len(row)})
            yield row
    except csv.Error as error:
        raise Refused("csv_quotes", reader.line_num) from error


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
    """The delimiter that parts the first rows into the most columns."""
    sample = text.splitlines()[:30]

    def width(delimiter: str) -> int:
        rows = csv.reader(sample, delimiter=delimiter)
        try:
            return sum(len(row) for row in rows)
        except csv.Error:
            return 0

    return max(DELIMITERS, key=width)


def write(sheets: Iterable[tuple[str, Iterable[Sequence[object]]]]) -> None:
    # Floats that are not numbers cannot be said in JSON; allow_nan=False would kill the process.
    for name, rows in sheets:
        print(json.dumps({"sheet": name}))  # noqa: T201 - stdout is the pipe
        for row in rows:
            cells = [tagged(cell) for cell in row]
            while cells and cells[-1] is None:
                cells.pop()
            print(json.dumps(cells))  # noqa: T201


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    # A core file would put the list on disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    limit()
    csv.field_size_limit(MAX_FIELD)
    data = sys.stdin.buffer.read()
    try:
        write(text_table(data) if sys.argv[1] == "csv" else workbook(data))
    except Refused as refusal:
        print(json.dumps({"error": refusal.code, "detail": refusal.detail}))  # noqa: T201
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
