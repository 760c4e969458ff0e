"""A kelurahan with one family and its officer, for tests of the registry's pages."""

import pytest

from tests.factories import make_family, make_installation, make_kelurahan, make_rt, make_user
from tkpk.roles import Role


@pytest.fixture
def kelurahan():
    make_installation()
    return make_kelurahan()


@pytest.fixture
def rt(kelurahan):
    return make_rt(kelurahan)


@pytest.fixture
def staff(kelurahan):
    return make_user("petugas", Role.STAFF, kelurahan)


@pytest.fixture
def household(rt, staff):
    return make_family(rt, by=staff, monthly_income_idr=1_250_000)


@pytest.fixture
def officer(client, staff):
    """A client in which the officer is signed in."""
    client.force_login(staff)
    return client
