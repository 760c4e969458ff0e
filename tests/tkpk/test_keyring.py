"""Where the keys come from, and that a damaged or missing one is never passed over."""

import os

import pytest

from tkpk.keyring import KeyMissing, keyring, read_directory

A, B = "aa" * 32, "bb" * 32


@pytest.fixture
def folder(tmp_path, settings):
    (tmp_path / "field-1.key").write_text(A + "\n")
    (tmp_path / "index-1.key").write_text(B)
    settings.KEYS_DIR = tmp_path
    return tmp_path


def test_the_highest_number_writes(folder):
    (folder / "field-2.key").write_text(B)
    (folder / "field-10.key").write_text(A)
    keys = read_directory(folder)
    assert sorted(keys.field) == [1, 2, 10]
    assert (keys.current_field, keys.current_index) == (10, 1)


def test_other_files_are_no_keys(folder):
    for name in ("field-0.key", "field-x.key", "fields-2.key", "field-2.key.bak"):
        (folder / name).write_text("not a key")
    assert sorted(read_directory(folder).field) == [1]


@pytest.mark.parametrize("text", ["", "aa" * 31, "aa" * 33, "zz" * 32])
def test_a_damaged_key_is_loud(folder, text):
    (folder / "field-1.key").write_text(text)
    with pytest.raises(KeyMissing, match=r"field-1\.key"):
        read_directory(folder)


@pytest.mark.parametrize("kind", ["field", "index"])
def test_a_missing_key_is_loud(folder, kind):
    (folder / f"{kind}-1.key").unlink()
    with pytest.raises(KeyMissing, match=f"No {kind} key"):
        keyring()


def test_a_missing_folder_is_loud(folder, settings):
    settings.KEYS_DIR = folder / "gone"
    with pytest.raises(KeyMissing, match="directory is missing"):
        keyring()


def test_a_new_key_file_is_seen_without_a_restart(folder):
    assert keyring().current_field == 1
    (folder / "field-2.key").write_text(B)
    os.utime(folder, ns=(1, 1))
    assert keyring().current_field == 2


def test_keys_of_the_environment_take_the_place_of_files(folder, settings):
    settings.FIELD_KEYS, settings.INDEX_KEYS = [f"1:{B}", f"2:{A}"], [f"3:{A}"]
    keys = keyring()
    assert keys.field == {1: bytes.fromhex(B), 2: bytes.fromhex(A)}
    assert keys.index == {3: bytes.fromhex(A)}


@pytest.mark.parametrize("entry", [A, f"x:{A}", f"0:{A}", "1:", f"1:{A}00", f":{A}"])
def test_a_key_of_the_environment_that_cannot_be_read_is_loud(folder, settings, entry):
    settings.FIELD_KEYS, settings.INDEX_KEYS = [entry], [f"1:{B}"]
    with pytest.raises(KeyMissing) as error:
        keyring()
    assert A not in str(error.value)


def test_one_kind_alone_in_the_environment_is_loud(folder, settings):
    settings.FIELD_KEYS, settings.INDEX_KEYS = [f"1:{A}"], []
    with pytest.raises(KeyMissing, match="No index key"):
        keyring()
