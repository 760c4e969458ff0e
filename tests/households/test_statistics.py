"""Published figures: a named act, small counts withheld before they are stored."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from households import statistics
from households.codes import Sex
from households.models import StatisticsSnapshot
from households.statistics.tables import BY_KEY as LINE_KEYS
from households.workflows.registering import change_member_state
from tests import factories
from tkpk.models import Installation, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def officer(kelurahan):
    return factories.make_user("petugas", Role.STAFF, kelurahan)


def make_families(kelurahan, officer, number, *, rw=1, **facts):
    place = factories.make_rt(kelurahan, rw=rw, rt=rw)
    return [
        factories.make_family(place, by=officer, head=f"Kepala {rw} {n}", others=0, **facts)
        for n in range(number)
    ]


def counts(published, key):
    return {figure.label: figure.count for figure in published.table(key).figures}


def test_nothing_is_public_before_somebody_publishes(kelurahan, officer):
    make_families(kelurahan, officer, 6)
    assert statistics.latest(kelurahan) is None


def test_published_figures_stay_what_they_were_on_their_day(kelurahan, officer):
    make_families(kelurahan, officer, 6)
    statistics.publish(kelurahan, by=officer)
    make_families(kelurahan, officer, 7, rw=2)
    published = statistics.latest(kelurahan)
    assert (published.families, published.persons) == (6, 6)


def test_families_are_counted_by_rw_and_small_counts_are_withheld(kelurahan, officer):
    for rw, number in ((1, 8), (2, 3), (3, 6), (4, 5)):
        make_families(kelurahan, officer, number, rw=rw)
    statistics.publish(kelurahan, by=officer)
    published = statistics.latest(kelurahan)
    assert counts(published, "rw") == {"RW 01": None, "RW 02": None, "RW 03": 6, "RW 04": 5}
    assert published.families == 22
    assert published.has_withheld


def test_a_withheld_count_is_stored_nowhere(kelurahan, officer):
    make_families(kelurahan, officer, 3, rw=1)
    make_families(kelurahan, officer, 7, rw=2)
    snapshot = statistics.publish(kelurahan, by=officer)
    stored = json.loads(json.dumps(snapshot.tables))
    assert stored["rw"] == {"total": 10, "cells": [["001", None], ["002", None]]}
    assert snapshot.history.get().tables == snapshot.tables


def test_there_is_no_table_of_an_rt(kelurahan, officer):
    make_families(kelurahan, officer, 9, rw=1)
    snapshot = statistics.publish(kelurahan, by=officer)
    assert set(snapshot.tables) == {*LINE_KEYS, "rw_decile"}
    assert "012" not in json.dumps(snapshot.tables["rw"])


def test_families_are_grouped_by_decile_and_by_housing(kelurahan, officer):
    ranked = {"registry_source": "DTSEN", "decile_as_of": "2026-01-31"}
    make_families(kelurahan, officer, 5, decile=4, toilet=1, **ranked)
    make_families(kelurahan, officer, 6, rw=2, decile=5, toilet=1, **ranked)
    make_families(kelurahan, officer, 7, rw=3)
    statistics.publish(kelurahan, by=officer)
    published = statistics.latest(kelurahan)
    assert list(counts(published, "decile").values()) == [5, 6, 7]
    assert list(counts(published, "toilet").values()) == [11, 0, 0, 0, 7]


def test_who_moved_away_is_not_counted(kelurahan, officer):
    family = make_families(kelurahan, officer, 6)[0]
    woman = factories.make_member(family, "Surtinah Kartowiyono", by=officer, sex=Sex.FEMALE)
    change_member_state(
        "record_move", woman, by=officer, on=family.created_at.date(), reason="Pindah"
    )
    statistics.publish(kelurahan, by=officer)
    assert list(counts(statistics.latest(kelurahan), "sex").values()) == [6, 0]


def test_fewer_than_five_families_are_not_published_at_all(kelurahan, officer):
    make_families(kelurahan, officer, 4)
    with pytest.raises(ValidationError):
        statistics.publish(kelurahan, by=officer)
    assert not StatisticsSnapshot.objects.exists()


def test_publishing_is_trailed_and_seen_by_the_public_pages(kelurahan, officer):
    make_families(kelurahan, officer, 6)
    before = Installation.current().data_version
    snapshot = statistics.publish(kelurahan, by=officer)
    entry = TrailEntry.objects.get(process="statistics")
    assert (entry.by, entry.role, entry.subject_id) == (officer, Role.STAFF, snapshot.pk)
    assert Installation.current().data_version == before + 1


@pytest.mark.parametrize("role", [Role.ADMIN, Role.RW_HEAD, Role.KEMANTREN])
def test_others_do_not_publish(kelurahan, officer, role):
    make_families(kelurahan, officer, 6)
    other = factories.make_user("lain", role, kelurahan)
    with pytest.raises(PermissionDenied):
        statistics.publish(kelurahan, by=other)


def test_an_officer_of_another_kelurahan_does_not_publish_here(kelurahan, officer):
    make_families(kelurahan, officer, 6)
    neighbour = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    other = factories.make_user("tetangga", Role.STAFF, neighbour)
    with pytest.raises(PermissionDenied):
        statistics.publish(kelurahan, by=other)


def test_a_neighbour_s_families_are_not_counted(kelurahan, officer):
    make_families(kelurahan, officer, 6)
    neighbour = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    make_families(neighbour, officer, 9)
    statistics.publish(kelurahan, by=officer)
    assert statistics.latest(kelurahan).families == 6
    assert statistics.latest(neighbour) is None


# --- the page ---------------------------------------------------------------------------------
ADDRESS = "/kerja/statistik/"


def test_the_page_shows_what_would_be_published_and_publishes_nothing(client, kelurahan, officer):
    make_families(kelurahan, officer, 3, rw=1)
    make_families(kelurahan, officer, 9, rw=2)
    client.force_login(officer)
    response = client.get(ADDRESS)
    assert response.status_code == 200
    assert response.context["draft"].table("rw").has_withheld
    assert not StatisticsSnapshot.objects.exists()


def test_the_button_publishes(client, kelurahan, officer):
    make_families(kelurahan, officer, 6)
    client.force_login(officer)
    assert client.post(ADDRESS).status_code == 302
    assert statistics.latest(kelurahan).families == 6


def test_too_few_families_are_said_in_words(client, kelurahan, officer):
    make_families(kelurahan, officer, 2)
    client.force_login(officer)
    assert client.get(ADDRESS).context["refusal"]
    assert client.post(ADDRESS).status_code == 302
    assert not StatisticsSnapshot.objects.exists()


def test_the_page_does_not_exist_for_others(client, kelurahan, officer):
    client.force_login(factories.make_user("rt", Role.RT_HEAD, factories.make_rt(kelurahan)))
    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS).status_code == 404
