"""The one row about this installation, and the database as the settings ask for it."""

import threading
import time

import pytest
from django.db import IntegrityError, connection, transaction

from tests import factories
from tkpk.models import Installation, Territory

SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own settings")


@pytest.mark.django_db
def test_whether_it_is_a_demo_is_decided_once():
    assert Installation.current().pk == 1
    assert not Installation.current().demo
    Installation.establish(demo=True)
    Installation.establish(demo=False)
    assert Installation.current().demo


@pytest.mark.django_db
def test_there_is_one_row():
    factories.make_installation()
    with pytest.raises(IntegrityError), transaction.atomic():
        Installation(pk=2, field_key_check="x", index_key_check="y").save()


@pytest.mark.django_db
def test_the_keys_of_an_empty_or_own_database_are_right():
    Installation.verify_keys()
    factories.make_installation()
    Installation.verify_keys()


@SQLITE
@pytest.mark.django_db
def test_sqlite_is_set_as_it_must_be():
    expected = {"journal_mode": "wal", "busy_timeout": 20_000, "recursive_triggers": 1,
                "synchronous": 1, "foreign_keys": 1}  # fmt: skip
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in expected}
    assert found == expected


@SQLITE
@pytest.mark.django_db(transaction=True)
def test_a_transaction_takes_the_write_lock_when_it_begins():
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    begun = []
    with transaction.atomic():

        def begin():
            with transaction.atomic():
                begun.append(time.monotonic())
            connection.close()

        thread = threading.Thread(target=begin)
        thread.start()
        time.sleep(0.3)
        assert begun == []
    thread.join()
    assert len(begun) == 1


@pytest.mark.django_db(transaction=True)
def test_a_writer_waits_for_another_and_does_not_fail():
    factories.make_kelurahan()
    failures, holding = [], threading.Event()

    def hold():
        with transaction.atomic():
            Territory.objects.filter(level="CITY").update(bps_code="1")
            holding.set()
            time.sleep(0.5)
        connection.close()

    def write():
        holding.wait()
        try:
            with transaction.atomic():
                place = Territory.objects.select_for_update().get(level="CITY")
                place.bps_code += "2"
                place.save()
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=target) for target in (hold, write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Territory.objects.get(level="CITY").bps_code == "12"
