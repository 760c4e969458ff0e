"""What residents wrote is forgotten when the time that the office set is over."""

import datetime

from django.db import transaction
from django.utils import timezone

from tkpk.jobs import daily
from tkpk.models import (
    OfficeRule,
    Reopening,
    ReopeningStatus,
    Submission,
    SubmissionStatus,
    Territory,
)
from tkpk.registry import registry
from tkpk.submissions import CONTACTS

KEEP_MARKS = datetime.timedelta(days=2)


def erase(row: Submission) -> None:
    """Remove what the sender wrote; ticket, kind and answer stay."""
    blank = dict.fromkeys(("text", *CONTACTS, "form_mark", "content_mark", "sender_mark"), "")
    with transaction.atomic():
        Submission.objects.filter(pk=row.pk).update(**blank, erased_at=timezone.now())
        Reopening.objects.filter(submission=row).update(text="")
        if door := registry.voice_doors.get(row.kind):
            door.erase(row)


@daily("voices")
def forget(now: datetime.datetime) -> None:
    """Drop marks after two days, and texts when the time that the office set is over."""
    old = Submission.objects.filter(created_at__lt=now - KEEP_MARKS).exclude(
        sender_mark="", content_mark=""
    )
    old.update(sender_mark="", content_mark="")
    kept = Submission.objects.filter(erased_at__isnull=True)
    for kelurahan in Territory.objects.served():
        rule = OfficeRule.on(timezone.localdate(now), kelurahan)
        spam = kept.filter(
            kelurahan=kelurahan,
            status=SubmissionStatus.SPAM,
            updated_at__lt=now - datetime.timedelta(days=rule.spam_days),
        )
        answered = kept.filter(
            kelurahan=kelurahan,
            status=SubmissionStatus.ANSWERED,
            answered_at__lt=now - datetime.timedelta(days=rule.contact_days),
        )
        for row in [*spam, *answered.exclude(reopening__status=ReopeningStatus.WAITING)]:
            erase(row)
