"""The index of names finds what a plain comparison finds, and stays in step with the persons."""

import os

import pytest
from django.db import connection

from households import name_index
from households.codes import Relation, Sex
from households.models import Member
from households.models.member import name_key
from tests.factories import make_family, make_kelurahan, make_rt, make_user
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
NAMES = ["Siti Aminah", "Sitinurbaya", "Budi Santoso", "Bu Siti", "M. Ali", "Ng", "Ö’Brien 100%"]
SEARCHES = [
    "siti",
    "SITI amin",
    "iti",
    "bu",
    "bu siti",
    "ng",
    "ali",
    "m",
    "brien",
    "100%",
    "_",
    "x",
]
only_sqlite = pytest.mark.skipif(
    os.environ.get("TEST_ENGINE", "sqlite") != "sqlite", reason="PostgreSQL keeps its index itself"
)


@pytest.fixture
def officer():
    return make_user("petugas", Role.STAFF, make_kelurahan())


@pytest.fixture
def people(officer):
    place = make_rt(make_kelurahan())
    return [make_family(place, by=officer, head=name, others=0).members.get() for name in NAMES]


def index_says(word):
    with connection.cursor() as cursor:
        cursor.execute(name_index._FIND, [f'"{word}"'])
        return sorted(key for (key,) in cursor.fetchall())


@pytest.mark.parametrize("text", SEARCHES)
def test_a_search_finds_the_same_with_and_without_the_index(people, text):
    words = name_key(text).split()
    plain = [member.pk for member in people if all(w in member.name_key for w in words)]
    assert sorted(Member.objects.named(text).values_list("pk", flat=True)) == plain


@only_sqlite
def test_a_changed_name_is_found_under_the_new_one_only(people):
    person = people[2]
    person.set_name("Joko Widada")
    person.save()
    assert index_says("WIDADA") == [person.pk]
    assert index_says("SANTOSO") == []


@only_sqlite
def test_a_deleted_person_leaves_the_index(people):
    people[2].delete()
    assert index_says("SANTOSO") == []


@only_sqlite
def test_another_change_of_a_person_leaves_the_index_alone(people):
    Member.objects.filter(pk=people[2].pk).update(sex=Sex.FEMALE, relation=Relation.HEAD)
    assert index_says("SANTOSO") == [people[2].pk]


@only_sqlite
def test_triggers_that_a_migration_dropped_come_back_with_what_was_missed(people):
    with connection.cursor() as cursor:
        for name in name_index._TRIGGERS:
            cursor.execute(f"DROP TRIGGER {name}")
    Member.objects.filter(pk=people[2].pk).update(name="Joko", name_key="JOKO WIDADA")
    assert index_says("WIDADA") == []
    name_index.ensure("default")
    assert index_says("WIDADA") == [people[2].pk]
    assert index_says("SANTOSO") == []


@only_sqlite
def test_a_database_without_trigrams_still_finds_everybody(people, monkeypatch):
    monkeypatch.setattr(name_index, "sqlite_has_trigrams", lambda: False)
    assert Member.objects.named("santoso").get() == people[2]


@only_sqlite
def test_the_index_and_not_the_table_is_read_for_a_name(people):
    plan = Member.objects.named("santoso").explain()
    assert "households_member_names" in plan
    assert "SCAN households_member\n" not in f"{plan}\n"


def test_postgresql_has_the_index_where_it_may_have_the_extension():
    if connection.vendor != "postgresql":
        assert name_index.sqlite_has_trigrams()
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'households_member_names'"
        )
        assert "gin_trgm_ops" in cursor.fetchone()[0]
