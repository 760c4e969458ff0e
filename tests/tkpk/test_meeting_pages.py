"""Pages of meetings: who plans, what is refused at its field, and that nothing typed is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tkpk import meetings
from tkpk.models import Attendance, Document, Meeting
from tkpk.models.meeting import KEEPERS, READERS
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 daftar hadir"


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def staff(kelurahan):
    return factories.make_user("petugas", Role.STAFF, kelurahan)


@pytest.fixture
def officer(client, staff):
    client.force_login(staff)
    return client


def typed(kelurahan, **fields):
    return {
        "kind": "UJI_PUBLIK_1", "title": "Uji publik RW 03", "starts_at": "2026-12-01T19:30",
        "place": "Balai RW 03", "territory": kelurahan.pk, "version": "1", **fields,
    }  # fmt: skip


@pytest.fixture
def meeting(officer, kelurahan):
    officer.post(reverse("meeting_plan"), typed(kelurahan))
    return Meeting.objects.get()


@pytest.fixture
def under_way(meeting, staff):
    return meetings.open_meeting(meeting, by=staff)


def url(name, meeting, *more):
    return reverse(name, args=[meeting.pk, *more])


def test_an_officer_plans_a_meeting_and_gets_its_invitation(officer, meeting, staff):
    assert (meeting.status, meeting.created_by) == ("PLANNED", staff)
    text = officer.get(url("meeting_detail", meeting)).content.decode()
    assert "19.30 WIB" in text
    assert "https://wa.me/?text=Undangan" in text
    assert "js/share" in text


@pytest.mark.parametrize(
    "fields",
    [{"title": ""}, {"title": "3471041705800000"}, {"starts_at": "besok"}, {"kind": "PESTA"},
     {"place": "x" * 121}, {"territory": "0"}],
)  # fmt: skip
def test_a_mistake_in_the_plan_is_told_at_its_field(officer, kelurahan, fields):
    answer = officer.post(reverse("meeting_plan"), typed(kelurahan, **fields))
    assert answer.status_code == 422
    assert f'id="id_{next(iter(fields))}_error"' in answer.content.decode()
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("role", sorted(Role))
def test_meetings_are_kept_and_read_by_their_roles(client, officer, meeting, kelurahan, role):
    client.force_login(factories.make_user("lain", role, kelurahan))
    reads, keeps = role in READERS, role in KEEPERS
    assert client.get(reverse("meeting_list")).status_code == (200 if reads else 403)
    assert client.get(url("meeting_detail", meeting)).status_code == (200 if reads else 404)
    assert client.get(reverse("meeting_plan")).status_code == (200 if keeps else 403)
    answer = client.post(url("meeting_move", meeting, "open"))
    assert answer.status_code == (302 if keeps else (403 if reads else 404))


def test_a_stranger_of_another_kelurahan_finds_no_meeting(client, meeting):
    there = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    client.force_login(factories.make_user("tetangga", Role.STAFF, there))
    for name in ("meeting_detail", "meeting_edit", "meeting_notes"):
        assert client.get(url(name, meeting)).status_code == 404
    assert client.post(url("attendance_add", meeting), {}).status_code == 404


def test_buttons_answer_no_address(officer, under_way):
    for name in ("attendance_add", "attendance_scan"):
        assert officer.get(url(name, under_way)).status_code == 405
    assert officer.get(url("attendance_strike", under_way, 1)).status_code == 405


def test_names_are_written_down_and_struck_out(officer, under_way):
    data = {"name": "Bu Sri", "sex": "P", "role_words": "Ketua PKK", "territory": ""}
    assert officer.post(url("attendance_add", under_way), data).status_code == 302
    row = Attendance.objects.get()
    officer.post(url("attendance_strike", under_way, row.pk))
    row.refresh_from_db()
    assert row.struck_at
    assert "<del>Bu Sri</del>" in officer.get(url("meeting_detail", under_way)).content.decode()


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": "NIK 3471041705800000"}, {"sex": ""}, {"sex": "X"}]
)
def test_a_mistake_in_a_name_is_told_at_its_field(officer, under_way, fields):
    data = {"name": "Bu Sri", "sex": "P", "role_words": "", "territory": "", **fields}
    answer = officer.post(url("attendance_add", under_way), data)
    assert answer.status_code == 422
    assert f'id="id_{next(iter(fields))}_error"' in answer.content.decode()
    assert not Attendance.objects.exists()


def scan(data=PDF, **fields):
    file = SimpleUploadedFile("hadir.pdf", data)
    return {"scan": file, "listed_women": "7", "listed_men": "5", **fields}


def test_a_signed_list_is_kept_encrypted_and_read_by_those_of_the_meeting(
    officer, client, under_way, kelurahan
):
    assert officer.post(url("attendance_scan", under_way), scan()).status_code == 302
    document = Document.objects.get()
    page = officer.get(url("meeting_detail", under_way)).content.decode()
    assert "58%" in page
    got = officer.post(reverse("document_download", args=[document.pk]))
    assert got.content == PDF
    client.force_login(factories.make_user("rt", Role.RT_HEAD, factories.make_rt(kelurahan)))
    assert client.post(reverse("document_download", args=[document.pk])).status_code == 404


@pytest.mark.parametrize(
    "fields", [{"data": b"MZ program"}, {"listed_women": "-1"}, {"listed_men": "banyak"},
               {"listed_women": "0", "listed_men": "0"}],
)  # fmt: skip
def test_a_list_that_is_none_is_refused(officer, under_way, fields):
    answer = officer.post(url("attendance_scan", under_way), scan(**fields))
    assert answer.status_code == 422
    assert not Document.objects.exists()


def test_a_meeting_runs_from_plan_to_minutes_by_its_pages(officer, meeting):
    officer.post(url("meeting_move", meeting, "open"))
    early = officer.post(url("meeting_move", meeting, "close"))
    assert early.status_code == 422
    officer.post(url("attendance_scan", meeting), scan())
    meeting.refresh_from_db()
    notes = {"notes": "Tiga keluarga dihapus.", "version": meeting.version}
    assert officer.post(url("meeting_notes", meeting), notes).status_code == 302
    assert officer.post(url("meeting_move", meeting, "close")).status_code == 302
    meeting.refresh_from_db()
    assert meeting.minutes.startswith("01/BA/TKPK/")
    assert meeting.minutes in officer.get(reverse("meeting_list")).content.decode()
    late = officer.post(url("meeting_notes", meeting), {**notes, "version": meeting.version})
    assert late.status_code == 422


def test_who_edits_second_loses_nothing_and_is_told(officer, meeting, kelurahan):
    data = typed(kelurahan, place="Aula kelurahan", version=meeting.version)
    officer.post(url("meeting_edit", meeting), data)
    late = officer.post(url("meeting_edit", meeting), {**data, "place": "Pendopo"})
    assert late.status_code == 422
    assert "Pendopo" in late.content.decode()
    meeting.refresh_from_db()
    assert meeting.place == "Aula kelurahan"


def test_calling_a_meeting_off_asks_why(officer, meeting):
    step = url("meeting_move", meeting, "cancel")
    assert officer.post(step, {"reason": ""}).status_code == 422
    assert officer.post(step, {"reason": "Hujan lebat"}).status_code == 302
    assert officer.get(f"/kerja/rapat/{meeting.pk}/langkah/pesta/").status_code == 404


def test_lists_ask_as_often_whatever_their_length(officer, kelurahan, staff, under_way):
    costs = []
    for number in range(2):
        officer.post(reverse("meeting_plan"), typed(kelurahan, title=f"Rapat {number}"))
        meetings.add_attendance(
            Attendance(meeting=under_way, name="Bu Sri", sex="P", territory=kelurahan), by=staff
        )
        found = []
        for address in (reverse("meeting_list"), url("meeting_detail", under_way)):
            officer.get(address)
            with CaptureQueriesContext(connection) as queries:
                officer.get(address)
            found.append(len(queries))
        costs.append(found)
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 12
