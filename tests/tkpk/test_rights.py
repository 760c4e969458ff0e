"""Rights come from the mandates of today and from nothing else."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from tests import factories
from tkpk import rights
from tkpk.models import Mandate
from tkpk.roles import DUTIES, Role

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def kelurahan():
    return factories.make_kelurahan()


@pytest.fixture
def other():
    return factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")


def test_a_role_reaches_its_place_and_what_lies_under_it(kelurahan, other):
    rt = factories.make_rt(kelurahan)
    user = factories.make_user("petugas", Role.STAFF, kelurahan)
    assert rights.scopes(user, {Role.STAFF, Role.LURAH}) == [kelurahan.code]
    assert rights.holds(user, {Role.STAFF}, code=rt.code)
    assert not rights.holds(user, {Role.STAFF}, code=other.code)
    assert not rights.holds(user, {Role.STAFF}, code=kelurahan.parent.code)
    assert not rights.holds(user, {Role.LURAH}, code=kelurahan.code)


def test_nobody_has_a_right_without_a_mandate(kelurahan):
    for user in (factories.make_user("tanpa"), AnonymousUser()):
        assert rights.mandates(user) == []
        assert not rights.may_enter_admin(user)
        assert rights.home_kelurahan(user) is None


def test_who_may_not_sign_in_has_no_right(kelurahan):
    user = factories.make_user("pergi", Role.STAFF, kelurahan, is_active=False)
    assert rights.mandates(user) == []


def test_nothing_comes_from_djangos_permission_tables(kelurahan):
    user = factories.make_user("admin", Role.ADMIN, kelurahan)
    assert not user.has_perm("tkpk.delete_user")
    assert not user.has_perms(["tkpk.delete_user"])
    assert user.is_superuser is False
    assert user.has_module_perms("tkpk")


def test_the_admin_screens_are_for_those_who_enter_data(kelurahan):
    allowed = {
        role for role in Role
        if rights.may_enter_admin(factories.make_user(f"u-{role}", role, kelurahan))
    }  # fmt: skip
    assert allowed == {Role.STAFF, Role.LURAH, Role.ADMIN}


def test_mandates_are_asked_once_a_request_and_afresh_for_a_decision(
    kelurahan, django_assert_num_queries
):
    user = factories.make_user("petugas", Role.STAFF, kelurahan)
    with django_assert_num_queries(1):
        rights.scopes(user, {Role.STAFF})
        rights.holds(user, {Role.STAFF}, code=kelurahan.code)
    Mandate.objects.update(ends_on=timezone.localdate() - DAY)
    assert rights.mandates(user)
    assert rights.fresh_mandates(user) == []
    assert rights.mandates(user) == []


def test_the_rights_of_another_day_can_be_asked(kelurahan):
    user = factories.make_user("petugas", Role.STAFF, kelurahan)
    assert rights.mandates(user, day=timezone.localdate() - 2 * DAY) == []
    assert rights.mandates(user, day=timezone.localdate() + 99 * DAY)


def test_home_is_the_kelurahan_of_the_first_mandate_under_one(kelurahan, other):
    user = factories.make_user("dua", Role.KEMANTREN, kelurahan.parent)
    assert rights.home_kelurahan(user) is None
    factories.make_mandate(user, Role.STAFF, factories.make_rt(kelurahan))
    rights.fresh_mandates(user)
    assert rights.home_kelurahan(user) == kelurahan


def test_home_can_be_asked_for_the_roles_that_matter(kelurahan, other):
    """Head of an RT in one kelurahan, officer of another: new rows belong to the second."""
    user = factories.make_user("dua", Role.RT_HEAD, other)
    factories.make_mandate(user, Role.STAFF, kelurahan)
    assert rights.home_kelurahan(user) == other
    assert rights.home_kelurahan(user, {Role.STAFF}) == kelurahan
    assert rights.home_kelurahan(user, {Role.LURAH}) is None


def test_an_administrator_changes_people_of_the_own_places_alone(kelurahan, other):
    admin = factories.make_user("admin", Role.ADMIN, kelurahan)
    local = factories.make_user("petugas", Role.STAFF, kelurahan)
    wide = factories.make_user("kota", Role.ADMIN, kelurahan.parent.parent)
    factories.make_mandate(wide, Role.STAFF, kelurahan)
    assert rights.administers(admin, local)
    assert rights.administers(admin, factories.make_user("baru"))
    assert not rights.administers(admin, wide)
    assert rights.administers(wide, admin)
    assert not rights.administers(local, factories.make_user("lagi"))


def test_every_role_says_in_one_sentence_what_it_may_do():
    assert set(DUTIES) == set(Role)
