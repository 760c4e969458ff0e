"""The registry's piece of the first page."""

import pytest
from django.urls import reverse

from households.imports.applying import apply_batch
from households.imports.checking import check_batch
from households.imports.staging import start_batch
from households.workflows.importing import IMPORT_FLOW
from tests.factories import make_family, make_installation, make_kelurahan, make_rt, make_user
from tests.households import workbooks
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    make_installation()
    return make_kelurahan()


def page(client, user):
    client.force_login(user)
    return client.get(reverse("work_home"))


def test_the_figures_are_those_of_my_own_area(client, place):
    officer = make_user("petugas", Role.STAFF, place)
    make_family(make_rt(place, 3, 12), by=officer, others=2)
    make_family(make_rt(place, 4, 13), by=officer, others=0)
    head = make_user("rt", Role.RT_HEAD, make_rt(place, 3, 12))
    assert page(client, officer).context["panels"][0].context["families"] == 2
    shown = page(client, head).context["panels"][0].context
    assert (shown["families"], shown["persons"]) == (1, 3)


def test_families_without_a_known_rt_are_pointed_out(client, place):
    officer = make_user("petugas", Role.STAFF, place)
    make_family(place, by=officer)
    response = page(client, officer)
    assert response.context["panels"][0].context["without_rt"] == 1
    assert "?tanpa_rt=on" in response.content.decode()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.TKPK_CHAIR, Role.KEMANTREN, Role.BKM_MEMBER])
def test_who_opens_no_families_gets_no_panel(client, place, role):
    assert page(client, make_user("lain", role, place)).context["panels"] == []


def test_the_first_page_takes_the_same_queries_for_one_family_and_for_three(
    client, place, django_assert_num_queries, django_assert_max_num_queries
):
    officer = make_user("petugas", Role.STAFF, place)
    make_family(make_rt(place), by=officer)
    client.force_login(officer)
    client.get(reverse("work_home"))  # The number of remarks on the data is kept a while.
    with django_assert_max_num_queries(22) as counted:
        client.get(reverse("work_home"))
    for _number in range(2):
        make_family(make_rt(place), by=officer)
    with django_assert_num_queries(len(counted)):
        client.get(reverse("work_home"))


def test_an_import_that_waits_for_an_answer_stands_in_the_inbox_and_a_saved_one_does_not(
    client, place
):
    officer = make_user("petugas", Role.STAFF, place)
    data = workbooks.xlsx(workbooks.grid([workbooks.person()]))
    batch = start_batch(data, name="penduduk.xlsx", kelurahan=place, by=officer, fallback=place)
    batch = check_batch(batch, by=officer)
    waiting = page(client, officer).context["waiting"]
    assert [row.title for row in waiting] == [batch.code]
    apply_batch(IMPORT_FLOW.apply("confirm", batch, by=officer), by=officer)
    assert page(client, officer).context["waiting"] == []
