"""Files lie encrypted under a name that says nothing, and go when their time is over."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from tests import factories
from tkpk import files
from tkpk.encryption import WrongKey
from tkpk.models import Document

pytestmark = pytest.mark.django_db
DATA = b"NIK;NAMA\n3471041705800000;WIRYO\n"


@pytest.fixture
def document(tmp_path, settings):
    settings.FILES_DIR = tmp_path / "files"
    return files.store(
        DATA, name="penduduk.csv", content_type="text/csv",
        kelurahan=factories.make_kelurahan(), by=factories.make_user("petugas"),
    )  # fmt: skip


def the_file(settings):
    (path,) = Path(settings.FILES_DIR).iterdir()
    return path


def test_the_disk_holds_neither_content_nor_name(document, settings):
    path = the_file(settings)
    assert path.name == document.pk.hex
    assert b"WIRYO" not in path.read_bytes()
    assert b"3471041705800000" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_was_stored_is_read_again(document):
    assert files.load(Document.objects.get()) == DATA
    assert (document.size, len(document.sha256)) == (len(DATA), 64)


def test_an_altered_or_exchanged_file_is_loud(document, settings):
    other = files.store(
        b"lain", name="x", content_type="x", kelurahan=document.kelurahan, by=document.created_by
    )
    folder = Path(settings.FILES_DIR)
    (folder / document.pk.hex).write_bytes((folder / other.pk.hex).read_bytes())
    with pytest.raises(WrongKey):
        files.load(document)


def test_a_removed_file_is_gone_and_its_hash_is_known(document, settings):
    files.remove(document)
    assert list(Path(settings.FILES_DIR).iterdir()) == []
    stored = Document.objects.get()
    assert stored.removed_at
    assert stored.sha256 == document.sha256
    with pytest.raises(files.FileRemoved):
        files.load(stored)


def test_a_file_that_no_row_names_goes_after_a_day(document, settings):
    kept = the_file(settings)
    stray = kept.with_name("0" * 32)
    stray.write_bytes(b"half an upload")
    now = timezone.now()
    assert files.remove_strays(now) == 0, "its request may still be at work"
    assert files.remove_strays(now + datetime.timedelta(days=2)) == 1
    assert kept.exists()
    assert not stray.exists()
