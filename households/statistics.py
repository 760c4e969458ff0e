"""Published statistics: the only door through which public pages learn about families.

Figures are counted when somebody publishes them, small ones are withheld before they are stored,
and pages read what was stored. Nothing here is about one person, and no table goes down to an RT.
"""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from households.codes import Sex
from households.housing_codes import DrinkingWater, FloorMaterial, Toilet
from households.models import Household, Member, StatisticsSnapshot
from households.suppression import withhold
from tkpk import formats, rights, trail
from tkpk.models import Mandate, Territory, User
from tkpk.public_pages import published
from tkpk.roles import Role

PUBLISHERS = frozenset({Role.STAFF, Role.LURAH})
UNKNOWN = "unknown"

Text = str | Promise
Line = list[tuple[str, int]]

TITLES: dict[str, Text] = {
    "rw": gettext_lazy("Families by RW"),
    "sex": gettext_lazy("Persons by sex"),
    "decile": gettext_lazy("Families by decile in the national registry"),
    "floor_material": gettext_lazy("Families by widest floor"),
    "drinking_water": gettext_lazy("Families by drinking water"),
    "toilet": gettext_lazy("Families by toilet"),
}
HOUSING = ("floor_material", "drinking_water", "toilet")
_LISTS = {
    "sex": Sex,
    "floor_material": FloorMaterial,
    "drinking_water": DrinkingWater,
    "toilet": Toilet,
}
_DECILES: dict[str, Text] = {
    "1-4": gettext_lazy("Decile 1–4"),
    "5-10": gettext_lazy("Decile 5–10"),
    UNKNOWN: gettext_lazy("Not ranked or not known"),
}


@dataclass(frozen=True)
class Figure:
    """One published count; `count` is None when it is withheld."""

    label: str
    count: int | None


@dataclass(frozen=True)
class FigureTable:
    """A published table with its total."""

    key: str
    title: str
    total: int
    figures: list[Figure]

    @property
    def has_withheld(self) -> bool:
        return any(figure.count is None for figure in self.figures)

    @property
    def bars(self) -> list[tuple[str, int | None, str]]:
        """The rows of a bar chart: label, count, and the count in words.

        Long code lists are shown without their empty rows: zero is no secret, only long.
        """
        language = "en" if get_language() == "en" else "id"
        shown = [figure for figure in self.figures if figure.count != 0 or self.key not in HOUSING]
        return [
            (
                figure.label,
                figure.count,
                _("withheld")
                if figure.count is None
                else formats.number(figure.count, language=language),
            )
            for figure in shown
        ]


@dataclass(frozen=True)
class PublishedStatistics:
    """What pages show; `families` and `persons` are None where they could not be published."""

    as_of: datetime.date
    families: int | None
    persons: int | None
    tables: list[FigureTable]

    @property
    def has_withheld(self) -> bool:
        return any(table.has_withheld for table in self.tables)

    @property
    def main_tables(self) -> list[FigureTable]:
        return [table for table in self.tables if table.key not in HOUSING]

    @property
    def housing_tables(self) -> list[FigureTable]:
        return [table for table in self.tables if table.key in HOUSING]

    def table(self, key: str) -> FigureTable | None:
        return next((table for table in self.tables if table.key == key), None)


def latest(kelurahan: Territory) -> PublishedStatistics | None:
    """The figures published last, or None. One query."""
    row = StatisticsSnapshot.objects.filter(kelurahan=kelurahan).order_by("-pk").first()
    return _readable(row.as_of, row.tables) if row else None


def draft(kelurahan: Territory) -> PublishedStatistics:
    """What `publish` would publish now. Raises ValidationError as it does."""
    return _readable(timezone.localdate(), _suppressed(kelurahan))


def may_publish(user: User, kelurahan: Territory) -> bool:
    return _right(rights.mandates(user), kelurahan) is not None


def publish(kelurahan: Territory, *, by: User) -> StatisticsSnapshot:
    """Count, withhold, store and show the figures of today.

    Raises PermissionDenied unless `by` is an officer or the lurah here, and ValidationError when
    there are so few families that even their number must not be published.
    """
    with transaction.atomic():
        mandate = _right(rights.fresh_mandates(by), kelurahan)
        if mandate is None:
            raise PermissionDenied(_("Only an officer or the lurah publishes figures."))
        snapshot = StatisticsSnapshot.objects.create(
            kelurahan=kelurahan,
            as_of=timezone.localdate(),
            tables=_suppressed(kelurahan),
            created_by=by,
            updated_by=by,
        )
        published()
        trail.record(
            chain=kelurahan,
            by=by,
            mandate=mandate,
            process="statistics",
            move="publish",
            row=snapshot,
            digest=trail.seal_row(snapshot, ("kelurahan_id", "as_of", "tables"), schema=1),
        )
    return snapshot


def _right(mandates: Iterable[Mandate], kelurahan: Territory) -> Mandate | None:
    for mandate in mandates:
        if mandate.role in PUBLISHERS and mandate.territory.covers(kelurahan.code):
            return mandate
    return None


# --- counting --------------------------------------------------------------------------------
def _suppressed(kelurahan: Territory) -> dict[str, Any]:
    lines = _counted(kelurahan)
    tables: dict[str, Any] = {}
    for key, line in lines.items():
        try:
            shown = withhold([[count for _key, count in line]])
        except ValueError:
            continue  # its total is 1–4: the whole table stays unpublished
        cells = [[name, count] for (name, _raw), count in zip(line, shown.rows[0], strict=True)]
        tables[key] = {"total": shown.total, "cells": cells}
    if "rw" not in tables:
        raise ValidationError(
            _("There are fewer than 5 families: their number cannot be published."),
            code="too_few",
        )
    return tables


def _counted(kelurahan: Territory) -> dict[str, Line]:
    """The raw counts of the families and persons that live here today; never leaves this module."""
    families = Household.objects.filter(kelurahan=kelurahan).active().order_by()
    persons = (
        Member.objects.filter(kelurahan=kelurahan, household__status=Household.Status.ACTIVE)
        .active()
        .order_by()
    )
    lines = {
        "rw": _by_rw(kelurahan, families),
        "sex": _by_code(persons, "sex"),
        "decile": _by_decile(families),
    }
    for name in HOUSING:
        lines[name] = _by_code(families, name)
    return lines


def _by_rw(kelurahan: Territory, families: Any) -> Line:
    places = families.values_list("territory__code").annotate(n=Count("pk"))
    counts: Counter[str] = Counter()
    width = len(kelurahan.code) + 4
    for code, count in places:
        counts[code[len(kelurahan.code) + 1 : width] or UNKNOWN] += count
    rws = Territory.objects.filter(parent=kelurahan).values_list("code", flat=True)
    known = sorted(code[-3:] for code in rws)
    line = [(name, counts[name]) for name in known]
    return [*line, (UNKNOWN, counts[UNKNOWN])] if counts[UNKNOWN] or not line else line


def _by_code(rows: Any, name: str) -> Line:
    counts = dict(rows.values_list(name).annotate(n=Count("pk")))
    line = [(str(value), counts.get(value, 0)) for value in _LISTS[name].values]
    return line if name == "sex" else [*line, (UNKNOWN, counts.get(None, 0))]


def _by_decile(families: Any) -> Line:
    counts: Counter[str] = Counter()
    for decile, count in families.values_list("decile").annotate(n=Count("pk")):
        counts[UNKNOWN if decile is None else "1-4" if decile <= 4 else "5-10"] += count
    return [(name, counts[name]) for name in _DECILES]


# --- reading ---------------------------------------------------------------------------------
def _readable(as_of: datetime.date, tables: dict[str, Any]) -> PublishedStatistics:
    totals = {key: table["total"] for key, table in tables.items()}
    return PublishedStatistics(
        as_of=as_of,
        families=totals.get("rw"),
        persons=totals.get("sex"),
        tables=[
            FigureTable(
                key,
                str(title),
                tables[key]["total"],
                [Figure(_label(key, name), count) for name, count in tables[key]["cells"]],
            )
            for key, title in TITLES.items()
            if key in tables
        ],
    )


def _label(key: str, name: str) -> str:
    if key == "decile":
        return str(_DECILES[name])
    if name == UNKNOWN:
        return _("RW not known") if key == "rw" else _("Not recorded")
    if key == "rw":
        return f"RW {name[1:] if name.startswith('0') else name}"
    return str(_LISTS[key](int(name)).label)
