"""What a first start creates, and what it refuses to touch."""

import stat

import pytest

from tkpk import provision


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_first_start_creates_private_folders_and_keys(tmp_path):
    var = tmp_path / "deep" / "var"
    made = provision.create_missing(var)
    assert {path.relative_to(var).as_posix() for path in made} == {
        ".",
        "files",
        "keys",
        "keys/field-1.key",
        "keys/index-1.key",
        "secret_key",
    }
    assert {mode(path) for path in made if path.is_dir()} == {0o700}
    assert {mode(path) for path in made if path.is_file()} == {0o600}
    assert len((var / "secret_key").read_text().strip()) >= 50
    assert len(bytes.fromhex((var / "keys" / "field-1.key").read_text().strip())) == 32


def test_the_two_keys_differ(tmp_path):
    provision.create_missing(tmp_path / "var")
    keys = [path.read_text() for path in (tmp_path / "var" / "keys").iterdir()]
    assert len(set(keys)) == 2


def test_a_second_start_changes_nothing(tmp_path):
    provision.create_missing(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert provision.create_missing(tmp_path) == []
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert before == after


def test_no_temporary_file_is_left(tmp_path):
    provision.create_missing(tmp_path)
    assert not list(tmp_path.rglob(".new-*"))


@pytest.mark.parametrize("lost", ["field-1.key", "index-1.key"])
def test_no_new_key_is_made_over_an_existing_database(tmp_path, lost, capsys):
    provision.create_missing(tmp_path)
    (tmp_path / "db.sqlite3").write_bytes(b"SQLite format 3")
    (tmp_path / "keys" / lost).unlink()
    with pytest.raises(provision.KeysMissing, match=lost):
        provision.create_missing(tmp_path)
    assert not (tmp_path / "keys" / lost).exists()
    assert provision.main([str(tmp_path)]) == 1
    assert "backup" in capsys.readouterr().err


def test_no_new_key_is_made_over_encrypted_files(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "upload").write_bytes(b"sealed")
    with pytest.raises(provision.KeysMissing):
        provision.create_missing(tmp_path)


def test_after_a_rotation_the_first_key_does_not_come_back(tmp_path):
    provision.create_missing(tmp_path)
    keys = tmp_path / "keys"
    (keys / "field-1.key").rename(keys / "field-2.key")
    (tmp_path / "db.sqlite3").write_bytes(b"SQLite format 3")
    assert provision.create_missing(tmp_path) == []


def test_a_rival_that_was_faster_keeps_its_key(tmp_path, monkeypatch):
    path = tmp_path / "secret_key"

    def rival_first(source, target):
        path.write_text("theirs")
        raise FileExistsError

    monkeypatch.setattr(provision.os, "link", rival_first)
    assert provision._write_once(path, "ours") is False
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_the_folder_is_named_on_the_command_line(tmp_path, capsys):
    assert provision.main([]) == 2
    assert provision.main([str(tmp_path / "var")]) == 0
    assert "secret_key" in capsys.readouterr().out


def test_no_key_is_made_where_the_operator_keeps_them(tmp_path):
    (tmp_path / "db.sqlite3").write_bytes(b"SQLite format 3")
    assert provision.main(["--keys-elsewhere", str(tmp_path)]) == 0
    assert (tmp_path / "secret_key").exists()
    assert list((tmp_path / "keys").iterdir()) == []
