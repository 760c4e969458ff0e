"""Reports of residents for tests: as the browser sends them, and already received."""

import time

from django.core import signing
from django.urls import reverse

from households import intake
from households.models import Nomination, Objection, RemovalWish
from tkpk import form_guard
from tkpk.models import SentKind, Submission
from tkpk.submissions import Incoming
from tkpk.workflows.submissions import SUBMISSION_FLOW

TEXT = "Rumahnya bocor dan anaknya tiga, pekerjaan tidak tetap."
PAGES = {
    SentKind.NOMINATION: "nomination_send",
    SentKind.OBJECTION: "objection_send",
    SentKind.SELF_REMOVAL: "removal_send",
}
ROWS = {
    SentKind.NOMINATION: Nomination,
    SentKind.OBJECTION: Objection,
    SentKind.SELF_REMOVAL: RemovalWish,
}


def token(kind, *, age=60):
    """The hidden field of a page that was opened so many seconds ago."""
    said = {"k": str(kind), "n": f"n{time.monotonic_ns()}", "t": int(time.time()) - age}
    return signing.dumps(said, salt=form_guard.SALT)


def typed(kind=SentKind.NOMINATION, **fields):
    """What a resident typed, as the browser sends it."""
    data = {
        "subject_name": "Karto Wirono",
        "territory": "",
        "subject_address": "Gang Melati, rumah bercat hijau",
        "nik": "",
        "text": TEXT,
        "contact_name": "",
        "contact_phone": "",
        "contact_email": "",
        "consent": "on",
        "website": "",
        "lembar": token(kind),
        **fields,
    }
    if kind == SentKind.OBJECTION:
        data.setdefault("ground", "NOT_POOR")
    return data


def send(client, kind=SentKind.NOMINATION, **fields):
    return client.post(reverse(PAGES[kind]), typed(kind, **fields))


def received(kelurahan, kind=SentKind.NOMINATION, *, by=None, subject=None, **more):
    """A report that has come in; `by` for one that an officer wrote down."""
    said = Incoming(kind=kind, text=TEXT, contact={}, channel="COUNTER" if by else "PORTAL")
    return intake.send(
        said, subject or intake.Subject(name="Karto"), kelurahan=kelurahan, by=by, **more
    )


def taken_up(kelurahan, officer, kind=SentKind.NOMINATION, **more):
    row = received(kelurahan, kind, **more)
    return SUBMISSION_FLOW.apply("take_up", row, by=officer)


def only():
    return Submission.objects.get()
