"""Lists that are sent, the answers that come back, and what is left."""

import datetime
import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from households.exporting import answers as answering
from households.exporting import submissions
from households.exporting.answer_columns import AnswerColumns, suggest
from households.imports.reading import Sheet
from households.imports.unreadable import UnreadableFile
from households.models import (
    Answer,
    AnswerFile,
    Household,
    SubmissionItem,
)
from households.registrations.excel import forget_answers
from households.workflows.submissions import ANSWER_FLOW, SUBMISSION_FLOW
from tests import factories
from tests.households.sending import answers_of, brought, sheet
from tkpk import files
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TODAY = datetime.date(2026, 11, 2)


# --- drawing up and sending ------------------------------------------------------------------
def test_a_list_by_persons_has_everybody_who_lives_there_once(drawn_up, staff, household):
    assert drawn_up.items.count() == 2
    assert submissions.add_rows(drawn_up, Household.objects.all(), by=staff) == 0


def test_a_list_by_families_has_the_families(layouts, kelurahan, staff, household):
    submission = submissions.create_submission(
        name="Undangan", kind="PROPOSAL", layout=layouts["daftar-hadir"], kelurahan=kelurahan,
        by=staff,
    )  # fmt: skip
    submissions.add_rows(submission, Household.objects.all(), by=staff)
    item = submission.items.get()
    assert (item.household, item.member) == (household, None)
    assert submissions.send(submission, by=staff, sent_on=TODAY).status == "SENT"
    item.refresh_from_db()
    assert item.kk_number == household.kk_number


def test_what_was_sent_stays_as_it_was_sent(sent, household, head):
    before = head.nik
    head.set_name("Nama Baru")
    head.set_nik(factories.make_nik())
    head.save()
    content = b"".join(submissions.submission_workbook(sent, sent.items.all(), numbers=True))
    rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    values = {cell.value for row in rows.iter_rows() for cell in row}
    assert before in values
    assert "Nama Baru" not in values
    hidden = b"".join(submissions.submission_workbook(sent, sent.items.all(), numbers=False))
    rows = openpyxl.load_workbook(io.BytesIO(hidden)).worksheets[0]
    assert before not in {cell.value for row in rows.iter_rows() for cell in row}


def test_rows_are_taken_off_a_draft_only(drawn_up, staff):
    item = drawn_up.items.first()
    assert submissions.remove_rows(drawn_up, [item.pk], by=staff) == 1
    submissions.send(drawn_up, by=staff, sent_on=TODAY)
    assert submissions.remove_rows(drawn_up, [drawn_up.items.get().pk], by=staff) == 0
    assert submissions.add_rows(drawn_up, Household.objects.all(), by=staff) == 0


def test_an_empty_list_is_not_sent(drawn_up, staff):
    drawn_up.items.all().delete()
    with pytest.raises(ValidationError):
        submissions.send(drawn_up, by=staff, sent_on=TODAY)


def test_the_own_family_is_not_sent_by_oneself(drawn_up, staff, head):
    head.set_nik(staff.nik)
    head.save()
    with pytest.raises(PermissionDenied):
        submissions.send(drawn_up, by=staff, sent_on=TODAY)
    assert not SubmissionItem.objects.exclude(nik="").exists()


def test_numbers_do_not_lie_in_clear(sent, head):
    item = sent.items.get(member=head)
    assert head.nik.encode() not in bytes(item.blob)
    raw = SubmissionItem.objects.filter(pk=item.pk).values_list("nik_index", flat=True)[0]
    assert head.nik not in raw


MOVES = {
    "send": ({"DRAFT"}, "SENT"),
    "discard": ({"DRAFT"}, "DISCARDED"),
    "close": ({"SENT"}, "CLOSED"),
    "reopen": ({"CLOSED"}, "SENT"),
}
ANSWER_MOVES = {
    "confirm": ({"CHECKED"}, "APPLIED"),
    "discard": ({"CHECKED"}, "DISCARDED"),
    "undo": ({"APPLIED"}, "UNDONE"),
}


@pytest.mark.parametrize(("flow", "table"), [(SUBMISSION_FLOW, MOVES), (ANSWER_FLOW, ANSWER_MOVES)])
def test_the_tables_are_those_of_the_procedure(flow, table):
    written = {name: (set(move.sources), move.target) for name, move in flow.moves.items()}
    assert written == table
    assert {role for move in flow.moves.values() for role in move.roles} == {Role.STAFF}


# --- reading the answers ---------------------------------------------------------------------
def test_columns_and_words_are_suggested(head):
    rows = [
        ["Hasil verifikasi usulan"],
        ["No", "Nama", "NIK", "Hasil", "Catatan"],
        ["1", head.name, head.nik, "DITERIMA", ""],
        ["2", "Lain", factories.make_nik(), "Tidak Layak", "Desil 8"],
        ["3", "Lagi", factories.make_nik(), "Entahlah", ""],
    ]
    found = suggest([Sheet("Sampul", [["x"]]), Sheet("Hasil", rows)])
    assert found == AnswerColumns(
        sheet=1, header_row=2, number=2, status=3, reason=4,
        words={"DITERIMA": "ACCEPTED", "Tidak Layak": "REJECTED", "Entahlah": ""},
    )  # fmt: skip
    assert not found.complete


def test_a_status_column_without_a_header_is_found_by_its_words(head):
    found = suggest([Sheet("A", [["x", head.nik, "ditolak"]])])
    assert (found.header_row, found.number, found.status, found.reason) == (0, 1, 2, -1)


def test_a_file_without_numbers_is_told():
    with pytest.raises(UnreadableFile):
        suggest([Sheet("A", [["Nama", "Hasil"], ["Siti", "diterima"]])])


def test_answers_are_compared_saved_and_taken_back(sent, staff, head, child):
    stranger = factories.make_nik()
    file = brought(
        sent, staff,
        [head.nik, "x", "Diterima", ""],
        [child.nik, "x", "Ditolak", "Sudah pindah"],
        [stranger, "x", "Diterima", ""],
    )  # fmt: skip
    assert file.counts == {
        "accepted": 1, "rejected": 1, "changed": 2, "same": 0, "pending": 0, "foreign": 1,
        "unread": 0,
    }  # fmt: skip
    foreign = answering.content_of(file)["foreign"]
    assert foreign[0]["number"] == f"{stranger[:4]}••••••••••••"
    assert set(answers_of(sent).values()) == {Answer.PENDING}
    answering.confirm(file, by=staff)
    assert answers_of(sent) == {head.name: "ACCEPTED", child.name: "REJECTED"}
    assert sent.items.get(member=child).answer_reason == "Sudah pindah"
    answering.undo(AnswerFile.objects.get(), by=staff, reason="Berkas keliru")
    assert set(answers_of(sent).values()) == {Answer.PENDING}
    assert not SubmissionItem.objects.exclude(answer_file=None).exists()


def test_the_same_answers_twice_change_nothing(sent, staff, head):
    first = brought(sent, staff, [head.nik, "x", "Diterima", ""])
    assert (first.counts["changed"], first.counts["pending"]) == (1, 1)
    answering.confirm(first, by=staff)
    again = brought(sent, staff, [head.nik, "x", "Diterima", ""])
    assert (again.counts["changed"], again.counts["same"]) == (0, 1)
    with pytest.raises(ValidationError):
        answering.confirm(again, by=staff)


def test_an_answer_in_waiting_takes_none_back(sent, staff, head):
    answering.confirm(brought(sent, staff, [head.nik, "x", "Diterima", ""]), by=staff)
    again = brought(sent, staff, [head.nik, "x", "Diproses", ""])
    assert (again.counts["changed"], again.counts["pending"]) == (0, 1)


def test_a_row_answered_in_two_ways_is_answered_in_none(sent, staff, head):
    file = brought(
        sent, staff, [head.nik, "x", "Diterima", ""], [head.nik, "x", "Ditolak", ""]
    )  # fmt: skip
    assert (file.counts["changed"], file.counts["unread"]) == (0, 2)


def test_a_number_that_excel_has_rounded_is_not_matched(sent, staff, head, child):
    data = sheet([int(head.nik), "x", "Diterima", ""], [child.nik, "x", "Diterima", ""])
    file = brought(sent, staff, data=data)
    assert (file.counts["changed"], file.counts["unread"]) == (1, 1)


def test_an_unknown_word_waits_for_its_meaning(sent, staff, head):
    file = brought(sent, staff, [head.nik, "x", "Lolos tahap 2", ""])
    assert (file.counts["changed"], file.counts["unread"]) == (0, 1)
    columns = answering.columns_of(file)
    columns.words["Lolos tahap 2"] = "ACCEPTED"
    assert answering.arrange(file, columns, by=staff).counts["accepted"] == 1


def test_the_answer_of_a_family_goes_by_its_kk_number(layouts, kelurahan, staff, household):
    submission = submissions.create_submission(
        name="Keluarga", kind="OBJECTION", layout=layouts["daftar-hadir"], kelurahan=kelurahan,
        by=staff,
    )  # fmt: skip
    submissions.add_rows(submission, Household.objects.all(), by=staff)
    submissions.send(submission, by=staff, sent_on=TODAY)
    file = brought(submission, staff, [household.kk_number, "x", "Ditolak", ""])
    answering.confirm(file, by=staff)
    assert submission.items.get().answer == "REJECTED"


def test_an_undo_waits_for_the_files_after_it(sent, staff, head):
    first = answering.confirm(brought(sent, staff, [head.nik, "x", "Diterima", ""]), by=staff)
    second = answering.confirm(brought(sent, staff, [head.nik, "x", "Ditolak", "R"]), by=staff)
    with pytest.raises(answering.AnsweredSince):
        answering.undo(first, by=staff, reason="Keliru")
    answering.undo(second, by=staff, reason="Keliru")
    assert sent.items.get(member=head).answer == "ACCEPTED"
    answering.undo(first, by=staff, reason="Keliru")
    assert sent.items.get(member=head).answer == "PENDING"


def test_a_closed_list_takes_no_answers(sent, staff, head):
    file = brought(sent, staff, [head.nik, "x", "Diterima", ""])
    SUBMISSION_FLOW.apply("close", sent, by=staff)
    with pytest.raises(ValidationError):
        answering.confirm(AnswerFile.objects.get(pk=file.pk), by=staff)


def test_comparing_asks_the_same_questions_however_long_the_list(
    sent, staff, rt, head, django_assert_num_queries
):
    columns = AnswerColumns(number=0, status=1, words={"Diterima": "ACCEPTED"})
    rows = Sheet("A", [[head.nik, "Diterima"]] * 3)
    with django_assert_num_queries(1):
        answering.compare(sent, rows, columns)


def test_old_files_go_and_the_answers_stay(sent, staff, head):
    file = answering.confirm(brought(sent, staff, [head.nik, "x", "Diterima", ""]), by=staff)
    forget_answers(timezone.now())
    file.source.refresh_from_db()
    assert file.source.removed_at is None
    forget_answers(timezone.now() + datetime.timedelta(days=31))
    file.source.refresh_from_db()
    assert file.source.removed_at is not None
    with pytest.raises(files.FileRemoved):
        files.load(file.source)
    assert sent.items.get(member=head).answer == "ACCEPTED"
