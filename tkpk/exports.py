"""Workbooks and CSV that leave the portal: every cell is text, and no cell is a formula.

A name such as ``=HYPERLINK(…)`` would run in the spreadsheet of whoever opens the file. An
apostrophe before it makes it text for every spreadsheet program.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from import_export.formats.base_formats import Format
from tablib import Dataset

# The full-width forms are read as the same signs by East Asian settings of spreadsheets.
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Excel would read such digits in a CSV as a number: 3,47E+15, or without the leading zero.
CHUNK_CHARACTERS = 64 * 1024
_LOOKS_LIKE_NUMBER = re.compile(r"0[0-9]+|[0-9]{12,}")


def plain_cell(value: Any) -> str:
    """The text of one cell; an apostrophe is set before what could be a formula."""
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)  # a number of ours, such as a southern latitude: it cannot be a formula
    text = str(value)
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text


def csv_cell(value: Any) -> str:
    """As `plain_cell`; long digits get an apostrophe too, which our imports take off again."""
    text = plain_cell(value)
    return f"'{text}" if _LOOKS_LIKE_NUMBER.fullmatch(text) else text


def write_xlsx(headers: list[str], rows: list[list[Any]]) -> bytes:
    """One sheet, all cells text, the first row frozen."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet("Data")
    bold = book.add_format({"bold": True})
    for column, header in enumerate(headers):
        sheet.write_string(0, column, plain_cell(header), bold)
        sheet.set_column(column, column, min(40, max(12, len(header) + 2)))
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            sheet.write_string(number, column, plain_cell(value))
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def write_csv(headers: list[str], rows: list[list[Any]]) -> bytes:
    """As `stream_csv`, whole."""
    return b"".join(stream_csv(headers, rows))


def stream_csv(headers: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """As Excel with Indonesian settings opens it: semicolons, and a mark that says UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    out.write("\ufeff")
    writer.writerow([plain_cell(header) for header in headers])
    for row in rows:
        writer.writerow([csv_cell(value) for value in row])
        if out.tell() >= CHUNK_CHARACTERS:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


class TextXLSX(Format):
    """XLSX for import-export, written by `write_xlsx`."""

    def get_title(self) -> str:
        return "XLSX (Excel)"

    def get_extension(self) -> str:
        return "xlsx"

    def get_content_type(self) -> str:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def is_binary(self) -> bool:
        return True

    def can_export(self) -> bool:
        return True

    def export_data(self, dataset: Dataset, **_kwargs: Any) -> bytes:
        return write_xlsx(dataset.headers or [], [list(row) for row in dataset])


class TextCSV(TextXLSX):
    """CSV for import-export, written by `write_csv`."""

    def get_title(self) -> str:
        return "CSV"

    def get_extension(self) -> str:
        return "csv"

    def get_content_type(self) -> str:
        return "text/csv; charset=utf-8"

    def export_data(self, dataset: Dataset, **_kwargs: Any) -> bytes:
        return write_csv(dataset.headers or [], [list(row) for row in dataset])


FORMATS = [TextXLSX, TextCSV]
