"""Mail waits in a table, leaves through the worker, and leaves nothing secret behind."""

import datetime
import smtplib

import pytest
import time_machine
from django.core import mail
from django.core.mail import send_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.utils import timezone

from tkpk import outbox
from tkpk.models import OutgoingMail

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _through_the_outbox(settings):
    settings.EMAIL_BACKEND = "tkpk.outbox.OutboxBackend"
    settings.OUTBOX_CARRIER = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def broken(monkeypatch):
    def fail(self, *args, **kwargs):
        raise smtplib.SMTPRecipientsRefused({"warga@contoh.id": (550, b"unknown")})

    monkeypatch.setattr(EmailBackend, "send_messages", fail)


def post(to="warga@contoh.id", subject="Kata sandi baru", body="tautan-rahasia"):
    send_mail(subject, body, None, [to])


def test_mail_goes_to_the_table_one_row_a_person():
    send_mail("S", "isi", None, ["a@contoh.id", "b@contoh.id"])
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {"a@contoh.id", "b@contoh.id"}
    assert mail.outbox == []


def test_mail_of_a_rolled_back_act_is_never_sent():
    with transaction.atomic():
        post()
        transaction.set_rollback(True)
    assert outbox.send_waiting() == 0


def test_what_was_sent_is_emptied():
    post()
    assert outbox.send_waiting() == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.body) == (["warga@contoh.id"], "tautan-rahasia")
    row = OutgoingMail.objects.get()
    assert (row.body, row.attempts) == ("", 1)
    assert row.sent_at
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM tkpk_outgoingmail")
        assert cursor.fetchone() == ("",)
    assert outbox.send_waiting() == 0


def test_a_failure_raises_nothing_and_is_tried_again_after_longer_and_longer(broken):
    post()
    start, pauses = timezone.now(), []
    with time_machine.travel(start, tick=False) as clock:
        for _attempt in range(outbox.MAX_ATTEMPTS + 2):
            assert outbox.send_waiting() == 0
            row = OutgoingMail.objects.get()
            pauses.append((row.next_try_at - timezone.now()) / MINUTE)
            clock.move_to(max(row.next_try_at, timezone.now()))
    row = OutgoingMail.objects.get()
    assert pauses[: outbox.MAX_ATTEMPTS] == [2, 4, 8, 16, 32, 64, 128, 256]
    assert row.attempts == outbox.MAX_ATTEMPTS
    assert row.last_error == "SMTPRecipientsRefused"
    assert row.body == "tautan-rahasia"


def test_before_its_time_nothing_is_tried_again(broken):
    post()
    outbox.send_waiting()
    outbox.send_waiting()
    assert OutgoingMail.objects.get().attempts == 1


def test_one_bad_letter_does_not_hold_up_the_others():
    OutgoingMail.objects.create(to="a@contoh.id", subject="dua\nbaris", body="x")
    post()
    assert outbox.send_waiting() == 1
    bad = OutgoingMail.objects.get(to="a@contoh.id")
    assert (bad.last_error, bad.sent_at) == ("BadHeaderError", None)


def test_two_workers_do_not_send_the_same_letter_twice():
    post()
    mine, theirs = (OutgoingMail.objects.get() for _worker in range(2))
    assert outbox._claim(mine, timezone.now())
    assert not outbox._claim(theirs, timezone.now())


def test_sent_mail_goes_after_a_week():
    post()
    outbox.send_waiting()
    outbox.prune_sent(timezone.now() + datetime.timedelta(days=6))
    assert OutgoingMail.objects.exists()
    outbox.prune_sent(timezone.now() + datetime.timedelta(days=8))
    assert not OutgoingMail.objects.exists()
