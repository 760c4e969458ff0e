"""How many families each programme reaches in a year, and how many of the established ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from households.aid.stopping import perhaps_to_stop
from households.models import AidProgramme, Household, Listing
from households.models.aid import AidReceiptQuerySet

YEARS_BACK = 10  # nothing older is offered; what was imported stays on the family's file


@dataclass(frozen=True)
class Line:
    """One programme in one year."""

    programme: AidProgramme
    families: int
    persons: int
    amount_idr: int | None
    established: int  # of the families, those on the established list of the year
    stopped: int
    above_decile: int
    proposed: int  # perhaps to be stopped today; of the receipts that reach into the year

    def share_of(self, established: int) -> float | None:
        """The share of the established families that it reaches, 0–1; None without a list."""
        return self.established / established if established else None


def established_in(year: int) -> Exists:
    """A condition on families: they stand on the established list of a year."""
    return Exists(Listing.objects.established(year).filter(household=OuterRef("pk")))


def established_receiver(year: int) -> Exists:
    """The same for a receipt's family."""
    rows = Listing.objects.established(year).filter(household=OuterRef("household_id"))
    return Exists(rows)


def established_count(families: QuerySet[Household], year: int) -> int:
    return families.filter(established_in(year)).count()


def lines(
    programmes: Iterable[AidProgramme], receipts: AidReceiptQuerySet, *, year: int
) -> list[Line]:
    """One line for each programme; one query whatever their number."""
    rows: Any = (
        receipts.in_year(year)
        .annotate(on_list=established_receiver(year))
        .order_by()
        .values("programme")
        .annotate(
            families=Count("household", distinct=True),
            persons=Count("member", distinct=True),
            amount_idr=Sum("amount_idr"),
            established=Count("household", filter=Q(on_list=True), distinct=True),
            stopped=Count("pk", filter=Q(stopped_at__isnull=False)),
            proposed=Count("pk", filter=perhaps_to_stop(timezone.localdate())),
            above_decile=Count(
                "household",
                filter=Q(household__decile__gt=F("programme__max_decile")),
                distinct=True,
            ),
        )
    )
    found = {row.pop("programme"): row for row in rows}
    none = {"families": 0, "persons": 0, "amount_idr": None}
    none |= {"established": 0, "stopped": 0, "above_decile": 0, "proposed": 0}
    return [Line(programme, **found.get(programme.pk, none)) for programme in programmes]


def years() -> list[int]:
    """The years that can be looked at, this one first."""
    this = timezone.localdate().year
    return list(range(this, this - YEARS_BACK, -1))
