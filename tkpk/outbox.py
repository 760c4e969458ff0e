"""Mail goes to a table in the transaction that causes it; the worker carries it from there."""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q
from django.utils import timezone

from tkpk.models import OutgoingMail

MAX_ATTEMPTS = 8
KEEP_SENT_DAYS = 7


class OutboxBackend(BaseEmailBackend):
    """Django's mail door: writes rows, opens no connection."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            OutgoingMail(to=to, subject=message.subject[:200], body=str(message.body))
            for message in email_messages
            for to in message.recipients()
        ]
        OutgoingMail.objects.bulk_create(rows)
        return len(email_messages)


def send_waiting() -> int:
    """Send what is due; a failure is tried again later, each time after a longer pause."""
    now = timezone.now()
    due = OutgoingMail.objects.filter(
        Q(next_try_at__isnull=True) | Q(next_try_at__lte=now),
        sent_at__isnull=True,
        attempts__lt=MAX_ATTEMPTS,
    ).order_by("pk")[:50]
    sent = 0
    for mail in due:
        if not _claim(mail, now):
            continue
        try:
            carrier = get_connection(settings.OUTBOX_CARRIER, timeout=15)
            EmailMessage(mail.subject, mail.body, None, [mail.to], connection=carrier).send()
        # smtplib's errors are OSErrors, an address that no header can hold is a ValueError; their
        # texts may hold addresses.
        except (OSError, ValueError) as error:
            mail.last_error = type(error).__name__
        else:
            mail.sent_at, mail.last_error, mail.body = timezone.now(), "", ""
            sent += 1
        mail.save(update_fields=["sent_at", "last_error", "body"])
    return sent


def _claim(mail: OutgoingMail, now: datetime.datetime) -> bool:
    """Count the attempt before it is made: a worker killed in between must not send for ever.

    False when another worker was first.
    """
    return bool(
        OutgoingMail.objects.filter(
            pk=mail.pk, attempts=mail.attempts, sent_at__isnull=True
        ).update(
            attempts=mail.attempts + 1,
            next_try_at=now + datetime.timedelta(minutes=2 ** (mail.attempts + 1)),
        )
    )


def prune_sent(now: datetime.datetime) -> None:
    """Drop sent mail after a week."""
    OutgoingMail.objects.filter(sent_at__lt=now - datetime.timedelta(days=KEEP_SENT_DAYS)).delete()
