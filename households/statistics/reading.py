"""What pages, files and charts read: the last figures of each year, withheld alike in all years."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from households.models import StatisticsSnapshot
from households.statistics import tables
from households.statistics.tables import CLASS, CROSSES, Group
from tkpk import formats
from tkpk.models import Territory

Count = int | None
Stored = Mapping[str, Any]
Places = dict[str, set[tuple[str, str]]]


@dataclass(frozen=True)
class Figure:
    """One published count; `count` is None when it is withheld. `name` is its key in files."""

    label: str
    count: Count
    name: str = ""


@dataclass(frozen=True)
class FigureTable:
    """A published line with its total. `note` is a remark of the office, in Indonesian."""

    key: str
    title: str
    group: Group
    total: int
    figures: list[Figure]
    drops_zeros: bool = False
    note: str = ""

    @property
    def has_withheld(self) -> bool:
        return any(figure.count is None for figure in self.figures)

    @property
    def bars(self) -> list[tuple[str, Count, str]]:
        """The rows of a bar chart: label, count, and the count in words."""
        shown = [figure for figure in self.figures if figure.count != 0 or not self.drops_zeros]
        return [(figure.label, figure.count, in_words(figure.count)) for figure in shown]


@dataclass(frozen=True)
class CrossTable:
    """A published table of families by RW (rows) and one fact (columns)."""

    key: str
    title: str
    columns: list[Figure]
    rows: list[tuple[str, str, list[Count]]]

    @property
    def has_withheld(self) -> bool:
        return any(None in counts for _name, _label, counts in self.rows)

    @property
    def in_words(self) -> list[tuple[str, list[str]]]:
        return [
            (label, [in_words(count) for count in counts]) for _name, label, counts in self.rows
        ]


@dataclass(frozen=True)
class PublishedStatistics:
    """What pages show; `families` and `persons` are None where they could not be published."""

    as_of: datetime.date
    families: int | None
    persons: int | None
    tables: list[FigureTable]
    crosses: list[CrossTable] = field(default_factory=list)

    @property
    def has_withheld(self) -> bool:
        lines = any(table.has_withheld for table in self.tables)
        return lines or any(table.has_withheld for table in self.crosses)

    @property
    def groups(self) -> list[tuple[Group, str, list[FigureTable]]]:
        """The lines by the parts of the page, without empty parts."""
        found = [
            (group, str(title), [table for table in self.tables if table.group == group])
            for group, title in tables.GROUP_TITLES.items()
        ]
        return [part for part in found if part[2]]

    @property
    def main_tables(self) -> list[FigureTable]:
        """The few that the first page shows."""
        return [table for table in self.tables if table.key in {"rw", "decile", "sex"}]

    def table(self, key: str) -> FigureTable | None:
        return next((table for table in self.tables if table.key == key), None)

    def cross(self, key: str) -> CrossTable | None:
        return next((table for table in self.crosses if table.key == key), None)


def in_words(count: Count) -> str:
    """A count as pages write it."""
    language = "en" if get_language() == "en" else "id"
    return _("withheld") if count is None else formats.number(count, language=language)


def latest(kelurahan: Territory) -> PublishedStatistics | None:
    """The figures published last, or None. One query."""
    years = by_year(kelurahan)
    return years[max(years)] if years else None


def by_year(kelurahan: Territory) -> dict[int, PublishedStatistics]:
    """The figures published last in each year. One query.

    What one year withholds, every year withholds: a cell shown in one of them would be guessed in
    the other.
    """
    newest = (
        StatisticsSnapshot.objects.filter(kelurahan=kelurahan)
        .order_by()
        .values("as_of__year")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    snapshots = StatisticsSnapshot.objects.filter(pk__in=newest).only("as_of", "tables")
    rows = {row.as_of.year: row for row in snapshots}
    places = _withheld(row.tables for row in rows.values())
    return {
        year: readable(rows[year].as_of, _without(rows[year].tables, places))
        for year in sorted(rows)
    }


@dataclass(frozen=True)
class Change:
    """A line in all its years: rows of the label and a count a year, in words."""

    title: str
    years: list[int]
    rows: list[tuple[str, list[str]]]


def changes(years: Mapping[int, PublishedStatistics]) -> list[Change]:
    """Each line with its years beside each other; empty while there is one year only.

    A row that a year does not have reads "–"; rows that are zero in every year are left out of
    long lists.
    """
    if len(years) < 2:
        return []
    newest = years[max(years)]
    return [_change(table, years) for table in newest.tables]


def _change(table: FigureTable, years: Mapping[int, PublishedStatistics]) -> Change:
    found: dict[int, dict[str, Count]] = {}
    for year, published in years.items():
        other = published.table(table.key)
        found[year] = {figure.name: figure.count for figure in other.figures} if other else {}
    rows = [
        (
            figure.label,
            [
                in_words(counts[figure.name]) if figure.name in counts else "–"
                for counts in found.values()
            ],
        )
        for figure in table.figures
        if not table.drops_zeros or any(counts.get(figure.name) != 0 for counts in found.values())
    ]
    return Change(table.title, list(found), rows)


def _withheld(years: Iterable[Stored]) -> Places:
    """The places withheld in any of the years, by table: row and column names."""
    places: Places = {}
    for stored in years:
        for key, table in stored.items():
            found = places.setdefault(key, set())
            if "rows" in table:
                found |= {
                    (row, column)
                    for row, counts in zip(table["rows"], table["cells"], strict=True)
                    for column, count in zip(table["columns"], counts, strict=True)
                    if count is None
                }
            else:
                found |= {(name, "") for name, count in table["cells"] if count is None}
    return places


def _without(stored: Stored, places: Places) -> dict[str, Any]:
    """The tables of a year without the places that another year withholds."""
    shown: dict[str, Any] = {}
    for key, table in stored.items():
        hidden = places[key]
        if "rows" in table:
            cells: list[Any] = [
                [
                    None if (row, column) in hidden else count
                    for column, count in zip(table["columns"], counts, strict=True)
                ]
                for row, counts in zip(table["rows"], table["cells"], strict=True)
            ]
        else:
            cells = [
                [name, None if (name, "") in hidden else count] for name, count in table["cells"]
            ]
        shown[key] = {**table, "cells": cells}
    return shown


def readable(as_of: datetime.date, stored: Stored) -> PublishedStatistics:
    """Stored tables in the words of the language that is spoken now."""
    totals = {key: table["total"] for key, table in stored.items() if "total" in table}
    return PublishedStatistics(
        as_of=as_of,
        families=totals.get("rw"),
        persons=totals.get("sex"),
        tables=_lines(stored),
        crosses=[_cross(key, stored) for key in sorted(stored) if "rows" in stored[key]],
    )


def _lines(stored: Stored) -> list[FigureTable]:
    lines = [
        FigureTable(
            line.key,
            str(line.title),
            line.group,
            stored[line.key]["total"],
            [
                Figure(str(tables.word(line.key, name)), count, name)
                for name, count in stored[line.key]["cells"]
            ],
            line.drops_zeros,
        )
        for line in tables.LINES
        if line.key in stored
    ]
    classes = [_classes(key, stored[key]) for key in sorted(stored) if _is_classes(key)]
    return [*lines[:2], *classes, *lines[2:]]


def _is_classes(key: str) -> bool:
    return key.startswith(f"{CLASS}:")


def _classes(key: str, table: Stored) -> FigureTable:
    return FigureTable(
        key,
        _("Families by class: %(instrument)s") % {"instrument": _spoken(table["name"])},
        Group.FAMILIES,
        table["total"],
        [Figure(_class_word(table, name), count, name) for name, count in table["cells"]],
        note=table["note"],
    )


def _spoken(words: list[str]) -> str:
    """Indonesian or English, as stored together."""
    return words[1] if get_language() == "en" else words[0]


def _class_word(table: Stored, name: str) -> str:
    if name in table["words"]:
        return _spoken(table["words"][name])
    return str(tables.word(CLASS, name))


def _cross(key: str, stored: Stored) -> CrossTable:
    table, fact = stored[key], key.removeprefix("rw_")
    if _is_classes(fact):
        instrument = _spoken(stored[fact]["name"])
        title = f"{CROSSES[f'rw_{CLASS}']}: {instrument}"
        words = {name: _class_word(stored[fact], name) for name in table["columns"]}
    else:
        title = str(CROSSES[key])
        words = {name: str(tables.word(fact, name)) for name in table["columns"]}
    return CrossTable(
        key,
        title,
        [Figure(words[name], None, name) for name in table["columns"]],
        [
            (row, str(tables.word("rw", row)), counts)
            for row, counts in zip(table["rows"], table["cells"], strict=True)
        ],
    )
