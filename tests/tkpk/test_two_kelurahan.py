"""Two kelurahan in one installation: who works in the one sees nothing of the other."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from households.models import Household, Member
from tests import factories
from tkpk.models import Tracked
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SECRET = "Nyisworo"  # a word that only rows of the other kelurahan hold


@pytest.fixture
def other():
    """Everything of the other kelurahan bears one word."""
    factories.make_installation()
    kelurahan = factories.make_kelurahan(factories.SURYATMAJAN, f"Kelurahan {SECRET}")
    officer = factories.make_user("sebelah", Role.STAFF, kelurahan, name=f"Petugas {SECRET}")
    household = factories.make_family(
        factories.make_rt(kelurahan), by=officer, head=f"Kepala {SECRET}", address=f"Jl {SECRET}"
    )
    factories.make_organisation(kelurahan, "BKM")
    kelurahan.organisations.update(name=f"BKM {SECRET}")
    return {"kelurahan": kelurahan, "officer": officer, "household": household}


@pytest.fixture(params=[Role.STAFF, Role.LURAH, Role.ADMIN, Role.RT_HEAD])
def user(request, other, client):
    here = factories.make_kelurahan()
    person = factories.make_user("sini", request.param, here)
    factories.make_family(factories.make_rt(here), by=person)
    client.force_login(person, BACKEND)
    return person


def test_querysets_hide_the_other_kelurahan(user, other):
    assert not Household.objects.visible_to(user).filter(pk=other["household"].pk).exists()
    assert not Member.objects.visible_to(user).filter(household=other["household"]).exists()


def test_each_sees_the_own_kelurahan_at_all(other):
    assert Household.objects.visible_to(other["officer"]).get() == other["household"]
    assert Member.objects.visible_to(other["officer"]).count() == 2


def test_no_list_of_the_admin_screens_shows_the_other_kelurahan(client, user):
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for page in ("changelist", "add"):
            response = client.get(reverse(f"{name}_{page}"), follow=True)
            assert response.status_code in {200, 403}, (name, page)
            assert SECRET not in response.content.decode(), (name, page)


def test_no_row_of_the_other_kelurahan_opens_in_the_admin_screens(client, user, other):
    seen = 0
    rows = [other["kelurahan"], other["kelurahan"].office, other["officer"],
            other["officer"].mandates.get(), other["kelurahan"].organisations.get(),
            other["household"]]  # fmt: skip
    for row in rows:
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        for page in ("change", "history"):
            response = client.get(reverse(f"{name}_{page}", args=[row.pk]), follow=True)
            assert SECRET not in response.content.decode(), (name, page)
            seen += 1
    assert seen == 2 * len(rows)


@pytest.mark.parametrize(
    ("name", "argument"),
    [("household_file", "household"), ("household_history", "household")],
)
def test_no_file_of_the_other_kelurahan_opens(client, user, other, name, argument):
    try:
        url = reverse(name, args=[other[argument].pk])
    except NoReverseMatch:
        pytest.skip(f"{name} has no address yet")
    response = client.get(url)
    assert response.status_code == 404
    assert SECRET not in response.content.decode()


def test_every_top_level_row_names_its_kelurahan():
    tracked = [model for model in apps.get_models() if issubclass(model, Tracked)]
    assert tracked
    for model in tracked:
        field = model._meta.get_field("kelurahan")
        assert not field.null
        assert not field.editable
