"""What hangs on a family that is closed: by a merge, by hand, or because an import emptied it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from households import closing
from households.events import recording
from households.listing import keeping, lines, nominate
from households.merging import MergePlan, merge, undo_merge
from households.models import EventKind, Listing, Member, Nomination, Objection, Survey
from households.voices import matching
from households.workflows.listings import LISTING_FLOW
from households.workflows.registering import (
    MEMBER_FLOW,
    change_household_state,
    change_member_state,
)
from households.workflows.surveys import SURVEY_FLOW
from tests.factories import make_family, make_rt, make_user
from tests.households.duplicates import pair_of
from tests.households.listing import brought_to, held, line_on, opened
from tests.households.sending_in import taken_up
from tests.households.surveying import begun, bps, sent
from tests.households.test_listing_following import move_out
from tkpk import trail
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def pair(rt, kelurahan, staff):
    return pair_of(rt, staff, make_rt(kelurahan, 5, 2), others=0)


@pytest.fixture
def kept(pair):
    return Member.objects.get(pk=pair.low).household


@pytest.fixture
def closed(pair):
    return Member.objects.get(pk=pair.high).household


@pytest.fixture
def poor_list(kelurahan, staff):
    return opened(kelurahan, staff)


def plan(pair):
    low, high = Member.objects.get(pk=pair.low), Member.objects.get(pk=pair.high)
    return MergePlan(low, high, (), close_family=True)


def merged(pair, staff):
    return merge(pair, plan(pair), by=staff)


def undone(pair, staff):
    return undo_merge(pair, by=staff, reason="Ternyata dua orang")


def found(kelurahan, household, staff, kind, **more):
    """A report of residents whose family an officer has found."""
    row = taken_up(kelurahan, staff, kind, **more)
    return matching.match(matching.report_of(row), household, by=staff)


def whose(model):
    row = model.objects.get()
    return row.household, row.status


# --- a merge ---------------------------------------------------------------------------------
@pytest.mark.parametrize("make", [begun, sent])
def test_an_open_survey_of_the_closed_family_is_withdrawn_and_comes_back(
    pair, kept, closed, staff, kelurahan, make
):
    version = bps(kelurahan)
    own = make(kept, version, by=staff)
    other = make(closed, version, by=staff)
    merged(pair, staff)
    other.refresh_from_db()
    own.refresh_from_db()
    before = own.status
    assert (other.status, other.household) == ("VOID", closed)
    entry = TrailEntry.objects.get(process="survey", move="withdraw")
    assert pair.code in entry.reason
    assert kept.code in entry.reason
    undone(pair, staff)
    other.refresh_from_db()
    assert (other.status, before) == (own.status, own.status)
    assert trail.check_trail() == []


def test_a_survey_cancelled_before_the_merge_does_not_come_back(pair, closed, staff, kelurahan):
    survey = begun(closed, bps(kelurahan), by=staff)
    SURVEY_FLOW.apply("cancel", survey, by=staff, reason="Keliru")
    again = begun(closed, bps(kelurahan), by=staff)
    merged(pair, staff)
    undone(pair, staff)
    found = dict(Survey.objects.values_list("pk", "status"))
    assert found == {survey.pk: "VOID", again.pk: "DRAFT"}


def test_the_place_on_the_list_goes_to_the_family_that_stays(pair, kept, closed, staff, poor_list):
    line_on(poor_list, closed, staff, status="PUBLIC_REVIEW_1")
    assert any(kept.code in words for words in closing.consequences(closed, kept))
    merged(pair, staff)
    assert whose(Listing) == (kept, "PUBLIC_REVIEW_1")
    assert TrailEntry.objects.filter(process="listing", move="hand_over").count() == 1
    undone(pair, staff)
    assert whose(Listing) == (closed, "PUBLIC_REVIEW_1")
    assert trail.check_trail() == []


def test_where_both_stand_on_the_list_the_closed_one_s_place_is_taken_off_and_comes_back(
    pair, kept, closed, staff, poor_list
):
    line_on(poor_list, kept, staff, status="FIELD_VERIFIED")
    double = line_on(poor_list, closed, staff, status="FIELD_VERIFIED")
    assert len(closing.consequences(closed, kept)) == 1
    merged(pair, staff)
    double.refresh_from_db()
    assert (double.status, double.household) == ("DELISTED", closed)
    assert pair.code in TrailEntry.objects.get(move="record_closed").reason
    undone(pair, staff)
    double.refresh_from_db()
    # The list stands at nominations, so that is where it stands again.
    assert double.status == "NOMINATED"
    assert trail.check_trail() == []


def test_open_reports_name_the_family_that_stays_and_its_line(
    pair, kept, closed, staff, kelurahan, poor_list
):
    own = line_on(poor_list, kept, staff, status="PUBLIC_REVIEW_2")
    double = line_on(poor_list, closed, staff, status="PUBLIC_REVIEW_2")
    brought_to(poor_list, "OBJECTION_WINDOW", staff)
    about = {"ground": "NOT_POOR", "poor_list_id": poor_list.pk}
    found(kelurahan, closed, staff, "OBJECTION", **about)
    found(kelurahan, closed, staff, "NOMINATION")
    merged(pair, staff)
    assert Objection.objects.get().household == kept
    assert Objection.objects.get().listing == own
    assert Nomination.objects.get().household == kept
    undone(pair, staff)
    assert Objection.objects.get().household == closed
    assert Objection.objects.get().listing == double
    assert trail.check_trail()[1:] == []  # the list was put where it stands past its moves


def test_a_report_decided_since_keeps_the_merge_from_being_undone(
    pair, kept, closed, staff, kelurahan
):
    report = found(kelurahan, closed, staff, "NOMINATION")
    merged(pair, staff)
    matching.decide(Nomination.objects.get(), "decline", by=staff, reason="Belum termasuk")
    with pytest.raises(ValidationError) as refused:
        undone(pair, staff)
    assert refused.value.code == "built_upon"
    assert report.code in str(refused.value)
    assert whose(Nomination) == (kept, "DECLINED")


def test_a_family_that_stays_open_keeps_what_hangs_on_it(pair, closed, staff, kelurahan, poor_list):
    begun(closed, bps(kelurahan), by=staff)
    line_on(poor_list, closed, staff)
    low, high = Member.objects.get(pk=pair.low), Member.objects.get(pk=pair.high)
    merge(pair, MergePlan(low, high), by=staff)
    assert whose(Survey) == (closed, "DRAFT")
    assert whose(Listing) == (closed, "NOMINATED")


# --- closed by hand --------------------------------------------------------------------------
def emptied(household, staff, move="record_move"):
    """Its persons as an import leaves them: moved, without an event; the family stays open."""
    for member in household.members.living():
        MEMBER_FLOW.apply(move, member, by=staff, reason="Impor", changes={"status_on": TODAY()})


def by_hand(name, household, staff):
    return change_household_state(name, household, by=staff, on=TODAY(), reason="Sesuai daftar")


@pytest.mark.parametrize(
    ("move", "status"),
    [("record_move", "MOVED"), ("record_death", "DECEASED"), ("invalidate", "DELISTED")],
)
def test_a_family_closed_by_hand_leaves_its_list_as_what_became_of_it(
    household, staff, kelurahan, poor_list, move, status
):
    line = line_on(poor_list, household, staff)
    survey = sent(household, bps(kelurahan), by=staff)
    emptied(household, staff, move)
    by_hand("close", household, staff)
    line.refresh_from_db()
    survey.refresh_from_db()
    assert (line.status, survey.status) == (status, "VOID")
    entry = TrailEntry.objects.filter(process="listing").get()
    assert entry.reason == "Sesuai daftar"
    # Opened again, it stands where the list stands now.
    member = household.members.first()
    change_member_state("restore", member, by=staff, on=TODAY(), reason="Masih di sini")
    by_hand("reopen", household, staff)
    line.refresh_from_db()
    survey.refresh_from_db()
    assert (line.status, survey.status) == ("NOMINATED", "SENT")
    assert trail.check_trail() == []


def test_a_family_taken_off_before_it_was_closed_does_not_come_back_with_it(
    household, staff, poor_list
):
    line = lines.delist(line_on(poor_list, household, staff), by=staff, reason="Sudah mampu")
    emptied(household, staff)
    by_hand("close", household, staff)
    by_hand("reopen", household, staff)
    line.refresh_from_db()
    assert line.status == "DELISTED"


def test_who_was_never_verified_does_not_come_back_past_the_verification(
    household, staff, poor_list
):
    line = nominate(poor_list, household, by=staff, origin="STAFF")
    event = move_out(household, staff)
    line.refresh_from_db()
    assert line.status == "MOVED"
    brought_to(poor_list, "REVIEW_2", staff)
    recording.cancel(event, by=staff, reason="Keliru")
    line.refresh_from_db()
    assert line.status == "MOVED"


# --- emptied by an import --------------------------------------------------------------------
def test_a_family_that_an_import_emptied_is_shown_as_closed_with_the_next_step(
    officer, household, staff, poor_list
):
    line = line_on(poor_list, household, staff)
    detail = reverse("listing_detail", args=[line.pk])
    assert not officer.get(detail).context["family_left"]
    assert "record_move" not in {one.name for one in officer.get(detail).context["moves"]}
    emptied(household, staff)
    listed = officer.get(reverse("listing_list", args=[poor_list.pk]))
    assert [row.family_left for row in listed.context["page"].rows] == [True]
    page = officer.get(detail)
    assert page.context["family_left"]
    url = reverse("listing_step", args=[line.pk, "record_move"])
    assert url in page.content.decode()
    assert "reason" in officer.post(url, {"reason": ""}).context["form"].errors
    officer.post(url, {"reason": "Pindah menurut daftar"})
    line.refresh_from_db()
    assert line.status == "MOVED"
    change_member_state(
        "restore", household.members.first(), by=staff, on=TODAY(), reason="Masih di sini"
    )
    back = reverse("listing_step", args=[line.pk, "return_nominated"])
    assert back in officer.get(detail).content.decode()
    officer.post(back)
    line.refresh_from_db()
    assert line.status == "NOMINATED"


def test_a_list_does_not_go_on_with_a_family_that_is_closed(household, kelurahan, staff, poor_list):
    lurah = make_user("lurah", Role.LURAH, kelurahan)
    line_on(poor_list, household, staff, status="FIELD_VERIFIED")
    emptied(household, staff)
    with pytest.raises(ValidationError) as refused:
        keeping.advance(poor_list, "start_review_1", by=staff)
    assert [one.code for one in refused.value.error_list] == ["closed_family"]
    Listing.objects.update(status="PUBLIC_REVIEW_2")
    brought_to(poor_list, "OBJECTION_WINDOW", staff)
    with pytest.raises(ValidationError) as refused:
        keeping.advance(poor_list, "send", by=lurah)
    assert [one.code for one in refused.value.error_list] == ["closed_family"]
    Listing.objects.update(status="SUBMITTED")
    rembug = held(kelurahan, "REMBUG", staff)
    brought_to(poor_list, "SUBMITTED", staff, rembug=rembug)
    with pytest.raises(ValidationError) as refused:
        keeping.advance(poor_list, "establish", by=lurah)
    assert [one.code for one in refused.value.error_list] == ["closed_family"]


def test_a_family_that_lives_here_is_not_recorded_as_gone_by_hand(household, staff, poor_list):
    line = line_on(poor_list, household, staff)
    for move in ("record_move", "record_death", "record_closed"):
        with pytest.raises(ValidationError) as refused:
            LISTING_FLOW.apply(move, line, by=staff, reason="Pindah")
        assert refused.value.error_list[0].code == "lives_here"


def test_an_event_records_the_leaving_itself(household, staff, poor_list):
    line = line_on(poor_list, household, staff)
    event = move_out(household, staff)
    line.refresh_from_db()
    assert (event.kind, line.status, line.life_event) == (EventKind.MOVE_OUT, "MOVED", event)


def test_the_rows_of_a_merge_stay_put_in_another_family(staff, rt, poor_list):
    other = make_family(rt, by=staff)
    line_on(poor_list, other, staff)
    assert closing.consequences(other, make_family(rt, by=staff))
    assert whose(Listing) == (other, "NOMINATED")
