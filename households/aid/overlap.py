"""The matrix of programmes: how many families had both in a year."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from households.aid.pairs import PairBook
from households.models import AidPair, AidProgramme, AidReceipt, PairRule


@dataclass(frozen=True)
class Cell:
    """Families with both programmes, and the rule on the pair; on the diagonal those with one."""

    row: AidProgramme
    column: AidProgramme
    families: int
    rule: AidPair | None

    @property
    def is_diagonal(self) -> bool:
        return self.row.pk == self.column.pk

    @property
    def forbidden(self) -> bool:
        return self.rule is not None and self.rule.rule == PairRule.FORBIDDEN

    @property
    def allowed(self) -> bool:
        return self.rule is not None and self.rule.rule == PairRule.ALLOWED


def counts(receipts: QuerySet[AidReceipt]) -> dict[tuple[int, int], int]:
    """Families by pair of programmes, the lower key first; (a, a) counts those of one programme.

    One query: first each programme of each family once, then the pairs of those. A join of the
    receipts themselves would square the months of a year.
    """
    served = receipts.order_by().values("household_id", "programme_id").distinct()
    text, parameters = served.query.sql_with_params()
    # Both are our own: the text comes from the query above, values go as parameters.
    statement = (
        f"WITH served AS ({text}) "  # noqa: S608
        "SELECT one.programme_id, other.programme_id, COUNT(*) FROM served one "
        "JOIN served other ON other.household_id = one.household_id "
        "AND one.programme_id <= other.programme_id "
        "GROUP BY one.programme_id, other.programme_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return {(first, second): number for first, second, number in cursor.fetchall()}


def matrix(
    programmes: list[AidProgramme], receipts: QuerySet[AidReceipt], book: PairBook
) -> list[list[Cell]]:
    """A row for each programme with a cell for each; symmetric."""
    numbers = counts(receipts)
    return [
        [
            Cell(
                row,
                column,
                numbers.get((min(row.pk, column.pk), max(row.pk, column.pk)), 0),
                None if row.pk == column.pk else book.rule(row.pk, column.pk),
            )
            for column in programmes
        ]
        for row in programmes
    ]
