"""Pages of lists that are sent and answered: the whole way, by role, by verb, by status."""

import datetime
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from households.exporting import submissions
from households.models import (
    AnswerFile,
    Household,
    Member,
    SubmissionList,
)
from tests import factories
from tests.households.pages import page_text
from tests.households.sending import answers_of, brought, sheet
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TODAY = datetime.date(2026, 11, 2)


def upload(*rows):
    return SimpleUploadedFile("hasil.xlsx", sheet(*rows))


def test_the_whole_way_through_the_pages(officer, layouts, household, head, child):
    new = reverse("submission_new")
    first = officer.post(new, {"family": [household.pk]}).content.decode()
    assert f'value="{household.pk}"' in first
    said = {"name": "Usulan", "kind": "PROPOSAL", "layout": layouts["dtsen"].pk}
    officer.post(new, {"family": [household.pk], "step": "save", **said})
    submission = SubmissionList.objects.get()
    page = reverse("submission_detail", args=[submission.pk])
    assert head.name in page_text(officer.get(page))
    step = reverse("submission_step", args=[submission.pk, "send"])
    assert officer.post(step, {"sent_on": "2999-01-01"}).status_code == 422
    officer.post(step, {"sent_on": "2026-11-02"})
    bring = reverse("answer_new", args=[submission.pk])
    response = officer.post(bring, {"file": upload([head.nik, "x", "Diterima", ""])})
    file = AnswerFile.objects.get()
    assert response.headers["Location"] == reverse("answer_detail", args=[file.pk])
    seen = officer.get(response.headers["Location"])
    assert head.name in page_text(seen)
    assert head.nik not in seen.content.decode()
    confirm = reverse("answer_step", args=[file.pk, "confirm"])
    officer.post(confirm, {"version": file.version})
    left = officer.get(page, {"jawaban": "PENDING"}).content.decode()
    assert child.name in left
    export = reverse("submission_export", args=[submission.pk])
    response = officer.post(f"{export}?jawaban=PENDING", {"reason": "Tanya lagi"})
    rows = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert rows.worksheets[0].max_row == 2
    officer.post(reverse("answer_step", args=[file.pk, "undo"]), {"reason": "Keliru"})
    assert set(answers_of(submission).values()) == {"PENDING"}
    officer.post(reverse("submission_step", args=[submission.pk, "close"]))
    submission.refresh_from_db()
    assert submission.status == "CLOSED"
    moves = set(TrailEntry.objects.values_list("process", "move"))
    assert {
        ("submission", "draw_up"), ("submission", "send"), ("submission", "close"),
        ("answers", "bring"), ("answers", "confirm"), ("answers", "undo"), ("export", "export"),
    } <= moves  # fmt: skip


def test_columns_are_arranged_on_the_page(officer, sent, staff, head):
    file = brought(sent, staff, [head.nik, "Cocok", "?", ""])
    url = reverse("answer_columns", args=[file.pk])
    officer.post(url, {"number": "0", "status": "1", "reason": ""})
    officer.post(url, {"number": "0", "status": "1", "reason": "", "word0": "ACCEPTED"})
    file.refresh_from_db()
    assert file.counts["accepted"] == 1
    assert officer.post(url, {"number": "", "status": "1"}).status_code == 422


def test_a_file_that_cannot_be_read_is_told_beside_the_field(officer, sent):
    bring = reverse("answer_new", args=[sent.pk])
    for file in (
        SimpleUploadedFile("a.xlsx", b""),
        SimpleUploadedFile("a.xlsx", b"PK\x03\x04 broken"),
        SimpleUploadedFile("a.pdf", b"%PDF-1.4"),
        SimpleUploadedFile("a.csv", b"nama;hasil\nSiti;diterima\n"),
    ):
        assert officer.post(bring, {"file": file}).status_code == 422
    assert not AnswerFile.objects.exists()


def test_an_old_preview_is_not_saved(officer, sent, staff, head):
    file = brought(sent, staff, [head.nik, "x", "Diterima", ""])
    officer.post(reverse("answer_step", args=[file.pk, "confirm"]), {"version": file.version + 1})
    assert set(answers_of(sent).values()) == {"PENDING"}


def test_rows_are_taken_off_on_the_page(officer, drawn_up):
    url = reverse("submission_rows", args=[drawn_up.pk])
    officer.post(url, {"item": [drawn_up.items.first().pk]})
    assert drawn_up.items.count() == 1
    assert officer.get(url).status_code == 405


@pytest.mark.parametrize("role", [r for r in Role if r != Role.STAFF])
def test_nobody_else_sees_lists_or_answers(client, kelurahan, sent, staff, head, role):
    file = brought(sent, staff, [head.nik, "x", "Diterima", ""])
    client.force_login(factories.make_user("lain", role, kelurahan), BACKEND)
    for name, pk in (
        ("submission_detail", sent.pk), ("submission_export", sent.pk), ("answer_detail", file.pk),
    ):  # fmt: skip
        assert client.get(reverse(name, args=[pk])).status_code == 404
    for url in (
        reverse("submission_step", args=[sent.pk, "close"]),
        reverse("submission_rows", args=[sent.pk]),
        reverse("answer_new", args=[sent.pk]),
        reverse("answer_columns", args=[file.pk]),
        reverse("answer_step", args=[file.pk, "confirm"]),
    ):
        assert client.post(url).status_code == 404
    assert client.post(reverse("submission_new"), {"every": "1"}).status_code == 403


def test_an_officer_of_another_kelurahan_finds_nothing(client, sent):
    there = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    client.force_login(factories.make_user("sana", Role.STAFF, there), BACKEND)
    assert client.get(reverse("submission_detail", args=[sent.pk])).status_code == 404


def test_a_form_that_is_sent_twice_makes_one_list(officer, layouts, household):
    new = reverse("submission_new")
    said = {"name": "Usulan", "kind": "PROPOSAL", "layout": layouts["dtsen"].pk, "step": "save"}
    answers = [officer.post(new, {"family": [household.pk], **said}) for _time in range(2)]
    submission = SubmissionList.objects.get()
    page = reverse("submission_detail", args=[submission.pk])
    assert [answer.headers["Location"] for answer in answers] == [page, page]
    assert submission.items.count() == 2
    assert TrailEntry.objects.filter(process="submission", move="draw_up").count() == 1
    officer.post(reverse("submission_step", args=[submission.pk, "discard"]), {"reason": "Keliru"})
    officer.post(new, {"family": [household.pk], **said})
    assert SubmissionList.objects.count() == 2


def test_steps_that_the_status_does_not_open_change_nothing(officer, sent):
    for move in ("send", "discard", "reopen"):
        officer.post(reverse("submission_step", args=[sent.pk, move]), {"sent_on": "2026-11-02"})
        sent.refresh_from_db()
        assert sent.status == "SENT"
    assert officer.post(reverse("submission_step", args=[sent.pk, "terbang"])).status_code == 404
    assert Member.objects.count() == 2


@pytest.mark.parametrize("families", [1, 3])
def test_the_page_of_a_list_asks_the_same_questions_however_long(
    officer, sent, layouts, kelurahan, staff, rt, families, django_assert_max_num_queries
):
    submission = submissions.create_submission(
        name="Lagi", kind="PROPOSAL", layout=layouts["dtsen"], kelurahan=kelurahan, by=staff
    )
    for _number in range(families):
        factories.make_family(rt, by=staff)
    submissions.add_rows(submission, Household.objects.all(), by=staff)
    officer.get(reverse("submission_detail", args=[submission.pk]))
    with django_assert_max_num_queries(12):
        officer.get(reverse("submission_detail", args=[submission.pk]))
