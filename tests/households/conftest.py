"""A kelurahan with one family and its officer, for tests of the registry's pages."""

import datetime

import pytest

from households.codes import Relation, Sex
from households.exporting import submissions
from households.exporting.shipped import add_shipped_layouts
from households.models import ExportLayout, Household
from tests.factories import (
    make_family,
    make_installation,
    make_kelurahan,
    make_member,
    make_rt,
    make_user,
)
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
def couple_with_children(rt, staff):
    """Head, wife and two children."""
    family = make_family(rt, by=staff, others=2)
    make_member(family, "Suminah", by=staff, relation=Relation.WIFE, sex=Sex.FEMALE)
    return family


@pytest.fixture
def officer(client, staff):
    """A client in which the officer is signed in."""
    client.force_login(staff)
    return client


@pytest.fixture
def layouts(kelurahan, staff):
    add_shipped_layouts(kelurahan, staff)
    return {row.shipped: row for row in ExportLayout.objects.all()}


@pytest.fixture
def drawn_up(layouts, kelurahan, staff, household):
    submission = submissions.create_submission(
        name="Usulan November", kind="PROPOSAL", layout=layouts["dtsen"], kelurahan=kelurahan,
        by=staff,
    )  # fmt: skip
    submissions.add_rows(submission, Household.objects.all(), by=staff)
    return submission


@pytest.fixture
def sent(drawn_up, staff):
    return submissions.send(drawn_up, by=staff, sent_on=datetime.date(2026, 11, 2))


@pytest.fixture
def head(household):
    return household.members.get(relation=Relation.HEAD)


@pytest.fixture
def wife(household):
    return household.members.get(relation=Relation.WIFE)


@pytest.fixture
def children(household):
    return list(household.members.filter(relation=Relation.CHILD).order_by("pk"))


@pytest.fixture
def child(children):
    return children[0]
