"""Suppression against a reader who knows the rule and can list every table that fits."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from households.suppression import Suppressed, suppress, suppress_series, withhold, withhold_series

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
        found[withhold(table)].append(table)
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
    published = withhold([line])
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
    published = withhold(table)
    shown = [*itertools.chain(*published.rows), *published.row_totals, *published.column_totals]
    assert not {1, 2, 3, 4} & set(shown)


@given(grids)
@settings(max_examples=200, deadline=None)
def test_no_line_with_a_shown_total_withholds_a_single_cell_that_is_not_zero(table):
    published = withhold(table)
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
        published = withhold(turned)
        for place in published.withheld:
            assert Reader(turned, published, place).succeeds(), (turned, published)


@given(grids)
@settings(max_examples=50, deadline=None)
def test_the_same_table_is_always_published_the_same_way(table):
    assert withhold(table) == withhold([list(row) for row in table])


def test_a_table_without_small_counts_is_shown_whole():
    published = withhold([[0, 12, 5], [7, 0, 9]])
    assert published.rows == ((0, 12, 5), (7, 0, 9))
    assert published.row_totals == (17, 16)
    assert published.column_totals == (7, 12, 14)
    assert published.total == 33


def test_a_small_count_takes_one_other_with_it_and_leaves_the_rest():
    assert withhold([[3, 40, 50, 60]]).rows == ((None, None, 50, 60),)


def test_withheld_counts_that_are_together_below_five_take_more_with_them():
    assert withhold([[3, 0, 50, 60]]).rows == ((None, None, None, None),)


def test_a_small_row_total_is_withheld_though_each_of_its_cells_could_be_guessed():
    published = withhold([[1, 1], [20, 30], [40, 50], [60, 70]])
    assert published.row_totals == (None, None, 90, 130)
    assert published.rows[2:] == ((40, 50), (60, 70))


def test_a_table_of_nothing_is_shown_as_nothing():
    assert withhold([[0, 0], [0, 0]]).rows == ((0, 0), (0, 0))


@pytest.mark.parametrize("total", [1, 2, 3, 4])
def test_a_table_with_so_few_in_all_is_refused(total):
    with pytest.raises(ValueError, match="below 5"):
        withhold([[total, 0, 0]])


def test_rows_of_unequal_length_and_negative_counts_are_refused():
    with pytest.raises(ValueError, match="zip"):
        withhold([[5, 6], [7]])
    with pytest.raises(ValueError, match="negative"):
        withhold([[9, -1]])


def test_what_one_year_withholds_the_other_withholds_too():
    first, second = withhold_series([[[4, 30, 20, 10]], [[6, 30, 2, 10]]])
    assert first.rows == second.rows == ((None, None, None, None),)


@given(lines, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_years_are_withheld_alike_and_each_stays_safe(line, random):
    other = [random.randint(5, 40) for _count in line]
    years = withhold_series([[line], [other]])
    assert years[0].withheld == years[1].withheld
    for year in years:
        hidden = year.total - sum(count for count in year.rows[0] if count is not None)
        assert hidden == 0 or hidden >= 5


@given(wide)
@settings(max_examples=200, deadline=None)
def test_a_withheld_total_cannot_be_added_up_from_shown_cells(table):
    for turned in (table, [list(column) for column in zip(*table, strict=True)]):
        published = withhold(turned)
        for row, total in zip(published.rows, published.row_totals, strict=True):
            assert total is not None or None in row


# --- a table that is published with all its totals --------------------------------------------
@cache
def by_rows_and_totals(rows: int, columns: int, total: int) -> dict[object, list[Table]]:
    """Every table of this shape by what its reader sees: the rows shown, and all true totals."""
    found = defaultdict(list)
    for table in every_table(rows, columns, total):
        shown = tuple(map(tuple, suppress(table)))
        totals = (tuple(map(sum, table)), tuple(map(sum, zip(*table, strict=True))))
        found[shown, totals].append(table)
    return found


def in_one_line(table: Table) -> bool:
    return 1 in (sum(map(any, table)), sum(map(any, zip(*table, strict=True))))


@pytest.mark.parametrize(
    ("rows", "columns", "total"), [shape for shape in SMALL_SHAPES if 1 not in shape[:2]]
)
def test_all_totals_and_the_rule_together_give_no_withheld_cell_away(rows, columns, total):
    for (shown, _totals), fitting in by_rows_and_totals(rows, columns, total).items():
        if in_one_line(fitting[0]):
            continue
        for i, row in enumerate(shown):
            for j, count in enumerate(row):
                if count is None:
                    assert len({table[i][j] for table in fitting}) > 1, (shown, fitting[0])


@given(wide)
@settings(max_examples=200, deadline=None)
def test_rows_beside_their_totals_show_no_small_count_and_never_change_another(table):
    for counts, shown in zip(table, suppress(table), strict=True):
        assert all(new is None or new == old for old, new in zip(counts, shown, strict=True))
        assert not {1, 2, 3, 4} & set(shown)


@given(wide)
@settings(max_examples=200, deadline=None)
def test_beside_its_total_no_line_withholds_a_single_cell(table):
    shown = suppress(table)
    for row in [*shown, *map(list, zip(*shown, strict=True))]:
        assert row.count(None) != 1


def test_where_all_stand_in_one_row_everything_is_withheld():
    assert suppress([[3, 10], [0, 0]]) == [[None, None], [None, None]]


roomy = st.integers(4, 7).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([0, 2, 4, 9, 20, 35, 60]), min_size=width, max_size=width),
        min_size=4,
        max_size=6,
    )
)


@given(roomy)
@settings(max_examples=60, deadline=None)
def test_another_table_with_the_same_totals_and_look_differs_in_each_withheld_cell(table):
    assume(not in_one_line(table))
    assume(all(sum(line) >= 10 for line in [*table, *zip(*table, strict=True)]))
    shown = suppress(table)
    hidden = [(i, j) for i, row in enumerate(shown) for j, n in enumerate(row) if n is None]
    changed = set()
    for (i, j), (p, q) in itertools.combinations(hidden, 2):
        corners = {(i, j), (p, q), (i, q), (p, j)}
        if i == p or j == q or corners <= changed or not table[i][j] or not table[p][q]:
            continue
        other = [list(row) for row in table]
        for row, column, step in ((i, j, -1), (p, q, -1), (i, q, 1), (p, j, 1)):
            other[row][column] += step
        if suppress(other) == shown:
            changed |= corners
    assert changed >= set(hidden)


def test_in_a_large_table_one_small_count_leaves_most_of_it_to_be_read():
    table = [[40 + row * 7 + column for column in range(6)] for row in range(6)]
    table[2][3] = 3
    shown = suppress(table)
    assert shown[2][2:4] == shown[3][2:4] == [None, None]
    assert sum(row.count(None) for row in shown) == 4


def test_rows_without_small_counts_are_given_back_as_they_are():
    assert suppress([[12, 5], [7, 0]]) == [[12, 5], [7, 0]]


@given(st.integers(2, 4), st.integers(4, 6), st.data())
@settings(max_examples=150, deadline=None)
def test_years_beside_their_totals_withhold_alike_and_give_nothing_away(rows, columns, data):
    cells = st.lists(sparse, min_size=columns, max_size=columns)
    shape = st.lists(cells, min_size=rows, max_size=rows).filter(
        lambda table: sum(map(sum, table)) >= 5 and not in_one_line(table)
    )
    years = [data.draw(shape), data.draw(shape)]
    first, second = suppress_series(years)
    places = [[[n is None for n in row] for row in year] for year in (first, second)]
    assert places[0] == places[1]
    for table, shown in zip(years, (first, second), strict=True):
        assert not {1, 2, 3, 4} & set(itertools.chain(*shown))
        published = Suppressed(
            tuple(map(tuple, shown)),
            tuple(map(sum, table)),
            tuple(map(sum, zip(*table, strict=True))),
            sum(map(sum, table)),
        )
        for i, j in published.withheld:
            if published.row_totals[i] and published.column_totals[j]:
                assert Reader(table, published, (i, j)).succeeds(), (table, shown)


def test_years_of_different_shape_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        suppress_series([[[5, 6], [7, 8]], [[5, 6]]])
