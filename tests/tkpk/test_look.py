"""The look keeps its promises: states in words, charts with tables, errors beside the field."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Engine, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from tkpk.templatetags import look
from tkpk.views.style import sample_context, style_page

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"


def test_an_icon_is_inline_and_hidden_from_screen_readers():
    drawn = look.icon("house")
    assert drawn.startswith("<svg")
    assert 'aria-hidden="true"' in drawn
    assert "<path" in drawn
    with pytest.raises(KeyError):
        look.icon("not-in-the-set")


def test_a_state_is_a_word_and_its_own_shape_and_the_word_is_escaped():
    drawn = {tone: look.status_badge("<b>Terlambat</b>", tone) for tone in look.TONE_ICONS}
    assert all("&lt;b&gt;Terlambat" in badge for badge in drawn.values())
    shapes = {re.search(r"<svg.*?</svg>", badge).group() for badge in drawn.values()}
    assert len(shapes) == len(look.TONE_ICONS)


def test_filters_write_numbers_and_leave_a_dash_for_nothing():
    text = "{% load look %}{{ a|rupiah }} {{ b|percent }} {{ c|number }} {{ n|rupiah }}"
    with translation.override("id"):
        page = Template(text).render(Context({"a": 1_000_000, "b": 0.6, "c": 1234, "n": None}))
    assert page == "Rp1.000.000 60% 1.234 –"


def render_chart(rows):
    text = "{% load look %}{% bar_chart title rows %}"
    return Template(text).render(Context({"title": "Keluarga per RW", "rows": rows}))


def test_a_chart_starts_at_zero_and_holds_its_numbers_in_a_table():
    page = render_chart([("RW 01", 40, "40"), ("RW 02", 10, "10"), ("RW 03", 0, "0")])
    assert re.findall(r'class="bar"[^>]*width="([\d.]+%)"', page) == ["100.0%", "25.0%", "0%"]
    assert re.findall(r'<th scope="row">(.*?)</th>', page) == ["RW 01", "RW 02", "RW 03"]
    assert "<details" in page
    assert "RW 02: 10." in page


def test_a_withheld_number_draws_no_bar_at_all():
    page = render_chart([("RW 01", 40, "40"), ("RW 02", None, "kurang dari 5")])
    assert page.count('class="bar"') == 1
    assert page.count("kurang dari 5") == 3  # beside the label, in the description, in the table


def test_a_chart_of_nothing_but_zero_and_withheld_still_draws():
    page = render_chart([("RW 01", 0, "0"), ("RW 02", None, "tidak ditampilkan")])
    assert re.findall(r'class="bar"[^>]*width="([\d.]+%)"', page) == ["0%"]


def test_a_chart_is_the_same_text_each_time_so_that_pages_keep_their_etag():
    rows = [("RW 01", 40, "40")]
    assert render_chart(rows) == render_chart(rows)


def test_a_tall_chart_has_no_thousands_marks_in_its_coordinates():
    with translation.override("id"):
        page = render_chart([(f"RW {at:02d}", at, str(at)) for at in range(1, 31)])
    assert 'height="1560"' in page
    assert 'y="1524"' in page


def test_steps_tell_the_present_one_and_those_that_are_done_in_words():
    with translation.override("id"):
        page = Template("{% load look %}{% steps 3 %}").render(Context())
    assert page.count('aria-current="step"') == 1
    assert page.count("step-done") == 2
    assert page.count("visually-hidden") == 2


def test_the_pager_offers_only_the_ways_there_are():
    page = SimpleNamespace(previous_url="", next_url="?after=9", shown="1–50", total_text="480")
    text = Template("{% load look %}{% keyset_pager page %}").render(Context({"page": page}))
    assert 'rel="next"' in text
    assert 'rel="prev"' not in text


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_read_without_database_request_or_context(name):
    # An engine of its own: no context processors, no static tag, as when everything else broke.
    engine = Engine(dirs=[TEMPLATES])
    page = engine.get_template(f"{name}.html").render(Context())
    assert '<html lang="id">' in page
    assert 'href="/"' in page
    assert page.count("<p>") >= 2
    assert settings.STATIC_URL in page


def test_the_public_frame_touches_neither_user_nor_session_nor_csrf():
    class Untouchable:
        def __getattr__(self, name):
            raise AssertionError(f"a public page asked for {name}")

    request = RequestFactory().get("/")
    page = render_to_string(
        "public/base.html",
        {
            "kelurahan": SimpleNamespace(name="Tegalpanggung", office=None),
            "user": Untouchable(),
            "messages": Untouchable(),
            "csrf_token": Untouchable(),
            "request": request,
            "menu": [SimpleNamespace(label="Profil", url="/profil/", icon="house", active=True)],
            "language_links": [
                SimpleNamespace(code="id", label="Bahasa Indonesia", url="/", active=True),
                SimpleNamespace(code="en", label="English", url="/en/", active=False),
            ],
        },
    )
    assert "CSRF_COOKIE" not in request.META
    assert "Portal TKPK" in page
    assert 'hreflang="en"' in page
    assert 'hreflang="id"' not in page


def test_a_refused_form_says_what_is_wrong_beside_the_field_and_ties_it_to_the_control():
    form = sample_context()["wrong_form"]
    text = "{% load crispy_forms_tags %}{{ form|crispy }}"
    page = Template(text).render(Context({"form": form}))
    control = re.search(r'<input[^>]*id="id_bad-income"[^>]*>', page).group()
    assert 'aria-invalid="true"' in control
    assert "id_bad-income_error" in control
    assert 'id="id_bad-income_error"' in page
    assert 'value="1,5 juta"' in control  # what was typed stays
    assert 'href="#div_id_bad-income"' in page


def test_a_required_field_says_so_in_a_word_and_not_with_a_star():
    form = sample_context()["empty_form"]
    with translation.override("en"):
        page = Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(
            Context({"form": form})
        )
    label = re.search(r'<label[^>]*for="id_new-name".*?</label>', page, re.S).group()
    assert "(required)" in label
    assert "*" not in page


def style_request(user):
    request = RequestFactory().get("/kerja/gaya/")
    request.user = user
    request.kelurahan = None
    return request


@pytest.mark.django_db
def test_the_style_page_shows_every_component_in_every_state(django_user_model):
    user = django_user_model.objects.create_user("contoh", name="Sari Contoh")
    page = style_page(style_request(user)).content.decode()
    for tone in look.TONE_ICONS:
        assert f"badge-{tone}" in page
    for part in (
        "alert-success",
        "alert-info",
        "alert-warning",
        "alert-danger",
        "btn-primary",
        "btn-secondary",
        "btn-danger",
        "breadcrumbs",
        "link-tabs",
        "filters",
        "pager",
        "table-stack",
        "facts",
        "conflict",
        "disclosure",
        "<progress",
        "empty",
        "chart",
        "form-errors",
        "step-now",
    ):
        assert part in page, part
    main = page[page.index("<main") : page.index("</main>")]
    assert main.count("btn-primary") == 2  # the row of buttons, and the form
    assert 'max="2000" value="1250"' in page  # no thousands marks inside attributes


@pytest.mark.django_db
def test_the_style_page_is_closed_to_visitors():
    answer = style_page(style_request(AnonymousUser()))
    assert answer.status_code == 302


def test_every_class_of_the_frames_and_parts_is_known_to_a_style_sheet():
    sheets = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("css/*.css"))
    bootstrap = next((STATIC / "vendor").glob("bootstrap-5*/*.css")).read_text(encoding="utf-8")
    names = set()
    for path in [*TEMPLATES.glob("parts/*.html"), *TEMPLATES.glob("*/base.html")]:
        for value in re.findall(r'class="([^"{]+)"', path.read_text(encoding="utf-8")):
            names |= set(value.split())
    unknown = {name for name in names if f".{name}" not in sheets + bootstrap}
    assert unknown == set()
