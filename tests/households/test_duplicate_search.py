"""The search in the registry: what it writes, what it leaves alone, and what it costs."""

import datetime

import pytest
from django.utils import timezone

from households.duplicates.search import (
    KIND,
    ask_to_search,
    find_duplicates,
    search,
    search_daily,
)
from households.models import DuplicatePair, Member, PairKind, PairStatus
from households.workflows.duplicates import dismiss
from tests.factories import make_family, make_kelurahan, make_member, make_nik, make_rt
from tests.households.duplicates import TWICE, entered_twice
from tkpk.models import Job

pytestmark = pytest.mark.django_db


def found(place):
    search(place)
    return list(DuplicatePair.objects.order_by("pk"))


def test_a_person_entered_twice_becomes_a_pair(kelurahan, rt, staff):
    low, high = entered_twice(rt, staff)
    (pair,) = found(kelurahan)
    assert (pair.low, pair.high) == (low.pk, high.pk)
    assert (pair.kind, pair.status) == (PairKind.PROBABLE, PairStatus.OPEN)
    assert pair.score > 0.8
    assert pair.created_by == staff


def test_what_is_kept_of_a_pair_names_nobody(kelurahan, rt, staff):
    entered_twice(rt, staff)
    (pair,) = found(kelurahan)
    kept = f"{pair.parts} {pair.facts_digest}".upper()
    assert not any(word in kept for word in ["KARTOSUWIGNYO", "WIRJO", "1956", "3471"])
    assert {"kind", "found", "weight"} <= set(pair.parts[0])


def test_two_rows_with_one_nik_are_found_whatever_their_names_state_and_rt(kelurahan, rt, staff):
    nik = make_nik()
    first = make_family(rt, by=staff, head="Wagimin", others=0)
    second = make_family(make_rt(kelurahan, 5, 1), by=staff, head="Ngatiyem", others=0)
    Member.objects.filter(household=first).update(status=Member.Status.MOVED)
    for household in (first, second):
        member = household.members.get()
        member.set_nik(nik)
        member.save()
    (pair,) = found(kelurahan)
    assert pair.kind == PairKind.EXACT


def test_a_second_search_changes_nothing(kelurahan, rt, staff):
    entered_twice(rt, staff)
    before = [(p.pk, p.updated_at, p.version) for p in found(kelurahan)]
    assert [(p.pk, p.updated_at, p.version) for p in found(kelurahan)] == before


def test_a_guess_that_no_longer_holds_is_forgotten(kelurahan, rt, staff):
    _low, high = entered_twice(rt, staff)
    found(kelurahan)
    high.set_name("Ngadirah Sulastri")
    high.birth_date = datetime.date(1999, 9, 9)
    high.save()
    assert found(kelurahan) == []


def test_a_decided_pair_stays_and_says_when_its_rows_have_changed(kelurahan, rt, staff):
    _low, high = entered_twice(rt, staff)
    (pair,) = found(kelurahan)
    dismiss(pair, by=staff, dismissed_as="NAMESAKE", reason="Nama sama")
    (pair,) = found(kelurahan)
    assert (pair.status, pair.facts_changed) == (PairStatus.DISMISSED, False)
    assert not DuplicatePair.objects.waiting().exists()
    high.set_name(TWICE)
    high.save()
    (pair,) = found(kelurahan)
    assert (pair.status, pair.facts_changed) == (PairStatus.DISMISSED, True)
    assert DuplicatePair.objects.waiting().exists()


def test_rows_marked_as_entered_twice_are_not_looked_at(kelurahan, rt, staff):
    _low, high = entered_twice(rt, staff)
    Member.objects.filter(pk=high.pk).update(status=Member.Status.DUPLICATE)
    assert found(kelurahan) == []


def test_a_search_stays_in_its_kelurahan(kelurahan, rt, staff):
    entered_twice(rt, staff)
    other = make_kelurahan("34.71.04.1001", "Suryatmajan")
    make_family(make_rt(other), by=staff, head=TWICE, others=0)
    search(other)
    assert not DuplicatePair.objects.exists()


def test_a_search_around_what_changed_leaves_other_pairs_alone(kelurahan, rt, staff):
    entered_twice(rt, staff)
    (pair,) = found(kelurahan)
    search(kelurahan, since=timezone.now() + datetime.timedelta(minutes=1))
    assert DuplicatePair.objects.get() == pair
    DuplicatePair.objects.all().delete()
    search(kelurahan, since=timezone.now() - datetime.timedelta(minutes=1))
    assert DuplicatePair.objects.count() == 1


@pytest.mark.parametrize("families", [2, 12])
def test_a_search_costs_the_same_queries_for_more_people(
    kelurahan, rt, staff, families, django_assert_num_queries
):
    entered_twice(rt, staff)
    for number in range(families):
        household = make_family(rt, by=staff, head=f"Kepala {'ABCDEFGHIJKLM'[number] * 6}")
        make_member(household, by=staff)
    search(kelurahan)
    # Everybody, the lock, the pairs that are known; savepoint and release around them.
    with django_assert_num_queries(5):
        search(kelurahan)


def test_a_search_that_waits_is_not_asked_for_twice(kelurahan, staff):
    job = ask_to_search(kelurahan, by=staff)
    assert job.kind == KIND
    assert job.payload == {"kelurahan": kelurahan.pk, "since": ""}
    Job.objects.filter(pk=job.pk).update(status=Job.Status.RUNNING)
    assert ask_to_search(kelurahan) == job
    Job.objects.filter(pk=job.pk).update(status=Job.Status.DONE)
    assert ask_to_search(kelurahan) != job


def test_after_an_import_its_people_are_searched(kelurahan, rt, staff):
    _low, high = entered_twice(rt, staff)
    start = timezone.now()
    job = ask_to_search(kelurahan, by=staff, since=start)
    Job.objects.filter(pk=job.pk).update(status=Job.Status.RUNNING)
    assert ask_to_search(kelurahan) != job  # a whole search is more
    find_duplicates(job)
    assert not DuplicatePair.objects.exists()
    high.save()
    find_duplicates(job)
    assert DuplicatePair.objects.count() == 1


def test_every_night_each_kelurahan_is_searched(kelurahan, rt, staff):
    entered_twice(rt, staff)
    search_daily(timezone.now())
    assert Job.objects.filter(kind=KIND).count() == 1
