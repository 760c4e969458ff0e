"""Who is established and not served, and who is served and not established, by RT."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery

from households.aid.coverage import established_in
from households.models import AidReceipt
from households.models.household import HouseholdQuerySet
from tkpk.models import Level, Territory

UNSERVED, NEVER, UNLISTED = "belum", "belum-pernah", "tanpa-daftar"
KINDS = (UNSERVED, NEVER, UNLISTED)


def with_standing(families: HouseholdQuerySet, year: int) -> HouseholdQuerySet:
    """Families with `on_list`, `served` (in the year) and `ever` (in any), true or false."""
    receipts = AidReceipt.objects.filter(household=OuterRef("pk")).order_by()
    return families.annotate(
        on_list=established_in(year),
        served=Exists(receipts.in_year(year)),
        ever=Exists(receipts.standing()),
    )


def of_kind(families: HouseholdQuerySet, kind: str, year: int) -> HouseholdQuerySet:
    """The families of one gap. Families that have left are asked for help no more."""
    rows = with_standing(families.active(), year)
    return rows.filter(CONDITIONS[kind])


CONDITIONS = {
    UNSERVED: Q(on_list=True, served=False),
    NEVER: Q(on_list=True, ever=False),
    UNLISTED: Q(on_list=False, served=True),
}


def with_last_day(families: HouseholdQuerySet) -> HouseholdQuerySet:
    """Families with `last_from`: when the newest receipt began, None without any."""
    receipts = AidReceipt.objects.standing().filter(household=OuterRef("pk")).order_by()
    newest = receipts.values("household").annotate(day=Max("period_from")).values("day")
    return families.annotate(last_from=Subquery(newest))


@dataclass
class Numbers:
    """The counts of one place."""

    families: int = 0
    on_list: int = 0
    on_list_served: int = 0
    unserved: int = 0
    never: int = 0
    unlisted: int = 0

    def add(self, other: "Numbers") -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class RtLine:
    """One RT, or a RW or kelurahan where the RT of a family is not known."""

    place: Territory
    numbers: Numbers


@dataclass
class RwLine:
    """One RW with its RT."""

    place: Territory
    numbers: Numbers
    rts: list[RtLine]


def by_place(families: HouseholdQuerySet, year: int) -> tuple[list[RwLine], Numbers]:
    """The counts of each RT under its RW, and their sum; two queries."""
    rows: Any = (
        with_standing(families.active(), year)
        .order_by()
        .values("territory")
        .annotate(
            n=Count("pk"),
            n_list=Count("pk", filter=Q(on_list=True)),
            n_list_served=Count("pk", filter=Q(on_list=True, served=True)),
            n_unserved=Count("pk", filter=CONDITIONS[UNSERVED]),
            n_never=Count("pk", filter=CONDITIONS[NEVER]),
            n_unlisted=Count("pk", filter=CONDITIONS[UNLISTED]),
        )
    )
    found = {row.pop("territory"): Numbers(*_in_order(row)) for row in rows}
    places = Territory.objects.filter(pk__in=found).select_related("parent").order_by("code")
    total = Numbers()
    lines: dict[int, RwLine] = {}
    for place in places:
        rw = place.parent if place.level == Level.RT and place.parent else place
        line = lines.setdefault(rw.pk, RwLine(rw, Numbers(), []))
        line.rts.append(RtLine(place, found[place.pk]))
        line.numbers.add(found[place.pk])
        total.add(found[place.pk])
    return list(lines.values()), total


def _in_order(row: dict[str, int]) -> list[int]:
    names = ("n", "n_list", "n_list_served", "n_unserved", "n_never", "n_unlisted")
    return [row[name] for name in names]
