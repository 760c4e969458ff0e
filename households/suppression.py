"""Withholding small counts before a table is published. Pure: no ORM, no settings.

A count of 1–4 may point at a family, so it is withheld, together with as many others as are needed
so that it cannot be worked out from the totals. Nothing marks which of the withheld counts was the
small one: a mark would narrow it down. Zero tells nothing about anybody and may be shown.

Which others go with a small count is fixed by place (cells stand in pairs), not by size: a choice
by size would tell a reader who knows this module something about what was chosen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

SMALLEST_SHOWN = 5
# From this total on a line has room for many tables that look alike.
ROOMY = 10
Count = int | None
Cells = tuple[Count, ...]
Places = frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Suppressed:
    """A table as it may be published: None stands for a withheld count."""

    rows: tuple[Cells, ...]
    row_totals: Cells
    column_totals: Cells
    total: int

    @property
    def withheld(self) -> Places:
        """The places of the withheld cells, totals not included."""
        return frozenset(
            (i, j)
            for i, row in enumerate(self.rows)
            for j, count in enumerate(row)
            if count is None
        )


def is_small(count: int) -> bool:
    """Whether a count has to be withheld."""
    return 0 < count < SMALLEST_SHOWN


def suppress(table: Sequence[Sequence[int]]) -> list[list[Count]]:
    """The rows of a table that is published with all its totals; None stands for a withheld count.

    `table` is rows of counts of equal length. Counts of 1–4 are withheld, and with them so many
    others that each withheld cell keeps at least two values that fit the shown cells, the total of
    every row and column, and this rule. A table of one row or column has one total, that of the
    whole. Where all families stand in one row or column, the totals say as much as the cells:
    everything is withheld, and the totals must be too (`withhold` says which totals to hide).
    Raises ValueError if the total of the whole is 1–4, if a count is negative or a row is short.
    """
    columns = _checked(table)
    if len(table) == 1 or len(columns) == 1:
        return [list(row) for row in withhold(table).rows]
    filled = [sum(1 for line in lines if any(line)) for lines in (table, columns)]
    if 1 in filled and any(map(is_small, (n for row in table for n in row))):
        return [[None] * len(columns) for _row in table]
    return [list(row) for row in _Grid(table).beside_totals().rows]


def withhold(table: Sequence[Sequence[int]], *, also: Places = frozenset()) -> Suppressed:
    """Withhold counts and totals of 1–4 and what would give them away.

    As `suppress`, but small totals are withheld too: the totals to publish come with the rows.
    Every withheld cell and total keeps at least two values that fit everything published.
    `also` names cells (row, column) to withhold besides.
    """
    columns = _checked(table)
    if len(table) == 1:
        line = _line(table[0], also=frozenset(j for _i, j in also))
        total = sum(table[0])
        return Suppressed((line,), (total,), line, total)
    if len(columns) == 1:
        line = _line(columns[0], also=frozenset(i for i, _j in also))
        total = sum(columns[0])
        return Suppressed(tuple((count,) for count in line), line, (total,), total)
    return _Grid(table).suppressed(also)


def suppress_series(tables: Sequence[Sequence[Sequence[int]]]) -> list[list[list[Count]]]:
    """`suppress` for tables of one shape, such as years: what one withholds, all of them withhold.

    A cell shown in one year and withheld in the next would be guessed from the year before.
    Raises ValueError as `suppress` does, and where the shapes differ.
    """
    if len({(len(table), len(table[0])) for table in tables}) > 1:
        raise ValueError("The tables of a series have one shape.")
    alone = [suppress(table) for table in tables]
    places = {
        (i, j)
        for rows in alone
        for i, row in enumerate(rows)
        for j, count in enumerate(row)
        if count is None
    }
    if places and not all(_Grid(table).keeps(places) for table in tables):
        places = {(i, j) for i in range(len(tables[0])) for j in range(len(tables[0][0]))}
    return [
        [
            [None if (i, j) in places else count for j, count in enumerate(row)]
            for i, row in enumerate(table)
        ]
        for table in tables
    ]


def withhold_series(tables: Sequence[Sequence[Sequence[int]]]) -> list[Suppressed]:
    """`withhold` for tables of one shape: what one withholds, all of them withhold."""
    places: Places = frozenset()
    while True:
        done = [withhold(table, also=places) for table in tables]
        wider = places.union(*(table.withheld for table in done))
        if wider == places:
            return done
        places = wider


def _checked(table: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """The columns of the table; raises ValueError where it cannot be published at all."""
    columns = list(zip(*table, strict=True))
    if any(count < 0 for row in table for count in row):
        raise ValueError("A count is never negative.")
    if is_small(sum(map(sum, table))):
        raise ValueError("The total is below 5: the table cannot be published.")
    return columns


def _blocks(length: int) -> list[tuple[int, ...]]:
    """0…length-1 in pairs; the last three stand together where one would be left over."""
    blocks = [tuple(range(at, at + 2)) for at in range(0, length - 1, 2)]
    if length % 2 and blocks:
        blocks[-1] = (*blocks[-1], length - 1)
    return blocks


def _hidden(counts: Sequence[int], *, also: Iterable[int] = ()) -> set[int]:
    """Which counts of a line with a published total are withheld.

    Whole pairs, and so many that they sum to 5 or more: the total gives their sum away.
    """
    asked = set(also)
    blocks = _blocks(len(counts))
    marked = [any(is_small(counts[at]) or at in asked for at in block) for block in blocks]
    if True not in marked or not sum(counts):
        return set()
    first = marked.index(True)
    order = [*range(first, len(blocks)), *range(first)]
    hidden = {at for block, mark in zip(blocks, marked, strict=True) if mark for at in block}
    for number in order:
        if sum(counts[at] for at in hidden) >= SMALLEST_SHOWN:
            break
        hidden |= set(blocks[number])
    return hidden


def _line(counts: Sequence[int], *, also: Iterable[int] = ()) -> Cells:
    hidden = _hidden(counts, also=also)
    return tuple(None if at in hidden else count for at, count in enumerate(counts))


class _Grid:
    """A table of two rows and two columns or more, while it is being suppressed."""

    def __init__(self, table: Sequence[Sequence[int]]) -> None:
        self.table = table
        self.row_totals = [sum(row) for row in table]
        self.column_totals = [sum(column) for column in zip(*table, strict=True)]
        self.total = sum(self.row_totals)

    def suppressed(self, also: Places) -> Suppressed:
        """With small totals withheld as well."""
        return self._smallest_block(also, _hidden(self.row_totals), _hidden(self.column_totals))

    def beside_totals(self) -> Suppressed:
        """With every total shown: the smallest block, or the whole table.

        Beside all totals, which pairs were withheld can tell where the small count stands. A table
        with a small total is therefore withheld whole; another one too, unless each withheld cell
        has another value in some table that would be published in the same way.
        """
        whole = self._whole_table()
        if any(0 < total < ROOMY for total in (*self.row_totals, *self.column_totals)):
            return whole
        block = self._beside_totals()
        return block if block == whole or self._has_doubles(block) else whole

    def _beside_totals(self) -> Suppressed:
        return self._smallest_block(frozenset(), set(), set())

    def _whole_table(self) -> Suppressed:
        """Nothing but zeros that the totals tell; or everything, where no count is small."""
        small = any(is_small(count) for row in self.table for count in row)
        hidden = {
            (i, j)
            for i, row_total in enumerate(self.row_totals)
            for j, column_total in enumerate(self.column_totals)
            if row_total and column_total
        }
        return self._published(hidden if small else set(), set(), set())

    def keeps(self, places: set[tuple[int, int]]) -> bool:
        """Whether these cells, withheld beside all totals, keep two values each.

        Lines without anybody do not count: their zeros are no secret.
        """
        hidden = {(i, j) for i, j in places if self.row_totals[i] and self.column_totals[j]}
        return self._safe(hidden, set(), set())

    def _has_doubles(self, block: Suppressed) -> bool:
        """Whether each withheld cell changes in some table with the same totals and look."""
        changed: set[tuple[int, int]] = set()
        filled = [(i, j) for i, j in sorted(block.withheld) if self.table[i][j]]
        for (i, j), (p, q) in combinations(filled, 2):
            corners = {(i, j), (p, q), (i, q), (p, j)}
            if i == p or j == q or corners <= changed or not corners <= block.withheld:
                continue
            if self._moved((i, j), (p, q))._beside_totals() == block:
                changed |= corners
        return changed >= block.withheld

    def _moved(self, one: tuple[int, int], other: tuple[int, int]) -> "_Grid":
        """One family of each cell moved along its row, so that every total stays."""
        table = [list(row) for row in self.table]
        (i, j), (p, q) = one, other
        for row, column, step in ((i, j, -1), (p, q, -1), (i, q, 1), (p, j, 1)):
            table[row][column] += step
        return _Grid(table)

    def _smallest_block(
        self,
        also: Places,
        free_rows: set[int],
        free_columns: set[int],
    ) -> Suppressed:
        """The smallest block of whole pairs of rows and columns that keeps its secrets."""
        small = {
            (i, j)
            for i, row in enumerate(self.table)
            for j, count in enumerate(row)
            if is_small(count)
        } | (also if self.total else set())
        if not small:
            return self._published(set(), free_rows, free_columns)
        rows = _whole({i for i, _j in small} | free_rows, len(self.row_totals))
        columns = _whole({j for _i, j in small} | free_columns, len(self.column_totals))
        while True:
            hidden = self._secret(rows, columns, free_rows, free_columns)
            safe = self._safe(hidden, free_rows, free_columns)
            if safe and small - hidden <= also:
                return self._published(hidden, free_rows, free_columns)
            if not self._widen(rows, columns):
                # Even the whole table gives a cell away: only its grand total is published.
                free_rows, free_columns = set(rows), set(columns)
                hidden = {(i, j) for i in rows for j in columns}
                return self._published(hidden, free_rows, free_columns)

    def _secret(
        self, rows: set[int], columns: set[int], free_rows: set[int], free_columns: set[int]
    ) -> set[tuple[int, int]]:
        """The cells of the block, without lines whose zeros follow from what is published."""
        kept_rows = {i for i in rows if i in free_rows or any(self.table[i][j] for j in columns)}
        kept_columns = {
            j for j in columns if j in free_columns or any(self.table[i][j] for i in rows)
        }
        return {(i, j) for i in kept_rows for j in kept_columns}

    def _safe(
        self, hidden: set[tuple[int, int]], free_rows: set[int], free_columns: set[int]
    ) -> bool:
        """Whether each withheld cell and total takes another value in some fitting table.

        Looks for such a table one step away: one family moved to another cell, and one moved back
        wherever a published total would notice.
        """
        moved: set[tuple[int, int]] = set()
        moved_rows: set[int] = set()
        moved_columns: set[int] = set()
        for i, j in hidden:
            if not self.table[i][j]:
                continue
            for p, q in hidden - {(i, j)}:
                same_rows = i == p or {i, p} <= free_rows
                same_columns = j == q or {j, q} <= free_columns
                if same_rows and same_columns:
                    moved |= {(i, j), (p, q)}
                    moved_rows |= {i, p} if i != p else set()
                    moved_columns |= {j, q} if j != q else set()
                elif i != p and j != q and self.table[p][q]:
                    moved |= {(i, j), (p, q), (i, q), (p, j)}
        return moved >= hidden and moved_rows >= free_rows and moved_columns >= free_columns

    def _widen(self, rows: set[int], columns: set[int]) -> bool:
        """Take the next pair of columns into the block, or of rows; False if all are in."""
        for chosen, length in (
            (columns, len(self.column_totals)),
            (rows, len(self.row_totals)),
        ):
            for block in _blocks(length):
                if not set(block) <= chosen:
                    chosen |= set(block)
                    return True
        return False

    def _published(
        self, hidden: set[tuple[int, int]], free_rows: set[int], free_columns: set[int]
    ) -> Suppressed:
        return Suppressed(
            tuple(
                tuple(None if (i, j) in hidden else count for j, count in enumerate(row))
                for i, row in enumerate(self.table)
            ),
            tuple(None if i in free_rows else n for i, n in enumerate(self.row_totals)),
            tuple(None if j in free_columns else n for j, n in enumerate(self.column_totals)),
            self.total,
        )


def _whole(chosen: set[int], length: int) -> set[int]:
    """The chosen positions with the rest of their pairs."""
    return {at for block in _blocks(length) if chosen & set(block) for at in block}
