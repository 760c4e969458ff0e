"""Suppression against a reader who knows the rule and can list every table that fits."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from households.suppression import Suppressed, suppress, suppress_series

Table = list[list[int]]


def every_table(rows: int, columns: int, total: int) -> Iterator[Table]:
    """Each table of this shape with this grand total."""
    cells = rows * columns
    for bars in itertools.combinations(range(total + cells - 1), cells - 1):
        edges = (-1, *bars, total + cells - 1)
        counts = [after - before - 1 for before, after in itertools.pairwise(edges)]
        yield [counts[row * columns : (row + 1) * columns] for row in range(rows)]


@cache
def by_publication(rows: int, columns: int, total: int) -> dict[Suppressed, list[Table]]:
    """What a reader of the source code does: every table that would be published like this."""
    found = defaultdict(list)
    for table in every_table(rows, columns, total):
        found[suppress(table)].append(table)
    return found


def given_away(published: Suppressed, fitting: list[Table]) -> list[str]:
    """The withheld cells and totals that have one value only among the fitting tables."""
    known = []
    for i, j in published.withheld:
        if len({table[i][j] for table in fitting}) < 2:
            known.append(f"cell {i} {j}")
    for i, total in enumerate(published.row_totals):
        if total is None and len({sum(table[i]) for table in fitting}) < 2:
            known.append(f"row {i}")
    for j, total in enumerate(published.column_totals):
        if total is None and len({sum(row[j] for row in table) for table in fitting}) < 2:
            known.append(f"column {j}")
    return known


SMALL_SHAPES = [
    *[(1, 2, total) for total in range(5, 25)],
    *[(1, 3, total) for total in range(5, 16)],
    *[(1, 4, total) for total in range(5, 13)],
    *[(3, 1, total) for total in range(5, 13)],
    *[(2, 2, total) for total in range(5, 17)],
    *[(2, 3, total) for total in range(5, 11)],
    *[(3, 2, total) for total in range(5, 11)],
    *[(2, 4, total) for total in (5, 7)],
    *[(3, 3, total) for total in (5, 7)],
]


@pytest.mark.parametrize(("rows", "columns", "total"), SMALL_SHAPES)
def test_no_reader_who_knows_the_rule_learns_a_withheld_count(rows, columns, total):
    for published, fitting in by_publication(rows, columns, total).items():
        assert given_away(published, fitting) == [], (published, fitting[0])


def line_fits(published: Suppressed, counts: list[int]) -> bool:
    return all(
        shown is None or shown == count
        for shown, count in zip(published.rows[0], counts, strict=True)
    )


lines = st.lists(st.integers(0, 40), min_size=2, max_size=12).filter(lambda line: sum(line) >= 5)


@given(lines)
@settings(max_examples=200, deadline=None)
def test_the_withheld_counts_of_a_long_line_are_at_least_two_and_sum_to_five(line):
    published = suppress([line])
    hidden = [count for count, shown in zip(line, published.rows[0], strict=True) if shown is None]
    assert line_fits(published, line)
    assert not hidden or (len(hidden) >= 2 and sum(hidden) >= 5)


grids = (
    st.integers(2, 5)
    .flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 30), min_size=width, max_size=width), min_size=2, max_size=5
        )
    )
    .filter(lambda table: sum(map(sum, table)) >= 5)
)


@given(grids)
@settings(max_examples=200, deadline=None)
def test_no_small_count_and_no_small_total_is_ever_shown(table):
    published = suppress(table)
    shown = [*itertools.chain(*published.rows), *published.row_totals, *published.column_totals]
    assert not {1, 2, 3, 4} & set(shown)


@given(grids)
@settings(max_examples=200, deadline=None)
def test_no_line_with_a_shown_total_withholds_a_single_cell_that_is_not_zero(table):
    published = suppress(table)
    for row, total in zip(published.rows, published.row_totals, strict=True):
        assert total is None or row.count(None) != 1
    columns = zip(*published.rows, strict=True)
    for column, total in zip(columns, published.column_totals, strict=True):
        assert total is None or column.count(None) != 1


class Reader:
    """Looks for a table that fits all that is published, one withheld cell after the other.

    Large tables have more tables that fit than anybody lists: it gives up after `patience` steps.
    """

    patience = 5000

    def __init__(self, table: Table, published: Suppressed, place: tuple[int, int]) -> None:
        # From the place in question outwards: what goes wrong is seen early.
        self.cells = sorted(published.withheld, key=lambda at: (at != place, at))
        self.true = [table[i][j] for i, j in self.cells]
        self.left: dict[tuple[str, int], int] = defaultdict(int)
        self.last: dict[tuple[str, int], int] = {}
        self.lines: list[list[tuple[str, int]]] = []
        for number, (i, j) in enumerate(self.cells):
            lines = [("all", 0)]
            lines += [("row", i)] if published.row_totals[i] is not None else []
            lines += [("column", j)] if published.column_totals[j] is not None else []
            self.lines.append(lines)
            for line in lines:
                self.left[line] += table[i][j]
                self.last[line] = number

    def choices(self, number: int) -> list[int]:
        """Values that fit so far, likeliest first; the first cell must change."""
        lines = self.lines[number]
        values = set(range(min(self.left[line] for line in lines) + 1))
        for line in lines:
            if self.last[line] == number:
                values &= {self.left[line]}
        if number == 0:
            values -= {self.true[0]}
        return sorted(values, key=lambda value: abs(value - self.true[number]))

    def succeeds(self, number: int = 0) -> bool:
        self.patience -= 1
        assume(self.patience > 0)
        if number == len(self.cells):
            return True
        for value in self.choices(number):
            self.take(number, value)
            found = self.succeeds(number + 1)
            self.take(number, -value)
            if found:
                return True
        return False

    def take(self, number: int, value: int) -> None:
        for line in self.lines[number]:
            self.left[line] -= value


sparse = st.sampled_from([0, 0, 0, 0, 1, 2, 4, 6, 7])
wide = (
    st.tuples(st.integers(2, 5), st.integers(4, 6))
    .flatmap(
        lambda shape: st.lists(
            st.lists(sparse, min_size=shape[1], max_size=shape[1]),
            min_size=shape[0],
            max_size=shape[0],
        )
    )
    .filter(lambda table: sum(map(sum, table)) >= 5)
)


@given(wide)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_in_a_larger_table_each_withheld_cell_could_have_another_value(table):
    for turned in (table, [list(column) for column in zip(*table, strict=True)]):
        published = suppress(turned)
        for place in published.withheld:
            assert Reader(turned, published, place).succeeds(), (turned, published)


@given(grids)
@settings(max_examples=50, deadline=None)
def test_the_same_table_is_always_published_the_same_way(table):
    assert suppress(table) == suppress([list(row) for row in table])


def test_a_table_without_small_counts_is_shown_whole():
    published = suppress([[0, 12, 5], [7, 0, 9]])
    assert published.rows == ((0, 12, 5), (7, 0, 9))
    assert published.row_totals == (17, 16)
    assert published.column_totals == (7, 12, 14)
    assert published.total == 33


def test_a_small_count_takes_one_other_with_it_and_leaves_the_rest():
    assert suppress([[3, 40, 50, 60]]).rows == ((None, None, 50, 60),)


def test_withheld_counts_that_are_together_below_five_take_more_with_them():
    assert suppress([[3, 0, 50, 60]]).rows == ((None, None, None, None),)


def test_a_small_row_total_is_withheld_though_each_of_its_cells_could_be_guessed():
    published = suppress([[1, 1], [20, 30], [40, 50], [60, 70]])
    assert published.row_totals == (None, None, 90, 130)
    assert published.rows[2:] == ((40, 50), (60, 70))


def test_a_table_of_nothing_is_shown_as_nothing():
    assert suppress([[0, 0], [0, 0]]).rows == ((0, 0), (0, 0))


@pytest.mark.parametrize("total", [1, 2, 3, 4])
def test_a_table_with_so_few_in_all_is_refused(total):
    with pytest.raises(ValueError, match="below 5"):
        suppress([[total, 0, 0]])


def test_rows_of_unequal_length_and_negative_counts_are_refused():
    with pytest.raises(ValueError, match="zip"):
        suppress([[5, 6], [7]])
    with pytest.raises(ValueError, match="negative"):
        suppress([[9, -1]])


def test_what_one_year_withholds_the_other_withholds_too():
    first, second = suppress_series([[[4, 30, 20, 10]], [[6, 30, 2, 10]]])
    assert first.rows == second.rows == ((None, None, None, None),)


@given(lines, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_years_are_withheld_alike_and_each_stays_safe(line, random):
    other = [random.randint(5, 40) for _count in line]
    years = suppress_series([[line], [other]])
    assert years[0].withheld == years[1].withheld
    for year in years:
        hidden = year.total - sum(count for count in year.rows[0] if count is not None)
        assert hidden == 0 or hidden >= 5


@given(wide)
@settings(max_examples=200, deadline=None)
def test_a_withheld_total_cannot_be_added_up_from_shown_cells(table):
    for turned in (table, [list(column) for column in zip(*table, strict=True)]):
        published = suppress(turned)
        for row, total in zip(published.rows, published.row_totals, strict=True):
            assert total is not None or None in row
