"""The import in the browser, asked page by page."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.imports import checking, jobs, preview
from households.imports.error_workbook import _sheet_name
from households.imports.reading import read_file
from households.models import (
    AreaMapping,
    BatchStatus,
    Household,
    ImportBatch,
    Member,
    Outcome,
)
from tests import factories as make
from tests.households import workbooks as file
from tkpk.models import Job, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def officer(client, place):
    user = make.make_user("petugas", Role.STAFF, place)
    client.force_login(user)
    return user


@pytest.fixture
def upload(client, officer, django_capture_on_commit_callbacks):
    def send(*people, data=None, name="daftar.xlsx", **fields):
        data = file.xlsx(file.grid(people)) if data is None else data
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(
                reverse("import_new"), {"file": SimpleUploadedFile(name, data), **fields}
            )
        assert answer.status_code == 302, answer.content.decode()[:3000]
        return ImportBatch.objects.latest("pk")

    return send


@pytest.fixture
def press(client, django_capture_on_commit_callbacks):
    def send(batch, name, *args, **data):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(reverse(name, args=[batch.pk, *args]), data)
        assert answer.status_code in {200, 302}, answer.status_code
        batch.refresh_from_db()
        return answer

    return send


def save(press, batch):
    press(batch, "import_step", "confirm", version=batch.version)
    assert batch.status == BatchStatus.APPLIED


def page(client, batch, query=""):
    answer = client.get(reverse("import_detail", args=[batch.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_file_is_shown_then_saved_then_found_unchanged(client, upload, press):
    batch = upload(file.person(), file.wife())
    assert batch.status == BatchStatus.CHECKED
    assert batch.counts["new"] == 2
    assert Member.objects.count() == 0  # nothing before the confirmation
    shown = page(client, batch)
    assert "PAK CONTOH" in shown
    assert file.HEAD_NIK not in shown
    save(press, batch)
    assert Member.objects.count() == 2
    assert Household.objects.get().territory.code.endswith(".003.012")
    assert page(client, batch, "?lihat=baru")
    again = upload(file.person(), file.wife())
    assert again.counts["unchanged"] == 2


def test_each_changed_cell_is_shown_old_and_new(client, upload, press):
    save(press, upload(file.person()))
    batch = upload(file.person(pekerjaan_id="26", ibu_nik=file.WIFE_NIK, tempatlahir=""))
    shown = page(client, batch, "?lihat=berubah")
    assert batch.counts["changed"] == 1
    assert "<del>" in shown
    assert "3471••••" in shown
    assert file.WIFE_NIK not in shown
    save(press, batch)
    assert Member.objects.get().birth_place == "YOGYAKARTA"  # an empty cell erases nothing


def test_the_area_of_a_row_is_told_in_words(upload):
    batch = upload(file.person())
    [line] = preview.lines_of(batch, list(batch.rows.all()))
    assert line.row.area == "RT 12 RW 03 · Juminahan"


def test_an_area_is_asked_once_and_remembered(client, upload, press, place):
    people = [file.person(rw="-", rt="002"), file.wife(rw="-", rt="002")]
    batch = upload(*people)
    assert batch.status == BatchStatus.NEEDS_AREAS
    shown = page(client, batch)
    assert shown.count("<select") == 1
    assert "JUMINAHAN · RT 002" in shown
    rt = place.children.get().children.get()
    press(batch, "import_areas", area0=rt.pk)
    assert batch.status == BatchStatus.CHECKED
    assert batch.counts["new"] == 2
    assert AreaMapping.objects.get().territory == rt
    assert upload(*people).status == BatchStatus.CHECKED


def test_all_areas_are_answered_at_once_and_one_apart(client, upload, press, place):
    rws = ("101", "102", "103")
    people = [file.person(nik=make.make_nik(), no_kk=make.make_kk_number(), rw=n) for n in rws]
    batch = upload(*people)
    assert batch.status == BatchStatus.NEEDS_AREAS
    shown = page(client, batch)
    assert shown.count("<select") == 4
    rt = place.children.get().children.get()
    press(batch, "import_areas", all_areas=rt.pk, area1="refuse", area2=place.pk)
    assert batch.status == BatchStatus.CHECKED
    answered = sorted(AreaMapping.objects.values_list("territory__code", flat=True))
    assert answered == sorted([rt.code, place.code])


def test_an_area_without_an_answer_is_refused_and_not_asked_again(upload, press):
    batch = upload(file.person(rw="009", rt="009"))
    press(batch, "import_areas")
    assert batch.status == BatchStatus.CHECKED
    assert batch.counts["refused"] == 1


def test_the_fallback_stands_for_what_is_unknown_and_never_widens_a_known_place(
    upload, press, place
):
    save(press, upload(file.person()))
    batch = upload(file.person(rw="", rt="", dusun=""), fallback=place.pk)
    assert batch.counts["unchanged"] == 1


def test_a_known_person_under_another_kk_is_confirmed_row_by_row(client, upload, press):
    save(press, upload(file.person(), file.child()))
    other = {"no_kk": "3471040101150001", "rt": "012"}
    batch = upload(file.child(kk_level="1", **other))
    assert batch.counts["refused"] == 1
    shown = page(client, batch)
    assert 'name="position"' in shown
    press(batch, "import_moves", position=1)
    assert batch.status == BatchStatus.CHECKED
    assert batch.counts["changed"] == 1
    save(press, batch)
    assert Member.objects.get(name="MAS CONTOH").household.members.count() == 1
    press(batch, "import_step", "undo", reason="salah berkas")
    assert batch.status == BatchStatus.UNDONE
    assert Household.objects.get().members.count() == 2


def test_a_refused_reason_of_an_undo_stays_in_its_open_field(client, upload, press):
    batch = upload(file.person())
    save(press, batch)
    typed = f"salah {file.WIFE_NIK}"
    answer = client.post(reverse("import_step", args=[batch.pk, "undo"]), {"reason": typed})
    assert answer.status_code == 422
    assert answer.context["undo_form"].errors["reason"]
    assert answer.context["undo_form"]["reason"].value() == typed
    assert '<details class="disclosure" open>' in answer.content.decode()
    batch.refresh_from_db()
    assert batch.status == BatchStatus.APPLIED


def test_an_undo_that_is_not_open_says_so_on_the_page(client, upload, press):
    batch = upload(file.person())
    answer = press(batch, "import_step", "undo", reason="")
    assert answer.status_code == 302
    assert batch.status == BatchStatus.CHECKED


def test_the_workbook_of_refused_rows_comes_back_clean_once_mended(client, upload, press):
    batch = upload(file.person(), file.wife(tanggallahir="31/02/1972"))
    assert batch.counts["refused"] == 2
    answer = press(batch, "import_refused")
    assert answer["Content-Disposition"] == f'attachment; filename="{batch.code}-ditolak.xlsx"'
    assert TrailEntry.objects.filter(move="error_workbook").count() == 1
    [sheet] = read_file(answer.content, name="x.xlsx")
    assert sheet.rows[0] == [*file.HEADERS, "Keterangan"]
    assert all(row[-1].startswith("Perbaiki: ") for row in sheet.rows[1:])
    sheet.rows[2][sheet.rows[0].index("tanggallahir")] = "01/03/1972"
    mended = upload(data=file.xlsx(sheet.rows))
    assert (mended.counts["new"], mended.counts["refused"]) == (2, 0)
    assert "Keterangan" not in page(client, mended)


def test_the_wrong_cell_of_the_workbook_is_marked_and_every_cell_is_text(upload, press):
    openpyxl = pytest.importorskip("openpyxl")
    batch = upload(file.person(tanggallahir="31/02/1970", alamat="=1+1"))
    answer = press(batch, "import_refused")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    wrong = sheet.cell(2, file.HEADERS.index("tanggallahir") + 1)
    assert wrong.comment is not None
    assert wrong.fill.start_color.rgb == "FFFDECEA"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


def test_a_file_that_cannot_be_read_says_why(client, upload):
    batch = upload(data=b"PK\x03\x04 nothing")
    assert batch.status == BatchStatus.REFUSED
    assert batch.problem in page(client, batch)


def test_all_or_nothing_saves_nothing_while_a_row_is_refused(client, upload, press):
    people = [file.person(), file.person(no_kk="3471040101150001", nik="1", nama="BU LAIN")]
    batch = upload(*people, all_or_nothing="on")
    press(batch, "import_step", "confirm", version=batch.version)
    assert batch.status == BatchStatus.CHECKED
    assert Member.objects.count() == 0
    without = upload(*people)
    save(press, without)
    assert Member.objects.count() == 1


def test_what_is_saved_is_what_was_seen(client, upload, press):
    batch = upload(file.person())
    press(batch, "import_step", "confirm", version=batch.version - 1)
    assert batch.status == BatchStatus.CHECKED


def test_a_discarded_import_leaves_nothing_staged(upload, press):
    batch = upload(file.person())
    press(batch, "import_step", "discard")
    assert batch.status == BatchStatus.DISCARDED
    assert batch.rows.count() == 0
    assert Member.objects.count() == 0


def test_a_job_that_failed_is_said_and_asked_for_again(client, upload, press, monkeypatch):
    def dies(*_args, **_options):
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "check_batch", dies)
        batch = upload(file.person())
    assert batch.status == BatchStatus.READING
    assert reverse("import_retry", args=[batch.pk]) in page(client, batch)
    press(batch, "import_retry")
    assert batch.status == BatchStatus.CHECKED


def test_an_officer_without_mandate_any_more_reads_nothing(upload, officer, monkeypatch):
    def ends_meanwhile(*_args, **_options):
        officer.mandates.all().delete()

    monkeypatch.setattr(checking, "stage_rows", ends_meanwhile)
    batch = upload(file.person())
    assert batch.status == BatchStatus.READING
    assert Job.objects.get().error_code == "no_mandate"


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("import_areas", ()),
        ("import_moves", ()),
        ("import_step", ("confirm",)),
        ("import_retry", ()),
        ("import_refused", ()),
    ],
)
def test_an_act_by_get_is_refused(client, upload, name, args):
    batch = upload(file.person())
    assert client.get(reverse(name, args=[batch.pk, *args])).status_code == 405


@pytest.mark.parametrize("name", ["import_list", "import_detail"])
def test_a_page_does_not_take_posts(client, upload, name):
    batch = upload(file.person())
    args = [batch.pk] if name == "import_detail" else []
    assert client.post(reverse(name, args=args)).status_code == 405


def test_another_kelurahan_does_not_see_the_import(client, upload):
    batch = upload(file.person())
    elsewhere = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    client.force_login(make.make_user("lain", Role.STAFF, elsewhere))
    assert client.get(reverse("import_detail", args=[batch.pk])).status_code == 404
    assert client.post(reverse("import_refused", args=[batch.pk])).status_code == 404
    assert batch.code not in client.get(reverse("import_list")).content.decode()


def test_only_an_officer_imports(client, place):
    client.force_login(make.make_user("ketua", Role.RW_HEAD, place.children.get()))
    assert client.get(reverse("import_list")).status_code == 403
    assert client.get(reverse("import_new")).status_code == 403


def test_the_list_and_the_preview_ask_the_same_whatever_their_length(client, upload):
    def queries(address):
        client.get(address)  # the first page of a session asks more
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    one = upload(file.person())
    listed, shown = (
        queries(reverse("import_list")),
        queries(reverse("import_detail", args=[one.pk])),
    )
    for _again in range(2):
        three = upload(file.person(), file.wife(), file.child())
    assert queries(reverse("import_list")) == listed
    assert queries(reverse("import_detail", args=[three.pk])) == shown


def test_a_batch_without_a_name_of_a_file_has_no_dangling_mark(client, upload):
    batch = upload(file.person())
    assert re.search(r'daftar\.xlsx ·\s*<span class="badge-status', page(client, batch))
    ImportBatch.objects.update(file_name="")
    assert not re.search(r'·\s*<span class="badge-status', page(client, batch))


def test_rows_are_paged_by_position(client, upload, monkeypatch):
    one_a_page = {"after": 0, "before": 0, "size": 1}
    monkeypatch.setattr(preview.keyset_page, "__kwdefaults__", one_a_page)
    batch = upload(file.person(), file.wife(), file.child())
    assert batch.rows.filter(outcome=Outcome.NEW).count() == 3
    second = page(client, batch, "?sesudah=1")
    assert "BU CONTOH" in second
    assert "PAK CONTOH" not in second
    assert "sebelum=2" in second
    assert "sesudah=2" in second
    assert "PAK CONTOH" in page(client, batch, "?sebelum=2")


@pytest.mark.parametrize("name", ["Data [2026]: RT/RW?", "'warga'", "daftar penduduk " * 3])
def test_a_sheet_name_that_excel_refuses_does_not_stop_the_workbook_of_refused_rows(
    client, upload, name
):
    data = file.ods(file.grid([file.person(nik="12")]), name=name)
    batch = upload(data=data, name="daftar.ods")
    answer = client.post(reverse("import_refused", args=[batch.pk]))
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    [sheet] = read_file(body, name="ditolak.xlsx")
    assert len(sheet.name) <= 31


def test_two_sheet_names_that_begin_alike_stay_apart():
    taken: set[str] = set()
    long = "Daftar penduduk Kelurahan Contoh RW "
    names = [_sheet_name(f"{long}{number}", taken) for number in range(3)]
    assert len({name.casefold() for name in names}) == 3
    assert all(len(name) <= 31 for name in names)
