"""Giving, changing and ending mandates: an administrator's acts, each with its entry."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tkpk import mandates, rights
from tkpk.models import Mandate, TrailEntry
from tkpk.roles import NEEDS_ORGANISATION, Role

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def admin(kelurahan):
    return factories.make_user("admin", Role.ADMIN, kelurahan)


def new(user, role, territory, **facts):
    facts.setdefault("starts_on", timezone.localdate())
    return Mandate(user=user, role=role, territory=territory, **facts)


def acts():
    return list(TrailEntry.objects.values_list("process", "move"))


def test_a_mandate_given_is_trailed_with_the_administrators_right(kelurahan, admin):
    person = factories.make_user("petugas")
    given = mandates.grant(new(person, Role.STAFF, kelurahan), by=admin)
    assert rights.holds(person, {Role.STAFF}, code=kelurahan.code)
    entry = TrailEntry.objects.get()
    assert (entry.process, entry.move, entry.chain) == ("mandate", "grant", kelurahan)
    assert (entry.mandate, entry.subject_id) == (admin.mandates.get(), given.pk)
    assert given.history.get().history_user == admin


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_nobody_but_an_administrator_gives_one(kelurahan, role):
    user = factories.make_user("lain", role, kelurahan)
    with pytest.raises(PermissionDenied):
        mandates.grant(new(user, Role.ADMIN, kelurahan), by=user)
    assert acts() == []
    assert Mandate.objects.count() == 1


def test_an_administrator_gives_none_outside_the_own_place(kelurahan, admin):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    for place in (other, kelurahan.parent):
        with pytest.raises(PermissionDenied):
            mandates.grant(new(admin, Role.ADMIN, place), by=admin)
    assert acts() == []


def test_an_administrator_whose_mandate_ended_gives_none(kelurahan, admin):
    Mandate.objects.update(ends_on=timezone.localdate() - DAY)
    with pytest.raises(PermissionDenied):
        mandates.grant(new(admin, Role.STAFF, kelurahan), by=admin)


def test_duties_that_check_each_other_are_not_given_to_one_person(kelurahan, admin):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    for person, role in ((officer, Role.LURAH), (admin, Role.LURAH), (officer, Role.AUDITOR)):
        with pytest.raises(ValidationError) as error:
            mandates.grant(new(person, role, kelurahan), by=admin)
        assert "role" in error.value.message_dict
    mandates.grant(new(officer, Role.ADMIN, kelurahan), by=admin)  # these two go together
    elsewhere = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    new(officer, Role.LURAH, elsewhere).full_clean(exclude=["created_by", "updated_by"])


def test_after_its_last_day_a_mandate_is_in_nobodys_way(kelurahan, admin):
    today = timezone.localdate()
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    mandates.end(officer.mandates.get(), last_day=today, by=admin, reason="Pindah tugas.")
    with pytest.raises(ValidationError):
        mandates.grant(new(officer, Role.LURAH, kelurahan), by=admin)
    mandates.grant(new(officer, Role.LURAH, kelurahan, starts_on=today + DAY), by=admin)


@pytest.mark.parametrize("role", sorted(NEEDS_ORGANISATION))
def test_a_role_of_an_organisation_names_it(kelurahan, admin, role):
    with pytest.raises(ValidationError) as error:
        mandates.grant(new(factories.make_user("x"), role, kelurahan), by=admin)
    assert "organisation" in error.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        new(admin, role, kelurahan).save()


def test_dates_and_acting_mandates_are_checked_by_form_and_database(kelurahan, admin):
    today = timezone.localdate()
    for facts in (
        {"ends_on": today - DAY},
        {"is_acting": True},
        {"is_acting": True, "ends_on": today},
    ):
        with pytest.raises(ValidationError):
            mandates.grant(new(admin, Role.STAFF, kelurahan, **facts), by=admin)
        with pytest.raises(IntegrityError), transaction.atomic():
            new(admin, Role.STAFF, kelurahan, **facts).save()
    stand_in = factories.make_user("pengganti")
    acting = new(stand_in, Role.LURAH, kelurahan, is_acting=True, ends_on=today, sk_number="SK/1")
    assert mandates.grant(acting, by=admin).title.startswith("Plh. ")


def test_an_ended_mandate_keeps_its_last_day_and_its_reason(kelurahan, admin):
    person = factories.make_user("petugas")
    given = mandates.grant(
        new(person, Role.STAFF, kelurahan, starts_on=timezone.localdate() - 9 * DAY), by=admin
    )
    mandates.end(given, last_day=timezone.localdate() - DAY, by=admin, reason="Pindah tugas")
    assert not rights.fresh_mandates(person)
    last = TrailEntry.objects.order_by("number").last()
    assert (last.move, last.reason) == ("amend", "Pindah tugas")
    assert given.history.count() == 2


def test_person_role_place_and_organisation_never_change(kelurahan, admin):
    given = mandates.grant(new(factories.make_user("a"), Role.STAFF, kelurahan), by=admin)
    changes = {
        "user": factories.make_user("b"),
        "role": Role.LURAH,
        "territory": factories.make_rt(kelurahan),
        "organisation": factories.make_organisation(kelurahan),
    }
    for name, value in changes.items():
        changed = Mandate.objects.get(pk=given.pk)
        setattr(changed, name, value)
        with pytest.raises(ValidationError):
            mandates.amend(changed, by=admin)
    assert acts() == [("mandate", "grant")]


def test_the_place_as_stored_decides_who_may_amend(kelurahan, admin):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    foreign = factories.make_mandate(factories.make_user("a"), Role.STAFF, other)
    foreign.territory = kelurahan
    with pytest.raises(PermissionDenied):
        mandates.amend(foreign, by=admin)


def test_the_first_administrator_is_founded_once(kelurahan):
    person = factories.make_user("pertama")
    mandates.found_first_administrator(person, kelurahan, starts_on=timezone.localdate())
    assert acts() == [("mandate", "found")]
    with pytest.raises(PermissionDenied):
        mandates.found_first_administrator(
            factories.make_user("kedua"), kelurahan, starts_on=timezone.localdate()
        )
    wide = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    mandates.found_first_administrator(person, wide, starts_on=timezone.localdate())


def test_acts_above_a_kelurahan_have_a_chain_of_their_own(kelurahan):
    city = kelurahan.parent.parent
    assert mandates.chain_of(city) == city
    assert mandates.chain_of(factories.make_rt(kelurahan)) == kelurahan
