"""What the pages of a list show: its lines with their filters, and its counts."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.codes import Relation
from households.models import Listing, ListingStatus, Member, MemberStatus, PoorList
from households.models.listing import STANDING
from households.searching import DECILES
from tkpk.models.territory import within

Text = str | Promise
# What the page of lines can show beside name and status; the address says which.
COLUMNS: dict[str, Text] = {
    "tempat": _("Place"),
    "kelas": _("Class"),
    "skor": _("Score"),
    "desil": _("Decile"),
    "asal": _("Put on by"),
    "verifikasi": _("Verified at"),
}
DEFAULT_COLUMNS = ("tempat", "kelas", "asal")
# Heads of RT and RW see names and status of their own area, no more.
AREA_COLUMNS = ("tempat",)


def with_heads(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    """Lines with `head_name`; no identifier is read or decrypted."""
    heads = Member.objects.filter(
        household=OuterRef("household"), relation=Relation.HEAD, status=MemberStatus.ACTIVE
    ).order_by()
    # Of a family that moved or died nobody is left to live here.
    anybody = Member.objects.filter(household=OuterRef("household")).order_by("relation", "pk")
    return (
        rows.annotate(
            head_name=Subquery(heads.values("name")[:1]),
            former_name=Subquery(anybody.values("name")[:1]),
        )
        .select_related("household__territory__parent", "score_class", "score")
        .defer("score__parts", "household__kk_number", "household__source_value")
    )


def filter_lines(rows: QuerySet[Listing], chosen: dict[str, Any]) -> QuerySet[Listing]:
    """Apply the filters that the reader's form offered."""
    for name in ("rw", "rt"):
        if chosen.get(name):
            rows = rows.filter(within("household__territory__code", chosen[name]))
    if status := chosen.get("status"):
        rows = (
            rows.filter(status__in=STANDING) if status == "berdiri" else rows.filter(status=status)
        )
    if chosen.get("asal"):
        rows = rows.filter(origin=chosen["asal"])
    if kind := chosen.get("kelas"):
        wanted = Q(score_class__isnull=True) if kind == "-" else Q(score_class=kind)
        rows = rows.filter(wanted)
    if band := chosen.get("desil"):
        known = Q(household__decile__isnull=True)
        rows = rows.filter(known if band == "-" else Q(household__decile__range=DECILES[band]))
    return rows


@dataclass(frozen=True)
class StatusCount:
    """How many families of a list stand somewhere."""

    status: str
    label: Text
    count: int
    tone: str


TONES: dict[str, str] = {
    ListingStatus.NOMINATED: "attention",
    ListingStatus.FIELD_VERIFIED: "running",
    ListingStatus.PUBLIC_REVIEW_1: "running",
    ListingStatus.PUBLIC_REVIEW_2: "running",
    ListingStatus.SUBMITTED: "running",
    ListingStatus.ESTABLISHED: "done",
    ListingStatus.NOT_ACCEPTED: "danger",
    ListingStatus.GRADUATED: "done",
    ListingStatus.DELISTED: "neutral",
    ListingStatus.MOVED: "neutral",
    ListingStatus.DECEASED: "neutral",
    ListingStatus.REFUSED: "neutral",
}


def counts_of(poor_list: PoorList) -> tuple[list[StatusCount], list[tuple[Text, int]]]:
    """The statuses that occur, in the order of the way; and the families that still stand, by
    class. One query for both.
    """
    rows = (
        poor_list.listings.order_by("score_class__version", "-score_class__lower")
        .values_list("status", "score_class__name", "score_class")
        .annotate(n=Count("pk"))
    )
    by_status, by_class = Counter[str](), Counter[tuple[int | None, str | None]]()
    for status, name, key, number in rows:
        by_status[status] += number
        if status in STANDING:
            by_class[key, name] += number
    statuses = [
        StatusCount(status.value, status.label, by_status[status.value], TONES[status])
        for status in ListingStatus
        if by_status[status.value]
    ]
    words = _("without a class")
    return statuses, [(name or words, number) for (_key, name), number in by_class.items()]
