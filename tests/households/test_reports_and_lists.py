"""Reports and the year's list: what follows from a decision, and what the window is."""

import datetime

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from households import intake
from households.models import Listing, Nomination, Objection, RemovalWish
from households.voices import matching
from tests import factories as make
from tests.households.listed import make_listing, make_poor_list
from tests.households.pages import page_text
from tests.households.sending_in import TEXT, received, send, taken_up
from tkpk.models import Submission
from tkpk.roles import Role
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
ASKED = {"confirmed_how": "VISIT", "confirmed_on": TODAY()}


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


@pytest.fixture
def lurah(kelurahan):
    return make.make_user("lurah", Role.LURAH, kelurahan)


@pytest.fixture
def open_list(kelurahan, staff):
    return make_poor_list(kelurahan, by=staff)


@pytest.fixture
def window(kelurahan, staff):
    return make_poor_list(kelurahan, by=staff, status="OBJECTION_WINDOW")


def found(kelurahan, staff, household, kind, **more):
    row = taken_up(kelurahan, staff, kind, **more)
    return matching.match(matching.report_of(row), household, by=staff)


# --- nominations -----------------------------------------------------------------------------
def test_an_accepted_nomination_becomes_a_line_of_the_list(kelurahan, staff, household, open_list):
    report = found(kelurahan, staff, household, "NOMINATION")
    done = matching.decide(report, "accept", by=staff)
    line = Listing.objects.get()
    assert (line.household, line.poor_list, line.origin) == (household, open_list, "PUBLIC")
    assert (done.status, done.listing) == ("ACCEPTED", line)
    assert check_trail() == []


def test_a_nomination_by_a_head_of_rt_says_so(client, kelurahan, staff, household, rt, open_list):
    client.force_login(make.make_user("ketua", Role.RT_HEAD, rt))
    data = {"kind": "NOMINATION", "household": household.pk, "ground": "", "text": TEXT}
    client.post(reverse("area_report"), data)
    Submission.objects.update(status="IN_REVIEW")
    matching.decide(Nomination.objects.get(), "accept", by=staff)
    assert Listing.objects.get().origin == "RT_RW"


def test_without_a_list_that_takes_nominations_nothing_is_decided(
    officer, kelurahan, staff, household
):
    make_poor_list(kelurahan, by=staff, status="REVIEW_2")
    report = found(kelurahan, staff, household, "NOMINATION")
    url = reverse("voice_decide", args=[report.submission_id, "accept"])
    answer = officer.post(url, {"reason": ""})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    report.refresh_from_db()
    assert report.status == "OPEN"
    assert not Listing.objects.exists()


def test_a_family_that_is_listed_is_not_put_on_twice(kelurahan, staff, household, open_list):
    make_listing(open_list, household, by=staff)
    report = found(kelurahan, staff, household, "NOMINATION")
    with pytest.raises(ValidationError):
        matching.decide(report, "accept", by=staff)
    report.refresh_from_db()
    assert report.status == "OPEN"


# --- the window ------------------------------------------------------------------------------
def test_an_objection_is_taken_while_the_window_is_open_its_last_day_included(
    client, kelurahan, staff
):
    make_poor_list(kelurahan, by=staff, status="OBJECTION_WINDOW", days=0)
    page = page_text(client.get(reverse("objection_send")))
    assert str(TODAY().year) in page
    assert send(client, "OBJECTION").status_code == 302
    assert Objection.objects.get().poor_list.year == TODAY().year


@pytest.mark.parametrize("status", ["OBJECTION_WINDOW", "SUBMITTED"])
def test_after_the_window_it_is_refused_at_the_field_with_the_day_and_the_next_step(
    client, kelurahan, staff, status
):
    signed = {"signed_by": staff, "signed_at": timezone.now()} if status == "SUBMITTED" else {}
    row = make_poor_list(kelurahan, by=staff, status=status, days=-1, **signed)
    answer = send(client, "OBJECTION")
    assert answer.status_code == 422
    (said,) = answer.context["form"].errors["ground"]
    day = row.objection_closes_on
    assert str(day.day) in said
    assert str(day.year) in said
    assert TEXT in answer.content.decode()
    assert not Objection.objects.exists()
    door = page_text(client.get(reverse("voices_home")))
    assert said in door.replace("&#x27;", "'")


def test_before_any_window_it_says_when_objections_are_taken(client, kelurahan, open_list):
    assert intake.objection_window(kelurahan).refusal
    assert send(client, "OBJECTION").status_code == 422


def test_the_window_of_one_kelurahan_is_none_of_another(kelurahan, staff, window):
    there = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    assert intake.objection_window(kelurahan).is_open
    assert not intake.objection_window(there).is_open


def test_an_officer_writes_an_objection_down_in_the_window_only(officer, kelurahan, staff):
    data = {
        "subject_name": "Karto", "ground": "MOVED", "text": TEXT, "channel": "COUNTER",
        "consent": "on",
    }  # fmt: skip
    url = reverse("objection_record")
    refused = officer.post(url, data)
    assert refused.status_code == 422
    assert 'id="id_ground_error"' in refused.content.decode()
    make_poor_list(kelurahan, by=staff, status="OBJECTION_WINDOW")
    assert officer.post(url, data).status_code == 302


# --- objections -------------------------------------------------------------------------------
@pytest.fixture
def objected(kelurahan, staff, household, window):
    line = make_listing(window, household, by=staff)
    more = {"poor_list": window, "ground": "NOT_POOR"}
    report = found(kelurahan, staff, household, "OBJECTION", **more)
    assert report.listing == line
    return report


def test_an_upheld_objection_takes_its_line_off_the_list(objected, lurah):
    done = matching.decide(objected, "uphold", by=lurah, reason="Sudah punya usaha tetap")
    assert (done.status, done.listing.status) == ("UPHELD", "NOMINATED")
    assert Listing.objects.get().status == "DELISTED"
    assert not objected.poor_list.open_objections().exists()
    assert check_trail() == []


def test_a_rejected_objection_leaves_the_line_where_it_was(objected, lurah):
    matching.decide(objected, "reject", by=lurah, reason="Tidak terbukti")
    assert Listing.objects.get().status == "NOMINATED"


def test_the_officer_who_found_the_family_cannot_decide(client, objected, staff):
    client.force_login(staff)
    url = reverse("voice_decide", args=[objected.submission_id, "uphold"])
    assert client.post(url, {"reason": "Sudah mampu"}).status_code == 403
    objected.refresh_from_db()
    assert objected.status == "OPEN"


def test_the_lurah_decides_on_the_page_of_the_report(client, objected, lurah):
    client.force_login(lurah)
    page = client.get(reverse("voice_detail", args=[objected.submission_id])).content.decode()
    url = reverse("voice_decide", args=[objected.submission_id, "uphold"])
    assert url in page
    assert client.post(url, {"reason": "Sudah mampu"}).status_code == 302
    assert Listing.objects.get().status == "DELISTED"


def test_an_objection_is_not_about_a_family_that_is_not_on_the_list(
    officer, kelurahan, staff, household, window
):
    row = taken_up(kelurahan, staff, "OBJECTION", poor_list=window, ground="NOT_POOR")
    answer = officer.post(reverse("voice_match_choose", args=[row.pk, household.pk]), follow=True)
    assert [str(message) for message in answer.context["messages"]]
    assert Objection.objects.get().household is None


def test_a_missing_family_is_one_that_is_not_on_the_list(
    kelurahan, staff, household, window, lurah
):
    more = {"poor_list": window, "ground": "MISSED"}
    report = found(kelurahan, staff, household, "OBJECTION", **more)
    done = matching.decide(report, "uphold", by=lurah, reason="Memang terlewat")
    assert (done.status, done.listing) == ("UPHELD", None)
    other = taken_up(kelurahan, staff, "OBJECTION", **more)
    make_listing(window, household, by=staff)
    with pytest.raises(ValidationError):
        matching.match(matching.report_of(other), household, by=staff)


def test_a_head_of_rt_objects_to_a_listed_family_of_the_own_area_only(
    client, kelurahan, staff, household, rt, window
):
    client.force_login(make.make_user("ketua", Role.RT_HEAD, rt))
    data = {"kind": "OBJECTION", "household": household.pk, "ground": "MOVED", "text": TEXT}
    refused = client.post(reverse("area_report"), data)
    assert refused.status_code == 422
    assert 'id="id_household_error"' in refused.content.decode()
    line = make_listing(window, household, by=staff)
    no_ground = client.post(reverse("area_report"), {**data, "ground": ""})
    assert 'id="id_ground_error"' in no_ground.content.decode()
    assert client.post(reverse("area_report"), data).status_code == 302
    assert Objection.objects.get().listing == line


# --- leaving by the own wish --------------------------------------------------------------------
def test_a_confirmed_wish_takes_the_family_off_every_list_it_stands_on(
    officer, kelurahan, staff, household, window
):
    make_listing(window, household, by=staff)
    report = found(kelurahan, staff, household, "SELF_REMOVAL")
    url = reverse("voice_decide", args=[report.submission_id, "confirm"])
    for wrong in ({}, {"confirmed_how": "VISIT"}, {**ASKED, "confirmed_on": "2999-01-01"}):
        assert officer.post(url, wrong).status_code == 422
    assert officer.post(url, {**ASKED, "reason": ""}).status_code == 302
    assert RemovalWish.objects.get().status == "CONFIRMED"
    assert Listing.objects.get().status == "DELISTED"
    assert check_trail() == []


def test_a_wish_that_is_not_the_family_s_changes_nothing(kelurahan, staff, household, window):
    make_listing(window, household, by=staff)
    report = found(kelurahan, staff, household, "SELF_REMOVAL")
    matching.decide(report, "refute", by=staff, reason="Keluarga tidak meminta")
    assert Listing.objects.get().status == "NOMINATED"


def test_a_wish_of_a_family_on_no_list_is_noted_all_the_same(kelurahan, staff, household):
    report = found(kelurahan, staff, household, "SELF_REMOVAL")
    assert matching.decide(report, "confirm", by=staff, changes=ASKED).status == "CONFIRMED"


# --- the window's days -----------------------------------------------------------------------
def test_the_day_of_the_window_counts_as_written(kelurahan, staff):
    make_poor_list(kelurahan, by=staff, status="OBJECTION_WINDOW", days=3)
    found_window = intake.objection_window(kelurahan)
    assert found_window.closes_on == TODAY() + datetime.timedelta(days=3)
    assert received(kelurahan).status == "RECEIVED"
