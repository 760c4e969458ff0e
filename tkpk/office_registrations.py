"""What reports of residents and meetings register."""

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tkpk import forgetting, holidays  # noqa: F401 - the first registers its daily job
from tkpk.models import Document, Mandate, Meeting, Submission, Territory, User
from tkpk.models.meeting import KEEPERS
from tkpk.models.meeting import READERS as MEETING_READERS
from tkpk.models.submission import READERS as VOICE_READERS
from tkpk.registry import MenuItem, PublicLink, SearchHit, register_workflow, registry
from tkpk.rights import mandates, scopes
from tkpk.tickets import normalise
from tkpk.workflows.meetings import MEETING_FLOW
from tkpk.workflows.submissions import REOPENING_FLOW, SUBMISSION_FLOW

register_workflow(SUBMISSION_FLOW, url=lambda row: reverse("voice_detail", args=[row.pk]))
register_workflow(
    REOPENING_FLOW, url=lambda again: reverse("voice_detail", args=[again.submission_id])
)
register_workflow(MEETING_FLOW, url=lambda meeting: reverse("meeting_detail", args=[meeting.pk]))

registry.public_menu.append(
    PublicLink(_("Residents' voices"), "voices_home", "megaphone", order=60)
)
registry.menu += [
    MenuItem(
        _("Residents' voices"),
        "voice_list",
        "megaphone",
        lambda user: bool(scopes(user, VOICE_READERS)),
        order=50,
    ),
    MenuItem(
        _("Meetings"),
        "meeting_list",
        "calendar3",
        lambda user: bool(scopes(user, MEETING_READERS)),
        order=60,
    ),
]
registry.act_words |= {
    (SUBMISSION_FLOW.process, "record"): (SUBMISSION_FLOW.title, _("Written down for a resident")),
    (SUBMISSION_FLOW.process, "receipt"): (SUBMISSION_FLOW.title, _("Receipt printed")),
    (MEETING_FLOW.process, "plan"): (MEETING_FLOW.title, _("Meeting planned")),
    (MEETING_FLOW.process, "change"): (MEETING_FLOW.title, _("Plan or notes changed")),
    (MEETING_FLOW.process, "add_attendance"): (MEETING_FLOW.title, _("Attendance written down")),
    (MEETING_FLOW.process, "strike_attendance"): (MEETING_FLOW.title, _("Attendance struck out")),
    (MEETING_FLOW.process, "attach_list"): (MEETING_FLOW.title, _("Signed list kept")),
}


def list_reader(user: User, document: Document) -> Mandate | None:
    """The scan of an attendance list goes to those who keep the meetings there."""
    meeting = Meeting.objects.visible_to(user).filter(attendance_scan=document).first()
    if meeting is None:
        return None
    code = meeting.kelurahan.code
    held = (m for m in mandates(user) if m.role in KEEPERS and m.territory.covers(code))
    return next(held, None)


registry.document_readers.append(list_reader)


def search_tickets(user: User, text: str) -> Any:
    """A report by its ticket."""
    if code := normalise(text):
        for row in Submission.objects.visible_to(user).filter(ticket=code):
            url = reverse("voice_detail", args=[row.pk])
            yield SearchHit(title=row.ticket, url=url, note=row.get_kind_display())


registry.search_sources["voices"] = search_tickets


def prepare_calendar(kelurahan: Territory, by: User) -> None:
    """A new kelurahan begins with the national days off."""
    holidays.prepare(kelurahan, by)


registry.on_kelurahan_created.append(prepare_calendar)
post_migrate.connect(holidays.ensure, sender=apps.get_app_config("tkpk"))
