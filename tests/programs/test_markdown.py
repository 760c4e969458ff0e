"""Markdown of staff becomes HTML that can harm nobody."""

import pytest

from programs.markdown import opening, render


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">klik</a>',
        "<style>body{display:none}</style>",
        '<iframe src="https://example.org"></iframe>',
    ],
)
def test_html_is_shown_as_text_and_never_obeyed(text):
    html = render(text)
    for tag in ("<script", "<img", "<a ", "<style", "<iframe"):
        assert tag not in html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"]
)
def test_an_address_that_runs_something_is_no_link(address):
    assert "href" not in render(f"[klik]({address})")
    assert "href" not in render(f"![gambar]({address})")


def test_links_leave_without_handing_the_page_over():
    html = render("[kota](https://example.org)")
    assert 'href="https://example.org"' in html
    assert 'rel="noopener noreferrer"' in html


def test_a_picture_from_elsewhere_becomes_a_link_with_its_words():
    html = render("![Peta kampung](https://example.org/peta.png)")
    assert "<img" not in html
    assert 'href="https://example.org/peta.png"' in html
    assert ">Peta kampung</a>" in html


def test_a_picture_without_words_shows_its_address():
    assert ">https://example.org/a.png</a>" in render("![](https://example.org/a.png)")


@pytest.mark.parametrize(("typed", "level"), [("#", 3), ("##", 3), ("###", 4), ("######", 6)])
def test_headings_stand_below_the_section_s_own(typed, level):
    assert render(f"{typed} Judul").startswith(f"<h{level}>")


def test_lists_tables_and_emphasis_work():
    html = render("1. satu\n2. **dua**\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    assert "<strong>dua</strong>" in html
    assert '<th scope="col">a</th>' in html
    assert "<td>2</td>" in html


def test_the_opening_is_the_first_paragraph():
    assert opening("## Judul\n\n- satu\n\nKalimat **pertama**\nlanjut.\n\nKedua.") == (
        "Kalimat **pertama**\nlanjut."
    )
    assert opening("## Hanya judul") == ""
