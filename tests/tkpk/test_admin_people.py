"""The admin screens of people and mandates: each administrator's own places, no way around."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tkpk.models import Mandate, TrailEntry, User
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def admin(kelurahan, client):
    user = factories.make_user("admin", Role.ADMIN, kelurahan)
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return user


def change_url(row):
    return reverse(f"admin:tkpk_{row._meta.model_name}_change", args=[row.pk])


def person_data(user, **facts):
    return {
        "username": user.username, "name": user.name, "email": "", "language": "id",
        "is_active": "on", "new_nik": "",
    } | facts  # fmt: skip


def test_a_person_is_added_without_a_password(client, admin):
    data = person_data(User(username="Baru", name="Orang Baru"), new_nik="3471041705800000")
    assert client.post(reverse("admin:tkpk_user_add"), data).status_code == 302
    person = User.objects.get(username="baru")
    assert not person.has_usable_password()
    assert person.nik == "3471041705800000"


def test_a_nik_is_never_shown_and_kept_when_left_empty(client, admin, kelurahan):
    person = factories.make_user("petugas", Role.STAFF, kelurahan)
    page = client.get(change_url(person)).content.decode()
    assert person.nik not in page
    assert client.post(change_url(person), person_data(person)).status_code == 302
    assert User.objects.get(pk=person.pk).nik == person.nik


def test_a_nik_of_somebody_else_or_no_nik_at_all_is_refused(client, admin, kelurahan):
    person = factories.make_user("petugas", Role.STAFF, kelurahan)
    for typed in (admin.nik, "12345", "3471049999990000"):
        response = client.post(change_url(person), person_data(person, new_nik=typed))
        assert response.status_code == 200
        assert "new_nik" in response.context["adminform"].form.errors


def test_an_account_of_a_wider_place_cannot_be_taken_over(client, admin, kelurahan):
    """By giving it a mandate here and then changing its address for new passwords."""
    wide = factories.make_user("kota", Role.ADMIN, kelurahan.parent.parent)
    factories.make_mandate(wide, Role.STAFF, kelurahan)
    data = person_data(wide, email="saya@contoh.id")
    assert client.post(change_url(wide), data).status_code == 403
    assert User.objects.get(pk=wide.pk).email == ""


@pytest.mark.parametrize("role", [Role.STAFF, Role.LURAH])
def test_people_are_the_administrators_matter_alone(client, kelurahan, role):
    user = factories.make_user("lain", role, kelurahan)
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("admin:tkpk_user_changelist")).status_code == 403
    assert client.post(reverse("admin:tkpk_mandate_add"), {}).status_code == 403


def test_a_mandate_is_given_on_its_screen_and_trailed(client, admin, kelurahan):
    person = factories.make_user("petugas")
    data = {
        "user": person.pk, "role": "STAFF", "territory": kelurahan.pk,
        "starts_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    assert client.post(reverse("admin:tkpk_mandate_add"), data).status_code == 302
    mandate = person.mandates.get()
    assert TrailEntry.objects.get().move == "grant"
    response = client.post(
        change_url(mandate), data | {"role": "ADMIN", "position": "Kepala Seksi"}
    )
    assert response.status_code == 302
    mandate.refresh_from_db()
    assert (mandate.role, mandate.position) == ("STAFF", "Kepala Seksi")


def test_the_form_offers_no_person_of_another_kelurahan(client, admin):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    factories.make_user("tetangga", Role.STAFF, other, name="Tetangga Jauh")
    page = client.get(reverse("admin:tkpk_mandate_add")).content.decode()
    assert "Tetangga Jauh" not in page
    assert "Suryatmajan" not in page


def test_a_version_of_the_past_is_looked_at_and_never_put_back(client, admin, kelurahan):
    """The history's form would save an old row behind the trail's back."""
    mandate = factories.make_mandate(factories.make_user("petugas"), Role.STAFF, kelurahan)
    mandate.ends_on = timezone.localdate() + datetime.timedelta(days=9)
    mandate.save()
    first = mandate.history.last()
    url = reverse("admin:tkpk_mandate_simple_history", args=[mandate.pk, first.history_id])
    assert client.get(url).status_code == 200
    assert client.post(url, {"starts_on": "2026-01-01"}).status_code == 405
    assert Mandate.objects.get(pk=mandate.pk).ends_on == mandate.ends_on
    lurah = factories.make_user("lurah", Role.LURAH, kelurahan)
    client.force_login(lurah, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(url, {}).status_code == 405


@pytest.mark.parametrize("model", ["user", "territory", "organisation", "job", "trailentry"])
def test_what_has_no_history_has_no_page_of_it(client, admin, model):
    assert client.get(reverse(f"admin:tkpk_{model}_history", args=[1])).status_code == 404


def test_nothing_is_deleted_here(client, admin, kelurahan):
    for row in (admin, admin.mandates.get(), kelurahan):
        url = reverse(f"admin:tkpk_{row._meta.model_name}_delete", args=[row.pk])
        assert client.post(url, {"post": "yes"}).status_code == 403


def test_the_trail_is_read_only(client, admin, kelurahan):
    from django.db import transaction  # noqa: PLC0415 - here only

    from tkpk import trail  # noqa: PLC0415 - here only

    with transaction.atomic():
        entry = trail.record(chain=kelurahan, by=admin, process="test", move="act")
    assert client.get(change_url(entry)).status_code == 200
    assert client.post(change_url(entry), {"reason": "x"}).status_code == 403
    assert client.get(reverse("admin:tkpk_trailentry_add")).status_code == 403
