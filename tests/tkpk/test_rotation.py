"""New keys: everything is sealed anew, found and readable, and the old keys may go."""

import shutil
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models

from households.imports.areas import AreaBook, remember
from households.imports.cells import parse_area
from households.imports.column_choice import Said, remember_columns, remembered_for
from households.imports.programmes import ProgrammeBook, answer_programmes
from households.models import AidProgramme, AreaMapping, Household, Member
from tests import factories
from tkpk import files, rotation
from tkpk.encryption import EncryptedTextField, seal, seal_text, unseal, unseal_text
from tkpk.keyring import keyring
from tkpk.models import Draft, Installation, OutgoingMail, User
from tkpk.registry import registry
from tkpk.roles import Role

OURS = ("tkpk", "households", "units", "programs")


@pytest.fixture
def keys(tmp_path, settings):
    """Keys and files of this test's own."""
    folder = tmp_path / "keys"
    shutil.copytree(settings.KEYS_DIR, folder)
    settings.KEYS_DIR, settings.FILES_DIR = folder, tmp_path / "files"
    return folder


@pytest.fixture
def world(db, keys):
    """One of everything that is sealed, history included."""
    factories.make_installation()
    kelurahan = factories.make_kelurahan()
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    household = factories.make_family(factories.make_rt(kelurahan), by=officer)
    household.address = "Jalan Juminahan"
    household.save()
    draft = Draft(user=officer, path="/kerja/")
    draft.blob = seal(b"diketik", context=registry.sealed_blobs["tkpk.Draft", "blob"](draft))
    draft.save()
    OutgoingMail.objects.create(to="a@contoh.id", subject="S", body="tautan")
    Authenticator.objects.create(
        user=officer, type="totp", data={"secret": seal_text("TOTP", context="mfa.secret")}
    )
    document = files.store(b"isi", name="a.xlsx", content_type="x", kelurahan=kelurahan, by=officer)
    return {
        "officer": officer, "nik": officer.nik, "kk": household.kk_number,
        "member": household.members.first(), "document": document, "draft": draft,
    }  # fmt: skip


def all_reads(world):
    member = Member.objects.with_nik(world["member"].nik).get()
    assert member == world["member"]
    assert member.history.first().nik == member.nik
    assert Household.objects.with_kk(world["kk"]).get().kk_number == world["kk"]
    assert {row.kk_number for row in Household.history.all()} == {world["kk"]}
    assert User.objects.get(pk=world["officer"].pk).nik == world["nik"]
    assert OutgoingMail.objects.get().body == "tautan"
    draft = Draft.objects.get()
    context = registry.sealed_blobs["tkpk.Draft", "blob"](draft)
    assert unseal(bytes(draft.blob), context=context) == b"diketik"
    secret = Authenticator.objects.get().data["secret"]
    assert unseal_text(secret, context="mfa.secret") == "TOTP"
    assert files.load(world["document"]) == b"isi"
    Installation.verify_keys()


def test_after_a_rotation_all_is_read_and_found_and_the_old_keys_are_not_needed(world, keys):
    before = world["member"].nik_index
    counts = rotation.rotate(new_keys=True)
    all_reads(world)
    assert Member.objects.get(pk=world["member"].pk).nik_index != before
    assert counts["files"] == counts["second factors"] == counts["tkpk.Draft.blob"] == 1
    assert counts["households.HistoricalHousehold"] == 2
    assert rotation.retire_old_keys() == ["field-1.key", "index-1.key"]
    assert sorted(path.name for path in keys.glob("*.key")) == ["field-2.key", "index-2.key"]
    assert sorted(keyring().field) == [2]
    all_reads(world)


def test_answers_about_lists_are_found_after_a_rotation(world):
    """Areas, columns and programmes of sources: asked once, under old keys and new."""
    officer, household = world["officer"], world["member"].household
    kelurahan, rt = household.kelurahan, household.territory
    remember(kelurahan, "opensid", {"MANGGIS/-/004": rt}, by=officer)
    # From before the words were kept whole: it is asked for again, and two of them do not clash.
    AreaMapping.objects.create(
        kelurahan=kelurahan, layout="opensid", words_index="lama", words="A", territory=rt,
        created_by=officer,
    )  # fmt: skip
    said = Said("S", 1, "tanda", {"NIK": "nik"}, "known", {}, "Daftar")
    remember_columns(kelurahan, said, by=officer)
    pkh = AidProgramme.objects.create(
        kelurahan=kelurahan, name="PKH", target="FAMILY", created_by=officer, updated_by=officer
    )
    answer_programmes(kelurahan, {"Keluarga Harapan": pkh}, by=officer)
    rotation.rotate(new_keys=True)
    rotation.retire_old_keys()
    assert AreaBook(kelurahan, "opensid").exact(parse_area("MANGGIS", "-", "004")) == rt
    assert remembered_for(kelurahan, ["tanda"]).columns == {"NIK": "nik"}
    assert ProgrammeBook(kelurahan).find("KELUARGA HARAPAN") == pkh


def test_a_rotation_changes_no_version_and_writes_no_history(world):
    rotation.rotate(new_keys=True)
    member = Member.objects.get(pk=world["member"].pk)
    assert (member.version, member.history.count()) == (1, 1)


def test_new_key_files_are_for_their_owner_alone(world, keys):
    rotation.rotate(new_keys=True)
    assert {path.stat().st_mode & 0o777 for path in keys.glob("*-2.key")} == {0o600}


def test_a_rotation_that_fails_leaves_everything_as_it_was(world, keys, monkeypatch):
    def fail(keys):
        raise OSError("disk full")

    monkeypatch.setattr(rotation, "_write_newest", fail)
    with pytest.raises(OSError, match="disk full"):
        rotation.rotate(new_keys=True)
    assert len(list(keys.glob("*.key"))) == 2
    all_reads(world)


def test_a_rotation_killed_between_tables_and_files_is_finished_by_the_next(
    world, keys, monkeypatch
):
    whole = rotation._rewrite_files

    def killed():
        (Path(rotation.settings.FILES_DIR) / f"{world['document'].pk.hex}.new").write_bytes(b"ha")
        raise KeyboardInterrupt

    monkeypatch.setattr(rotation, "_rewrite_files", killed)
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(new_keys=True)
    all_reads(world)
    monkeypatch.setattr(rotation, "_rewrite_files", whole)
    rotation.rotate(new_keys=False)
    rotation.retire_old_keys()
    all_reads(world)


def test_what_was_sealed_while_the_rotation_ran_survives_the_end_of_the_old_keys(world):
    old = seal_text("terlambat", context="mail.body")
    rotation.rotate(new_keys=True)
    late = OutgoingMail.objects.create(to="b@contoh.id", subject="S", body="x")
    rotation._write(OutgoingMail, late.pk, {"body": old})  # it had waited for the lock
    rotation.retire_old_keys()
    assert OutgoingMail.objects.get(pk=late.pk).body == "terlambat"


def test_keys_of_the_environment_are_rotated_by_who_keeps_them(world, settings, keys):
    field, index = (keys / f"{kind}-1.key" for kind in ("field", "index"))
    settings.FIELD_KEYS = [f"1:{field.read_text().strip()}"]
    settings.INDEX_KEYS = [f"1:{index.read_text().strip()}"]
    with pytest.raises(CommandError, match="FIELD_KEYS"):
        call_command("rotate_keys")
    with pytest.raises(rotation.KeysElsewhere):
        rotation.retire_old_keys()
    all_reads(world)
    settings.FIELD_KEYS = [*settings.FIELD_KEYS, f"2:{'ab' * 32}"]
    call_command("rotate_keys", "--no-new-key")
    settings.FIELD_KEYS = settings.FIELD_KEYS[1:]
    all_reads(world)


def test_the_command_rotates_and_retires(world, keys, capsys):
    call_command("rotate_keys", "--retire")
    assert "Retired: field-1.key, index-1.key" in capsys.readouterr().out
    all_reads(world)


def test_every_sealed_column_of_ours_is_covered():
    covered = {model for model, _secret, _indexes in rotation.sealed_models()}
    for model in apps.get_models():
        fields = model._meta.concrete_fields
        if any(isinstance(field, EncryptedTextField) for field in fields):
            assert model in covered
        for field in fields:
            if isinstance(field, models.BinaryField) and model._meta.app_label in OURS:
                assert (model._meta.label, field.name) in registry.sealed_blobs
            if field.name.endswith("_index") and isinstance(field, models.CharField):
                assert field.name in rotation.INDEX_KINDS, (model, field.name)
