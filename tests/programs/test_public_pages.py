"""Home and profile: content, cache, language, and what a visitor does not get."""

import datetime

import pytest
import time_machine
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone

from households import statistics
from programs.content_loader import load_profile
from programs.models import ProfileSection
from tests import factories
from tkpk import mandates, public_pages
from tkpk.models import Mandate
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_version():
    """The data version is kept for a second, longer than a test lasts."""
    public_pages._known["version"] = None


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def officer(kelurahan):
    return factories.make_user("petugas", Role.STAFF, kelurahan, name="Darmaji Petugas")


def add_families(kelurahan, officer, number):
    for n in range(number):
        factories.make_family(factories.make_rt(kelurahan), by=officer, head=f"Kepala Ke {n}")


def body(client, address, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


# --- what is shown ----------------------------------------------------------------------------
def test_before_the_set_up_the_pages_say_so_and_are_kept_nowhere(client):
    for address in ("/", "/profil/", "/en/"):
        response = client.get(address)
        assert response.status_code == 503
        assert response["Cache-Control"] == "no-store"
    factories.make_installation()
    factories.make_kelurahan()
    assert client.get("/").status_code == 200


def test_home_opens_with_the_first_paragraph_about_the_team(client, kelurahan, officer):
    load_profile(kelurahan, by=officer)
    page = body(client, "/")
    section = ProfileSection.objects.get(slug="tentang")
    assert section.title in page
    assert "meja bersama" in page
    assert "Siapa saja di dalamnya" not in page


def test_home_without_figures_says_that_none_are_published(client, kelurahan):
    response = client.get("/")
    assert response.context["statistics"] is None


def test_home_shows_the_figures_of_their_day_in_indonesian_numbers(client, kelurahan, officer):
    add_families(kelurahan, officer, 6)
    snapshot = statistics.publish(kelurahan, by=officer)
    snapshot.tables["rw"]["total"] = 1234
    snapshot.save()
    assert "1.234" in body(client, "/")
    assert "1,234" in body(client, "/en/")


def test_figures_are_never_live(client, kelurahan, officer):
    add_families(kelurahan, officer, 9)
    assert client.get("/").context["statistics"] is None


def test_profile_shows_every_published_section_in_order_with_contents(client, kelurahan, officer):
    load_profile(kelurahan, by=officer)
    ProfileSection.objects.filter(slug="pilar").update(is_published=False)
    page = body(client, "/profil/")
    slugs = list(ProfileSection.objects.filter(is_published=True).values_list("slug", flat=True))
    places = [page.index(f'id="bagian-{slug}"') for slug in slugs]
    assert places == sorted(places)
    assert all(f'href="#bagian-{slug}"' in page for slug in slugs)
    assert "bagian-pilar" not in page


def test_structure_names_who_holds_office_today(client, kelurahan, officer):
    today = timezone.localdate()
    chair = factories.make_user("ketua", name="Suharjo Ketua")
    factories.make_mandate(chair, Role.TKPK_CHAIR, kelurahan, position="Ketua TKPK", ends_on=today)
    former = factories.make_user("mantan", name="Mantan Pengurus")
    factories.make_mandate(
        former,
        Role.TKPK_SECRETARY,
        kelurahan,
        starts_on=today - datetime.timedelta(days=400),
        ends_on=today - datetime.timedelta(days=1),
    )
    page = body(client, "/profil/")
    assert "Suharjo Ketua" in page
    assert "Ketua TKPK" in page
    assert "Mantan Pengurus" not in page
    assert chair.nik not in page


def test_structure_leaves_out_group_representatives_and_administrators(client, kelurahan):
    factories.make_user("ksm", Role.KSM_REP, kelurahan, name="Wakil Kelompok")
    factories.make_user("admin", Role.ADMIN, kelurahan, name="Penjaga Sistem")
    page = body(client, "/profil/")
    assert "Wakil Kelompok" not in page
    assert "Penjaga Sistem" not in page


def test_many_heads_of_rt_are_given_as_a_number(client, kelurahan):
    for rt in range(1, 22):
        place = factories.make_rt(kelurahan, rw=1, rt=rt)
        factories.make_user(f"rt{rt}", Role.RT_HEAD, place, name=f"Pengurus Nomor {rt}")
    response = client.get("/profil/")
    assert "Pengurus Nomor" not in response.content.decode()
    assert [body.count for body in response.context["bodies"]] == [21]


# --- language ---------------------------------------------------------------------------------
def test_english_pages_mark_what_is_not_translated(client, kelurahan, officer):
    load_profile(kelurahan, by=officer)
    ProfileSection.objects.filter(slug="sasaran").update(title_en="", body_en="")
    page = body(client, "/en/profil/")
    assert '<html lang="en">' in page
    assert '<section id="bagian-sasaran" lang="id">' in page
    assert '<section id="bagian-tentang" >' in page


def test_the_language_is_that_of_the_address_alone(client, kelurahan):
    client.cookies["django_language"] = "en"
    assert '<html lang="id">' in body(client, "/", **{"Accept-Language": "en"})


# --- two kelurahan ----------------------------------------------------------------------------
def test_each_host_shows_its_own_kelurahan(client, kelurahan, officer, settings):
    settings.ALLOWED_HOSTS = ["testserver", "surya.example"]
    settings.DEFAULT_KELURAHAN = kelurahan.code
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan", host="surya.example")
    load_profile(kelurahan, by=officer)
    load_profile(other, by=officer)
    assert "Portal TKPK Tegalpanggung" in body(client, "/").replace(
        '<span class="brand-place">', ""
    )
    theirs = body(client, "/profil/", host="surya.example")
    assert "Suryatmajan" in theirs
    assert "Tegalpanggung" not in theirs


def test_a_strange_host_is_refused(client, kelurahan, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


# --- the cache --------------------------------------------------------------------------------
def test_a_visitor_gets_no_cookie_and_nothing_varies_by_cookie(client, kelurahan):
    for address in ("/", "/profil/", "/en/", "/robots.txt", "/sitemap.xml"):
        response = client.get(address)
        assert not response.cookies
        assert "cookie" not in response.get("Vary", "").lower()
        assert "public" in response["Cache-Control"]


def test_a_known_page_is_answered_by_304(client, kelurahan):
    tag = client.get("/")["ETag"]
    for sent in (tag, f"W/{tag}", f'"lain", {tag}'):
        response = client.get("/", headers={"If-None-Match": sent})
        assert response.status_code == 304
        assert response["ETag"] == tag
        assert response.content == b""
    assert client.get("/", headers={"If-None-Match": '"lain"'}).status_code == 200


def test_a_page_asked_twice_costs_no_query(client, kelurahan, django_assert_num_queries):
    client.get("/")
    with django_assert_num_queries(0):
        client.get("/")


def test_a_query_string_is_answered_but_fills_no_cache(client, kelurahan):
    client.get("/")
    kept = set(caches["memory"]._cache)
    for number in range(5):
        assert client.get(f"/?x={number}").status_code == 200
    assert set(caches["memory"]._cache) == kept


def test_a_published_figure_shows_at_once(
    client, kelurahan, officer, django_capture_on_commit_callbacks
):
    add_families(kelurahan, officer, 6)
    client.get("/")
    with django_capture_on_commit_callbacks(execute=True):
        statistics.publish(kelurahan, by=officer)
    assert client.get("/").context["statistics"].families == 6


def test_a_new_mandate_shows_at_once(client, kelurahan, django_capture_on_commit_callbacks):
    administrator = factories.make_user("admin", Role.ADMIN, kelurahan)
    chair = factories.make_user("ketua", name="Suharjo Ketua")
    assert "Suharjo Ketua" not in body(client, "/profil/")
    mandate = Mandate(
        user=chair, role=Role.TKPK_CHAIR, territory=kelurahan, starts_on=timezone.localdate()
    )
    with django_capture_on_commit_callbacks(execute=True):
        mandates.grant(mandate, by=administrator)
    assert "Suharjo Ketua" in body(client, "/profil/")


def test_a_mandate_is_gone_on_the_day_after_its_last(client, kelurahan):
    today = timezone.localdate()
    chair = factories.make_user("ketua", name="Suharjo Ketua")
    factories.make_mandate(chair, Role.TKPK_CHAIR, kelurahan, ends_on=today)
    assert "Suharjo Ketua" in body(client, "/profil/")
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1), tick=True):
        assert "Suharjo Ketua" not in body(client, "/profil/")


def test_only_reading_is_allowed(client, kelurahan):
    for address in ("/", "/profil/"):
        assert client.post(address).status_code == 405


# --- for machines -----------------------------------------------------------------------------
def test_robots_are_kept_out_of_the_offices(client, kelurahan):
    text = body(client, "/robots.txt")
    for path in ("/kerja/", "/kelola/", "/akun/"):
        assert f"Disallow: {path}" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert client.get("/en/robots.txt").status_code == 404


def test_the_sitemap_lists_pages_that_exist(client, kelurahan):
    text = body(client, "/sitemap.xml")
    for address in ("/", "/profil/", "/en/", "/en/profil/"):
        assert f"<loc>http://testserver{address}</loc>" in text
        assert client.get(address).status_code == 200


def test_the_old_icon_address_leads_to_the_drawing(client, kelurahan):
    response = client.get(reverse("favicon"))
    assert response.status_code == 302
    assert response["Location"].endswith(".svg")
