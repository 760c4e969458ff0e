"""Reports of residents and meetings of the demo, replayed through the doors of real ones."""

import csv
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from households import intake
from households.models import Household
from households.voices import area, matching
from tkpk import form_guard, meetings, submissions
from tkpk.models import Attendance, Meeting, Submission, Territory, User
from tkpk.workflows.submissions import SUBMISSION_FLOW

HEAD = 1  # relation of the head of family


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


@transaction.atomic
def send_voices(kelurahan: Territory, *, file: Path, by: User) -> None:
    """Send the reports of the file; `by` is the officer who handles them."""
    if Submission.objects.filter(kelurahan=kelurahan).exists():
        return
    for row in _rows(file):
        family = None
        if row["no_kk"]:
            family = Household.objects.with_kk(row["no_kk"]).get(kelurahan=kelurahan)
        _handle(_sent(row, kelurahan, family), row, family, by=by)


def _sent(row: dict[str, str], kelurahan: Territory, family: Household | None) -> Submission:
    sender = User.objects.filter(username=row["by"]).first()
    if row["channel"] == "RT_RW" and sender is not None:
        data = {"kind": row["kind"], "household": family, "text": row["text"]}
        return area.report(data, by=sender)
    said = submissions.Incoming(
        kind=row["kind"], text=row["text"], contact={}, channel=row["channel"]
    )
    subject = intake.Subject()
    if family is not None:
        name = family.members.get(relation=HEAD).name
        subject = intake.Subject(name=name, address=family.address, territory=family.territory)
    # Only what came through the public form can have fallen into its trap.
    traces = form_guard.Traces(trapped=row["decision"] == "hold") if sender is None else None
    more: dict[str, Any] = {}
    if row["kind"] == "OBJECTION":
        window = intake.objection_window(kelurahan)
        more = {"ground": row["ground"], "poor_list_id": window.poor_list_id}
    return intake.send(said, subject, kelurahan=kelurahan, traces=traces, by=sender, **more)


def _handle(
    submission: Submission, row: dict[str, str], family: Household | None, *, by: User
) -> None:
    if row["decision"] in {"", "hold"} or family is None:
        return
    taken = SUBMISSION_FLOW.apply("take_up", submission, by=by)
    report = matching.match(matching.report_of(taken), family, by=by)
    if row["decision"] != "match":
        decides = User.objects.get(username="lurah") if row["kind"] == "OBJECTION" else by
        matching.decide(report, row["decision"], by=decides, reason=row["reason"])
    if row["answer"]:
        submissions.answer(taken, by=by, text=row["answer"])


@transaction.atomic
def hold_meetings(kelurahan: Territory, *, file: Path) -> None:
    """Plan the meetings of the file; those of the past are held and closed."""
    if Meeting.objects.filter(kelurahan=kelurahan).exists():
        return
    for row in _rows(file):
        by = User.objects.get(username=row["by"])
        day = timezone.localdate() + datetime.timedelta(days=int(row["days"]))
        evening = datetime.time(19, 30)
        starts_at = timezone.make_aware(datetime.datetime.combine(day, evening))
        facts: dict[str, Any] = {name: row[name] for name in ("kind", "title", "place", "notes")}
        meeting = Meeting(kelurahan=kelurahan, territory=kelurahan, starts_at=starts_at, **facts)
        meeting = meetings.plan(meeting, by=by)
        if row["women"]:
            _hold(meeting, int(row["women"]), int(row["men"]), by=by)


def _hold(meeting: Meeting, women: int, men: int, *, by: User) -> None:
    opened = meetings.open_meeting(meeting, by=by, at=meeting.starts_at)
    for number in range(women + men):
        person = Attendance(
            meeting=opened,
            name=f"Peserta contoh {number + 1}",
            sex="P" if number < women else "L",
            present_at=meeting.starts_at,
        )
        meetings.add_attendance(person, by=by)
    meetings.close_meeting(opened, by=by, at=meeting.starts_at + datetime.timedelta(hours=2))
