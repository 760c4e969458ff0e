"""The file that an import came from goes back to its officers only, and the trail says to whom."""

import pytest
from django.urls import reverse

from households.imports.staging import start_batch
from tests import factories
from tests.households import workbooks as make
from tkpk import files
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def officer(kelurahan):
    return factories.make_user("petugas", Role.STAFF, kelurahan)


@pytest.fixture
def batch(kelurahan, officer):
    data = make.xlsx(make.grid([make.person()]))
    return start_batch(data, name="Daftar Bu Tejo.xlsx", kelurahan=kelurahan, by=officer)


def take(client, batch):
    return client.post(reverse("document_download", args=[batch.source_id]))


def test_an_officer_takes_the_file_as_it_was_and_the_trail_says_so(client, batch, officer):
    client.force_login(officer)
    answer = take(client, batch)
    assert answer.content == files.load(batch.source)
    assert answer["Content-Disposition"] == f'attachment; filename="{batch.code}.xlsx"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")
    act = TrailEntry.objects.get(process="document")
    assert (act.by, act.move, act.reason) == (officer, "download", f"{batch.code}.xlsx")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STAFF}))
def test_nobody_else_of_the_kelurahan_gets_it(client, batch, kelurahan, role):
    client.force_login(factories.make_user("lain", role, kelurahan))
    assert take(client, batch).status_code == 404
    assert not TrailEntry.objects.filter(process="document").exists()


def test_an_officer_of_another_kelurahan_does_not_get_it(client, batch):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    client.force_login(factories.make_user("lain", Role.STAFF, other))
    assert take(client, batch).status_code == 404


def test_after_its_time_the_file_is_gone(client, batch, officer):
    files.remove(batch.source)
    client.force_login(officer)
    assert take(client, batch).status_code == 404


def test_an_address_alone_opens_nothing(client, batch, officer):
    client.force_login(officer)
    assert client.get(reverse("document_download", args=[batch.source_id])).status_code == 405


def test_the_page_offers_the_file_while_it_is_there(client, batch, officer):
    client.force_login(officer)
    page = reverse("import_detail", args=[batch.pk])
    address = reverse("document_download", args=[batch.source_id])
    assert address in client.get(page).content.decode()
    files.remove(batch.source)
    assert address not in client.get(page).content.decode()
