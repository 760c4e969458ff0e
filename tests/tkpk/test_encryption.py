"""Identifiers lie encrypted, are found by a blind index, and open with their own key alone."""

import re

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter
from django.db.models import F

from households.models import Household, Member
from tests import factories
from tkpk.encryption import (
    EncryptedTextField,
    WrongKey,
    blind_index,
    seal,
    seal_text,
    sealed_with,
    unseal,
    unseal_text,
)
from tkpk.keyring import Keyring, using
from tkpk.models import Installation, OutgoingMail, User
from tkpk.roles import Role

KEYS = Keyring(field={1: b"a" * 32}, index={1: b"b" * 32})
OTHER = Keyring(field={1: b"x" * 32}, index={1: b"y" * 32})
SIXTEEN = re.compile(rb"(?<![0-9])[0-9]{16}(?![0-9])")
HASH = re.compile(rb"[0-9a-f]{64}")


def everything_stored():
    """Every cell of every table, as bytes."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database
            for row in cursor.fetchall():
                for cell in row:
                    yield (
                        table,
                        cell.tobytes()
                        if isinstance(cell, memoryview)
                        else (cell if isinstance(cell, bytes) else str(cell).encode()),
                    )


@pytest.mark.django_db
def test_no_identifier_lies_in_any_table_in_clear():
    factories.make_installation()
    kelurahan = factories.make_kelurahan()
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    household = factories.make_family(factories.make_rt(kelurahan), by=officer, others=2)
    member = household.members.first()
    parent = factories.make_nik()
    member.father_nik, member.passport_number = parent, "A1234567"
    member.save()  # a second version in the history
    numbers = [household.kk_number, officer.nik, parent, "A1234567"]
    numbers += list(Member.objects.values_list("nik", flat=True))
    assert all(numbers)
    for table, cell in everything_stored():
        assert not [number for number in numbers if number.encode() in cell], table
        # Sixteen digits in a row happen by chance among the 64 hexadecimal ones of a hash.
        assert HASH.fullmatch(cell) or not SIXTEEN.search(cell), table
    assert Member.objects.get(pk=member.pk).father_nik == parent
    assert member.history.first().nik == member.nik


@pytest.mark.django_db
def test_every_way_of_writing_encrypts():
    kelurahan = factories.make_kelurahan()
    by = factories.make_user("petugas")
    member = factories.make_family(factories.make_rt(kelurahan), by=by).members.first()
    secret = "RAHASIA-7"
    Member.objects.filter(pk=member.pk).update(kitas_number=secret)
    member.refresh_from_db()
    assert member.kitas_number == secret
    member.id_card_tag = secret
    Member.objects.bulk_update([member], ["id_card_tag"])
    OutgoingMail.objects.bulk_create([OutgoingMail(to="a@contoh.id", subject="S", body=secret)])
    assert OutgoingMail.objects.get().body == secret
    assert Member.objects.values_list("id_card_tag", flat=True).get(pk=member.pk) == secret
    assert not [table for table, cell in everything_stored() if secret.encode() in cell]


# --- keys ------------------------------------------------------------------------------------


def test_what_was_sealed_opens_again_and_never_looks_the_same():
    with using(KEYS):
        first, second = (seal(b"rahasia", context="a") for _time in range(2))
        assert first != second
        assert unseal(first, context="a") == unseal(second, context="a") == b"rahasia"
        assert sealed_with(seal_text("x", context="a")) == 1


def test_another_key_context_or_byte_does_not_open_it():
    with using(KEYS):
        sealed = seal(b"rahasia", context="nik")
        with pytest.raises(WrongKey):
            unseal(sealed, context="kk")
        for place in range(len(sealed)):
            broken = bytearray(sealed)
            broken[place] ^= 1
            with pytest.raises(WrongKey):
                unseal(bytes(broken), context="nik")
        with pytest.raises(WrongKey):
            unseal(sealed[:10], context="nik")
    with using(OTHER), pytest.raises(WrongKey):
        unseal(sealed, context="nik")
    with using(Keyring(field={2: b"a" * 32}, index=KEYS.index)), pytest.raises(WrongKey):
        unseal(sealed, context="nik")


@pytest.mark.parametrize("text", ["3471041705800000", "", "é", "====", "a"])
def test_text_that_was_never_sealed_does_not_pass_for_it(text):
    with using(KEYS), pytest.raises(WrongKey):
        unseal_text(text, context="nik")


@pytest.mark.django_db
def test_a_wrong_key_is_loud_at_every_read():
    factories.make_installation()
    user = factories.make_user("petugas")
    with using(OTHER):
        with pytest.raises(WrongKey):
            User.objects.get(pk=user.pk)
        with pytest.raises(WrongKey):
            Installation.verify_keys()
    Installation.verify_keys()


@pytest.mark.django_db
def test_a_wrong_index_key_alone_is_noticed():
    factories.make_installation()
    from tkpk.keyring import keyring  # noqa: PLC0415 - the keys in force, here only

    with using(Keyring(field=keyring().field, index=OTHER.index)), pytest.raises(WrongKey):
        Installation.verify_keys()


# --- blind index -----------------------------------------------------------------------------


def test_the_blind_index_differs_by_kind_and_key_and_is_empty_for_nothing():
    with using(KEYS):
        nik, kk = blind_index("nik", "3471041705800000"), blind_index("kk", "3471041705800000")
        assert nik != kk
        assert nik == blind_index("nik", "3471041705800000")
        assert re.fullmatch("[0-9a-f]{64}", nik)
        assert blind_index("nik", "") == ""
    with using(OTHER):
        assert blind_index("nik", "3471041705800000") != nik


@pytest.mark.django_db
def test_people_and_families_are_found_by_full_number():
    factories.make_installation()
    kelurahan = factories.make_kelurahan()
    by = factories.make_user("petugas")
    household = factories.make_family(factories.make_rt(kelurahan), by=by)
    member = household.members.first()
    assert Member.objects.with_nik(member.nik).get() == member
    assert Household.objects.with_kk(household.kk_number).get() == household
    assert not Member.objects.with_nik(household.kk_number).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "question",
    [
        {"nik": "3471041705800000"},
        {"nik__in": ["3471041705800000"]},
        {"nik__contains": "3471"},
        {"nik__startswith": "3471"},
        {"nik__gt": "1"},
        {"nik": F("name")},
    ],
)
def test_an_encrypted_field_cannot_be_searched(question):
    with pytest.raises(FieldError):
        Member.objects.filter(**question).exists()


@pytest.mark.django_db
def test_an_encrypted_field_can_be_asked_whether_it_is_empty():
    by = factories.make_user("petugas")
    household = factories.make_family(factories.make_rt(factories.make_kelurahan()), by=by)
    nameless = factories.make_member(household, by=by, nik="")
    assert Member.objects.filter(nik="").get() == nameless
    assert Member.objects.exclude(nik="").count() == 2


# --- the field -------------------------------------------------------------------------------


def test_a_migration_writes_the_context_of_a_field():
    field = EncryptedTextField("NIK", context="nik", blank=True, default="")
    _name, path, args, kwargs = field.deconstruct()
    assert kwargs["context"] == "nik"
    again = EncryptedTextField(*args, **kwargs)
    assert (again.context, again.blank) == ("nik", True)
    assert "context='nik'" in MigrationWriter.serialize(field)[0]
    assert path == "tkpk.encryption.EncryptedTextField"


def test_a_field_without_a_context_does_not_exist():
    with pytest.raises(TypeError):
        EncryptedTextField()
    assert issubclass(EncryptedTextField, models.TextField)
