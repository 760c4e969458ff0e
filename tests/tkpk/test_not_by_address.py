"""Addresses that only a button opens: where one lands after signing in, and what a reload shows."""

import pytest
from django.urls import reverse

from tests import factories
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LIST, SEARCH = "/kerja/keluarga/", "/kerja/keluarga/cari/"
SIGN_IN = "/akun/masuk/?next="


@pytest.fixture
def officer():
    factories.make_installation()
    return factories.make_user("petugas", Role.STAFF, factories.make_kelurahan())


def test_a_button_pressed_after_the_session_ended_leads_back_to_its_page(client, officer):
    away = client.post(SEARCH, {"text": "x"}, headers={"referer": f"http://testserver{LIST}?rw=1"})
    assert away.headers["Location"] == f"{SIGN_IN}/kerja/keluarga/%3Frw%3D1"


@pytest.mark.parametrize("referer", ["", "http://elsewhere.example/kerja/", "//elsewhere.example/"])
def test_a_page_of_somebody_else_is_never_the_way_back(client, officer, referer):
    away = client.post(SEARCH, {"text": "x"}, headers={"referer": referer})
    assert away.headers["Location"] == f"{SIGN_IN}{SEARCH}"


def test_a_form_that_answers_at_its_own_address_comes_back_to_it(client, officer):
    form = reverse("household_add")
    away = client.post(form, {}, headers={"referer": f"http://testserver{form}"})
    assert away.headers["Location"] == f"{SIGN_IN}{form}"


def test_such_an_address_typed_or_reloaded_says_so_in_words(client, officer):
    client.force_login(officer, BACKEND)
    response = client.get(SEARCH)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "Kode 405" in response.content.decode()
