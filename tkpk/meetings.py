"""Meetings: planning, inviting, attendance, closing with the number of the minutes."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tkpk import files, formats, rights
from tkpk.models import (
    Attendance,
    Document,
    Mandate,
    Meeting,
    MeetingStatus,
    MinutesCounter,
    OfficeRule,
    Territory,
    User,
)
from tkpk.models.meeting import KEEPERS, PUBLIC_REVIEWS
from tkpk.models.tracked import save_edit
from tkpk.workflows.meetings import MEETING_FLOW, attendance_counts


@dataclass(frozen=True)
class Count:
    """Who attended, counted; `women_share` is 0–1, None while nobody is on the list."""

    total: int
    women: int
    men: int
    women_share: Decimal | None


def attendance_of(meeting: Meeting) -> Count:
    """Those typed in and those on the signed list together."""
    women, men = attendance_counts(meeting)
    total = women + men
    return Count(total, women, men, Decimal(women) / total if total else None)


# --- rights ----------------------------------------------------------------------------------
def keeper_mandate(user: User, meeting: Meeting) -> Mandate | None:
    """The mandate by which this person keeps the meeting's list and notes, if any."""
    if MEETING_FLOW.conflicts(meeting, user):
        return None
    code = meeting.kelurahan.code
    held = (m for m in rights.mandates(user) if m.role in KEEPERS and m.territory.covers(code))
    return next(held, None)


def _require(meeting: Meeting, user: User, *statuses: str) -> Mandate:
    rights.fresh_mandates(user)
    mandate = keeper_mandate(user, meeting)
    if mandate is None:
        raise PermissionDenied(_("Meetings are kept by the office and the team's secretary."))
    if meeting.status not in statuses:
        words = {"status": meeting.get_status_display()}
        raise ValidationError(
            _("Not any more: the status is now “%(status)s”.") % words, code="not_open"
        )
    return mandate


# --- planning --------------------------------------------------------------------------------
def plan(meeting: Meeting, *, by: User) -> Meeting:
    """Save a new meeting. Raises PermissionDenied for who keeps none there."""
    meeting.created_by = meeting.updated_by = by
    mandate = _require(meeting, by, MeetingStatus.PLANNED)
    with transaction.atomic():
        meeting.save(force_insert=True)
        MEETING_FLOW.note(meeting, "plan", by=by, mandate=mandate)
    return meeting


def change(meeting: Meeting, *, by: User, expected_version: int) -> Meeting:
    """Save an edit of plan or notes. Raises StaleRow, PermissionDenied or ValidationError."""
    mandate = _require(meeting, by, MeetingStatus.PLANNED, MeetingStatus.OPEN)
    with transaction.atomic():
        saved = save_edit(meeting, by=by, expected_version=expected_version)
        MEETING_FLOW.note(saved, "change", by=by, mandate=mandate)
    return saved


def invitation(meeting: Meeting) -> str:
    """The text to send round: title, time, place; no name of a person, whatever the meeting."""
    with translation.override("id"):
        lines = [
            f"Undangan: {meeting.title}",
            "",
            f"Wilayah: {meeting.territory.full_name}, Kelurahan {meeting.kelurahan.name}",
            f"Waktu: {formats.moment(meeting.starts_at)}",
            f"Tempat: {meeting.place}",
        ]
        if meeting.kind in PUBLIC_REVIEWS:
            lines += ["", "Daftar nama hanya dibacakan di tempat rapat dan tidak dibagikan."]
        lines += ["", "Mohon hadir tepat waktu. Terima kasih."]
    return "\n".join(lines)


# --- attendance ------------------------------------------------------------------------------
def add_attendance(row: Attendance, *, by: User) -> Attendance:
    """Write one person onto the list of an open meeting."""
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=row.meeting_id)
        mandate = _require(meeting, by, MeetingStatus.OPEN)
        row.meeting, row.created_by = meeting, by
        row.present_at = row.present_at or timezone.now()
        row.full_clean(exclude=["created_by"], validate_constraints=True)
        row.save(force_insert=True)
        MEETING_FLOW.note(meeting, "add_attendance", by=by, mandate=mandate)
    return row


def strike_attendance(row: Attendance, *, by: User) -> Attendance:
    """Strike a mistake out; the line stays readable."""
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=row.meeting_id)
        mandate = _require(meeting, by, MeetingStatus.OPEN)
        row = Attendance.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if row.struck_at is None:
            row.struck_at, row.struck_by = timezone.now(), by
            row.save(update_fields=["struck_at", "struck_by"])
            MEETING_FLOW.note(meeting, "strike_attendance", by=by, mandate=mandate)
    return row


def attach_list(
    meeting: Meeting, data: bytes, *, kind: str, women: int, men: int, by: User
) -> Document:
    """Keep the scan of the signed list and how many stand on it; an earlier scan's bytes go.

    Those typed in by name are not counted again: the numbers are of who stands only on paper.
    """
    with transaction.atomic():
        locked = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
        mandate = _require(locked, by, MeetingStatus.OPEN)
        former = locked.attendance_scan
        locked.attendance_scan = files.store(
            data,
            name=f"daftar-hadir-{locked.pk}.{kind.rsplit('/', 1)[-1]}",
            content_type=kind,
            kelurahan=locked.kelurahan,
            by=by,
        )
        locked.listed_women, locked.listed_men = women, men
        locked.version += 1
        locked.updated_by = by
        locked.save()
        MEETING_FLOW.note(locked, "attach_list", by=by, mandate=mandate)
        if former:
            files.remove(former)
    return locked.attendance_scan


# --- the moves -------------------------------------------------------------------------------
def open_meeting(meeting: Meeting, *, by: User, at: datetime.datetime | None = None) -> Meeting:
    """Open it; how many persons it needs is frozen by the terms of that day."""
    moment = at or timezone.now()
    rule = OfficeRule.on(timezone.localdate(moment), meeting.kelurahan)
    least = rule.least_attendance if meeting.kind in PUBLIC_REVIEWS else 0
    changes = {"opened_at": moment, "least_attendance": least}
    return MEETING_FLOW.apply("open", meeting, by=by, at=at, changes=changes)


def close_meeting(meeting: Meeting, *, by: User, at: datetime.datetime | None = None) -> Meeting:
    """Close it; its minutes get the next number of the year, once and for good."""
    moment = at or timezone.now()
    with transaction.atomic():
        changes: dict[str, object] = {"closed_at": moment}
        if meeting.minutes_number is None:
            year = timezone.localtime(moment).year
            changes |= {
                "minutes_year": year,
                "minutes_number": _next_number(meeting.kelurahan, year),
                "minutes_code": OfficeRule.on(
                    timezone.localdate(moment), meeting.kelurahan
                ).minutes_code,
            }
        return MEETING_FLOW.apply("close", meeting, by=by, at=at, changes=changes)


def _next_number(kelurahan: Territory, year: int) -> int:
    """Given in the transaction that closes the meeting: a refused closing leaves no gap."""
    MinutesCounter.objects.get_or_create(kelurahan=kelurahan, year=year)
    row = MinutesCounter.objects.select_for_update().get(kelurahan=kelurahan, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
