"""The way of a meeting: planned, opened, closed with numbered minutes."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tkpk.models import Meeting, MeetingStatus, User
from tkpk.models.meeting import KEEPERS, OF_THE_TEAM
from tkpk.rights import mandates
from tkpk.roles import TKPK_ROLES
from tkpk.workflow import Move, Workflow

S = MeetingStatus


def not_of_the_team(meeting: Meeting, user: User) -> list[str]:
    """A meeting of the team is opened and closed by its own chair or secretary."""
    if meeting.kind not in OF_THE_TEAM:
        return []
    code = meeting.kelurahan.code
    if any(m.role in TKPK_ROLES and m.territory.covers(code) for m in mandates(user)):
        return []
    return [str(_("A meeting of the team is kept by its chair or secretary."))]


def attendance_counts(meeting: Meeting) -> tuple[int, int]:
    """Women and men: those typed in and those on the signed list."""
    typed = list(meeting.attendances.standing().values_list("sex", flat=True))
    return (
        typed.count("P") + meeting.listed_women,
        typed.count("L") + meeting.listed_men,
    )


def _enough_came(meeting: Meeting) -> None:
    came, needed = sum(attendance_counts(meeting)), meeting.least_attendance or 0
    if came < max(needed, 1):
        raise ValidationError(
            _("%(came)d of the %(needed)d persons needed are on the attendance list."),
            code="too_few",
            params={"came": came, "needed": max(needed, 1)},
        )


def _notes_are_there(meeting: Meeting) -> None:
    _enough_came(meeting)
    if not meeting.notes.strip():
        raise ValidationError(_("Write down what was agreed first."), code="no_notes")


MEETING_FLOW = Workflow(
    process="meeting",
    title=_("Meeting"),
    model=Meeting,
    moves={
        "open": Move(
            _("Open the meeting"),
            {S.PLANNED},
            S.OPEN,
            KEEPERS,
            warning=_("From then on the number of persons needed stays as it is."),
        ),
        "close": Move(
            _("Close the meeting"),
            {S.OPEN},
            S.CLOSED,
            KEEPERS,
            guard=_notes_are_there,
            warning=_("The minutes get their number; attendance and notes stay as they are."),
        ),
        "cancel": Move(
            _("Call the meeting off"), {S.PLANNED, S.OPEN}, S.CANCELLED, KEEPERS, needs_reason=True
        ),
        "correct": Move(
            _("Open again to correct"),
            {S.CLOSED},
            S.OPEN,
            KEEPERS,
            needs_reason=True,
            four_eyes=True,
            warning=_("The minutes keep their number. Both versions stay in the history."),
        ),
    },
    conflicts=not_of_the_team,
    sealed_fields=(
        "kelurahan_id",
        "kind",
        "title",
        "starts_at",
        "place",
        "territory_id",
        "status",
        "least_attendance",
        "listed_women",
        "listed_men",
        "attendance_scan_id",
        "minutes_year",
        "minutes_number",
    ),
    duties=frozenset({"open", "close"}),
    # Who closed it, so that another person opens it again.
    makers=lambda meeting: {meeting.updated_by_id},
)
