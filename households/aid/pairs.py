"""Rules on pairs of programmes, held against what a family receives at the same time.

A rule never refuses by itself: whoever records both says why, and the row and the trail keep it.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from households.models import AidPair, AidReceipt, Household, PairRule
from tkpk import formats
from tkpk.models import Territory

Key = tuple[int, int]


def pair_key(first: int, second: int) -> Key:
    """The pair without an order: the lower key first."""
    return (first, second) if first < second else (second, first)


@dataclass(frozen=True)
class PairBook:
    """The rules of a kelurahan that hold on one day."""

    rules: dict[Key, AidPair]

    def rule(self, first: int, second: int) -> AidPair | None:
        return self.rules.get(pair_key(first, second))

    def forbids(self, first: int, second: int) -> AidPair | None:
        rule = self.rule(first, second)
        return rule if rule and rule.rule == PairRule.FORBIDDEN else None

    def excluded_by(self, programme: int) -> dict[int, AidPair]:
        """The programmes that must not go together with this one, each with its rule."""
        found = {}
        for (first, second), rule in self.rules.items():
            if rule.rule == PairRule.FORBIDDEN and programme in (first, second):
                found[second if programme == first else first] = rule
        return found


def book_of(kelurahan: Territory | int, day: datetime.date) -> PairBook:
    """One query."""
    pk = kelurahan if isinstance(kelurahan, int) else kelurahan.pk
    rows = AidPair.objects.filter(kelurahan_id=pk).holding(day).select_related("first", "second")
    return PairBook({(row.first_id, row.second_id): row for row in rows})


@dataclass(frozen=True)
class Clash:
    """A receipt that the family has, and the rule that excludes another one beside it."""

    receipt: AidReceipt
    rule: AidPair

    @property
    def message(self) -> str:
        words = {
            "programme": self.receipt.programme.name,
            "since": formats.date_long(self.receipt.period_from),
            "day": formats.date_long(self.rule.valid_from),
        }
        said = _(
            "This family receives %(programme)s (since %(since)s). A rule that holds from %(day)s "
            "says that both must not go together."
        )
        told = said % words
        return f"{told} ({self.rule.note})" if self.rule.note else told


@dataclass
class Clashes:
    """The rules and the receipts of several families: asked in two queries, whatever their number.

    Those who add receipts on the way (a list in which a family comes twice) say so by `note`.
    """

    book: PairBook
    _known: dict[int, list[AidReceipt]] = field(default_factory=lambda: defaultdict(list))

    def read(self, households: Iterable[int], programmes: Collection[int]) -> None:
        """Read what these families have of the programmes that any of `programmes` excludes."""
        others = {one for programme in programmes for one in self.book.excluded_by(programme)}
        wanted = sorted(set(households))
        for start in range(0, len(wanted) if others else 0, 500):
            rows = AidReceipt.objects.standing().select_related("programme")
            part = wanted[start : start + 500]
            for row in rows.filter(household_id__in=part, programme_id__in=others):
                self._known[row.household_id].append(row)

    def note(self, household: int, receipt: AidReceipt) -> None:
        self._known[household].append(receipt)

    def of(
        self,
        household: int,
        programme: int,
        period: tuple[datetime.date, datetime.date | None],
        *,
        other_than: int | None = None,
    ) -> list[Clash]:
        """The receipts at the same time that the programme must not go together with."""
        excluded = self.book.excluded_by(programme)
        return [
            Clash(row, excluded[row.programme_id])
            for row in self._known.get(household, [])
            if row.programme_id in excluded
            and (row.pk is None or row.pk != other_than)
            and _meet(row, period)
        ]


def _meet(row: AidReceipt, period: tuple[datetime.date, datetime.date | None]) -> bool:
    first, last = period
    ends = row.last_day
    return (ends is None or ends >= first) and (last is None or row.period_from <= last)


def clashes_of(receipt: AidReceipt) -> list[Clash]:
    """The same for one receipt that is about to be saved; the rules are those of its first day."""
    book = book_of(receipt.kelurahan_id or receipt.household.kelurahan_id, receipt.period_from)
    found = Clashes(book)
    found.read([receipt.household_id], [receipt.programme_id])
    period = (receipt.period_from, receipt.last_day)
    return found.of(receipt.household_id, receipt.programme_id, period, other_than=receipt.pk)


def with_both(receipts: QuerySet[AidReceipt], first: int, second: int) -> Q:
    """A condition on families: they have one of these receipts of each of two programmes."""
    rows = receipts.order_by()
    return Q(pk__in=rows.filter(programme=first).values("household")) & Q(
        pk__in=rows.filter(programme=second).values("household")
    )


def forbidden_between(household: Household, day: datetime.date) -> list[Clash]:
    """What a family receives that day although a rule excludes it; each pair once."""
    book = book_of(household.kelurahan_id, day)
    if not book.rules:
        return []
    rows = AidReceipt.objects.running(day).filter(household=household)
    found, seen = [], set()
    running = list(rows.select_related("programme"))
    for number, row in enumerate(running):
        for other in running[number + 1 :]:
            key = pair_key(row.programme_id, other.programme_id)
            rule = book.forbids(*key)
            if rule and key not in seen:
                seen.add(key)
                found.append(Clash(other, rule))
    return found
