"""What the registry already knows of a file's families and persons, fetched in bulk."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from households.models import LIVING, Household, HouseholdStatus, Member
from tkpk.models import Territory

# Both engines take this many values in one condition; the number of queries grows by chunk.
CHUNK = 5_000


@dataclass
class Known:
    """Rows of one kelurahan by what a file can say of them. Keys are blind indexes."""

    households: dict[str, Household] = field(default_factory=dict)
    by_nik: dict[str, Member] = field(default_factory=dict)
    members_of: dict[int, list[Member]] = field(default_factory=lambda: defaultdict(list))
    # (name key, birth date) → persons of the kelurahan: pk
    namesakes: dict[tuple[str, date], set[int]] = field(default_factory=lambda: defaultdict(set))
    # Families in which the acting officer lives.
    own_families: set[int] = field(default_factory=set)
    own_nik_index: str = ""


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(values)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


def look_up(
    kelurahan: Territory,
    *,
    kk_indexes: set[str],
    nik_indexes: set[str],
    name_keys: set[str],
    acting_nik_index: str = "",
    beat: Callable[[], None] = lambda: None,
) -> Known:
    """All that is needed to compare a file, in a fixed number of queries a chunk."""
    known = Known(own_nik_index=acting_nik_index)
    households = Household.objects.filter(kelurahan=kelurahan)
    members = Member.objects.filter(kelurahan=kelurahan)
    for part in chunks(sorted(kk_indexes)):
        for household in households.filter(kk_index__in=part):
            _prefer(known.households, household.kk_index, household, _household_rank)
        beat()
    seen: set[int] = set()
    for part in chunks(sorted(nik_indexes)):
        for member in members.filter(nik_index__in=part).select_related("household"):
            _prefer(known.by_nik, member.nik_index, member, _member_rank)
            known.members_of[member.household_id].append(member)
            seen.add(member.pk)
        beat()
    # Also the families that known persons would leave.
    families = {household.pk for household in known.households.values()} | set(known.members_of)
    for part in chunks(sorted(families)):
        for member in members.filter(household_id__in=part).select_related("household"):
            if member.pk not in seen:
                known.members_of[member.household_id].append(member)
        beat()
    _same_names(known, members, name_keys)
    if acting_nik_index:
        own = members.filter(nik_index=acting_nik_index).values_list("household_id", flat=True)
        known.own_families = set(own)
    return known


def _same_names(known: Known, members: Any, name_keys: set[str]) -> None:
    for part in chunks(sorted(name_keys)):
        rows = members.filter(name_key__in=part, birth_date__isnull=False)
        for key, born, pk in rows.values_list("name_key", "birth_date", "pk"):
            known.namesakes[key, born].add(pk)


def _household_rank(household: Household) -> tuple[bool, int]:
    return household.status == HouseholdStatus.ACTIVE, household.pk


def _member_rank(member: Member) -> tuple[bool, int]:
    """The living holder of a NIK first; among the gone the one entered last."""
    return member.status in LIVING, member.pk


def _prefer(found: dict[str, Any], key: str, row: Any, rank: Callable[[Any], Any]) -> None:
    if key not in found or rank(row) > rank(found[key]):
        found[key] = row
