"""Meetings: the table against the procedure, attendance, and the numbers of minutes."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests import factories
from tkpk import files, meetings
from tkpk.models import Attendance, Meeting, OfficeRule, TrailEntry
from tkpk.roles import Role
from tkpk.trail import check_trail
from tkpk.workflows.meetings import MEETING_FLOW

pytestmark = pytest.mark.django_db
KEEPERS = {"STAFF", "LURAH", "TKPK_CHAIR", "TKPK_SECRETARY"}
PROCEDURE = {
    "open": ({"PLANNED"}, "OPEN"),
    "close": ({"OPEN"}, "CLOSED"),
    "cancel": ({"PLANNED", "OPEN"}, "CANCELLED"),
    "correct": ({"CLOSED"}, "OPEN"),
}
NOVEMBER = datetime.datetime(2026, 11, 24, 12, 30, tzinfo=datetime.UTC)


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def staff(kelurahan):
    return factories.make_user("petugas", Role.STAFF, kelurahan)


@pytest.fixture
def meeting(kelurahan, staff):
    return make_meeting(kelurahan, staff)


def make_meeting(kelurahan, by, **fields):
    row = Meeting(
        kelurahan=kelurahan,
        territory=kelurahan,
        kind=fields.pop("kind", "UJI_PUBLIK_1"),
        title=fields.pop("title", "Uji publik tahap 1"),
        starts_at=timezone.now(),
        place="Balai RW 03",
        **fields,
    )
    return meetings.plan(row, by=by)


def come(meeting, by, *, women=0, men=0):
    for number in range(women + men):
        sex = "P" if number < women else "L"
        row = Attendance(meeting=meeting, name=f"Warga {number}", sex=sex)
        meetings.add_attendance(row, by=by)


def outcome(name, row, by):
    try:
        MEETING_FLOW.apply(name, row, by=by, reason="Menurut berita acara")
    except PermissionDenied:
        return "denied"
    except ValidationError as error:
        return error.code
    return "done"


def frozen(status):
    """The facts that the database asks of a status."""
    facts = {"status": status, "notes": "Disepakati"}
    if status in {"OPEN", "CLOSED"}:
        facts |= {"opened_at": NOVEMBER, "least_attendance": 0}
    if status == "CLOSED":
        facts |= {"closed_at": NOVEMBER, "minutes_year": 2026, "minutes_number": 1}
    return facts


def test_the_table_has_the_rows_of_the_procedure_and_no_other():
    assert set(MEETING_FLOW.moves) == set(PROCEDURE)


@pytest.mark.parametrize("role", sorted(Role))
@pytest.mark.parametrize("move", sorted(PROCEDURE))
def test_a_meeting_moves_as_the_procedure_says(kelurahan, staff, meeting, move, role):
    user = factories.make_user("pelaku", role, kelurahan)
    Meeting.objects.filter(pk=meeting.pk).update(listed_women=3)
    sources, target = PROCEDURE[move]
    for status in ("PLANNED", "OPEN", "CLOSED", "CANCELLED"):
        facts = frozen(status) | {"updated_by": staff}
        if move == "open":
            facts |= {"opened_at": NOVEMBER, "least_attendance": 0}
        if move == "close":
            facts |= {"closed_at": NOVEMBER, "minutes_year": 2026, "minutes_number": 1}
        Meeting.objects.filter(pk=meeting.pk).update(**facts)
        meeting.refresh_from_db()
        right = "done" if role in KEEPERS else "denied"
        assert outcome(move, meeting, user) == (right if status in sources else "not_open"), status
        stored = Meeting.objects.get(pk=meeting.pk).status
        assert stored == (target if status in sources and role in KEEPERS else status)


def test_a_meeting_of_the_team_is_kept_by_the_team(kelurahan, staff):
    secretary = factories.make_user("sekretaris", Role.TKPK_SECRETARY, kelurahan)
    with pytest.raises(PermissionDenied):
        make_meeting(kelurahan, staff, kind="DECISION")
    meeting = make_meeting(kelurahan, secretary, kind="DECISION")
    assert outcome("open", meeting, staff) == "denied"
    assert meetings.open_meeting(meeting, by=secretary).status == "OPEN"


def test_who_keeps_meetings_elsewhere_plans_none_here(kelurahan):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    stranger = factories.make_user("tetangga", Role.STAFF, other)
    with pytest.raises(PermissionDenied):
        make_meeting(kelurahan, stranger)


def test_how_many_must_come_is_frozen_when_the_meeting_opens(kelurahan, staff, meeting):
    rule = OfficeRule.objects.create(
        kelurahan=kelurahan, valid_from="2026-01-01", least_attendance=4,
        created_by=staff, updated_by=staff,
    )  # fmt: skip
    opened = meetings.open_meeting(meeting, by=staff)
    OfficeRule.objects.filter(pk=rule.pk).update(least_attendance=50)
    come(opened, staff, women=1, men=2)
    Meeting.objects.filter(pk=opened.pk).update(notes="Disepakati")
    with pytest.raises(ValidationError, match="3") as refused:
        meetings.close_meeting(opened, by=staff)
    assert refused.value.code == "too_few"
    come(opened, staff, women=1)
    assert meetings.close_meeting(opened, by=staff).status == "CLOSED"


def closed(kelurahan, staff, at=NOVEMBER, **fields):
    meeting = make_meeting(kelurahan, staff, kind="OTHER", notes="Disepakati", **fields)
    meeting = meetings.open_meeting(meeting, by=staff, at=at)
    come(meeting, staff, women=1)
    return meetings.close_meeting(meeting, by=staff, at=at)


def test_minutes_are_numbered_by_kelurahan_and_year_without_a_gap(kelurahan, staff):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    neighbour = factories.make_user("tetangga", Role.STAFF, other)
    first, second = closed(kelurahan, staff), closed(kelurahan, staff)
    assert [first.minutes, second.minutes] == ["01/BA/TKPK/XI/2026", "02/BA/TKPK/XI/2026"]
    assert closed(other, neighbour).minutes == "01/BA/TKPK/XI/2026"
    later = datetime.datetime(2027, 1, 5, 3, tzinfo=datetime.UTC)
    assert closed(kelurahan, staff, at=later).minutes == "01/BA/TKPK/I/2027"


def test_a_refused_closing_takes_no_number(kelurahan, staff):
    meeting = meetings.open_meeting(make_meeting(kelurahan, staff, kind="OTHER"), by=staff)
    with pytest.raises(ValidationError):
        meetings.close_meeting(meeting, by=staff)
    assert closed(kelurahan, staff).minutes_number == 1


def test_corrected_minutes_keep_their_number(kelurahan, staff):
    lurah = factories.make_user("lurah", Role.LURAH, kelurahan)
    meeting = closed(kelurahan, staff)
    assert outcome("correct", meeting, staff) == "denied", "who closed it does not open it again"
    opened = MEETING_FLOW.apply("correct", meeting, by=lurah, reason="Nama salah tulis")
    again = meetings.close_meeting(opened, by=staff, at=NOVEMBER)
    assert again.minutes == meeting.minutes


def test_attendance_is_counted_with_the_share_of_women(staff, meeting):
    assert meetings.attendance_of(meeting).women_share is None
    opened = meetings.open_meeting(meeting, by=staff)
    come(opened, staff, women=2, men=1)
    meetings.attach_list(opened, b"%PDF-1.7", kind="application/pdf", women=4, men=1, by=staff)
    count = meetings.attendance_of(Meeting.objects.get(pk=opened.pk))
    assert (count.total, count.women, count.men) == (8, 6, 2)
    assert count.women_share == Decimal("0.75")


def test_a_name_written_by_mistake_is_struck_out_and_stays_readable(staff, meeting):
    opened = meetings.open_meeting(meeting, by=staff)
    come(opened, staff, women=1, men=1)
    row = opened.attendances.first()
    meetings.strike_attendance(row, by=staff)
    meetings.strike_attendance(row, by=staff)
    assert meetings.attendance_of(opened).total == 1
    assert opened.attendances.count() == 2
    assert TrailEntry.objects.filter(move="strike_attendance").count() == 1


def test_the_list_is_written_while_the_meeting_is_open_and_at_no_other_time(staff, meeting):
    with pytest.raises(ValidationError):
        come(meeting, staff, women=1)
    meeting = meetings.open_meeting(meeting, by=staff)
    come(meeting, staff, women=1)
    with pytest.raises(ValidationError):
        meetings.add_attendance(
            Attendance(meeting=meeting, name="3471041708900000", sex="P"), by=staff
        )
    MEETING_FLOW.apply("cancel", meeting, by=staff, reason="Hujan")
    for act in (
        lambda: come(meeting, staff, women=1),
        lambda: meetings.strike_attendance(meeting.attendances.first(), by=staff),
        lambda: meetings.attach_list(
            meeting, b"%PDF-", kind="application/pdf", women=1, men=0, by=staff
        ),
    ):
        with pytest.raises(ValidationError):
            act()


def test_a_second_scan_replaces_the_bytes_of_the_first(staff, meeting, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    opened = meetings.open_meeting(meeting, by=staff)
    first = meetings.attach_list(
        opened, b"%PDF-satu", kind="application/pdf", women=1, men=0, by=staff
    )
    assert b"satu" not in (tmp_path / first.pk.hex).read_bytes()
    second = meetings.attach_list(
        opened, b"%PDF-dua", kind="application/pdf", women=1, men=0, by=staff
    )
    first.refresh_from_db()
    assert first.removed_at
    assert files.load(second) == b"%PDF-dua"


def test_the_invitation_names_title_time_and_place_and_no_person(staff, meeting):
    text = meetings.invitation(meeting)
    assert "Uji publik tahap 1" in text
    assert "Balai RW 03" in text
    assert "Kelurahan Tegalpanggung" in text
    assert staff.name not in text
    assert "tidak dibagikan" in text


def test_notes_lie_encrypted_and_what_was_written_down_is_sealed(staff, meeting):
    opened = meetings.open_meeting(meeting, by=staff)
    opened.notes = "Semua hadirin sepakat"
    meetings.change(opened, by=staff, expected_version=opened.version)
    with connection.cursor() as cursor:
        cursor.execute("SELECT notes FROM tkpk_meeting")
        assert "sepakat" not in cursor.fetchone()[0]
    come(opened, staff, women=1)
    assert check_trail() == []
    Meeting.objects.filter(pk=opened.pk).update(place="Lain")
    assert [found.what for found in check_trail()] != []


def test_the_database_refuses_minutes_without_a_number(meeting):
    for facts in ({"status": "CLOSED"}, {"status": "OPEN"}, {"kind": "PESTA"}, {"status": "X"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Meeting.objects.filter(pk=meeting.pk).update(**facts)
