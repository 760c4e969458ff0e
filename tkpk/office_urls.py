"""The office's own work: reports of residents and meetings."""

from django.urls import path

from tkpk import slugs  # noqa: F401 - the converters of the words in these addresses
from tkpk.views import meetings, voices

VOICE = "suara/<int:pk>/"
MEETING = "rapat/<int:pk>/"

urlpatterns = [
    path("suara/", voices.voice_list, name="voice_list"),
    path("suara/cari/", voices.voice_find, name="voice_find"),
    path(VOICE, voices.voice_detail, name="voice_detail"),
    path(f"{VOICE}jawab/", voices.voice_answer, name="voice_answer"),
    path(f"{VOICE}tanda-terima/", voices.voice_receipt, name="voice_receipt"),
    path(f"{VOICE}langkah/<voice_step:voice_step>/", voices.voice_move, name="voice_move"),
    path("rapat/", meetings.meeting_list, name="meeting_list"),
    path("rapat/baru/", meetings.meeting_plan, name="meeting_plan"),
    path(MEETING, meetings.meeting_detail, name="meeting_detail"),
    path(f"{MEETING}ubah/", meetings.meeting_edit, name="meeting_edit"),
    path(f"{MEETING}catatan/", meetings.meeting_notes, name="meeting_notes"),
    path(f"{MEETING}hadir/", meetings.attendance_add, name="attendance_add"),
    path(
        f"{MEETING}hadir/<int:attendance_pk>/coret/",
        meetings.attendance_strike,
        name="attendance_strike",
    ),
    path(f"{MEETING}daftar-hadir/", meetings.attendance_scan, name="attendance_scan"),
    path(
        f"{MEETING}langkah/<meeting_step:meeting_step>/", meetings.meeting_move, name="meeting_move"
    ),
]
