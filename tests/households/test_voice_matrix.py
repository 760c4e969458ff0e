"""Reports and what is decided about them: the tables against the procedure, written by hand."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from households.models import Nomination, Objection, RemovalWish
from households.workflows.objections import NOMINATION_FLOW, OBJECTION_FLOW, REMOVAL_FLOW
from tests import factories as make
from tests.households.listed import make_listing, make_poor_list
from tests.households.sending_in import received
from tests.rounds import undone
from tkpk import forgetting, submissions
from tkpk.form_guard import Traces
from tkpk.models import OfficeRule, Submission, SubmissionAnswer
from tkpk.roles import Role
from tkpk.workflows.submissions import SUBMISSION_FLOW

pytestmark = pytest.mark.django_db
REASON = "Menurut pemeriksaan petugas"
NOW = timezone.now()
VOICE = {
    "release": ({"HELD"}, "RECEIVED"),
    "take_up": ({"RECEIVED"}, "IN_REVIEW"),
    "answer": ({"IN_REVIEW"}, "ANSWERED"),
    "forward": ({"IN_REVIEW"}, "ANSWERED"),
    "reopen": ({"ANSWERED"}, "IN_REVIEW"),
    "set_aside": ({"HELD", "RECEIVED", "IN_REVIEW"}, "SPAM"),
    "bring_back": ({"SPAM"}, "RECEIVED"),
}
DECISIONS = [
    (OBJECTION_FLOW, "uphold", "UPHELD", "LURAH"),
    (OBJECTION_FLOW, "reject", "REJECTED", "LURAH"),
    (OBJECTION_FLOW, "withdraw", "WITHDRAWN", "STAFF"),
    (NOMINATION_FLOW, "accept", "ACCEPTED", "STAFF"),
    (NOMINATION_FLOW, "decline", "DECLINED", "STAFF"),
    (NOMINATION_FLOW, "withdraw", "WITHDRAWN", "STAFF"),
    (REMOVAL_FLOW, "confirm", "CONFIRMED", "STAFF"),
    (REMOVAL_FLOW, "refute", "REFUTED", "STAFF"),
    (REMOVAL_FLOW, "withdraw", "WITHDRAWN", "STAFF"),
]
KINDS = {Objection: "OBJECTION", Nomination: "NOMINATION", RemovalWish: "SELF_REMOVAL"}


def outcome(flow, name, row, by, **changes):
    try:
        flow.apply(name, row, by=by, reason=REASON, changes=changes)
    except PermissionDenied:
        return "denied"
    except ValidationError as error:
        return error.code
    return "done"


# --- reports -----------------------------------------------------------------------------------
def test_the_table_of_reports_has_the_rows_of_the_procedure_and_no_other():
    assert set(SUBMISSION_FLOW.moves) == set(VOICE)


STATES = ("HELD", "RECEIVED", "IN_REVIEW", "ANSWERED", "SPAM")


@pytest.mark.parametrize("move", sorted(VOICE))
def test_a_report_moves_as_the_procedure_says(kelurahan, move):
    row = received(kelurahan)
    tried = set()
    for role in Role:
        with undone():
            tried |= moves_from_every_state(kelurahan, row, move, role)
    assert tried == {(role, status) for role in Role for status in STATES}


def moves_from_every_state(kelurahan, row, move, role):
    user = make.make_user("pelaku", role, kelurahan)
    Nomination.objects.update(status="DECLINED")
    sources, target = VOICE[move]
    SubmissionAnswer.objects.create(submission=row, text="Sudah", created_by=user)
    submissions.Reopening.objects.create(
        kelurahan=kelurahan, submission=row, due_on=row.due_on,
        status="TAKEN_UP" if move == "reopen" else "WAITING",
    )  # fmt: skip
    tried = set()
    for status in STATES:
        Submission.objects.filter(pk=row.pk).update(status=status, held_for="TRAP", answered_at=NOW)
        row.refresh_from_db()
        right = "done" if role == Role.STAFF else "denied"
        assert outcome(SUBMISSION_FLOW, move, row, user) == (
            right if status in sources else "not_open"
        ), (role, status)
        row.refresh_from_db()
        moved = status in sources and role == Role.STAFF
        assert row.status == (target if moved else status), (role, status)
        tried.add((role, status))
    return tried


def test_no_report_is_answered_without_an_answer_or_an_open_decision(kelurahan, staff):
    row = SUBMISSION_FLOW.apply("take_up", received(kelurahan), by=staff)
    assert outcome(SUBMISSION_FLOW, "answer", row, staff) == "unsettled"
    Nomination.objects.update(status="DECLINED")
    assert outcome(SUBMISSION_FLOW, "answer", row, staff) == "no_answer"


def test_the_database_has_the_last_word(kelurahan):
    row = received(kelurahan)
    for facts in (
        {"status": "LAIN"}, {"kind": "LAIN"}, {"channel": "LAIN"}, {"held_for": "LAIN"},
        {"status": "HELD"}, {"status": "ANSWERED"}, {"channel": "COUNTER"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Submission.objects.filter(pk=row.pk).update(**facts)


def test_two_reports_never_share_a_form(kelurahan):
    said = submissions.Incoming(kind="NOMINATION", text="x", contact={})
    first, new = submissions.receive(said, kelurahan=kelurahan, traces=Traces(form_mark="a" * 64))
    again, newer = submissions.receive(said, kelurahan=kelurahan, traces=Traces(form_mark="a" * 64))
    assert (first, new, newer) == (again, True, False)
    other = received(kelurahan)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=other.pk).update(form_mark="a" * 64)


def test_the_second_press_at_the_same_moment_finds_the_row_of_the_first(kelurahan, monkeypatch):
    said = submissions.Incoming(kind="NOMINATION", text="x", contact={})
    marks = Traces(form_mark="b" * 64)
    first, _new = submissions.receive(said, kelurahan=kelurahan, traces=marks)
    # The other line has not committed yet when this one looks for it.
    looks = iter([None, first])
    monkeypatch.setattr(submissions, "_same_form", lambda marks: next(looks))
    again, newer = submissions.receive(said, kelurahan=kelurahan, traces=marks)
    assert (again, newer) == (first, False)


# --- forgetting --------------------------------------------------------------------------------
def aged(kelurahan, *, status, days, **facts):
    row = received(kelurahan)
    then = NOW - datetime.timedelta(days=days)
    Submission.objects.filter(pk=row.pk).update(
        status=status, updated_at=then, created_at=then, answered_at=then,
        contact_phone="0812345678", sender_mark="s", content_mark="c", **facts,
    )  # fmt: skip
    return row


def test_texts_go_when_the_time_that_the_office_set_is_over(kelurahan, staff):
    OfficeRule.objects.create(
        kelurahan=kelurahan, valid_from="2020-01-01", spam_days=7, contact_days=30,
        created_by=staff, updated_by=staff,
    )  # fmt: skip
    rows = {
        "spam, old": (aged(kelurahan, status="SPAM", days=8), True),
        "spam, new": (aged(kelurahan, status="SPAM", days=6), False),
        "answered, old": (aged(kelurahan, status="ANSWERED", days=31), True),
        "answered, new": (aged(kelurahan, status="ANSWERED", days=29), False),
        "waiting for ever": (aged(kelurahan, status="RECEIVED", days=900), False),
        "held for ever": (aged(kelurahan, status="HELD", days=900, held_for="TRAP"), False),
    }
    forgetting.forget(NOW)
    forgetting.forget(NOW)
    for name, (row, gone) in rows.items():
        row.refresh_from_db()
        report = Nomination.objects.get(submission=row)
        assert (row.text == "" and row.contact_phone == "") == gone, name
        assert (report.subject_name == "") == gone, name
        assert (row.sender_mark, row.content_mark) == ("", ""), name
        assert bool(row.erased_at) == gone


def test_what_was_erased_is_not_brought_back(kelurahan, staff):
    row = aged(kelurahan, status="SPAM", days=400)
    forgetting.forget(NOW)
    row.refresh_from_db()
    assert outcome(SUBMISSION_FLOW, "bring_back", row, staff) == "erased"


def test_marks_of_today_stay_so_that_a_flood_is_seen(kelurahan):
    aged(kelurahan, status="RECEIVED", days=1)
    forgetting.forget(NOW)
    assert Submission.objects.get().sender_mark == "s"


# --- what is decided ----------------------------------------------------------------------------
@pytest.fixture
def finder(kelurahan):
    return make.make_user("pencari", Role.STAFF, kelurahan)


@pytest.fixture
def poor_list(kelurahan, staff):
    return make_poor_list(kelurahan, by=staff, status="OBJECTION_WINDOW")


def make_report(model, kelurahan, poor_list, household, finder):
    """A report that was taken up and whose family was found."""
    more = {"household": household, "matched_by": finder, "matched_at": NOW}
    if model is Objection:
        more |= {"poor_list": poor_list, "ground": "NOT_POOR"}
        more["listing"] = make_listing(poor_list, household, by=finder)
    row = received(kelurahan, KINDS[model], **more)
    Submission.objects.filter(pk=row.pk).update(status="IN_REVIEW")
    return model.objects.get(submission=row)


def test_the_tables_of_decisions_have_the_rows_of_the_procedure_and_no_other():
    for flow in (OBJECTION_FLOW, NOMINATION_FLOW, REMOVAL_FLOW):
        assert set(flow.moves) == {name for other, name, _to, _who in DECISIONS if other is flow}


@pytest.mark.parametrize(("flow", "move", "target", "who"), DECISIONS)
def test_a_report_is_decided_as_the_procedure_says(
    kelurahan, poor_list, household, finder, flow, move, target, who
):
    report = make_report(flow.model, kelurahan, poor_list, household, finder)
    tried = set()
    for role in Role:
        with undone():
            user = make.make_user("pelaku", role, kelurahan)
            results = decided_from_every_state(flow, move, report, user)
        for status, result in results.items():
            right = ("done", target) if role == who else ("denied", status)
            assert result == (right if status == "OPEN" else ("not_open", status)), (role, status)
            tried.add((role, status))
    assert tried == {(role, status) for role in Role for status in flow.model.Status.values}


def decided_from_every_state(flow, move, report, user):
    """Per status: what the move answers, and the status after it."""
    results = {}
    asked = {"confirmed_how": "VISIT", "confirmed_on": NOW.date()} if move == "confirm" else {}
    for status in flow.model.Status.values:
        facts = {"status": status}
        if flow is REMOVAL_FLOW:
            facts |= {"confirmed_how": "VISIT", "confirmed_on": NOW.date()}
        flow.model.objects.filter(pk=report.pk).update(**facts)
        report.refresh_from_db()
        answer = outcome(flow, move, report, user, **asked)
        report.refresh_from_db()
        results[status] = (answer, report.status)
    return results


@pytest.mark.parametrize(("flow", "move", "target", "who"), DECISIONS)
def test_nobody_decides_about_the_own_family_or_before_it_is_taken_up(
    kelurahan, poor_list, household, finder, flow, move, target, who
):
    user = make.make_user("pelaku", Role(who), kelurahan, nik="")
    user.set_nik(household.members.first().nik)
    user.save()
    report = make_report(flow.model, kelurahan, poor_list, household, finder)
    assert outcome(flow, move, report, user) == "denied"
    other = make.make_user("lain", Role(who), kelurahan)
    Submission.objects.update(status="RECEIVED")
    report = flow.model.objects.get()
    if move != "withdraw":
        assert outcome(flow, move, report, other) == "not_taken_up"
    for status in ("HELD", "SPAM"):
        Submission.objects.update(status=status, held_for="TRAP")
        assert outcome(flow, move, flow.model.objects.get(), other) == "denied"


def test_who_found_the_family_does_not_decide_the_objection(
    kelurahan, poor_list, household, finder
):
    make.make_mandate(finder, Role.LURAH, kelurahan)
    report = make_report(Objection, kelurahan, poor_list, household, finder)
    assert outcome(OBJECTION_FLOW, "uphold", report, finder) == "denied"
    assert outcome(OBJECTION_FLOW, "reject", report, finder) == "denied"


def test_an_objection_is_upheld_only_about_a_line_that_was_found(kelurahan, poor_list):
    lurah = make.make_user("lurah", Role.LURAH, kelurahan)
    row = received(kelurahan, "OBJECTION", poor_list=poor_list, ground="NOT_POOR")
    Submission.objects.update(status="IN_REVIEW")
    report = Objection.objects.get(submission=row)
    assert outcome(OBJECTION_FLOW, "uphold", report, lurah) == "not_matched"
    assert outcome(OBJECTION_FLOW, "reject", report, lurah) == "done"


def test_the_database_refuses_a_decision_without_its_grounds(
    kelurahan, poor_list, household, finder
):
    objection = received(kelurahan, "OBJECTION", poor_list=poor_list, ground="NOT_POOR").objection
    wish = received(kelurahan, "SELF_REMOVAL").removal_wish
    for model, row, facts in (
        (Objection, objection, {"status": "UPHELD"}),
        (Objection, objection, {"ground": "LAIN"}),
        (Objection, objection, {"household": household}),
        (Objection, objection, {"status": "LAIN"}),
        (RemovalWish, wish, {"status": "CONFIRMED"}),
        (RemovalWish, wish, {"confirmed_how": "LAIN"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.filter(pk=row.pk).update(**facts)


def test_an_open_objection_is_counted_by_its_list_and_spam_is_not(kelurahan, poor_list):
    row = received(kelurahan, "OBJECTION", poor_list=poor_list, ground="NOT_POOR")
    assert poor_list.open_objections().count() == 1
    Submission.objects.filter(pk=row.pk).update(status="SPAM")
    assert not poor_list.open_objections().exists()
    Submission.objects.filter(pk=row.pk).update(status="HELD", held_for="TRAP")
    assert poor_list.open_objections().count() == 1
    Objection.objects.update(status="REJECTED")
    assert not poor_list.open_objections().exists()
