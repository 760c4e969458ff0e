"""Prepared rows into a table, as fast as each engine takes them."""

import io
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection

# One call to PostgreSQL takes so many rows; SQLite takes them one after the other.
PART = 2_000
# What COPY's text form would read as something else.
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert prepared values; columns are quoted already."""
    names = ", ".join(columns)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            source = iter(rows)
            while part := list(islice(source, PART)):
                text = "".join(_line(row) for row in part)
                cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", io.StringIO(text))
        else:
            holes = ", ".join("?" * len(columns))
            # Past Django's cursor, which would rewrite the statement's holes for every row.
            cursor.cursor.connection.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({holes})",  # noqa: S608 - own names
                rows,
            )


def _line(row: Sequence[Any]) -> str:
    return "\t".join(map(_text, row)) + "\n"


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return _SPECIAL.sub(_escape, value) if _SPECIAL.search(value) else value
    if isinstance(value, bytes | bytearray | memoryview):
        return "\\\\x" + bytes(value).hex()
    return str(value)


def _escape(found: re.Match[str]) -> str:
    return _ESCAPED[found[0]]
