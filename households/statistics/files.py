"""The published figures as files that programs read: CSV and JSON, with the same numbers."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from households.statistics.reading import PublishedStatistics
from tkpk.models import Territory

COLUMNS = (
    "kelurahan",
    "year",
    "as_of",
    "table",
    "table_title",
    "row",
    "row_label",
    "column",
    "column_label",
    "count",
    "withheld",
)
Years = Mapping[int, PublishedStatistics]


def rows(kelurahan: Territory, years: Years) -> Iterator[tuple[str | int, ...]]:
    """One row a count, in the order of COLUMNS; a withheld count is empty and says so with 1."""
    for year, published in years.items():
        start = (kelurahan.code, year, published.as_of.isoformat())
        for table in published.tables:
            name = (table.key, table.title)
            for figure in table.figures:
                yield *start, *name, figure.name, figure.label, "", "", *_said(figure.count)
            yield *start, *name, "total", "total", "", "", *_said(table.total)
        for cross in published.crosses:
            name = (cross.key, cross.title)
            for row, label, counts in cross.rows:
                for column, count in zip(cross.columns, counts, strict=True):
                    said = _said(count)
                    yield *start, *name, row, label, column.name, column.label, *said


def _said(count: int | None) -> tuple[str | int, int]:
    return ("", 1) if count is None else (count, 0)


def as_csv(kelurahan: Territory, years: Years) -> str:
    """UTF-8 with a mark, so that Excel reads it; commas, as RFC 4180 has them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows(kelurahan, years))
    return "\ufeff" + text.getvalue()


def as_json(kelurahan: Territory, years: Years) -> str:
    """An object: where, the meaning of an empty count, and the rows as objects."""
    found: list[dict[str, Any]] = [
        dict(zip(COLUMNS, row, strict=True)) for row in rows(kelurahan, years)
    ]
    for row in found:
        row["count"] = None if row["withheld"] else row["count"]
        row["withheld"] = bool(row["withheld"])
    return json.dumps(
        {
            "kelurahan": {"code": kelurahan.code, "name": kelurahan.name},
            "withheld_means": "1-4, or a count that would give such a one away",
            "rows": found,
        },
        ensure_ascii=False,
    )
