"""Families follow their list, leave it and outgrow it; and who sees whom."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from households import scores
from households.events import recording
from households.events.acts import Told
from households.listing import delist, keeping, lines, nominate
from households.listing.duties import visits_due, waiting_families
from households.listing.graduation import grounds_for
from households.listing.standing import status_of
from households.models import (
    DocumentKind,
    Household,
    Listing,
    PoorList,
)
from households.workflows.listings import LISTING_FLOW
from tests import factories
from tests.households.instruments import checked, in_use, poor_answers, well_off_answers
from tests.households.listing import YEAR, brought_to, families, held, line_on, opened
from tkpk import trail
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(kelurahan):
    return factories.make_user("petugas2", Role.STAFF, kelurahan)


@pytest.fixture
def lurah(kelurahan):
    return factories.make_user("lurah", Role.LURAH, kelurahan)


@pytest.fixture
def poor_list(kelurahan, staff):
    return opened(kelurahan, staff)


def code_of(refused):
    return refused.value.error_list[0].code


# --- many at once ----------------------------------------------------------------------------
def test_families_follow_with_one_entry_each_and_the_chain_holds(poor_list, rt, staff, lurah):
    found = families(rt, staff, 3)
    for family in found:
        line_on(poor_list, family, staff, status="SUBMITTED")
    gone = line_on(poor_list, factories.make_family(rt, by=staff), staff, status="MOVED")
    meeting = held(poor_list.kelurahan, "REMBUG", staff)
    poor_list = brought_to(poor_list, "SUBMITTED", staff, rembug=meeting)
    keeping.advance(poor_list, "establish", by=lurah)
    entries = TrailEntry.objects.filter(process="listing", move="accept")
    assert set(entries.values_list("subject_id", flat=True)) == set(
        Listing.objects.exclude(pk=gone.pk).values_list("pk", flat=True)
    )
    assert set(entries.values_list("from_status", "to_status", "role")) == {
        ("SUBMITTED", "ESTABLISHED", "LURAH")
    }
    assert trail.check_trail() == []
    first = Listing.objects.first()
    assert first.version == 2
    assert first.updated_by == lurah
    assert first.history.first().status == "ESTABLISHED"
    assert first.history.first().history_user == lurah


def test_many_are_moved_all_or_none(poor_list, rt, staff):
    one, two = families(rt, staff, 2)
    line_on(poor_list, one, staff, status="FIELD_VERIFIED")
    line_on(poor_list, two, staff, status="NOMINATED")
    with pytest.raises(ValidationError):
        LISTING_FLOW.apply_to_all("review_1", Listing.objects.all(), by=staff)
    stranger = factories.make_user("orang-lain", Role.RT_HEAD, rt)
    with pytest.raises(PermissionDenied):
        LISTING_FLOW.apply_to_all("review_1", Listing.objects.filter(household=one), by=stranger)
    assert not TrailEntry.objects.filter(move="review_1").exists()
    assert LISTING_FLOW.apply_to_all("review_1", Listing.objects.none(), by=staff) == 0


def test_the_queries_of_moving_a_list_do_not_grow_with_it(
    poor_list, rt, staff, lurah, django_assert_max_num_queries
):
    for family in families(rt, staff, 8):
        line_on(poor_list, family, staff, status="SUBMITTED")
    meeting = held(poor_list.kelurahan, "REMBUG", staff)
    poor_list = brought_to(poor_list, "SUBMITTED", staff, rembug=meeting)
    with django_assert_max_num_queries(33):
        keeping.advance(poor_list, "establish", by=lurah)


def test_last_years_families_come_over_once_as_they_were_shown(kelurahan, rt, staff, second):
    last = opened(kelurahan, staff, year=YEAR - 1)
    stays, listed, gone, other = families(rt, staff, 4)
    for family in (stays, listed, gone):
        line_on(last, family, staff, status="ESTABLISHED")
    line_on(last, other, staff, status="NOT_ACCEPTED")
    brought_to(last, "ESTABLISHED", staff)
    Household.objects.filter(pk=gone.pk).update(status="CLOSED")
    poor_list = opened(kelurahan, staff)
    nominate(poor_list, listed, by=staff, origin="STAFF")
    plan = keeping.carry_over_preview(poor_list)
    assert (plan.source, plan.families, plan.listed, plan.gone) == (last, [stays.pk], 1, 1)
    with pytest.raises(ValidationError) as refused:
        keeping.carry_over(poor_list, by=staff, seen="etwas anderes")
    assert code_of(refused) == "changed"
    assert keeping.carry_over(poor_list, by=second, seen=plan.mark) == 1
    line = Listing.objects.get(poor_list=poor_list, household=stays)
    assert (line.origin, line.status, line.created_by) == ("CARRIED_OVER", "NOMINATED", second)
    assert line.history.count() == 1
    assert TrailEntry.objects.get(move="carry_over").digest == plan.mark
    with pytest.raises(ValidationError):
        keeping.carry_over(poor_list, by=staff, seen=keeping.carry_over_preview(poor_list).mark)
    # Last year's list was put where it stands past its moves, so its own seal is broken.
    assert {found.what.split()[0] for found in trail.check_trail()} <= {"households.poorlist"}


# --- leaving the list ------------------------------------------------------------------------
def test_an_established_family_is_struck_by_the_lurah_or_leaves_by_its_own_wish(
    poor_list, rt, staff, lurah
):
    one, two, three = families(rt, staff, 3)
    established = line_on(poor_list, one, staff, status="ESTABLISHED")
    with pytest.raises(PermissionDenied):
        delist(established, by=staff, reason="Sudah mampu")
    assert delist(established, by=lurah, reason="Sanggah dikabulkan").status == "DELISTED"
    wish = line_on(poor_list, two, staff, status="ESTABLISHED")
    left = delist(wish, by=staff, reason="Permintaan sendiri", own_wish=True)
    assert left.status == "DELISTED"
    with pytest.raises(ValidationError):
        delist(line_on(poor_list, three, staff), by=staff, reason="")


def move_out(household, staff):
    people = list(household.members.living().values_list("pk", flat=True))
    told = Told(
        on=timezone.localdate(), document_kind=DocumentKind.values[0], people=people,
        destination="Sleman",
    )  # fmt: skip
    return recording.record("MOVE_OUT", household, told, by=staff)


def test_a_family_that_moves_leaves_and_an_event_taken_back_brings_it_back(
    poor_list, household, staff
):
    line = line_on(poor_list, household, staff, status="PUBLIC_REVIEW_1")
    brought_to(poor_list, "REVIEW_2", staff)
    event = move_out(household, staff)
    line.refresh_from_db()
    assert (line.status, line.life_event) == ("MOVED", event)
    with pytest.raises(ValidationError):
        LISTING_FLOW.apply("return_public_review_2", line, by=staff, reason="Keliru")
    recording.cancel(event, by=staff, reason="Keliru dicatat")
    line.refresh_from_db()
    assert line.status == "PUBLIC_REVIEW_2"


def test_a_graduate_that_moves_is_not_visited_any_more(poor_list, household, staff):
    line = line_on(poor_list, household, staff, status="GRADUATED")
    move_out(household, staff)
    line.refresh_from_db()
    assert (line.status, line.visit_due_on) == ("GRADUATED", None)


# --- graduation ------------------------------------------------------------------------------
def surveyed(household, version, staff, second, *, year, best=True):
    answers = poor_answers(version) if best else well_off_answers(version)
    return scores.compute(checked(household, version, answers, by=staff, year=year), by=second)


def test_a_score_below_the_classes_is_a_ground(poor_list, household, staff, second):
    version = in_use("ksjps-2018-r2", poor_list.kelurahan)
    line = line_on(poor_list, household, staff, status="ESTABLISHED")
    surveyed(household, version, staff, second, year=YEAR - 1)
    assert grounds_for(line) == set()
    surveyed(household, version, staff, second, year=YEAR, best=False)
    assert grounds_for(line) == {"BELOW_CLASSES"}


def test_a_graduation_is_proposed_confirmed_in_a_meeting_and_followed_by_visits(
    poor_list, household, staff, lurah
):
    line = line_on(poor_list, household, staff, status="ESTABLISHED")
    with pytest.raises(ValidationError):
        lines.propose_graduation(line, "TWO_STEPS_UP", by=staff)
    line = lines.propose_graduation(line, "OWN_REQUEST", by=staff)
    with pytest.raises(ValidationError) as refused:
        lines.graduate(line, by=lurah)
    assert code_of(refused) == "no_meeting"
    wrong = held(poor_list.kelurahan, "REMBUG", staff)
    lines.choose_graduation_meeting(line, wrong, by=staff)
    with pytest.raises(ValidationError):
        lines.graduate(line, by=lurah)
    meeting = held(poor_list.kelurahan, "UJI_PUBLIK_1", staff)
    lines.choose_graduation_meeting(line, meeting, by=staff)
    line = lines.graduate(line, by=lurah)
    today = timezone.localdate()
    assert line.monitored_until == lines.months_after(today, 12)
    assert line.visit_due_on == lines.months_after(today, 3)
    assert list(visits_due(staff)) == []
    assert list(visits_due(staff, day=line.visit_due_on)) == [line]
    with pytest.raises(ValidationError):
        lines.note_visit(line, on=today + datetime.timedelta(days=1), text="Baik", by=staff)
    line = lines.note_visit(line, on=today, text="Warung berjalan", by=staff)
    assert line.visits.get().note == "Warung berjalan"
    line = lines.end_visits(line, by=staff, reason="Tidak mau dikunjungi")
    assert line.visit_due_on is None
    assert not Listing.objects.monitored().exists()


def test_the_last_visit_ends_the_year(poor_list, household, staff):
    line = line_on(poor_list, household, staff, status="GRADUATED")
    begun = timezone.localdate() - datetime.timedelta(days=370)
    ended = timezone.localdate() - datetime.timedelta(days=5)
    Listing.objects.update(graduated_on=begun, monitored_until=ended, visit_due_on=ended)
    line = lines.note_visit(line, on=ended - datetime.timedelta(days=30), text="Baik", by=staff)
    assert line.visit_due_on == ended
    line = lines.note_visit(line, on=timezone.localdate(), text="Baik", by=staff)
    assert line.visit_due_on is None


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ((2026, 11, 30), 3, (2027, 2, 28)),
        ((2026, 12, 15), 12, (2027, 12, 15)),
        ((2026, 9, 30), 3, (2026, 12, 30)),
        ((2027, 11, 30), 3, (2028, 2, 29)),
    ],
)
def test_months_are_counted_by_the_calendar(day, months, then):
    assert lines.months_after(datetime.date(*day), months) == datetime.date(*then)


# --- who sees what ---------------------------------------------------------------------------
def test_each_sees_the_lines_of_the_own_area_and_tkpk_none(poor_list, rt, kelurahan, staff):
    (mine,) = families(rt, staff, 1)
    other = factories.make_family(factories.make_rt(kelurahan, 4, 20), by=staff)
    for family in (mine, other):
        line_on(poor_list, family, staff)
    rt_head = factories.make_user("rt12", Role.RT_HEAD, rt)
    chair = factories.make_user("ketua", Role.TKPK_CHAIR, kelurahan)
    upk = factories.make_user("upk", Role.UPK_OFFICER, kelurahan)
    assert Listing.objects.visible_to(staff).count() == 2
    assert [row.household for row in Listing.objects.visible_to(rt_head)] == [mine]
    assert not Listing.objects.kept_by(rt_head).exists()
    assert not Listing.objects.visible_to(chair).exists()
    assert [PoorList.objects.visible_to(one).count() for one in (rt_head, chair, upk)] == [1, 1, 0]


def test_two_kelurahan_do_not_see_each_other(poor_list, household, staff):
    line_on(poor_list, household, staff)
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    stranger = factories.make_user("tetangga", Role.STAFF, other)
    assert not PoorList.objects.visible_to(stranger).exists()
    assert not Listing.objects.visible_to(stranger).exists()
    assert waiting_families(stranger) == []
    assert [row.count for row in waiting_families(staff)] == [1]


def test_the_newest_line_says_where_a_family_stands(kelurahan, household, staff):
    last = opened(kelurahan, staff, year=YEAR - 1)
    line_on(last, household, staff, status="ESTABLISHED")
    now = line_on(opened(kelurahan, staff), household, staff)
    assert status_of([household]) == {household.pk: now}
