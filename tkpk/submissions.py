"""Reports of residents: receiving, answering, opening again.

Nothing here says whether a person is known: a report is taken as it is, and a ticket is given.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tkpk import form_guard, tickets, working_days
from tkpk.models import (
    Channel,
    OfficeRule,
    OutgoingMail,
    Reopening,
    ReopeningStatus,
    Submission,
    SubmissionAnswer,
    SubmissionStatus,
    Territory,
    User,
)
from tkpk.registry import registry
from tkpk.workflows.submissions import REOPENING_FLOW, SUBMISSION_FLOW

MAILS_A_DAY = 5
LONGEST_TEXT = 4000
CONTACTS = ("contact_name", "contact_phone", "contact_email")


@dataclass(frozen=True)
class Incoming:
    """What a resident says, checked in form only."""

    kind: str
    text: str
    contact: Mapping[str, str]
    channel: str = Channel.PORTAL
    language: str = "id"


# --- receiving -------------------------------------------------------------------------------
def due_on(kelurahan: Territory, day: datetime.date) -> datetime.date:
    """By when a report of that day has to be answered."""
    return working_days.add(day, OfficeRule.on(day, kelurahan).answer_days, kelurahan)


def receive(
    said: Incoming,
    *,
    kelurahan: Territory,
    traces: form_guard.Traces | None = None,
    by: User | None = None,
) -> tuple[Submission, bool]:
    """Take a report; the same form sent twice gives the row of the first time.

    Returns the row and whether it is new. `traces` come with a public form, `by` with an officer
    who writes down what somebody said. Raises form_guard.TooMany. Call it in a transaction.
    """
    marks = traces or form_guard.Traces()
    if found := _same_form(marks):
        return found, False
    held = form_guard.held_for(marks) if traces else ""
    today = timezone.localdate()
    row = Submission(
        kelurahan=kelurahan,
        kind=said.kind,
        ticket=tickets.make(),
        channel=said.channel,
        text=said.text,
        consented_at=timezone.now(),
        language=said.language,
        status=SubmissionStatus.HELD if held else SubmissionStatus.RECEIVED,
        held_for=held,
        due_on=due_on(kelurahan, today),
        form_mark=marks.form_mark,
        content_mark=marks.content_mark,
        sender_mark=marks.sender_mark,
        created_by=by,
        updated_by=by,
        **{name: said.contact.get(name, "") for name in CONTACTS},
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # The second press of a button, at the same moment on another line.
        if found := _same_form(marks):
            return found, False
        raise
    if by is not None:
        note_act(row, by=by, move="record")
    if not held:
        tell_sender(row)
    return row, True


def _same_form(marks: form_guard.Traces) -> Submission | None:
    if not marks.form_mark:
        return None
    return Submission.objects.filter(form_mark=marks.form_mark).first()


def note_act(row: Submission, *, by: User, move: str) -> None:
    """Note an act that is no move, in its own transaction."""
    SUBMISSION_FLOW.note(row, move, by=by)


# --- telling the sender ----------------------------------------------------------------------
def ticket_url(row: Submission) -> str:
    """The address of the ticket's page, as it stands on papers and in mails."""
    with translation.override(row.language):
        return f"{settings.PUBLIC_URL}{reverse('voice_ticket', args=[row.ticket])}"


def _has_many_mails(address: str) -> bool:
    """Whether the address got so many today that more would only annoy: it may be a stranger's."""
    since = timezone.now() - datetime.timedelta(days=1)
    return OutgoingMail.objects.filter(to=address, created_at__gte=since).count() >= MAILS_A_DAY


def tell_sender(row: Submission) -> None:
    """A mail, if an address was given: the code and where to look, nothing of the matter."""
    if not row.contact_email or _has_many_mails(row.contact_email):
        return
    with translation.override(row.language):
        body = _(
            "There is news about your report %(ticket)s.\n\nOpen this page to read it:\n"
            "%(url)s\n\nThis mail was sent by the portal; please do not answer it."
        ) % {"ticket": row.ticket, "url": ticket_url(row)}
        send_mail(row.ticket, body, None, [row.contact_email])


# --- answering -------------------------------------------------------------------------------
def refuse_names(text: str, kelurahan: Territory) -> None:
    """Raise ValidationError for `answer` when the text names a listed person or a number."""
    found = [words for check in registry.text_findings for words in check(text, kelurahan)]
    if found:
        raise ValidationError({"answer": found}, code="names_somebody")


def answer(
    row: Submission,
    *,
    by: User,
    text: str,
    forwarded_to: str = "",
    forwarded_number: str = "",
) -> Submission:
    """Answer a report, here or by forwarding it. Raises as `Workflow.apply` does."""
    text = text.strip()
    if not text:
        raise ValidationError({"answer": _("Write the answer to the sender.")}, code="no_answer")
    refuse_names(f"{text}\n{forwarded_to}\n{forwarded_number}", row.kelurahan)
    with transaction.atomic():
        SubmissionAnswer.objects.create(submission=row, text=text, created_by=by)
        changes: dict[str, Any] = {
            "answered_at": timezone.now(),
            "forwarded_to": forwarded_to,
            "forwarded_number": forwarded_number,
        }
        name = "forward" if forwarded_to else "answer"
        done = SUBMISSION_FLOW.apply(name, row, by=by, changes=changes)
        tell_sender(done)
    return done


def release(row: Submission, *, by: User) -> Submission:
    """Let a held report through; now its sender hears of it."""
    with transaction.atomic():
        done = SUBMISSION_FLOW.apply("release", row, by=by)
        tell_sender(done)
    return done


# --- what the sender does under the ticket ---------------------------------------------------
def settle(row: Submission) -> None:
    """The sender says that the matter is settled."""
    Submission.objects.filter(
        pk=row.pk, status=SubmissionStatus.ANSWERED, settled_at__isnull=True
    ).update(settled_at=timezone.now())


def may_reopen(row: Submission) -> bool:
    """Once, after an answer, unless the sender called it settled."""
    answered = row.status == SubmissionStatus.ANSWERED and row.settled_at is None
    return answered and not Reopening.objects.filter(submission=row).exists()


def reopen(row: Submission, *, text: str) -> Reopening:
    """The sender opens the matter again. Raises ValidationError when that is not possible."""
    with transaction.atomic():
        locked = Submission.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if not may_reopen(locked):
            raise ValidationError(_("This report cannot be opened again."), code="not_open")
        return Reopening.objects.create(
            kelurahan=locked.kelurahan,
            submission=locked,
            text=text,
            status=ReopeningStatus.WAITING,
            due_on=due_on(locked.kelurahan, timezone.localdate()),
        )


def take_up_again(row: Submission, *, by: User) -> Submission:
    """An officer takes up what its sender opened again; the new day to answer by holds."""
    with transaction.atomic():
        again = Reopening.objects.filter(submission=row).first()
        if again is None:
            raise ValidationError(
                _("Only the sender opens an answered report again."), code="not_reopened"
            )
        again = REOPENING_FLOW.apply("take_up", again, by=by)
        return SUBMISSION_FLOW.apply("reopen", row, by=by, changes={"due_on": again.due_on})


# --- how late --------------------------------------------------------------------------------
def time_left(day: datetime.date, off: frozenset[datetime.date]) -> str:
    """How much time is left to answer, in words."""
    left = working_days.between(timezone.localdate(), day, off)
    if left < 0:
        return ngettext("%(n)d working day late", "%(n)d working days late", -left) % {"n": -left}
    if left == 0 and day >= timezone.localdate():
        return _("due today")
    return ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}
