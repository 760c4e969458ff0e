"""The bytes of documents: encrypted under `settings.FILES_DIR`, named by uuid alone."""

import datetime
import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from tkpk.encryption import seal, unseal
from tkpk.models import Document, Territory, User

# A file is written before its row: the request that writes both may still be at work.
STRAY_AFTER = datetime.timedelta(days=1)


class FileRemoved(Exception):
    """The bytes were removed after their time; the hash is still known."""


def _path(document: Document) -> Path:
    return Path(settings.FILES_DIR) / document.pk.hex


def _context(document: Document) -> str:
    return f"file:{document.pk.hex}"


def store(data: bytes, *, name: str, content_type: str, kelurahan: Territory, by: User) -> Document:
    """Encrypt and keep bytes; the row is saved after the file, so no row lacks its file."""
    document = Document(
        kelurahan=kelurahan,
        name=name[:200],
        content_type=content_type[:100],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        created_by=by,
    )
    path = _path(document)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(seal(data, context=_context(document)))
        handle.flush()
        os.fsync(handle.fileno())
    document.save(force_insert=True)
    return document


def load(document: Document) -> bytes:
    """The bytes in clear. Raises FileRemoved after their time, WrongKey if altered."""
    if document.removed_at:
        raise FileRemoved
    return unseal(_path(document).read_bytes(), context=_context(document))


def remove(document: Document) -> None:
    """Delete the bytes and note when; name, size and hash stay."""
    _path(document).unlink(missing_ok=True)
    document.removed_at = timezone.now()
    document.save(update_fields=["removed_at"])


def remove_strays(now: datetime.datetime) -> int:
    """Delete files that no row names: a web server died between the file and its row."""
    known = {pk.hex for pk in Document.objects.values_list("pk", flat=True)}
    removed, folder = 0, Path(settings.FILES_DIR)
    for path in folder.iterdir() if folder.is_dir() else ():
        written = datetime.datetime.fromtimestamp(path.stat().st_mtime, tz=datetime.UTC)
        if path.is_file() and path.stem not in known and written < now - STRAY_AFTER:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
