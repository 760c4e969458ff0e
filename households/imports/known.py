"""What the registry already knows of a file's families and persons, fetched in bulk."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from households.imports.known_rows import Columns, Facts, KnownHousehold, KnownMember
from households.models import LIVING, Household, HouseholdStatus, Member
from tkpk.models import Territory

# Both engines take this many values in one condition; the number of queries grows by chunk.
CHUNK = 5_000


@dataclass
class Known:
    """Rows of one kelurahan by what a file can say of them. Keys are blind indexes.

    The rows are light ones that stand for the model's, see `known_rows`.
    """

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
    kk_indexes: Iterable[str],
    nik_indexes: Iterable[str],
    name_keys: Iterable[str],
    acting_nik_index: str = "",
    beat: Callable[[], None] = lambda: None,
) -> Known:
    """All that is needed to compare a file, in a fixed number of queries a chunk.

    The order of the arguments is that of the file: columns of known persons are read in it.
    """
    known = Known(own_nik_index=acting_nik_index)
    reader = _Reader(known, kelurahan, beat)
    kk_indexes, nik_indexes = list(kk_indexes), list(nik_indexes)
    reader.households("kk_index", kk_indexes)
    reader.members("nik_index", nik_indexes)
    # Also the families that known persons would leave.
    families = [household.pk for household in known.households.values()]
    reader.members("household_id", dict.fromkeys([*families, *known.members_of]))
    reader.put_in_order(kk_indexes, nik_indexes)
    members = Member.objects.filter(kelurahan=kelurahan)
    _same_names(known, members, name_keys)
    if acting_nik_index:
        own = members.filter(nik_index=acting_nik_index).values_list("household_id", flat=True)
        known.own_families = set(own)
    return known


class _Reader:
    """Fills `Known` with light rows, each row once."""

    def __init__(self, known: Known, kelurahan: Territory, beat: Callable[[], None]) -> None:
        self.known, self.kelurahan, self.beat = known, kelurahan, beat
        self.columns, self.facts = Columns(Household), Facts()
        self.homes: dict[int, Any] = {}
        self.people: dict[int, Any] = {}

    def households(self, name: str, values: Iterable[Any]) -> None:
        rows = Household.objects.filter(kelurahan=self.kelurahan)
        for part in chunks(sorted(values)):
            for row in self.columns.read(rows.filter(**{f"{name}__in": part})):
                home: Any = KnownHousehold(self.columns, row)
                self.homes[home.pk] = home
                if name == "kk_index":
                    _prefer(self.known.households, home.kk_index, home, _household_rank)
            self.beat()

    def members(self, name: str, values: Iterable[Any]) -> None:
        rows = Member.objects.filter(kelurahan=self.kelurahan)
        for part in chunks(sorted(values)):
            found = rows.filter(**{f"{name}__in": part}).order_by("pk")
            self._take(list(found.values_list("household_id", *KnownMember.CORE)))
            self.beat()

    def _take(self, found: list[tuple[Any, ...]]) -> None:
        self.households("pk", {row[0] for row in found} - self.homes.keys())
        for household_pk, *values in found:
            if values[0] in self.people:
                continue
            member: Any = KnownMember(self.facts, self.homes[household_pk], tuple(values))
            self.people[member.pk] = member
            self.known.members_of[household_pk].append(member)
            if member.nik_index:
                _prefer(self.known.by_nik, member.nik_index, member, _member_rank)

    def put_in_order(self, kk_indexes: list[str], nik_indexes: list[str]) -> None:
        known = self.known
        named = [known.by_nik[nik] for nik in nik_indexes if nik in known.by_nik]
        homes = [known.households[kk] for kk in kk_indexes if kk in known.households]
        others = (member for home in homes for member in known.members_of[home.pk])
        every = {member.pk: member for member in (*named, *others, *self.people.values())}
        self.facts.put_in_order(iter(every.values()))


def _same_names(known: Known, members: Any, name_keys: Iterable[str]) -> None:
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
