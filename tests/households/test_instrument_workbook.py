"""A questionnaire of another system becomes a draft, or every fault in it is named."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from households.imports.reading import read_file
from households.instruments.checking import problems
from households.instruments.workbook import read_workbook, save_draft
from households.instruments.workbook_rows import WorkbookRefused
from households.models import Instrument, InstrumentVersion, Option, Parameter
from households.scoring import score
from tests import factories
from tests.households.pages import page_text
from tkpk.models import TrailEntry
from tkpk.roles import Role

MASTER = [
    ("NAMA ANALISIS", "Pendataan Contoh"),
    ("SUBJEK", "3"),
    ("STATUS", "1"),
    ("BILANGAN PEMBAGI", "1"),
    ("DESKRIPSI ANALISIS", "uji"),
    ("NAMA PERIODE", "PERIODE"),
    ("TAHUN PENDATAAN", "2026"),
]
ASKED = [
    ("NO / KODE", "PERTANYAAN / INDIKATOR", "KATEGORI / ASPEK", "TIPE PERTANYAAN", "BOBOT",
     "AKSI ANALISIS"),
    ("1", "Penguasaan bangunan", "Umum", "1", "2", "1"),
    ("2", "Jenis lantai", "Rumah", "1", "5", "1"),
    ("3", "Sumber air minum", "Umum", "1", "1", "1"),
    ("4", "Jumlah individu", "Hitungan", "3", "0", "0"),
]  # fmt: skip
ANSWERS = [
    ("KODE PERTANYAAN", "KODE JAWABAN", "ISI JAWABAN", "NILAI"),
    ("1", None, "1. Milik sendiri", "0"),
    ("1", None, "2. Kontrak/Sewa", "1"),
    ("2", None, "1. Bukan tanah", 0),
    ("2", None, "2. Tanah", 1.5),
    ("3", "A", "Ledeng", "0"),
    ("3", "B", "Sumur", "0,5"),
]
# Scores from 0 to 2 + 7,5 + 0,5 = 10.
CLASSES = [
    ("KLASIFIKASI", "NILAI MINIMAL", "NILAI MAXIMAL"),
    ("Normal", "0", "1"),
    ("Rawan", "2", "9"),
    ("Berat", "10", "100"),
]
OVERLAPPING = [CLASSES[0], ("Normal", "0", "1"), ("Rawan", "1", "10"), ("Berat", "10", "100")]


def workbook(master=MASTER, asked=ASKED, answers=ANSWERS, classes=CLASSES, without=()):
    """The bytes of a workbook of four sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheets = {"master": master, "pertanyaan": asked, "jawaban": answers, "klasifikasi": classes}
    for name, rows in sheets.items():
        if name not in without:
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
    if not book.sheetnames:
        book.create_sheet("lain").append(["x"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parsed(**sheets):
    return read_workbook(read_file(workbook(**sheets), name="kuesioner.xlsx"))


def faults(**sheets):
    """Places and messages of everything that is refused."""
    try:
        return [(one.place, one.message) for one in parsed(**sheets).findings]
    except WorkbookRefused as refused:
        return [(one.place, one.message) for one in refused.findings]


def with_row(rows, number, *cells):
    return [*rows[:number], cells, *rows[number + 1 :]]


# --- refused ------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_overlapping_classes_are_refused_and_both_are_named(kelurahan, staff):
    found = parsed(classes=OVERLAPPING)
    first, second = found.findings
    assert (first.place, second.place) == ("klasifikasi · B3", "klasifikasi · B4")
    assert "“Normal” (0–1)" in first.message
    assert "“Rawan” (1–10)" in first.message
    assert "“Rawan” (1–10)" in second.message
    assert "“Berat” (10–100)" in second.message
    with pytest.raises(WorkbookRefused):
        save_draft(found, kelurahan=kelurahan, by=staff)
    assert not Instrument.objects.exists()


@pytest.mark.parametrize(
    ("sheets", "place", "words"),
    [
        ({"without": ("klasifikasi",)}, "", "klasifikasi"),
        ({"asked": [ASKED[0][:4], *ASKED[1:]]}, "pertanyaan · A1", "bobot"),
        ({"classes": [*CLASSES[:2], ("Rawan", "3", "9"), CLASSES[3]]}, "klasifikasi · B3", "2"),
        ({"classes": with_row(CLASSES, 2, "Rawan", "9", "2")}, "klasifikasi · B3", "Rawan"),
        ({"classes": with_row(CLASSES, 2, "Rawan", "2", "banyak")}, "klasifikasi · C3", "Rawan"),
        ({"classes": with_row(CLASSES, 2, "Rawan", "1.5", "9")}, "klasifikasi · B3", "Rawan"),
        ({"classes": with_row(CLASSES, 2, None, "2", "9")}, "klasifikasi · A3", ""),
        ({"classes": CLASSES[:1]}, "klasifikasi", ""),
        ({"answers": [*ANSWERS, ("9", None, "Lain", "1")]}, "jawaban · A8", "9"),
        ({"answers": ANSWERS[:-1]}, "pertanyaan · A4", "3"),
        ({"answers": with_row(ANSWERS, 1, "1", None, "1. Milik", "satu")}, "jawaban · D2", ""),
        ({"answers": with_row(ANSWERS, 1, "1", None, "1. Milik", "-1")}, "jawaban · D2", ""),
        ({"answers": with_row(ANSWERS, 1, "1", None, "1. Milik", None)}, "jawaban · D2", ""),
        ({"answers": with_row(ANSWERS, 2, "1", None, "1. Sewa", "1")}, "jawaban · B3", "1"),
        ({"asked": with_row(ASKED, 1, "1", "Apa?", "Umum", "2", "1", "1")}, "pertanyaan · D2", ""),
        ({"asked": with_row(ASKED, 1, "1", "Apa?", "Umum", "9", "1", "1")}, "pertanyaan · D2", ""),
        ({"asked": with_row(ASKED, 4, "4", "Jiwa", "Umum", "3", "1", "1")}, "pertanyaan · E5", ""),
        ({"asked": with_row(ASKED, 1, "1", "Apa?", "Umum", "1", "x", "1")}, "pertanyaan · E2", ""),
        ({"asked": with_row(ASKED, 2, "1", "Apa?", "Umum", "1", "1", "1")}, "pertanyaan · A3", "1"),
        ({"asked": with_row(ASKED, 1, "1", None, "Umum", "1", "1", "1")}, "pertanyaan · B2", ""),
        ({"master": with_row(MASTER, 1, "SUBJEK", "1")}, "master · B2", ""),
        ({"master": with_row(MASTER, 3, "BILANGAN PEMBAGI", "0")}, "master · B4", ""),
        ({"master": with_row(MASTER, 3, "BILANGAN PEMBAGI", "NaN")}, "master · B4", ""),
        ({"master": with_row(MASTER, 6, "TAHUN PENDATAAN", "dua")}, "master · B7", ""),
        ({"master": with_row(MASTER, 0, "NAMA ANALISIS", None)}, "master · B1", ""),
        # 2 × 1 ÷ 3 is no decimal number, and nothing is rounded here.
        ({"master": with_row(MASTER, 3, "BILANGAN PEMBAGI", "3")}, "jawaban · D3", ""),
    ],
)
def test_each_fault_is_named_with_its_place(sheets, place, words):
    found = faults(**sheets)
    assert any(where == place and words in message for where, message in found), found


def test_all_faults_are_named_at_once():
    found = faults(
        classes=OVERLAPPING,
        answers=with_row(ANSWERS, 1, "1", None, "1. Milik", "x"),
        master=with_row(MASTER, 6, "TAHUN PENDATAAN", "x"),
    )
    assert {place.split(" ")[0] for place, _message in found} == {
        "klasifikasi", "jawaban", "master",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_nik_in_a_text_is_refused_and_nothing_is_kept(kelurahan, staff):
    answers = with_row(ANSWERS, 1, "1", None, "3471041705800000", "0")
    with pytest.raises(WorkbookRefused):
        save_draft(parsed(answers=answers), kelurahan=kelurahan, by=staff)
    assert not InstrumentVersion.objects.exists()
    assert not Instrument.objects.exists()


# --- accepted -----------------------------------------------------------------------------------
@pytest.fixture
def version(kelurahan, staff):
    return save_draft(parsed(), kelurahan=kelurahan, by=staff)


@pytest.mark.django_db
def test_the_same_layout_mended_becomes_a_draft(version, kelurahan):
    assert (version.status, version.label, str(version.valid_from)) == (
        "DRAFT", "2026", "2026-01-01",
    )  # fmt: skip
    assert version.instrument.name == "Pendataan Contoh"
    assert version.kelurahan == kelurahan
    assert [(row.code, row.lower, row.upper) for row in version.classes.all()] == [
        ("normal", 0, 1),
        ("rawan", 2, 9),
        ("berat", 10, 100),
    ]
    assert [row.name for row in version.aspects.all()] == ["Umum", "Rumah"]
    assert problems(version.compiled()) == []
    assert TrailEntry.objects.get(process="instrument").move == "import"


@pytest.mark.django_db
def test_a_score_is_weight_times_value_exactly(version):
    scores = {
        (row.parameter.code, row.code): row.score
        for row in Option.objects.select_related("parameter")
    }
    assert scores == {
        ("1", "1"): 0, ("1", "2"): 2,
        ("2", "1"): 0, ("2", "2"): Decimal("7.5"),
        ("3", "a"): 0, ("3", "b"): Decimal("0.5"),
    }  # fmt: skip
    # 2 + 7,5 + 0,5 = 10: the lowest bound of the class "Berat".
    found = score(version.compiled(), {"1": "2", "2": "2", "3": "b"})
    assert (found.total, found.category.code) == (10, "berat")


@pytest.mark.django_db
def test_a_divisor_divides(kelurahan, staff):
    master = with_row(MASTER, 3, "BILANGAN PEMBAGI", "2")
    version = save_draft(parsed(master=master), kelurahan=kelurahan, by=staff)
    assert version.compiled().range == (0, 5)


@pytest.mark.django_db
def test_numbers_that_count_nothing_are_questions_and_texts_are_left_out_with_a_word(
    kelurahan, staff
):
    text = ("5", "Nama penyurvei", "Umum", "4", "0", "0")
    found = parsed(asked=[*ASKED, text])
    assert len(found.remarks) == 1
    assert "Nama penyurvei" in found.remarks[0]
    version = save_draft(found, kelurahan=kelurahan, by=staff)
    assert [row.code for row in version.questions.all()] == ["4"]
    assert not Parameter.objects.filter(code="5").exists()


@pytest.mark.django_db
def test_the_same_questionnaire_again_is_another_version(kelurahan, staff, version):
    again = save_draft(parsed(), kelurahan=kelurahan, by=staff)
    assert again.instrument == version.instrument
    assert (again.number, again.label) == (2, "2026 (2)")


# --- the page -----------------------------------------------------------------------------------
def upload(client, data, name="kuesioner.xlsx"):
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("instrument_import"), {"file": file})


@pytest.mark.django_db
def test_an_officer_imports_a_workbook_and_lands_on_the_draft(officer):
    answer = upload(officer, workbook())
    version = InstrumentVersion.objects.get()
    assert answer.url == reverse("instrument_version", args=[version.pk])
    page = page_text(officer.get(answer.url))
    assert "Penguasaan bangunan" in page
    assert "Berat" in page


@pytest.mark.django_db
def test_the_page_names_both_overlapping_classes(officer):
    with translation.override("id"):
        answer = upload(officer, workbook(classes=OVERLAPPING))
    assert answer.status_code == 422
    page = page_text(answer)
    for words in ("Normal", "Rawan", "Berat", "klasifikasi · B3", "klasifikasi · B4"):
        assert words in page
    assert not InstrumentVersion.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "kosong.xlsx"),
        (b"bukan berkas", "rusak.xlsx"),
        (b"a;b\n1;2\n", "daftar.csv"),
        (b"MZ", "program.exe"),
    ],
)
def test_what_is_no_workbook_is_refused_at_its_field(officer, data, name):
    answer = upload(officer, data, name)
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


@pytest.mark.django_db
def test_a_file_beyond_the_limit_is_refused(officer, settings):
    settings.UPLOAD_LIMIT_BYTES = 1000
    answer = upload(officer, workbook())
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STAFF}))
def test_only_an_officer_imports_a_questionnaire(client, kelurahan, role):
    client.force_login(factories.make_user(role=role, territory=kelurahan))
    assert client.get(reverse("instrument_import")).status_code == 403
    assert upload(client, workbook()).status_code == 403
