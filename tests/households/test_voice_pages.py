"""Officers' pages of reports: queue, family, decision, answer, receipt; who may open which."""

import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from households.models import Nomination
from tests import factories as make
from tests.households.pages import page_text
from tests.households.sending_in import received, send, taken_up, typed
from tkpk.models import OutgoingMail, Reopening, Submission, TrailEntry
from tkpk.roles import Role
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db
READERS = {Role.STAFF, Role.LURAH}


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "tkpk.outbox.OutboxBackend"
    cache.clear()


@pytest.fixture
def lurah(kelurahan):
    return make.make_user("lurah", Role.LURAH, kelurahan)


def url(name, row, *more):
    return reverse(name, args=[row.pk, *more])


# --- who may open ------------------------------------------------------------------------------
@pytest.mark.parametrize("role", sorted(Role))
def test_reports_are_read_by_officers_and_the_lurah_alone(client, kelurahan, role):
    row = received(kelurahan)
    client.force_login(make.make_user("pembaca", role, kelurahan))
    may = role in READERS
    assert client.get(reverse("voice_list")).status_code == (200 if may else 403)
    assert client.get(url("voice_detail", row)).status_code == (200 if may else 404)
    assert client.get(url("voice_answer", row)).status_code == (200 if may else 404)
    assert client.post(url("voice_receipt", row)).status_code == (200 if may else 404)
    records = client.get(reverse("nomination_record")).status_code
    assert records == (200 if role == Role.STAFF else 403)


def test_an_officer_of_another_kelurahan_sees_nothing_of_it(client, kelurahan):
    row = received(kelurahan)
    there = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    client.force_login(make.make_user("tetangga", Role.STAFF, there))
    assert row.ticket not in client.get(reverse("voice_list")).content.decode()
    for name in ("voice_detail", "voice_answer", "voice_match"):
        assert client.get(url(name, row)).status_code == 404
    assert client.post(url("voice_move", row, "take_up")).status_code == 404
    answer = client.post(reverse("voice_find"), {"tiket": row.ticket}, follow=True)
    assert row.ticket not in answer.content.decode().replace(f'value="{row.ticket}"', "")


@pytest.mark.parametrize("name", ["voice_find", "voice_receipt", "voice_match_choose"])
def test_what_only_a_button_may_do_is_not_done_by_an_address(officer, kelurahan, household, name):
    row = received(kelurahan)
    args = {"voice_find": [], "voice_receipt": [row.pk]}.get(name, [row.pk, household.pk])
    assert officer.get(reverse(name, args=args)).status_code == 405


# --- the queue ---------------------------------------------------------------------------------
def test_what_is_due_first_stands_first_and_what_is_late_is_told(officer, kelurahan):
    early, late = received(kelurahan), received(kelurahan)
    Submission.objects.filter(pk=late.pk).update(
        due_on=timezone.localdate() - datetime.timedelta(days=7)
    )
    page = officer.get(reverse("voice_list"))
    assert [line[0].pk for line in page.context["lines"]] == [late.pk, early.pk]
    assert [line[4] for line in page.context["lines"]] == [True, False]


def test_each_view_of_the_queue_has_its_rows(officer, client, kelurahan, staff):
    send(client, website="mesin")
    held = Submission.objects.get()
    plain = received(kelurahan)
    for view, rows in (("perlu", {held, plain}), ("ditahan", {held}), ("dijawab", set())):
        page = officer.get(reverse("voice_list"), {"tampil": view})
        assert {line[0] for line in page.context["lines"]} == rows
    assert officer.get(reverse("voice_list"), {"tampil": "'; DROP"}).status_code == 200
    assert officer.get(reverse("voice_list"), {"hal": "x"}).status_code == 200


def test_the_queue_asks_as_often_whatever_its_length(officer, kelurahan):
    costs = []
    for _more in (1, 2):
        received(kelurahan)
        officer.get(reverse("voice_list"))
        with CaptureQueriesContext(connection) as queries:
            officer.get(reverse("voice_list"))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


def test_a_report_is_opened_by_its_ticket_however_it_is_typed(officer, kelurahan):
    row = received(kelurahan)
    found = officer.post(reverse("voice_find"), {"tiket": row.ticket.lower().replace("-", " ")})
    assert found.url == url("voice_detail", row)
    lost = officer.post(reverse("voice_find"), {"tiket": "S-AAAA-BBBB-CCCC"}, follow=True)
    assert lost.status_code == 200
    assert [str(message) for message in lost.context["messages"]]


def test_it_waits_in_the_inbox_and_is_found_by_its_code(officer, kelurahan, staff):
    from tkpk.registry import registry  # noqa: PLC0415 - what pages iterate over
    from tkpk.views.work import waiting_for  # noqa: PLC0415

    row = received(kelurahan)
    assert row.ticket in {waiting.title for waiting in waiting_for(staff)}
    hits = list(registry.search_sources["voices"](staff, row.ticket))
    assert [hit.title for hit in hits] == [row.ticket]
    stranger = make.make_user("rt", Role.RT_HEAD, make.make_rt(kelurahan))
    assert list(registry.search_sources["voices"](stranger, row.ticket)) == []


# --- writing down for a resident ---------------------------------------------------------------
def spoken(**fields):
    return {**typed(**fields), "channel": "PHONE"}


@pytest.mark.parametrize(
    ("name", "kind"), [("nomination_record", "NOMINATION"), ("removal_record", "SELF_REMOVAL")]
)
def test_an_officer_writes_down_what_a_resident_tells(officer, kelurahan, staff, name, kind):
    answer = officer.post(reverse(name), spoken())
    row = Submission.objects.get()
    assert answer.url == url("voice_detail", row)
    assert (row.kind, row.channel, row.created_by, row.status) == (kind, "PHONE", staff, "RECEIVED")
    assert TrailEntry.objects.filter(process="voice", move="record").count() == 1
    assert check_trail() == []


@pytest.mark.parametrize(
    "fields", [{"text": ""}, {"consent": ""}, {"channel": "PORTAL"}, {"text": "3471041705800000"}]
)
def test_an_officer_s_mistake_is_told_at_its_field(officer, kelurahan, fields):
    answer = officer.post(reverse("nomination_record"), {**spoken(), **fields})
    assert answer.status_code == 422
    assert f'id="id_{next(iter(fields))}_error"' in answer.content.decode()
    assert not Submission.objects.exists()


def test_the_receipt_carries_the_ticket_and_nothing_of_the_matter(officer, kelurahan, staff):
    from tkpk.receipts import paper_data  # noqa: PLC0415

    row = received(kelurahan, by=staff)
    answer = officer.post(url("voice_receipt", row))
    assert answer.content.startswith(b"%PDF-")
    assert row.ticket in answer["Content-Disposition"]
    data = str(paper_data(row))
    assert row.ticket in data
    for secret in ("Karto", "bocor"):
        assert secret not in data
    assert TrailEntry.objects.filter(move="receipt").count() == 1


# --- finding the family ------------------------------------------------------------------------
def test_a_report_is_about_the_family_that_an_officer_finds(officer, kelurahan, staff, household):
    row = taken_up(kelurahan, staff)
    page = officer.post(url("voice_match", row), {"text": household.members.first().name})
    assert household.code in page.content.decode()
    officer.post(url("voice_match_choose", row, household.pk))
    report = Nomination.objects.get()
    assert (report.household, report.matched_by) == (household, staff)
    assert household.code in officer.get(url("voice_detail", row)).content.decode()
    assert TrailEntry.objects.filter(process="nomination", move="match").count() == 1


def test_the_nik_that_was_written_suggests_the_family_and_decides_nothing(
    officer, client, kelurahan, staff, household
):
    send(client, nik=household.members.first().nik)
    row = Submission.objects.get()
    client.force_login(staff)
    officer.post(url("voice_move", row, "take_up"))
    page = officer.get(url("voice_match", row))
    assert page.context["suggested"] == household
    assert Nomination.objects.get().household is None
    assert household.members.first().nik not in page.content.decode()


def test_a_family_is_not_noted_before_the_report_is_taken_up(officer, kelurahan, household):
    row = received(kelurahan)
    officer.post(url("voice_match_choose", row, household.pk))
    assert Nomination.objects.get().household is None


def test_no_officer_finds_the_own_family_or_one_of_elsewhere(client, kelurahan, staff, household):
    row = taken_up(kelurahan, staff)
    relative = make.make_user("saudara", Role.STAFF, kelurahan, nik="")
    relative.set_nik(household.members.first().nik)
    relative.save()
    client.force_login(relative)
    assert client.post(url("voice_match_choose", row, household.pk)).status_code == 403
    there = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    strange = make.make_family(make.make_rt(there), by=staff)
    assert client.post(url("voice_match_choose", row, strange.pk)).status_code == 404
    assert Nomination.objects.get().household is None


def test_the_lurah_reads_but_does_not_look_families_up(client, kelurahan, staff, lurah):
    row = taken_up(kelurahan, staff)
    client.force_login(lurah)
    assert client.get(url("voice_match", row)).status_code == 403


# --- deciding and answering --------------------------------------------------------------------
def test_first_the_decision_then_the_answer(officer, kelurahan, staff):
    row = taken_up(kelurahan, staff)
    early = officer.post(url("voice_answer", row), {"answer": "Sudah kami periksa."})
    assert early.status_code == 422
    assert "Sudah kami periksa." in early.content.decode()
    step = url("voice_decide", row, "decline")
    assert officer.post(step, {"reason": ""}).status_code == 422
    assert officer.post(step, {"reason": "NIK 3471041705800000 mampu"}).status_code == 422
    assert officer.post(step, {"reason": "Sudah mampu menurut survei"}).status_code == 302
    done = officer.post(url("voice_answer", row), {"answer": "Sudah kami periksa."})
    assert done.status_code == 302
    row.refresh_from_db()
    assert (row.status, row.answers.get().text) == ("ANSWERED", "Sudah kami periksa.")
    assert check_trail() == []


def test_a_move_of_another_kind_is_no_address(officer, kelurahan, staff):
    row = taken_up(kelurahan, staff)
    assert officer.get(url("voice_decide", row, "uphold")).status_code == 404


def answered(officer, row, **fields):
    Nomination.objects.filter(submission=row).update(status="DECLINED")
    return officer.post(url("voice_answer", row), {"answer": "Sudah kami periksa.", **fields})


def test_an_answer_names_nobody_and_no_number(officer, kelurahan, staff, household):
    row = taken_up(kelurahan, staff)
    name = household.members.first().name
    for words in (f"Keluarga {name} sudah terdaftar.", "NIK 3471041705800000 sudah terdaftar."):
        answer = answered(officer, row, answer=words)
        assert answer.status_code == 422
        assert 'id="id_answer_error"' in answer.content.decode()
    assert not row.answers.exists()
    forwarded = {"forwarded_to": f"Dinas, u.p. {name}", "forwarded_number": "12"}
    assert answered(officer, row, **forwarded).status_code == 422


def test_a_forwarded_report_says_where_it_went(officer, client, kelurahan, staff):
    row = taken_up(kelurahan, staff)
    lost = answered(officer, row, forwarded_number="JSS-9")
    assert lost.status_code == 422
    answered(officer, row, forwarded_to="JSS", forwarded_number="JSS-9")
    row.refresh_from_db()
    assert row.status == "ANSWERED"
    client.logout()
    shown = page_text(client.get(reverse("voice_ticket", args=[row.ticket])))
    assert "JSS-9" in shown
    assert "Sudah kami periksa." in shown


def test_the_sender_is_told_by_mail_when_there_is_an_answer(officer, client, kelurahan, staff):
    send(client, contact_email="tumi@contoh.id")
    client.force_login(staff)
    row = Submission.objects.get()
    officer.post(url("voice_move", row, "take_up"))
    answered(officer, row)
    assert [mail.subject for mail in OutgoingMail.objects.all()] == [row.ticket] * 2
    assert "Sudah kami periksa" not in "".join(OutgoingMail.objects.values_list("body", flat=True))


# --- the sender again --------------------------------------------------------------------------
@pytest.fixture
def done(officer, kelurahan, staff):
    row = taken_up(kelurahan, staff)
    answered(officer, row)
    row.refresh_from_db()
    return row


def reopen(client, row, text="Tetapi belum ada yang datang"):
    return client.post(reverse("voice_reopen", args=[row.ticket]), {"text": text})


def test_the_sender_opens_an_answered_report_again_once(client, officer, done, staff):
    assert reopen(client, done).status_code == 302
    assert reopen(client, done).status_code == 422
    assert Reopening.objects.count() == 1
    page = officer.get(reverse("voice_list"))
    assert [line[0].pk for line in page.context["lines"]] == [done.pk]
    officer.post(url("voice_move", done, "reopen"))
    done.refresh_from_db()
    assert done.status == "IN_REVIEW"
    # The first answer is none to what is missing.
    assert officer.post(url("voice_answer", done), {"answer": ""}).status_code == 422
    officer.post(url("voice_answer", done), {"answer": "Petugas datang hari Senin."})
    done.refresh_from_db()
    assert (done.status, done.answers.count()) == ("ANSWERED", 2)
    assert reopen(client, done).status_code == 422
    assert check_trail() == []


def test_officers_do_not_open_an_answered_report_by_themselves(officer, done):
    officer.post(url("voice_move", done, "reopen"))
    done.refresh_from_db()
    assert done.status == "ANSWERED"


def test_what_the_sender_calls_settled_stays_so(client, done):
    settle = reverse("voice_settle", args=[done.ticket])
    assert client.get(settle).status_code == 405
    client.post(settle)
    done.refresh_from_db()
    first = done.settled_at
    assert first
    client.post(settle)
    done.refresh_from_db()
    assert done.settled_at == first
    assert reopen(client, done).status_code == 422


def test_a_report_that_waits_is_neither_settled_nor_opened_again(client, kelurahan):
    row = received(kelurahan)
    client.post(reverse("voice_settle", args=[row.ticket]))
    assert reopen(client, row).status_code == 422
    row.refresh_from_db()
    assert row.settled_at is None


@pytest.mark.parametrize("text", ["", "NIK 3471041705800000", "a" * 4001])
def test_what_is_missing_is_told_in_words_without_numbers(client, done, text):
    answer = reopen(client, done, text)
    assert answer.status_code == 422
    assert 'id="id_text_error"' in answer.content.decode()


# --- what is no report ---------------------------------------------------------------------------
def test_what_is_no_report_is_set_aside_with_a_reason_and_can_be_brought_back(
    officer, client, kelurahan
):
    row = received(kelurahan)
    step = url("voice_move", row, "set_aside")
    assert officer.post(step, {"reason": " "}).status_code == 200
    row.refresh_from_db()
    assert row.status == "RECEIVED"
    officer.post(step, {"reason": "Iklan"})
    row.refresh_from_db()
    assert row.status == "SPAM"
    assert not Nomination.objects.open().exists()
    shown = page_text(client.get(reverse("voice_ticket", args=[row.ticket])))
    assert "Iklan" not in shown
    officer.post(url("voice_move", row, "bring_back"), {"reason": "Keliru"})
    assert Nomination.objects.open().count() == 1


def test_a_held_report_is_let_through_and_only_then_its_sender_hears_of_it(
    officer, client, kelurahan, staff
):
    client.logout()
    send(client, website="x", contact_email="tumi@contoh.id")
    client.force_login(staff)
    row = Submission.objects.get()
    officer.post(url("voice_move", row, "release"))
    row.refresh_from_db()
    assert row.status == "RECEIVED"
    assert OutgoingMail.objects.count() == 1
