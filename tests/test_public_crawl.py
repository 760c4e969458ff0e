"""Every public page of a full database: no identifier, no listed name, no cookie, few queries."""

import re
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

from households import statistics
from households.models import Household, Member
from programs.content_loader import load_profile
from tests import factories
from tkpk import public_pages
from tkpk.models import User
from tkpk.nik import find_identifiers
from tkpk.roles import Role

pytestmark = pytest.mark.django_db

# Views that may be opened without signing in; a new one is written here on purpose.
PUBLIC = {
    "home",
    "profile",
    "robots",
    "sitemap",
    "favicon",
    "voices_home",
    "voice_lookup",
    "voice_ticket",
    "voice_settle",
    "voice_reopen",
    "nomination_send",
    "objection_send",
    "removal_send",
    "statistics",
    "statistics_year",
    "statistics_csv",
    "statistics_json",
}
PAGES = ("/", "/profil/", "/suara/", "/en/", "/en/profil/", "/en/suara/")
# These carry the hidden fields of a form, so they are kept by nobody and may set a cookie.
FORM_PAGES = ("/suara/usulkan/", "/suara/sanggah/", "/suara/mundur/", "/suara/lacak/")
MACHINE_PAGES = ("/robots.txt", "/sitemap.xml")
HOSTS = {
    "tegal.example": (factories.TEGALPANGGUNG, "Tegalpanggung"),
    "surya.example": (factories.SURYATMAJAN, "Suryatmajan"),
}
# Unlike any word of the pages, with marks that have to be escaped.
NAMES = (
    "Zulaikhoh Prabandari",
    "Ng. D'Artagnan <Wreksodiningrat>",
    "Xaverius Ŝĉĝ Tjokro",
    "Qomariyah",
    "Hadi & Mangoenprawiro",
)


def open_views(patterns: list, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name, where) of every view that asks for no sign-in."""
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from open_views(pattern.url_patterns, where)
        elif isinstance(pattern, URLPattern) and not getattr(
            pattern.callback, "login_required", True
        ):
            yield pattern.name or "", where


def test_the_views_open_to_everybody_are_those_on_the_list():
    with translation.override("id"):
        found = list(open_views(get_resolver().url_patterns))
    # Signing in and the set-up have their own list, beside the tests of the account pages.
    own = [(name, where) for name, where in found if not where.startswith("akun/")]
    assert {name for name, where in own if not where.startswith("kelola/")} == PUBLIC
    assert {name for name, where in own if where.startswith("kelola/")} <= {"login"}


@pytest.fixture
def full(settings):
    """Two kelurahan with families, officials, texts and figures."""
    settings.ALLOWED_HOSTS = ["testserver", *HOSTS]
    public_pages._known["version"] = None
    factories.make_installation()
    for host, (code, name) in HOSTS.items():
        kelurahan = factories.make_kelurahan(code, name, host=host)
        officer = factories.make_user(f"petugas{code[-1]}", Role.STAFF, kelurahan)
        load_profile(kelurahan, by=officer)
        fill(kelurahan, officer)
        statistics.publish(kelurahan, by=officer)
    caches["memory"].clear()


def fill(kelurahan, officer):
    for number in range(8):
        place = factories.make_rt(kelurahan, rw=1 + number % 3, rt=number + 1)
        family = factories.make_family(
            place, by=officer, head=NAMES[number % len(NAMES)], others=2, address="Gg. Zirkonium 7"
        )
        factories.make_member(family, f"{NAMES[number % len(NAMES)]} Anom", by=officer)
    for role in (Role.LURAH, Role.TKPK_CHAIR, Role.BKM_MEMBER, Role.UPK_OFFICER, Role.KSM_REP):
        factories.make_user(
            f"{role.lower()}{kelurahan.code[-1]}", role, kelurahan, name="Pejabat Umum"
        )
    factories.make_user(
        f"rt{kelurahan.code[-1]}", Role.RT_HEAD, factories.make_rt(kelurahan), name="Ketua Erte"
    )


def crawled(client, addresses=(*PAGES, *MACHINE_PAGES)):
    for host in HOSTS:
        for address in addresses:
            response = client.get(address, headers={"host": host})
            assert response.status_code == 200, (host, address)
            yield host, address, response


def secrets() -> set[str]:
    """Every name, number and code by which a family or person could be known."""
    people = Member.objects.all()
    families = Household.objects.all()
    users = User.objects.exclude(nik="")
    return (
        {member.name for member in people}
        | {member.nik for member in people}
        | {member.nik_masked for member in people}
        | {member.code for member in people}
        | {family.kk_number for family in families}
        | {family.kk_masked for family in families}
        | {family.code for family in families}
        | {family.address for family in families}
        | {user.nik for user in users}
    )


def test_no_public_page_gives_a_family_away(client, full):
    known = secrets()
    assert len(known) > 50
    for host, address, response in crawled(client, (*PAGES, *MACHINE_PAGES, *FORM_PAGES)):
        text = response.content.decode()
        plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'")
        plain = plain.replace("&amp;", "&").upper()
        # The strokes of our own icons are digits, too.
        drawn = re.sub(r'<path [^>]*\bd="[^"]*"', "", text)
        assert find_identifiers(drawn) == [], (host, address)
        assert [secret for secret in known if secret.upper() in plain] == [], (host, address)


def test_no_public_page_sets_a_cookie_or_varies_by_one(client, full):
    for host, address, response in crawled(client):
        assert not response.cookies, (host, address)
        assert "cookie" not in response.get("Vary", "").lower(), (host, address)


def test_every_page_says_its_language_and_kelurahan(client, full):
    for host, address, response in crawled(client, PAGES):
        text = response.content.decode()
        language = "en" if address.startswith("/en/") else "id"
        assert f'<html lang="{language}">' in text
        assert set(re.findall(r'\slang="([^"]*)"', text)) <= {"id", "en"}
        assert HOSTS[host][1] in text
        (other,) = {name for _code, name in HOSTS.values()} - {HOSTS[host][1]}
        assert other not in re.sub(r"(?s)<section id=\"bagian-.*?</section>", "", text)


def test_every_link_of_a_page_leads_somewhere(client, full):
    for host, address, response in crawled(client, PAGES):
        text = response.content.decode()
        for link in set(re.findall(r'href="(/[^"#]*)"', text)):
            if link.startswith(("/static/", "/akun/")):
                continue
            assert client.get(link, headers={"host": host}).status_code == 200, (address, link)
        for place in re.findall(r'href="#([^"]+)"', text):
            assert f'id="{place}"' in text, (address, place)


@pytest.mark.parametrize(
    ("address", "most"), [("/", 5), ("/profil/", 5), ("/en/", 5), ("/en/profil/", 5)]
)
def test_a_cold_page_costs_few_queries_and_a_warm_one_none(client, full, address, most):
    host = {"host": "tegal.example"}
    with CaptureQueriesContext(
        connection,
    ) as cold:
        client.get(address, headers=host)
    with CaptureQueriesContext(connection) as warm:
        client.get(address, headers=host)
    assert len(cold) == most, [query["sql"] for query in cold]
    assert len(warm) <= 1


def test_more_families_and_officials_cost_no_more_queries(client, full):
    host = {"host": "tegal.example"}
    kelurahan = Household.objects.first().kelurahan
    for number in range(5):
        place = factories.make_rt(kelurahan, rw=9, rt=number + 1)
        factories.make_user(f"tambahan{number}", Role.RT_HEAD, place)
    with CaptureQueriesContext(connection) as cold:
        client.get("/profil/", headers=host)
    assert len(cold) == 5
