"""The yearly list: its guards, four eyes, own families, rounds, windows, graduation, events."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from households import scores
from households.listing import keeping, lines, nominate
from households.listing.duties import next_step
from households.models import (
    Household,
    Listing,
    Objection,
    PoorList,
)
from households.workflows.listings import LISTING_FLOW
from households.workflows.poor_lists import POOR_LIST_FLOW
from tests import factories
from tests.households.instruments import checked, in_use, poor_answers
from tests.households.listing import YEAR, brought_to, families, held, line_on, opened
from tkpk.models import Channel, SentKind, Submission
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


def missing(poor_list, move):
    """The codes of what a move of the list lacks."""
    try:
        POOR_LIST_FLOW.moves[move].guard(poor_list)
    except ValidationError as error:
        return [one.code for one in error.error_list]
    return []


def code_of(refused):
    return refused.value.error_list[0].code


# --- opening and nominating ------------------------------------------------------------------
def test_a_kelurahan_has_one_list_a_year(poor_list, kelurahan, staff):
    with pytest.raises(ValidationError) as refused:
        opened(kelurahan, staff)
    assert "year" in refused.value.error_dict
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    opened(other, factories.make_user("tetangga", Role.STAFF, other))


def test_a_family_is_nominated_once_and_from_the_own_kelurahan(poor_list, household, staff):
    line = nominate(poor_list, household, by=staff, origin="STAFF")
    assert (line.status, line.origin) == ("NOMINATED", "STAFF")
    with pytest.raises(ValidationError) as refused:
        nominate(poor_list, household, by=staff, origin="STAFF")
    assert code_of(refused) == "listed"
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    neighbour = factories.make_user("tetangga", Role.STAFF, other)
    elsewhere = factories.make_family(factories.make_rt(other, 1, 1), by=neighbour)
    with pytest.raises(ValidationError) as refused:
        nominate(poor_list, elsewhere, by=staff, origin="STAFF")
    assert code_of(refused) == "elsewhere"
    with pytest.raises(PermissionDenied):
        nominate(poor_list, elsewhere, by=neighbour, origin="STAFF")


@pytest.mark.parametrize("status", ["REVIEW_2", "OBJECTION_WINDOW", "SUBMITTED", "ESTABLISHED"])
def test_after_round_1_nobody_is_nominated(poor_list, household, staff, status):
    with pytest.raises(ValidationError) as refused:
        nominate(brought_to(poor_list, status, staff), household, by=staff, origin="PUBLIC")
    assert code_of(refused) == "no_nominations"
    assert not Listing.objects.exists()


def test_nobody_nominates_the_own_family_and_none_that_is_closed(poor_list, household, staff, head):
    head.set_nik(staff.nik)
    head.save()
    with pytest.raises(PermissionDenied):
        nominate(poor_list, household, by=staff, origin="STAFF")
    head.set_nik(factories.make_nik())
    head.save()
    Household.objects.filter(pk=household.pk).update(status="CLOSED")
    household.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        nominate(poor_list, household, by=staff, origin="STAFF")
    assert code_of(refused) == "closed_family"


# --- verifying -------------------------------------------------------------------------------
def test_a_complete_score_of_a_checked_survey_verifies(poor_list, household, staff, second):
    version = in_use("bps14", poor_list.kelurahan)
    line = nominate(poor_list, household, by=staff, origin="STAFF")
    with pytest.raises(ValidationError) as refused:
        lines.verify(line, by=second)
    assert code_of(refused) == "no_score"
    survey = checked(household, version, poor_answers(version), by=staff, year=YEAR)
    score = scores.compute(survey, by=second)
    line = lines.verify(line, by=second)
    assert (line.status, line.score, line.score_class) == ("FIELD_VERIFIED", score, score.category)
    assert line.verified_by == second


def test_an_old_survey_and_another_instrument_do_not_verify(poor_list, household, staff, second):
    version = in_use("bps14", poor_list.kelurahan)
    survey = checked(household, version, poor_answers(version), by=staff, year=YEAR - 2)
    scores.compute(survey, by=second)
    line = nominate(poor_list, household, by=staff, origin="STAFF")
    with pytest.raises(ValidationError):
        lines.verify(line, by=second)
    survey = checked(household, version, poor_answers(version), by=staff, year=YEAR - 1)
    scores.compute(survey, by=second)
    other = in_use("ksjps-2018-r2", poor_list.kelurahan).instrument
    PoorList.objects.update(instrument=other)
    with pytest.raises(ValidationError):
        lines.verify(line, by=second)
    PoorList.objects.update(instrument=version.instrument)
    assert lines.verify(line, by=second).status == "FIELD_VERIFIED"


def test_who_nominated_does_not_verify_and_an_exception_needs_words(
    poor_list, household, staff, second
):
    line = nominate(poor_list, household, by=staff, origin="STAFF")
    with pytest.raises(PermissionDenied):
        lines.verify(line, by=staff, exception="Rumah roboh")
    with pytest.raises(ValidationError):
        LISTING_FLOW.apply("verify_exception", line, by=second, reason=" ")
    with pytest.raises(ValidationError):
        lines.verify(line, by=second, exception="NIK 3471010101800001 rumahnya roboh")
    line = lines.verify(line, by=second, exception="Rumah roboh pekan lalu")
    assert (line.exception, line.score) == ("Rumah roboh pekan lalu", None)
    line = lines.send_back(line, by=staff, reason="Salah alamat")
    assert (line.status, line.verified_by, line.exception) == ("NOMINATED", None, "")


def test_an_officials_family_is_confirmed_by_a_second_official(
    poor_list, household, head, staff, second, lurah
):
    head.set_nik(lurah.nik)
    head.save()
    line = nominate(poor_list, household, by=staff, origin="STAFF")
    line = lines.verify(line, by=second, exception="Dilihat")
    assert missing(poor_list, "start_review_1") == ["not_confirmed"]
    with pytest.raises(PermissionDenied):
        lines.confirm(line, by=second)
    with pytest.raises(PermissionDenied):
        lines.confirm(line, by=lurah)
    # The own family keeps the Lurah from carrying the list on, until somebody else looked at it.
    assert POOR_LIST_FLOW.conflicts(poor_list, lurah)
    line = lines.confirm(line, by=staff)
    assert line.confirmed_by == staff
    assert not POOR_LIST_FLOW.conflicts(poor_list, lurah)
    assert missing(poor_list, "start_review_1") == []
    with pytest.raises(ValidationError) as refused:
        lines.confirm(line, by=staff)
    assert code_of(refused) == "confirmed"


# --- the stages and what they lack -----------------------------------------------------------
def test_round_1_begins_when_every_family_is_verified(poor_list, rt, staff, second):
    assert missing(poor_list, "start_review_1") == ["empty"]
    for family in families(rt, staff, 2):
        nominate(poor_list, family, by=staff, origin="STAFF")
    assert missing(poor_list, "start_review_1") == ["not_verified"]
    first, other = Listing.objects.all()
    lines.verify(first, by=second, exception="Dilihat")
    LISTING_FLOW.apply("record_refusal", other, by=staff, reason="Tidak mau didata")
    assert keeping.advance(poor_list, "start_review_1", by=staff).status == "REVIEW_1"
    assert list(Listing.objects.values_list("status", flat=True)) == ["PUBLIC_REVIEW_1", "REFUSED"]


@pytest.mark.parametrize(
    ("field", "stage", "move", "kind", "wrong"),
    [
        ("review_1", "REVIEW_1", "start_review_2", "UJI_PUBLIK_1", "UJI_PUBLIK_2"),
        ("review_2", "REVIEW_2", "open_window", "UJI_PUBLIK_2", "UJI_PUBLIK_1"),
    ],
)
def test_a_round_needs_its_closed_meeting_with_attendance(
    poor_list, household, staff, field, stage, move, kind, wrong
):
    kelurahan = poor_list.kelurahan
    line_on(poor_list, household, staff, status="PUBLIC_REVIEW_1")
    poor_list = brought_to(poor_list, stage, staff)
    assert missing(poor_list, move) == ["no_meeting"]
    for meeting, code in (
        (held(kelurahan, wrong, staff), ["no_meeting"]),
        (held(kelurahan, kind, staff, status="OPEN"), ["meeting_open"]),
        (held(kelurahan, kind, staff, women=0, men=0), ["no_attendance"]),
        (held(kelurahan, kind, staff), []),
    ):
        setattr(poor_list, field, meeting)
        assert missing(poor_list, move) == code


def test_round_2_comes_after_round_1(poor_list, staff):
    kelurahan = poor_list.kelurahan
    first = held(kelurahan, "UJI_PUBLIK_1", staff, days_ago=3)
    early = held(kelurahan, "UJI_PUBLIK_2", staff, days_ago=5)
    poor_list = brought_to(poor_list, "REVIEW_2", staff, review_1=first, review_2=early)
    assert missing(poor_list, "open_window") == ["rounds_mixed_up"]


def test_who_is_nominated_in_round_1_joins_round_2(poor_list, rt, staff, second):
    one, two = families(rt, staff, 2)
    first = held(poor_list.kelurahan, "UJI_PUBLIK_1", staff)
    poor_list = brought_to(poor_list, "REVIEW_1", staff, review_1=first)
    line_on(poor_list, one, staff, status="PUBLIC_REVIEW_1")
    late = nominate(poor_list, two, by=staff, origin="PUBLIC")
    assert missing(poor_list, "start_review_2") == ["not_verified"]
    lines.verify(late, by=second, exception="Dilihat")
    keeping.advance(poor_list, "start_review_2", by=staff)
    assert set(Listing.objects.values_list("status", flat=True)) == {"PUBLIC_REVIEW_2"}


def objection_to(poor_list, line):
    submission = Submission.objects.create(
        kelurahan=poor_list.kelurahan, kind=SentKind.OBJECTION, ticket="S-AAAA-BBBB-CCCC",
        channel=Channel.PORTAL, text="Mampu",
        due_on=timezone.localdate(), status="IN_REVIEW",
    )  # fmt: skip
    return Objection.objects.create(
        kelurahan=poor_list.kelurahan, submission=submission, poor_list=poor_list, listing=line,
        ground="NOT_POOR",
    )  # fmt: skip


def test_the_window_closes_on_its_last_day_and_the_day_after_it_is_signed(
    poor_list, household, staff, lurah
):
    meetings = {
        "review_1": held(poor_list.kelurahan, "UJI_PUBLIK_1", staff, days_ago=5),
        "review_2": held(poor_list.kelurahan, "UJI_PUBLIK_2", staff, days_ago=2),
    }
    line_on(poor_list, household, staff, status="PUBLIC_REVIEW_2")
    poor_list = brought_to(poor_list, "REVIEW_2", staff, objection_days=7, **meetings)
    poor_list = keeping.advance(poor_list, "open_window", by=staff)
    today = timezone.localdate()
    assert poor_list.objection_opened_on == today
    assert poor_list.objection_closes_on == today + datetime.timedelta(days=7)
    for closes_on, code in ((today, ["window_open"]), (today - datetime.timedelta(days=1), [])):
        poor_list.objection_closes_on = closes_on
        assert missing(poor_list, "send") == code
    PoorList.objects.update(
        objection_opened_on=today - datetime.timedelta(days=8),
        objection_closes_on=today - datetime.timedelta(days=1),
    )
    with pytest.raises(PermissionDenied):
        keeping.advance(poor_list, "send", by=staff)
    sent = keeping.advance(poor_list, "send", by=lurah)
    assert (sent.status, sent.signed_by) == ("SUBMITTED", lurah)
    assert Listing.objects.get().status == "SUBMITTED"


def test_an_open_objection_holds_sending_and_establishing_up(poor_list, household, staff, lurah):
    line = line_on(poor_list, household, staff, status="PUBLIC_REVIEW_2")
    poor_list = brought_to(poor_list, "OBJECTION_WINDOW", staff)
    objection = objection_to(poor_list, line)
    assert "open_objection" in missing(poor_list, "send")
    meeting = held(poor_list.kelurahan, "REMBUG", staff)
    poor_list.rembug = meeting
    assert missing(poor_list, "establish") == ["open_objection"]
    Submission.objects.filter(pk=objection.submission_id).update(status=Submission.Status.SPAM)
    assert missing(poor_list, "establish") == []


def test_establishing_needs_its_basis(poor_list, staff):
    poor_list = brought_to(poor_list, "SUBMITTED", staff)
    assert missing(poor_list, "establish") == ["no_meeting"]
    poor_list.rembug = held(poor_list.kelurahan, "REMBUG", staff, status="OPEN")
    assert missing(poor_list, "establish") == ["meeting_open"]
    poor_list.basis = "DECREE"
    assert missing(poor_list, "establish") == ["no_decree", "no_result"]
    poor_list.decree_number = "325/2026"
    assert missing(poor_list, "establish") == ["no_decree", "no_result"]
    poor_list.decree_on = datetime.date(2026, 11, 20)
    assert missing(poor_list, "establish") == ["no_result"]


def test_a_rembug_establishes_all_that_was_sent(poor_list, rt, staff, lurah):
    one, two = families(rt, staff, 2)
    line_on(poor_list, one, staff, status="SUBMITTED")
    line_on(poor_list, two, staff, status="DELISTED")
    meeting = held(poor_list.kelurahan, "REMBUG", staff)
    poor_list = brought_to(poor_list, "SUBMITTED", staff, rembug=meeting)
    done = keeping.advance(poor_list, "establish", by=lurah)
    assert done.established_at is not None
    assert list(Listing.objects.values_list("status", flat=True)) == ["ESTABLISHED", "DELISTED"]
    assert Listing.objects.established(YEAR).count() == 1
    assert Listing.objects.established(YEAR - 1).count() == 0


def test_what_a_stage_decided_by_stays(poor_list, staff, lurah):
    version = poor_list.version
    changed = keeping.change_list(
        poor_list, {"objection_days": 10}, by=staff, expected_version=version
    )
    assert changed.objection_days == 10
    poor_list = brought_to(changed, "OBJECTION_WINDOW", staff)
    with pytest.raises(ValidationError) as refused:
        keeping.change_list(
            poor_list, {"objection_days": 30}, by=staff, expected_version=poor_list.version
        )
    assert code_of(refused) == "frozen"


def test_the_next_step_says_whose_it_is_and_what_lacks(poor_list):
    following = next_step(poor_list)
    assert following.name == "start_review_1"
    assert len(following.missing) == 1
    assert [str(role) for role in following.roles] == [str(Role.STAFF.label)]
