"""Papers: text stays text, the PDF is tagged and named, nothing comes from outside."""

import re
import shutil
import subprocess
import time

import pytest

from tkpk import pdf, pdf_child

DATA = {
    "title": "Surat Keterangan Terdaftar",
    "number": "01/KLH/XI/2026",
    "day": "24 November 2026",
    "foot": "01/KLH/XI/2026",
    "office": {"name": "Kelurahan Contoh", "above": ["Pemerintah Kota Contoh"], "address": ""},
    "person": [["Nama", "Wiryo"]],
    "decile": "",
    "aid": [],
    "more_aid": "",
    "purpose": "Berobat",
    "signature": {"place": "Contoh", "day": "24 November 2026", "role": "Lurah", "name": ""},
}
NAMES = [
    '#panic() #read("/etc/passwd") *tebal* _miring_ @rujuk <label> $x^2$ [a] \\ // = "q" `k`',
    "Ng. D'Artagnan <Wreksodiningrat>",
    "Emoji 😀👨‍👩‍👧 dan 漢字",
    "ꦲꦤꦕꦫꦏ",
    "محمد שלום kanan ke kiri \u202e terbalik",
    "kendali \x00\x07\x1b[31m\ufeff",
    "A" * 5000,
    "spasi\u00a0keras\u200bnol",
]


def paper(**changes):
    return pdf.render("registered", {**DATA, **changes})


def text_of(content, tmp_path):
    """The words on the paper, where a reader for PDF is installed."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "surat.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().replace("\u200b", "").split())


def test_a_paper_is_a_tagged_pdf_with_title_and_language():
    content = paper()
    assert content.startswith(b"%PDF-")
    assert b"/MarkInfo" in content
    assert b"/StructTreeRoot" in content
    assert re.search(rb"/Lang\s*\(id", content)
    assert b"pdfuaid:part" in content
    assert b"Surat Keterangan Terdaftar" in content


def test_only_our_fonts_are_on_the_paper():
    fonts = set(re.findall(rb"/FontName\s*/[A-Z]{6}\+([A-Za-z]+)", paper()))
    assert fonts
    assert {font[:10] for font in fonts} <= {b"Libertinus", b"DejaVuSans"}


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_read_as_markup_or_stops_a_paper(name):
    assert paper(person=[["Nama", name]], purpose=name[:200]).startswith(b"%PDF-")


def test_marks_of_the_typesetter_are_printed_as_they_are(tmp_path):
    name = "#Budi *x* @a <b> $y$ [z] `k`"
    assert name in text_of(paper(person=[["Nama", name]]), tmp_path)


def test_what_no_font_has_is_marked_and_the_rest_is_printed(tmp_path):
    text = text_of(paper(person=[["Nama", "Siti 😀 Rahayu"]]), tmp_path)
    assert "Siti □ Rahayu" in text


def test_a_name_longer_than_the_column_is_broken_and_not_cut(tmp_path):
    text = text_of(paper(person=[["Nama", "W" * 120]]), tmp_path)
    assert text.count("W") == 120


def test_signs_upon_a_letter_without_a_font_go_with_it():
    assert pdf_child._marked({"a": ["ꦏꦸx"]}, {"ꦏ"}, "□") == {"a": ["□x"]}


def test_too_much_text_is_refused_before_anything_is_set():
    with pytest.raises(pdf.PdfFailed, match="too_long"):
        paper(purpose="a" * (pdf.SIZE_LIMIT + 1))


def test_a_paper_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(pdf, "TIME_LIMIT", 0.01)
    start = time.monotonic()
    with pytest.raises(pdf.PdfFailed, match="too_slow"):
        paper()
    assert time.monotonic() - start < 5


def test_what_fails_says_nothing_of_the_data():
    with pytest.raises(pdf.PdfFailed) as failure:
        pdf.render("registered", {"title": "Rahasia", "person": "salah"})
    assert failure.value.reason == "not_set"
    assert "Rahasia" not in str(failure.value)


def test_no_form_asks_for_a_package_from_the_network():
    forms = list(pdf.FORMS.glob("*.typ"))
    assert forms
    for form in forms:
        assert not re.search(r'"@[a-z]+/', form.read_text(encoding="utf-8")), form.name
