"""The raw counts of the families and persons that live here today.

They never leave this package: `publishing` withholds the small ones before anything is stored.
"""

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from households.models import Household, InstrumentVersion, Member, Score, ScoreClass
from households.statistics import tables
from households.statistics.tables import CLASS, UNKNOWN
from tkpk.models import Territory

Line = list[tuple[str, int]]
ByPlace = Counter[tuple[str, str]]
_PERSON_CODES = ("sex", "education", "main_activity")
_BY_RW = ("rw", "decile")


@dataclass
class Counts:
    """The lines by key, and the crosses by key: counts by RW and the rows of a line."""

    lines: dict[str, Line] = field(default_factory=dict)
    crosses: dict[str, tuple[list[str], list[str], list[list[int]]]] = field(default_factory=dict)
    # What a line of classes needs to be read: its name, words and note, as data.
    about: dict[str, dict[str, Any]] = field(default_factory=dict)


def count(kelurahan: Territory) -> Counts:
    """Everything that is published of a kelurahan. About 14 queries, each one pass over an index
    or a table of the kelurahan."""
    families = Household.objects.filter(kelurahan=kelurahan).active().order_by()
    persons = (
        Member.objects.filter(kelurahan=kelurahan, household__status=Household.Status.ACTIVE)
        .active()
        .order_by()
    )
    counts = Counts()
    by_decile = _by_rw_and_decile(kelurahan, families)
    rws = _rw_names(kelurahan, by_decile)
    columns = [*tables.BY_KEY["decile"].words, UNKNOWN]
    counts.lines["rw"] = [(rw, sum(by_decile[rw, name] for name in columns)) for rw in rws]
    _add_cross(counts, "decile", rws, columns, by_decile)
    _add_classes(counts, kelurahan, rws)
    for line in tables.LINES:
        if line.key not in {*_BY_RW, "age", "work"}:
            rows = persons if line.key in _PERSON_CODES else families
            counts.lines[line.key] = _by_code(rows, line.key)
    counts.lines["age"] = _by_age(persons, today=timezone.localdate())
    counts.lines["work"] = _by_work(persons)
    return counts


def _rw(kelurahan: Territory, code: str) -> str:
    """The RW of a place's code, in three digits; UNKNOWN where the family has none yet."""
    start = len(kelurahan.code) + 1
    return code[start : start + 3] or UNKNOWN


def _rw_names(kelurahan: Territory, found: ByPlace) -> list[str]:
    codes = Territory.objects.filter(parent=kelurahan).values_list("code", flat=True)
    known = sorted(_rw(kelurahan, code) for code in codes)
    return [*known, UNKNOWN] if any(rw == UNKNOWN for rw, _name in found) or not known else known


def _by_rw_and_decile(kelurahan: Territory, families: QuerySet[Household]) -> ByPlace:
    counts: ByPlace = Counter()
    places = families.values_list("territory__code", "decile").annotate(n=Count("pk"))
    for code, decile, number in places:
        name = UNKNOWN if decile is None else "1-4" if decile <= 4 else "5-10"
        counts[_rw(kelurahan, code), name] += number
    return counts


def _add_cross(
    counts: Counts, name: str, rws: Sequence[str], columns: Sequence[str], found: ByPlace
) -> None:
    """A line and its cross with the RW from the same counts, so that their totals agree."""
    counts.lines[name] = [(column, sum(found[rw, column] for rw in rws)) for column in columns]
    rows = [[found[rw, column] for column in columns] for rw in rws]
    counts.crosses[f"rw_{name}"] = (list(rws), list(columns), rows)


def _add_classes(counts: Counts, kelurahan: Territory, rws: Sequence[str]) -> None:
    """For each instrument with classes, the scores of its newest year."""
    scores = (
        Score.objects.current()
        .complete()
        .filter(
            household__kelurahan=kelurahan,
            household__status=Household.Status.ACTIVE,
            category__isnull=False,
        )
        .order_by()
        .values_list(
            "survey__year", "instrument_version", "household__territory__code", "category__code"
        )
        .annotate(n=Count("household", distinct=True))
    )
    found: dict[tuple[int, int], ByPlace] = {}
    for year, version, code, name, number in scores:
        found.setdefault((year, version), Counter())[_rw(kelurahan, code), name] += number
    versions = InstrumentVersion.objects.select_related("instrument").in_bulk(
        {version for _year, version in found}
    )
    newest = {versions[version].instrument_id: (year, version) for year, version in sorted(found)}
    words = ScoreClass.objects.filter(version__in=[version for _year, version in newest.values()])
    by_version: dict[int, list[ScoreClass]] = {}
    for word in words.order_by("position", "pk"):
        by_version.setdefault(word.version_id, []).append(word)
    for year, version in newest.values():
        _add_instrument(
            counts, versions[version], by_version[version], rws, found[year, version], year=year
        )


def _add_instrument(
    counts: Counts,
    version: InstrumentVersion,
    classes: Sequence[ScoreClass],
    rws: Sequence[str],
    found: ByPlace,
    *,
    year: int,
) -> None:
    key = f"{CLASS}:{version.instrument.code}"
    families = dict(counts.lines["rw"])
    for rw in rws:
        assessed = sum(found[rw, row.code] for row in classes)
        # The rest has no complete survey of that year.
        found[rw, UNKNOWN] = max(0, families[rw] - assessed)
    _add_cross(counts, key, rws, [*(row.code for row in classes), UNKNOWN], found)
    instrument = version.instrument
    counts.about[key] = {
        "name": [
            f"{instrument.name} {version.label}",
            f"{instrument.name_en or instrument.name} {version.label}",
        ],
        "words": {row.code: [row.name, row.name_en or row.name] for row in classes},
        "note": version.weights_note,
        "year": year,
    }


def _by_code(rows: QuerySet[Any], name: str) -> Line:
    counts: Mapping[Any, int] = dict(rows.values_list(name).annotate(n=Count("pk")))
    line = [(code, counts.get(int(code), 0)) for code in tables.BY_KEY[name].words]
    return line if name == "sex" else [*line, (UNKNOWN, counts.get(None, 0))]


def _by_age(persons: QuerySet[Member], *, today: datetime.date) -> Line:
    found = persons.aggregate(
        **{
            f"n{at}": Count(
                "pk",
                filter=Q(birth_date__gt=_years_ago(today, last + 1))
                & Q(birth_date__lte=_years_ago(today, first)),
            )
            for at, (first, last) in enumerate(tables.AGES.values())
        },
        all=Count("pk"),
    )
    line = [(name, found[f"n{at}"]) for at, name in enumerate(tables.AGES)]
    return [*line, (UNKNOWN, found["all"] - sum(number for _name, number in line))]


def _years_ago(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February: born on it, a year is full on 1 March
        return day.replace(year=day.year - years, month=2, day=28)


def _by_work(persons: QuerySet[Member]) -> Line:
    group_of = {code: name for name, codes in tables.WORK_GROUPS.items() for code in codes}
    counts: Counter[str] = Counter()
    for code, number in persons.values_list("work").annotate(n=Count("pk")):
        counts[UNKNOWN if code is None else group_of.get(code, tables.OTHER_WORK)] += number
    return [(name, counts[name]) for name in (*tables.BY_KEY["work"].words, UNKNOWN)]
