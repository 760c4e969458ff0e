"""The overview: each figure is the number of rows on the page that it leads to."""

import datetime
import re

import pytest
from django.utils import timezone

from households import dashboard, dashboard_rows
from households.dashboard import READERS
from households.models import Listing, Survey
from households.workflows.surveys import check
from tests import factories
from tests.households.aided import establish, give, make_list, make_programme
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


@pytest.fixture
def one_of_each(kelurahan, officer):
    """A year in which no figure is zero."""
    second = factories.make_user("petugas2", Role.STAFF, kelurahan)
    version = bps(kelurahan)
    fams = {
        name: family(kelurahan, officer, f"Rahasia {name}", rw)
        for rw, name in enumerate(("Lama", "Periksa", "Lulus", "Calon", "Tetap", "Luar"), start=1)
    }
    sent(fams["Lama"], version, by=officer)
    Survey.objects.update(sent_at=timezone.now() - datetime.timedelta(days=8))
    check(sent(fams["Periksa"], version, by=officer), by=second)
    poor_list = make_list(kelurahan, officer, YEAR)
    graduate = line_on(poor_list, fams["Lulus"], officer, status="GRADUATED")
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Listing.objects.filter(pk=graduate.pk).update(visit_due_on=yesterday)
    late = line_on(poor_list, fams["Calon"], officer)
    long_ago = timezone.now() - datetime.timedelta(days=15)
    Listing.objects.filter(pk=late.pk).update(created_at=long_ago)
    establish(fams["Tetap"], officer, YEAR)
    give(make_programme(kelurahan, officer), fams["Luar"], officer)
    return fams


def text(response):
    return response.content.decode()


def main_of(response):
    """The page without its menu."""
    whole = text(response)
    return whole[whole.index('id="isi"') :]


def figures_of(client, **asked):
    """Every number of the page with the address it leads to."""
    page = client.get(ADDRESS, {"tahun": str(YEAR), **asked})
    groups = [*page.context["groups"].values(), *(f for _n, f in page.context["classes"] or [])]
    return page, [figure for figures in groups for figure in figures]


def test_each_figure_leads_to_as_many_rows(client, officer, one_of_each):
    client.force_login(officer)
    page, figures = figures_of(client)
    assert len(figures) > 12
    for figure in figures:
        assert figure["url"].replace("&", "&amp;") in text(page)
        behind = client.get(figure["url"])
        assert behind.status_code == 200, figure
        if "page" in behind.context and figure["url"] != "/kerja/suara/":
            assert len(behind.context["page"].rows) == figure["count"], figure


def test_a_figure_of_none_leads_to_a_list_that_says_so(client, officer):
    client.force_login(officer)
    _page, figures = figures_of(client)
    none = [one for one in figures if one["count"] == 0]
    assert len(none) >= 8
    for figure in none:
        behind = client.get(figure["url"])
        assert behind.status_code == 200
        assert 'class="empty' in main_of(behind), figure["url"]


def test_figures_of_an_earlier_year_lead_to_their_rows_too(client, officer, one_of_each):
    client.force_login(officer)
    _page, figures = figures_of(client, tahun=str(timezone.localdate().year - 1))
    for figure in figures:
        assert len(client.get(figure["url"]).context["page"].rows) == figure["count"], figure


COUNTING = [Role.TKPK_CHAIR, Role.TKPK_SECRETARY, Role.TKPK_MEMBER, Role.KEMANTREN]


@pytest.mark.parametrize("role", [Role.STAFF, Role.LURAH, *COUNTING])
def test_no_link_of_the_page_is_closed_to_who_sees_it(client, kelurahan, one_of_each, role):
    client.force_login(factories.make_user("pembaca", role, kelurahan))
    page, _figures = figures_of(client)
    links = set(re.findall(r'href="(/[^"#]+)"', text(page)))
    links = {one.replace("&amp;", "&") for one in links if not one.startswith("/static/")}
    # In a box that a device shows at signing out, if surveys wait on it that an officer made.
    links.remove("/kerja/survei/lapangan/")
    assert len(links) > 15
    for link in links:
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("role", COUNTING)
def test_others_follow_each_figure_to_counts_and_to_no_name(client, kelurahan, one_of_each, role):
    client.force_login(factories.make_user("pembaca", role, kelurahan))
    page, figures = figures_of(client)
    assert "Rahasia" not in main_of(page)
    for figure in figures:
        behind = client.get(figure["url"])
        assert "Rahasia" not in text(behind), figure
        assert "/kerja/keluarga/" not in main_of(behind), figure
        if "lines" in behind.context:
            assert sum(number for _rw, number in behind.context["lines"]) == figure["count"]


@pytest.mark.parametrize("role", [role for role in Role if role not in READERS])
def test_the_families_of_a_figure_are_not_there_for_others(client, kelurahan, one_of_each, role):
    client.force_login(factories.make_user("lain", role, kelurahan))
    for slug in dashboard_rows.KINDS:
        assert client.get(f"{ADDRESS}{slug}/").status_code == 404


@pytest.mark.parametrize("slug", dashboard_rows.KINDS)
def test_the_families_of_a_figure_are_read_by_get_and_stay_in_their_kelurahan(
    client, kelurahan, one_of_each, slug
):
    there = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    client.force_login(factories.make_user("tetangga", Role.STAFF, there))
    response = client.get(f"{ADDRESS}{slug}/", {"kelurahan": kelurahan.code, "tahun": str(YEAR)})
    assert "Rahasia" not in text(response)
    assert response.context["place"] == there
    assert client.post(f"{ADDRESS}{slug}/").status_code == 405


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
    with django_assert_max_num_queries(16):
        client.get(ADDRESS)
    with django_assert_max_num_queries(10):
        dashboard.of_year(kelurahan, YEAR)


def test_a_post_is_refused(client, officer):
    client.force_login(officer)
    assert client.post(ADDRESS).status_code == 405
