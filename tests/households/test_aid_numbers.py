"""Coverage, overlaps and gaps: every number equals a recount by hand."""

import datetime
import random
from itertools import combinations_with_replacement

import pytest
from django.utils import timezone

from households.aid import coverage, gaps, overlap, pairs, stopping
from households.aid.access import COUNT_READERS, families_of, receipts_of
from households.models import AidReceipt, Household
from tests.factories import make_family, make_rt, make_user
from tests.households.aided import YEAR, establish, give, make_pair, make_programme
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(kelurahan, staff):
    """Families of three RT with aid of four programmes over three years, drawn from a seed."""
    draw = random.Random(20261124)
    programmes = [make_programme(kelurahan, staff, f"Program {n}") for n in range(4)]
    rts = [make_rt(kelurahan, 3, 12), make_rt(kelurahan, 3, 13), make_rt(kelurahan, 4, 1)]
    for number in range(24):
        family = make_family(rts[number % 3], by=staff, head=f"Kepala {number}", others=0)
        if draw.random() < 0.4:
            establish(family, staff, YEAR)
        for programme in programmes:
            for _ in range(draw.choice([0, 0, 1, 2])):
                start = datetime.date(draw.choice([2024, 2025, 2026]), draw.randint(1, 12), 1)
                if not AidReceipt.objects.filter(
                    programme=programme, household=family, period_from=start
                ):
                    last = draw.choice([None, start + datetime.timedelta(days=60)])
                    give(programme, family, staff, start, period_to=last, amount_idr=1000)
    some = AidReceipt.objects.filter(period_from__year=2025, period_to=None).first()
    ending = stopping.Ending(max(some.period_from, datetime.date(2025, 12, 1)), "REFUSED")
    stopping.stop(some, ending, by=staff, expected_version=1)
    return programmes


def served_in(year):
    """(family, programme) by the words of the rule: a day of the receipt lies in the year."""
    found = set()
    for row in AidReceipt.objects.all():
        ends = row.last_day or datetime.date.max
        if row.period_from <= datetime.date(year, 12, 31) and ends >= datetime.date(year, 1, 1):
            found.add((row.household_id, row.programme_id))
    return found


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_matrix_equals_a_count_by_hand(crowd, year, django_assert_num_queries):
    served = served_in(year)
    with django_assert_num_queries(1):
        found = overlap.counts(AidReceipt.objects.in_year(year))
    expected = {}
    for one, other in combinations_with_replacement(sorted(p.pk for p in crowd), 2):
        both = {h for h, p in served if p == one} & {h for h, p in served if p == other}
        if both:
            expected[one, other] = len(both)
    assert found == expected


def test_the_matrix_is_symmetric_and_marks_rules(crowd, staff):
    rule = make_pair(crowd[3], crowd[1], staff)
    book = pairs.book_of(crowd[0].kelurahan, rule.valid_from)
    rows = overlap.matrix(crowd, AidReceipt.objects.in_year(2026), book)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            assert cell.families == rows[j][i].families
            assert cell.rule == rows[j][i].rule
            assert cell.forbidden == ({i, j} == {1, 3})
    assert rows[0][0].is_diagonal


def test_each_number_of_the_matrix_leads_to_as_many_rows(crowd):
    found = overlap.counts(AidReceipt.objects.in_year(2026))
    for (one, other), number in found.items():
        receipts = AidReceipt.objects.in_year(2026)
        rows = Household.objects.filter(pairs.with_both(receipts, one, other))
        assert rows.count() == number


def test_gaps_equal_set_arithmetic(crowd, kelurahan, staff):
    served = {household for household, _programme in served_in(YEAR)}
    ever = set(AidReceipt.objects.values_list("household", flat=True))
    everybody = Household.objects.filter(kelurahan=kelurahan)
    listed = set(everybody.filter(listings__status="ESTABLISHED").values_list("pk", flat=True))
    expected = {
        gaps.UNSERVED: listed - served,
        gaps.NEVER: listed - ever,
        gaps.UNLISTED: served - listed,
    }
    for kind, wanted in expected.items():
        assert set(gaps.of_kind(everybody, kind, YEAR).values_list("pk", flat=True)) == wanted
    lines, total = gaps.by_place(everybody, YEAR)
    assert [line.place.code[-3:] for line in lines] == ["003", "004"]
    assert (total.on_list, total.unserved) == (len(listed), len(listed - served))
    assert (total.never, total.unlisted) == (len(listed - ever), len(served - listed))
    assert total.families == sum(rt.numbers.families for line in lines for rt in line.rts) == 24


def test_coverage_counts_families_once_and_the_established_among_them(crowd, staff, kelurahan):
    served = served_in(YEAR)
    listed = set(
        Household.objects.filter(listings__status="ESTABLISHED").values_list("pk", flat=True)
    )
    everything = receipts_of(kelurahan, staff, COUNT_READERS)
    for line in coverage.lines(crowd, everything, year=YEAR):
        mine = {h for h, p in served if p == line.programme.pk}
        assert (line.families, line.established) == (len(mine), len(mine & listed))
        assert line.share_of(len(listed)) == len(mine & listed) / len(listed)
        assert line.share_of(0) is None


def test_a_family_above_the_decile_is_counted_for_the_programme(rt, staff, kelurahan):
    pkh = make_programme(kelurahan, staff, "PKH", max_decile=4)
    for decile in (4, 5, 9):
        family = make_family(
            rt, by=staff, decile=decile, decile_as_of=datetime.date(2026, 9, 30),
            registry_source="DTSEN",
        )  # fmt: skip
        give(pkh, family, staff)
    everything = receipts_of(kelurahan, staff, COUNT_READERS)
    assert coverage.lines([pkh], everything, year=YEAR)[0].above_decile == 2


def test_a_head_of_rt_counts_the_own_rt_only(crowd, kelurahan):
    rt = make_rt(kelurahan, 4, 1)
    head = make_user("rt1", Role.RT_HEAD, rt)
    families = families_of(kelurahan, head, COUNT_READERS)
    assert set(families) == set(Household.objects.filter(territory=rt))
    receipts = receipts_of(kelurahan, head, COUNT_READERS)
    assert {row.household.territory_id for row in receipts} == {rt.pk}


def test_the_years_go_back_from_this_one():
    assert coverage.years()[:2] == [timezone.localdate().year, timezone.localdate().year - 1]
