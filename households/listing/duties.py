"""What a list waits for, and for whom: the first page and the page of the list say it alike."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households.models import Listing, ListingStatus, PoorList, PoorListStatus
from households.models.poor_list import LIST_KEEPERS
from households.workflows.listing_guards import unconfirmed_officials
from households.workflows.poor_lists import POOR_LIST_FLOW
from tkpk.models import User
from tkpk.models.territory import within
from tkpk.rights import scopes
from tkpk.roles import Role
from tkpk.workflow import Move, OpenMove

# Visits are told of two weeks ahead.
AHEAD = datetime.timedelta(days=14)


@dataclass(frozen=True)
class Next:
    """The step that leads on: what it still lacks, and whose it is."""

    name: str
    move: Move
    missing: list[str]
    roles: list[Any] = field(default_factory=list)


def next_step(poor_list: PoorList, *, opened: Iterable[OpenMove] = ()) -> Next | None:
    """The one move that leads on from where the list stands; None for an established one.

    `opened` are the moves open to the reader: what they lack is not asked for twice.
    """
    known = {found.name: found.blocked for found in opened}
    for name, move in POOR_LIST_FLOW.moves.items():
        if poor_list.status in move.sources:
            roles = [role.label for role in Role if role in move.roles]
            missing = known[name] if name in known else POOR_LIST_FLOW.missing(name, poor_list)
            return Next(name, move, missing, roles)
    return None


@dataclass(frozen=True)
class Waiting:
    """A number of families of a list that wait for a step."""

    text: Any
    count: int
    poor_list: PoorList
    status: str


def waiting_families(user: User) -> list[Waiting]:
    """What waits on the running lists of one's kelurahan."""
    codes = scopes(user, LIST_KEEPERS)
    if not codes:
        return []
    found = []
    lists = PoorList.objects.running().filter(within("kelurahan__code", *codes))
    for poor_list in lists.select_related("kelurahan")[:4]:
        if not poor_list.takes_nominations:
            continue
        nominated = poor_list.listings.filter(status=ListingStatus.NOMINATED).count()
        officials = unconfirmed_officials(poor_list).filter(status=ListingStatus.FIELD_VERIFIED)
        for text, count, status in (
            (_("Families to verify in the field"), nominated, "NOMINATED"),
            (_("Families of officials to confirm"), officials.count(), "FIELD_VERIFIED"),
        ):
            if count:
                found.append(Waiting(text, count, poor_list, status))
    return found


def visits_due(user: User, *, day: datetime.date | None = None) -> QuerySet[Listing]:
    """Graduates whose visit falls due within two weeks, the longest waiting first."""
    until = (day or timezone.localdate()) + AHEAD
    codes = scopes(user, {Role.STAFF})
    rows = Listing.objects.monitored().filter(within("kelurahan__code", *codes))
    return rows.filter(visit_due_on__lte=until).order_by("visit_due_on", "pk")


def graduations_to_decide(user: User) -> QuerySet[Listing]:
    """Proposals that the Lurah decides."""
    codes = scopes(user, {Role.LURAH})
    rows = Listing.objects.filter(
        within("kelurahan__code", *codes),
        status=ListingStatus.ESTABLISHED,
        poor_list__status=PoorListStatus.ESTABLISHED,
    )
    return rows.exclude(graduation_ground="")
