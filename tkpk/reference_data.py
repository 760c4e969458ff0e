"""The kelurahan that the portal knows beforehand: those of Kota Yogyakarta.

Public facts (Kemendagri code, BPS code, postcode) in `reference/kota_yogyakarta.csv`.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import transaction

from tkpk.models import Level, Territory

FILE = Path(__file__).resolve().parent / "reference" / "kota_yogyakarta.csv"
_ORDER = [Level.CITY, Level.KEMANTREN, Level.KELURAHAN]


@dataclass(frozen=True)
class Place:
    """One line of the file; `postcode` only of a kelurahan."""

    code: str
    level: str
    name: str
    bps_code: str
    postcode: str


@cache
def places() -> tuple[Place, ...]:
    """All lines, the widest places first."""
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        found = [Place(**{k: v or "" for k, v in row.items()}) for row in csv.DictReader(file)]
    return tuple(sorted(found, key=lambda place: (_ORDER.index(Level(place.level)), place.code)))


def place(code: str) -> Place | None:
    return next((place for place in places() if place.code == code), None)


def kelurahan_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Kelurahan by kemantren, for a grouped select."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in places():
        if one.level == Level.KELURAHAN:
            kemantren = place(one.code[:8])
            name = kemantren.name if kemantren else one.code[:8]
            groups.setdefault(name, []).append((one.code, one.name))
    return [(name, sorted(group, key=lambda c: c[1])) for name, group in sorted(groups.items())]


def load_reference() -> int:
    """Add the places that are missing; what an administrator changed stays. Returns how many."""
    added = 0
    with transaction.atomic():
        known = {territory.code: territory for territory in Territory.objects.all()}
        for one in places():
            if one.code in known:
                continue
            parent = known.get(one.code.rpartition(".")[0]) if one.level != Level.CITY else None
            known[one.code] = Territory.objects.create(
                code=one.code,
                level=one.level,
                name=one.name,
                parent=parent,
                bps_code=one.bps_code,
            )
            added += 1
    return added
