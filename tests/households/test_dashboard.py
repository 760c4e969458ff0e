"""The overview: each figure is the number of rows on the page that it leads to."""

import datetime
import re

import pytest
from django.utils import timezone

from households import dashboard
from households.models import Listing, Survey
from households.workflows.surveys import check
from tests import factories
from tests.households.aided import establish, give, make_programme
from tests.households.listing import line_on, opened
from tests.households.surveying import begun, bps, sent
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
ADDRESS = "/kerja/ringkasan/"
YEAR = 2026


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def officer(kelurahan):
    return factories.make_user("petugas", Role.STAFF, kelurahan)


def family(kelurahan, officer, name, rw=3):
    return factories.make_family(factories.make_rt(kelurahan, rw, 1), by=officer, head=name)


def counts(figures):
    return [figure.count for figure in figures]


def test_visits_are_counted_by_how_far_they_are(kelurahan, officer):
    version = bps(kelurahan)
    families = [family(kelurahan, officer, f"Warga {n}") for n in range(5)]
    begun(families[0], version, by=officer)
    waiting = sent(families[1], version, by=officer)
    checked = sent(families[2], version, by=officer)
    second = factories.make_user("petugas2", Role.STAFF, kelurahan)
    check(checked, by=second)
    found = dashboard.of_year(kelurahan, timezone.localdate().year)
    assert counts(found.coverage) == [5, 1, 1, 2]
    assert waiting.status == Survey.Status.SENT


def test_what_waits_too_long_is_overdue(kelurahan, officer):
    survey = sent(family(kelurahan, officer, "Lama"), bps(kelurahan), by=officer)
    long_ago = timezone.now() - datetime.timedelta(days=8)
    Survey.objects.filter(pk=survey.pk).update(sent_at=long_ago)
    poor_list = opened(kelurahan, officer, year=YEAR)
    line = line_on(poor_list, family(kelurahan, officer, "Calon"), officer)
    line_on(poor_list, family(kelurahan, officer, "Baru"), officer)
    Listing.objects.filter(pk=line.pk).update(
        created_at=timezone.now() - datetime.timedelta(days=15)
    )
    found = dashboard.of_year(kelurahan, YEAR)
    by_label = {str(one.label): one.count for one in found.overdue}
    assert list(by_label.values()) == [1, 0, 1, 0]


def test_gaps_are_the_established_without_aid_and_the_aided_without_listing(kelurahan, officer):
    programme = make_programme(kelurahan, officer)
    both, lonely, outside = (family(kelurahan, officer, name) for name in ("A", "B", "C"))
    for one in (both, lonely):
        establish(one, officer)
    for one in (both, outside):
        give(programme, one, officer)
    found = dashboard.of_year(kelurahan, YEAR)
    assert counts(found.gaps) == [2, 1, 1, 1]


def test_families_on_the_list_stand_in_their_rw(kelurahan, officer):
    poor_list = opened(kelurahan, officer, year=YEAR)
    for name, rw in (("A", 3), ("B", 3), ("C", 4)):
        line_on(poor_list, family(kelurahan, officer, name, rw), officer)
    lines = dashboard.of_year(kelurahan, YEAR).classes.lines
    assert [(place.code[-3:], counts(figures)) for place, figures in lines] == [
        ("003", [2]),
        ("004", [1]),
    ]


def test_each_figure_leads_to_as_many_rows(client, kelurahan, officer):
    poor_list = opened(kelurahan, officer, year=YEAR)
    for name, rw in (("A", 3), ("B", 3), ("C", 4)):
        line_on(poor_list, family(kelurahan, officer, name, rw), officer)
    programme = make_programme(kelurahan, officer)
    establish_less = family(kelurahan, officer, "D")
    give(programme, establish_less, officer, start=datetime.date(YEAR, 1, 1))
    client.force_login(officer)
    page = client.get(ADDRESS, {"tahun": str(YEAR)})
    addresses = set(re.findall(r'href="(/kerja/(?:daftar|bantuan|survei)/[^"]+)"', text(page)))
    assert len([one for one in addresses if "?" in one]) >= 4
    for address in addresses:
        response = client.get(address.replace("&amp;", "&"))
        assert response.status_code == 200, address


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("role", [Role.TKPK_CHAIR, Role.TKPK_MEMBER, Role.KEMANTREN])
def test_others_read_figures_without_the_way_to_families(client, kelurahan, officer, role):
    poor_list = opened(kelurahan, officer, year=YEAR)
    line_on(poor_list, family(kelurahan, officer, "Rahasia Namanya"), officer)
    client.force_login(factories.make_user("pembaca", role, kelurahan))
    page = text(client.get(ADDRESS, {"tahun": str(YEAR)}))
    main = page[page.index('id="isi"') :]
    assert "Rahasia" not in main
    assert "/kerja/daftar/" not in main
    assert "/kerja/keluarga/" not in main


@pytest.mark.parametrize("role", [Role.RT_HEAD, Role.RW_HEAD, Role.ADMIN, Role.KSM_REP])
def test_the_page_does_not_exist_for_others(client, kelurahan, role):
    place = factories.make_rt(kelurahan) if role in {Role.RT_HEAD, Role.RW_HEAD} else kelurahan
    client.force_login(factories.make_user("lain", role, place))
    assert client.get(ADDRESS).status_code == 404


def test_nothing_of_a_neighbour_is_shown(client, kelurahan, officer):
    neighbour = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    family(neighbour, officer, "Tetangga")
    client.force_login(officer)
    response = client.get(ADDRESS, {"kelurahan": neighbour.code})
    assert response.context["found"].kelurahan == kelurahan
    assert response.context["found"].coverage[0].count == 0


@pytest.mark.parametrize("number", [1, 6])
def test_the_page_asks_as_much_for_few_families_as_for_many(
    client, kelurahan, officer, number, django_assert_max_num_queries
):
    poor_list = opened(kelurahan, officer, year=YEAR)
    for at in range(number):
        line_on(poor_list, family(kelurahan, officer, f"Warga {at}", rw=1 + at), officer)
    client.force_login(officer)
    client.get(ADDRESS)
    with django_assert_max_num_queries(24):
        client.get(ADDRESS)
    with django_assert_max_num_queries(12):
        dashboard.of_year(kelurahan, YEAR)


def test_a_post_is_refused(client, officer):
    client.force_login(officer)
    assert client.post(ADDRESS).status_code == 405
