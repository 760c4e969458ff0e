"""The way in for reports about families: it takes them and gives a ticket, and reads nothing.

Public views may import this module and nothing else of the registry. It never looks a family or a
person up, so no answer, no wording and no time taken can say whether somebody is known. Which
family is meant is found out later, by an officer.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from households.models import (
    Ground,
    Nomination,
    Objection,
    PoorList,
    PoorListStatus,
    RemovalWish,
)
from tkpk import formats, submissions
from tkpk.form_guard import Traces
from tkpk.models import SentKind, Submission, Territory, User

GROUNDS = Ground.choices
MISSED = Ground.MISSED
_MODELS: dict[str, Any] = {
    SentKind.NOMINATION: Nomination,
    SentKind.OBJECTION: Objection,
    SentKind.SELF_REMOVAL: RemovalWish,
}
RELATED: dict[str, str] = {
    SentKind.NOMINATION: "nomination",
    SentKind.OBJECTION: "objection",
    SentKind.SELF_REMOVAL: "removal_wish",
}


@dataclass(frozen=True)
class Subject:
    """The family that a report is about, as its sender described it."""

    name: str = ""
    address: str = ""
    territory: Territory | None = None
    nik: str = ""


@dataclass(frozen=True)
class Window:
    """Whether objections to the list can be sent in, and until or since when."""

    is_open: bool
    closes_on: datetime.date | None
    closed_on: datetime.date | None
    poor_list_id: int | None

    @property
    def refusal(self) -> str:
        """Why no objection is taken now, and what to do instead; "" while the window is open."""
        if self.is_open:
            return ""
        if self.closed_on:
            return _(
                "Objections were taken until %(day)s. Tell it at the counter of the kelurahan: an "
                "officer can still check the data, and next year's list takes objections again."
            ) % {"day": formats.date_long(self.closed_on, language=_language())}
        return _(
            "Objections are taken after the uji publik has read out this year's list. To name a "
            "family that is missing, use the nomination."
        )


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "id"


def objection_window(kelurahan: Territory) -> Window:
    """The window of the newest list that takes objections: its days, nothing of who is on it.

    Two years may overlap: a newer list whose days are over does not close an older one.
    """
    lists = PoorList.objects.filter(kelurahan=kelurahan, objection_closes_on__isnull=False)
    open_now = Q(
        status=PoorListStatus.OBJECTION_WINDOW, objection_closes_on__gte=timezone.localdate()
    )
    ranked = lists.annotate(takes=Case(When(open_now, then=1), default=0))
    found = ranked.order_by("-takes", "-year").only("status", "objection_closes_on").first()
    if found is None or found.objection_closes_on is None:
        return Window(is_open=False, closes_on=None, closed_on=None, poor_list_id=None)
    last = found.objection_closes_on
    taken = found.status == PoorListStatus.OBJECTION_WINDOW and timezone.localdate() <= last
    return Window(
        is_open=taken,
        closes_on=last if taken else None,
        # Sent to the city before its last day: closed all the same.
        closed_on=None if taken else min(last, timezone.localdate()),
        poor_list_id=found.pk if taken else None,
    )


def send(
    said: submissions.Incoming,
    subject: Subject,
    *,
    kelurahan: Territory,
    traces: Traces | None = None,
    by: User | None = None,
    **more: Any,
) -> Submission:
    """Take a report about a family; its ticket is the whole answer. Raises TooMany.

    `more` are fields of the kind's own row: `ground` and `poor_list_id` of an objection.
    """
    with transaction.atomic():
        submission, is_new = submissions.receive(said, kelurahan=kelurahan, traces=traces, by=by)
        if is_new:
            row = _MODELS[said.kind](
                submission=submission,
                kelurahan=kelurahan,
                subject_name=subject.name,
                subject_address=subject.address,
                territory=subject.territory,
                created_by=by,
                updated_by=by,
                **more,
            )
            row.set_nik(subject.nik)
            row.save(force_insert=True)
    return submission
