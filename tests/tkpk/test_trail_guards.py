# ruff: noqa: S608 - the statements are made of our own table and column names
"""The database itself refuses to change or forget an entry, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests import factories
from tkpk import trail
from tkpk.models import TrailEntry
from tkpk.models.trail import TABLE

pytestmark = pytest.mark.django_db
POSTGRES = "postgresql"


@pytest.fixture
def entry():
    kelurahan = factories.make_kelurahan()
    with transaction.atomic():
        return trail.record(
            chain=kelurahan, by=factories.make_user("petugas"), process="test", move="act"
        )


def refuses(action):
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        action()


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_guards_are_there():
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
        " AND tgenabled = 'O'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [TABLE])
        names = {name for (name,) in cursor.fetchall()}
    expected = {"trail_no_update", "trail_no_delete"}
    if connection.vendor == POSTGRES:
        expected.add("trail_no_truncate")
    assert names == expected


def test_raw_update_and_delete_are_refused(entry):
    refuses(lambda: run(f"UPDATE {TABLE} SET reason = 'x'"))
    refuses(lambda: run(f"DELETE FROM {TABLE}"))
    assert TrailEntry.objects.get() == entry


def test_the_orm_is_refused_too(entry):
    def save():
        entry.reason = "x"
        entry.save()

    refuses(save)
    refuses(entry.delete)
    refuses(lambda: TrailEntry.objects.update(reason="x"))
    refuses(lambda: TrailEntry.objects.all()._raw_delete("default"))
    assert TrailEntry.objects.get().reason == ""


def test_an_entry_is_not_written_over(entry):
    columns = [field.column for field in TrailEntry._meta.concrete_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    if connection.vendor == "sqlite":
        refuses(
            lambda: run(f"INSERT OR REPLACE INTO {TABLE} ({names}) SELECT {names} FROM {TABLE}")
        )
        refuses(lambda: run(f"REPLACE INTO {TABLE} ({names}) SELECT {names} FROM {TABLE}"))
    refuses(
        lambda: run(
            f"INSERT INTO {TABLE} ({names}) SELECT {names} FROM {TABLE} WHERE true "
            "ON CONFLICT (id) DO UPDATE SET reason = 'x'"
        )
    )
    assert TrailEntry.objects.get().reason == ""


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
def test_truncate_is_refused(entry):
    run("SET CONSTRAINTS ALL IMMEDIATE")  # else its pending foreign keys would refuse first
    refuses(lambda: run(f"TRUNCATE {TABLE} CASCADE"))
    assert TrailEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_after_a_flush_the_guards_are_back_first(entry):
    """This test ends in a flush; the next one in this file asks again whether they are there."""
    assert TrailEntry.objects.exists()


def test_the_guards_are_there_after_a_flush(entry):
    refuses(lambda: run(f"DELETE FROM {TABLE}"))
