"""Facts of the registry's people, read in bulk for the search."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q

from households.duplicates.facts import Facts
from households.duplicates.names import NO_NAME, parse_name
from households.models import Member, MemberStatus
from tkpk.models import Territory

_COLUMNS = (
    "pk",
    "name",
    "sex",
    "birth_date",
    "birth_place",
    "nik",
    "father_name",
    "mother_name",
    "household_id",
    "household__territory__code",
)
# A row set aside already is not looked at again.
SET_ASIDE = (MemberStatus.DUPLICATE, MemberStatus.INVALID)
CHUNK = 5_000


def facts_of(row: Any) -> Facts:
    """The facts in a row of `_COLUMNS`."""
    pk, name, sex, born, place, nik, father, mother, family, code = row
    return Facts(
        key=pk,
        name=parse_name(name),
        sex=sex,
        birth_date=born,
        birth_place=place,
        nik=nik,
        father=parse_name(father) if father else NO_NAME,
        mother=parse_name(mother) if mother else NO_NAME,
        family=family,
        place=code,
    )


def facts_of_member(member: Member) -> Facts:
    """The facts of a row that is in hand, saved or not."""
    household = member.household
    return facts_of(
        (
            member.pk or 0,
            member.name,
            member.sex,
            member.birth_date,
            member.birth_place,
            member.nik,
            member.father_name,
            member.mother_name,
            household.pk,
            household.territory.code,
        )
    )


def read_around(kelurahan: Territory, people: Iterable[Facts]) -> list[Facts]:
    """Whom these few people could be: with one of their words as a name, or a date one slip away.

    One query for each 5,000 dates.
    """
    dates: set[datetime.date] = set()
    names: set[str] = set()
    for one in people:
        dates |= set(near_dates(one.birth_date)) if one.birth_date else set()
        names.add(" ".join(one.name.words))
    found: dict[int, Facts] = {}
    condition = Q(name_key__in=sorted(names))
    ordered = sorted(dates)
    for start in range(0, len(ordered) or 1, CHUNK):
        condition |= Q(birth_date__in=ordered[start : start + CHUNK])
        rows = Member.objects.filter(condition, kelurahan=kelurahan)
        for row in rows.exclude(status__in=SET_ASIDE).values_list(*_COLUMNS):
            found[row[0]] = facts_of(row)
        condition = Q(pk__in=[])
    return list(found.values())


def near_dates(born: datetime.date) -> list[datetime.date]:
    """The date itself and what it is often mistaken for."""
    shapes = [
        (born.year, born.month, born.day),
        (born.year, born.day, born.month),
        (born.year, 1, 1),
        (born.year - 1, born.month, born.day),
        (born.year + 1, born.month, born.day),
    ]
    dates = set()
    for shape in shapes:
        try:
            dates.add(datetime.date(*shape))
        except ValueError:
            continue
    return sorted(dates)


def read_facts(kelurahan: Territory, **conditions: Any) -> Iterator[Facts]:
    """Everybody of a kelurahan in one query, never held as model rows."""
    rows = Member.objects.filter(kelurahan=kelurahan, **conditions).exclude(status__in=SET_ASIDE)
    for row in rows.order_by("pk").values_list(*_COLUMNS).iterator(chunk_size=CHUNK):
        yield facts_of(row)
