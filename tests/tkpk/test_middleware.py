"""Language by path, kelurahan by host or mandate, closed doors, and the second factor."""

import pytest
from django.urls import reverse

from tests import factories
from tkpk.middleware import kelurahan_of_host
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan(host="tegalpanggung.contoh.id")


@pytest.fixture
def other(kelurahan):
    return factories.make_kelurahan(
        factories.SURYATMAJAN, "Suryatmajan", host="suryatmajan.contoh.id"
    )


def test_public_pages_show_the_kelurahan_of_their_host(kelurahan, other, settings):
    settings.DEFAULT_KELURAHAN = other.code
    assert kelurahan_of_host("tegalpanggung.contoh.id:8000") == kelurahan
    assert kelurahan_of_host("suryatmajan.contoh.id") == other
    assert kelurahan_of_host("localhost") == other
    settings.DEFAULT_KELURAHAN = ""
    assert kelurahan_of_host("localhost") == kelurahan


def test_an_empty_installation_has_no_kelurahan(db):
    assert kelurahan_of_host("localhost") is None


def test_staff_pages_show_the_kelurahan_of_the_mandate(client, kelurahan, other, settings):
    settings.DEFAULT_KELURAHAN = kelurahan.code
    client.force_login(factories.make_user("petugas", Role.STAFF, other), BACKEND)
    assert client.get(reverse("work_home")).context["kelurahan"] == other


@pytest.mark.parametrize("language", ["id", "en"])
def test_staff_pages_speak_the_persons_language_whatever_the_browser_says(
    client, kelurahan, language
):
    user = factories.make_user("petugas", Role.STAFF, kelurahan, language=language)
    client.force_login(user, BACKEND)
    for asked in ("en", "id"):
        response = client.get(reverse("work_home"), headers={"accept-language": asked})
        assert response["Content-Language"] == language


def test_public_pages_speak_by_their_prefix(client, kelurahan):
    for path, language in (("/", "id"), ("/en/", "en")):
        response = client.get(path, headers={"accept-language": "en"})
        assert response["Content-Language"] == language
        assert not response.cookies


@pytest.mark.parametrize("path", ["/kerja/", "/kelola/"])
def test_outside_a_demo_a_second_factor_comes_first(client, path):
    factories.make_installation(demo=False)
    kelurahan = factories.make_kelurahan()
    client.force_login(factories.make_user("petugas", Role.STAFF, kelurahan), BACKEND)
    assert client.get(path).url == reverse("mfa_index")


def test_in_a_demo_no_second_factor_is_asked_for(client, kelurahan):
    client.force_login(factories.make_user("petugas", Role.STAFF, kelurahan), BACKEND)
    assert client.get("/kerja/").status_code == 200
