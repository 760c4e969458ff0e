"""Families in the registry more than once under one KK number, in whatever RT and state."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count

from households.models import Household, HouseholdStatus
from households.models.duplicate import REVIEWERS
from households.searching import with_counts
from tkpk.models import User
from tkpk.models.territory import within
from tkpk.rights import scopes

MOST = 200


@dataclass(frozen=True)
class Group:
    """The rows of one KK; `active` is the one that lives here, if any."""

    rows: list[Household]

    @property
    def active(self) -> Household | None:
        found = (row for row in self.rows if row.status == HouseholdStatus.ACTIVE)
        return next(found, None)

    @property
    def others_with_people(self) -> list[Household]:
        """Rows that are not the living one and in which somebody is still recorded as living."""
        rows: list[Any] = list(self.rows)  # with the counts of the list
        return [row for row in rows if row is not self.active and row.living]


def groups_for(user: User) -> list[Group]:
    """The groups of the places where this person reviews, in two queries."""
    own = Household.objects.filter(within("territory__code", *scopes(user, REVIEWERS)))
    doubled = (
        own.exclude(kk_index="")
        .order_by()
        .values("kelurahan_id", "kk_index")
        .annotate(number=Count("pk"))
        .filter(number__gt=1)
        .values_list("kelurahan_id", "kk_index")[:MOST]
    )
    pairs = set(doubled)
    if not pairs:
        return []
    rows = with_counts(own.filter(kk_index__in=sorted({index for _place, index in pairs})))
    ordered = rows.order_by("kelurahan_id", "kk_index", "status", "pk")
    groups = groupby(ordered, key=lambda row: (row.kelurahan_id, row.kk_index))
    return [Group(list(same)) for key, same in groups if key in pairs]
