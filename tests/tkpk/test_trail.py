"""The chain: what it holds, what it refuses, and every way of tampering that the check finds."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import QuerySet

from households.models import Member
from households.workflows.registering import MEMBER_FLOW
from tests import factories
from tkpk import trail
from tkpk.models import TrailEntry, TrailHead
from tkpk.models.trail import GENESIS, install_guards, remove_guards
from tkpk.roles import Role
from tkpk.trail import Break, check_trail


@pytest.fixture
def kelurahan(db):
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def officer(kelurahan):
    return factories.make_user("petugas", Role.STAFF, kelurahan)


@pytest.fixture
def unguarded(db):
    """Somebody who may do anything to the database."""
    remove_guards(connection)
    yield
    install_guards(connection)


def act(kelurahan, by, times=1, **facts):
    for _time in range(times):
        with transaction.atomic():
            entry = trail.record(chain=kelurahan, by=by, process="test", move="act", **facts)
    return entry


def sealed_member(kelurahan, officer):
    household = factories.make_family(factories.make_rt(kelurahan), by=officer)
    return MEMBER_FLOW.apply(
        "record_missing", household.members.last(), by=officer, reason="Belum ditemui"
    )


# --- writing ---------------------------------------------------------------------------------


def test_each_entry_carries_the_hash_of_the_one_before(kelurahan, officer):
    act(kelurahan, officer, 3)
    entries = list(TrailEntry.objects.order_by("number"))
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert [entry.previous_hash for entry in entries] == [GENESIS, *(e.hash for e in entries[:2])]
    head = TrailHead.objects.get()
    assert (head.count, head.hash) == (3, entries[-1].hash)
    assert check_trail() == []


def test_two_kelurahan_have_chains_of_their_own(kelurahan, officer):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    act(kelurahan, officer, 2)
    act(other, officer, 1)
    assert [e.number for e in other.trail_entries.all()] == [1]
    assert other.trail_entries.get().previous_hash == GENESIS
    assert check_trail() == []


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded():
    kelurahan = factories.make_kelurahan()
    by = factories.make_user("petugas")
    with pytest.raises(RuntimeError):
        trail.record(chain=kelurahan, by=by, process="test", move="act")
    assert not TrailEntry.objects.exists()


def test_a_reason_with_an_identifier_is_refused(kelurahan, officer):
    with pytest.raises(ValidationError):
        act(kelurahan, officer, reason="KK 3471 0101 1900 0000")
    assert not TrailEntry.objects.exists()


def test_the_end_of_the_chain_is_locked_before_it_is_read(kelurahan, officer, monkeypatch):
    """SQLite has one lock for all, so the race below cannot show this one missing there."""
    locked, original = [], QuerySet.select_for_update

    def spy(self, *args, **kwargs):
        locked.append(self.model)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", spy)
    act(kelurahan, officer)
    assert TrailHead in locked


@pytest.mark.django_db(transaction=True)
def test_two_who_append_at_once_leave_neither_gap_nor_double():
    kelurahan, by = factories.make_kelurahan(), factories.make_user("petugas")
    barrier, failures = threading.Barrier(4), []

    def write():
        try:
            barrier.wait()
            act(kelurahan, by, 5)
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(TrailEntry.objects.values_list("number", flat=True)) == list(range(1, 21))
    assert check_trail() == []


# --- checking --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reason", "sesuatu yang lain"),
        ("move", "other"),
        ("role", "LURAH"),
        ("digest", "0" * 64),
        ("to_status", "DONE"),
        ("subject_id", 7),
        ("acted_at", "2020-01-01T00:00:00+00:00"),
        ("hash", "0" * 64),
    ],
)
def test_an_altered_entry_is_found(kelurahan, officer, unguarded, column, value):
    act(kelurahan, officer, 3)
    TrailEntry.objects.filter(number=2).update(**{column: value})
    assert check_trail()[0] == Break(kelurahan.code, 2, "entry altered")


def test_an_entry_given_to_another_person_is_found(kelurahan, officer, unguarded):
    act(kelurahan, officer, 2)
    TrailEntry.objects.filter(number=1).update(by=factories.make_user("lain"))
    assert check_trail()[0].number == 1


def test_a_deleted_entry_in_the_middle_is_found(kelurahan, officer, unguarded):
    act(kelurahan, officer, 3)
    TrailEntry.objects.filter(number=2)._raw_delete("default")
    assert check_trail()[0] == Break(kelurahan.code, 2, "missing entry")


def test_a_deleted_last_entry_is_found_by_the_head(kelurahan, officer, unguarded):
    act(kelurahan, officer, 3)
    TrailEntry.objects.filter(number=3)._raw_delete("default")
    (found,) = check_trail()
    assert "head" in found.what


def test_a_chain_deleted_whole_is_found_by_the_head(kelurahan, officer, unguarded):
    act(kelurahan, officer, 3)
    TrailEntry.objects.all()._raw_delete("default")
    assert check_trail() == [Break(kelurahan.code, 0, "all entries are gone")]


def test_a_recomputed_entry_is_found_by_the_one_after(kelurahan, officer, unguarded):
    act(kelurahan, officer, 3)
    entry = TrailEntry.objects.get(number=2)
    entry.reason = "baru"
    entry.hash = trail._entry_hash(entry, kelurahan.code)
    entry.save()
    assert check_trail()[0] == Break(kelurahan.code, 3, "does not follow the entry before")


def test_a_row_altered_after_its_move_is_found(kelurahan, officer):
    member = sealed_member(kelurahan, officer)
    assert check_trail() == []
    Member.objects.filter(pk=member.pk).update(status="ACTIVE")
    assert check_trail() == [Break(kelurahan.code, 1, f"households.member {member.pk} was altered")]


def test_a_row_deleted_after_its_move_is_found(kelurahan, officer):
    member = sealed_member(kelurahan, officer)
    Member.objects.filter(pk=member.pk)._raw_delete("default")
    assert check_trail() == [Break(kelurahan.code, 1, f"households.member {member.pk} is gone")]


def test_the_seal_of_the_last_move_counts(kelurahan, officer):
    member = sealed_member(kelurahan, officer)
    MEMBER_FLOW.apply("restore", member, by=officer, reason="Ditemui lagi")
    assert check_trail() == []


def test_the_command_names_the_first_broken_link(kelurahan, officer, unguarded, capsys):
    act(kelurahan, officer, 3)
    call_command("check_trail")
    assert "3 entries, every link holds." in capsys.readouterr().out
    TrailEntry.objects.filter(number=2).update(reason="lain")
    with pytest.raises(CommandError, match="1 broken link") as error:
        call_command("check_trail")
    assert error.value.returncode == 1
    assert capsys.readouterr().err.splitlines()[0] == f"{kelurahan.code} #2: entry altered"


# --- seals -----------------------------------------------------------------------------------


def test_equal_amounts_have_equal_seals_and_a_float_has_none():
    from decimal import Decimal  # noqa: PLC0415 - here only

    assert trail.canonical({"a": Decimal("1.50")}) == trail.canonical({"a": Decimal("1.5")})
    with pytest.raises(TypeError):
        trail.canonical({"a": object()})
