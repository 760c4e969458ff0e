"""Two people edit one row: the second is told, and nothing of the first is lost."""

import threading

import pytest
from django.db import connection
from django.db.models import QuerySet

from households.models import Household
from households.workflows.registering import HOUSEHOLD_FLOW
from tests import factories
from tkpk.models import StaleRow, save_edit
from tkpk.roles import Role


def make():
    kelurahan = factories.make_kelurahan()
    first = factories.make_user("satu", Role.STAFF, kelurahan)
    second = factories.make_user("dua", Role.STAFF, kelurahan)
    return factories.make_family(factories.make_rt(kelurahan), by=first), first, second


@pytest.mark.django_db
def test_an_edit_counts_the_version_and_names_its_author():
    household, _first, second = make()
    household.address = "Jalan Juminahan"
    save_edit(household, by=second, expected_version=1)
    household.refresh_from_db()
    assert (household.version, household.updated_by) == (2, second)
    assert household.history.first().history_user == second
    assert household.history.first().address == "Jalan Juminahan"


@pytest.mark.django_db
def test_the_second_of_two_edits_is_refused_and_shown_the_first():
    household, first, second = make()
    mine, theirs = (Household.objects.get(pk=household.pk) for _reader in range(2))
    theirs.address = "Jalan Tukangan"
    save_edit(theirs, by=first, expected_version=1)
    mine.hamlet = "Tegalpanggung"
    with pytest.raises(StaleRow) as error:
        save_edit(mine, by=second, expected_version=1)
    assert error.value.current.address == "Jalan Tukangan"
    stored = Household.objects.get(pk=household.pk)
    assert (stored.address, stored.hamlet, stored.version) == ("Jalan Tukangan", "", 2)
    assert stored.history.count() == 2


@pytest.mark.django_db
def test_an_edit_does_not_undo_a_move_made_meanwhile():
    household, first, second = make()
    household.members.update(status="MOVED")
    mine = Household.objects.get(pk=household.pk)
    HOUSEHOLD_FLOW.apply("close", household, by=first, reason="Pindah semua")
    with pytest.raises(StaleRow):
        save_edit(mine, by=second, expected_version=1)
    assert Household.objects.get(pk=household.pk).status == "CLOSED"


@pytest.mark.django_db
def test_the_row_is_locked_before_its_version_is_compared(monkeypatch):
    """SQLite has one lock for all, so the race below cannot show this one missing there."""
    household, _first, second = make()
    locked, original = [], QuerySet.select_for_update

    def spy(self, *args, **kwargs):
        locked.append(self.model)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", spy)
    save_edit(household, by=second, expected_version=1)
    assert locked == [Household]


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_once_exactly_one_is_saved():
    household, first, second = make()
    barrier, outcomes = threading.Barrier(2), []

    def edit(user, address):
        try:
            row = Household.objects.get(pk=household.pk)
            row.address = address
            barrier.wait()
            save_edit(row, by=user, expected_version=1)
            outcomes.append("saved")
        except StaleRow:
            outcomes.append("stale")
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=edit, args=pair) for pair in ((first, "A"), (second, "B"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "stale"]
    assert Household.objects.get(pk=household.pk).version == 2
