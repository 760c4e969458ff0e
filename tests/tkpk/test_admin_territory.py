"""The admin screen of places: an administrator adds within the own area, and codes stay."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests import factories
from tkpk.models import Territory
from tkpk.resources import TerritoryResource
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
ADD = "admin:tkpk_territory_add"


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def other():
    return factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")


@pytest.fixture
def admin(kelurahan, client):
    user = factories.make_user("admin", Role.ADMIN, kelurahan)
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return user


def test_a_place_is_added_within_the_own_area(client, admin, kelurahan):
    data = {"code": "3471041002009", "level": "RW", "name": "RW 09", "parent": kelurahan.pk}
    assert client.post(reverse(ADD), data).status_code == 302
    assert Territory.objects.filter(code=f"{kelurahan.code}.009").exists()


def test_no_place_is_added_outside_of_it(client, admin, kelurahan, other):
    tries = [
        {"code": f"{other.code}.009", "level": "RW", "name": "RW 09", "parent": other.pk},
        {"code": f"{other.code}.009", "level": "RW", "name": "RW 09", "parent": kelurahan.pk},
        {"code": "34.99", "level": "CITY", "name": "Kota Lain", "parent": ""},
    ]
    for data in tries:
        assert client.post(reverse(ADD), data).status_code == 200
    assert not Territory.objects.filter(name__in=["RW 09", "Kota Lain"]).exists()


def test_the_code_of_a_place_never_changes(client, admin, kelurahan):
    rt = factories.make_rt(kelurahan)
    url = reverse("admin:tkpk_territory_change", args=[rt.pk])
    data = {"code": "34.71.04.1001.001.001", "level": "CITY", "name": "RT 12 baru"}
    assert client.post(url, data).status_code == 302
    stored = Territory.objects.get(pk=rt.pk)
    assert (stored.code, stored.level, stored.name) == (rt.code, "RT", "RT 12 baru")


def rows(*codes):
    lines = ["code,level,name", *(f"{code},RW,RW {code[-3:]}" for code in codes)]
    return "\n".join(lines)


def test_an_import_brings_in_places_of_the_own_area_alone(client, admin, kelurahan, other):
    data = {
        "import_file": SimpleUploadedFile("rw.csv", rows("34.71.04.1001.009").encode()),
        "format": "1",
    }
    response = client.post(reverse("admin:tkpk_territory_import"), data)
    assert response.status_code == 200
    assert response.context["result"].has_validation_errors() or (
        response.context["result"].has_errors()
    )
    assert not Territory.objects.filter(code="34.71.04.1001.009").exists()


def test_the_parent_follows_from_the_code(admin, kelurahan):
    from tablib import Dataset  # noqa: PLC0415 - here only

    data = Dataset().load(rows("3471041002009"), format="csv")
    result = TerritoryResource().import_data(data, user=admin, raise_errors=True)
    assert not result.has_validation_errors()
    assert Territory.objects.get(code=f"{kelurahan.code}.009").parent == kelurahan


@pytest.mark.parametrize("role", [Role.STAFF, Role.LURAH])
def test_others_look_and_do_not_touch(client, kelurahan, role):
    user = factories.make_user("lain", role, kelurahan)
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("admin:tkpk_territory_changelist")).status_code == 200
    assert client.get(reverse(ADD)).status_code == 403
    assert client.get(reverse("admin:tkpk_territory_import")).status_code == 403
