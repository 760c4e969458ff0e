"""Two people at the same moment: the list is established once, a family is nominated once."""

import pytest

from households.listing import keeping, nominate
from households.models import Listing, PoorList
from tests import factories
from tests.households.listing import brought_to, families, held, line_on, opened
from tests.households.test_event_races import at_once
from tkpk.models import TrailEntry, User
from tkpk.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer():
    factories.make_installation()
    return factories.make_user("petugas", Role.STAFF, factories.make_kelurahan())


@pytest.fixture
def rt(officer):
    return factories.make_rt(factories.make_kelurahan())


def test_two_people_establish_a_list_once(officer, rt):
    kelurahan = factories.make_kelurahan()
    for name in ("lurah", "plh"):
        factories.make_user(name, Role.LURAH, kelurahan)
    poor_list = opened(kelurahan, officer)
    for family in families(rt, officer, 2):
        line_on(poor_list, family, officer, status="SUBMITTED")
    brought_to(poor_list, "SUBMITTED", officer, rembug=held(kelurahan, "REMBUG", officer))

    def establish(name):
        by = User.objects.get(username=name)
        keeping.advance(PoorList.objects.get(), "establish", by=by)

    outcomes = at_once(lambda: establish("lurah"), lambda: establish("plh"))
    assert outcomes == ["done", "not_open"]
    assert TrailEntry.objects.filter(process="listing", move="accept").count() == 2
    assert set(Listing.objects.values_list("status", flat=True)) == {"ESTABLISHED"}


def test_two_officers_nominate_a_family_once(officer, rt):
    factories.make_user("petugas2", Role.STAFF, factories.make_kelurahan())
    poor_list = opened(factories.make_kelurahan(), officer)
    family = families(rt, officer, 1)[0]

    def put_on(name):
        nominate(poor_list, family, by=User.objects.get(username=name), origin="STAFF")

    assert at_once(lambda: put_on("petugas"), lambda: put_on("petugas2")) == ["done", "listed"]
    assert Listing.objects.count() == 1
