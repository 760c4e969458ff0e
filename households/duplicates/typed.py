"""Who in the registry may be the person that is just being typed. A warning, never a refusal."""

import datetime
from dataclasses import dataclass

from django.db.models import Q

from households.duplicates.comparison import Comparison, compare
from households.duplicates.facts import Facts
from households.duplicates.names import Rarity, parse_name
from households.duplicates.reading import SET_ASIDE, facts_of_member, near_dates
from households.duplicates.search import parts_of
from households.duplicates.words import Told, told
from households.models import Household, Member
from households.models.member import name_key
from tkpk.encryption import blind_index
from tkpk.models import User

LOOKED_AT, SHOWN = 400, 3
_ANY = Rarity()


@dataclass(frozen=True)
class Typed:
    """What has been typed so far; what is missing counts as not known."""

    name: str = ""
    nik: str = ""
    birth_date: datetime.date | None = None
    sex: int | None = None
    birth_place: str = ""


@dataclass(frozen=True)
class Likely:
    """Somebody who may be meant. `visible`: this reader may open the family's file."""

    member: Member
    parts: list[Told]
    visible: bool
    same_number: bool


def likely_same(
    typed: Typed, household: Household, *, reader: User, other_than: int | None = None
) -> list[Likely]:
    """The most alike first, three at most; two queries."""
    condition = _condition(typed)
    if condition is None:
        return []
    rows = (
        Member.objects.filter(condition, kelurahan_id=household.kelurahan_id)
        .exclude(status__in=SET_ASIDE)
        .exclude(pk=other_than or 0)
        .select_related("household__territory__parent")
        .order_by("pk")[:LOOKED_AT]
    )
    mine = _facts(typed, household)
    scored = []
    for member in rows:
        same_number = bool(typed.nik) and member.nik == typed.nik
        comparison = compare(mine, facts_of_member(member), _ANY)
        if same_number or comparison.score >= _least(typed):
            scored.append((same_number, comparison, member))
    scored.sort(key=lambda one: (not one[0], -one[1].score, one[2].pk))
    return _shown(scored[:SHOWN], reader)


def _least(typed: Typed) -> float:
    """Before anything but a name is typed, only the very same name is worth a word."""
    return 0.8 if typed.birth_date else 0.5


def _shown(scored: list[tuple[bool, Comparison, Member]], reader: User) -> list[Likely]:
    if not scored:
        return []
    keys = [member.pk for _same, _comparison, member in scored]
    visible = set(
        Member.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", flat=True)
    )
    return [
        Likely(member, told(parts_of(comparison))[:3], member.pk in visible, same)
        for same, comparison, member in scored
    ]


def _condition(typed: Typed) -> Q | None:
    """Rows with the number, the very name, or a birth date that is one slip away."""
    found = Q(pk__in=[])
    if typed.nik:
        found |= Q(nik_index=blind_index("nik", typed.nik))
    if len(typed.name) > 2:
        found |= Q(name_key=name_key(typed.name))
        if typed.birth_date:
            found |= Q(birth_date__in=near_dates(typed.birth_date))
    return found if typed.nik or len(typed.name) > 2 else None


def _facts(typed: Typed, household: Household) -> Facts:
    return Facts(
        key=0,
        name=parse_name(typed.name),
        sex=typed.sex,
        birth_date=typed.birth_date,
        birth_place=typed.birth_place,
        nik=typed.nik,
        family=household.pk,
        place=household.territory.code,
    )
