"""The keys that hide identifiers: versioned, outside the database, apart from SECRET_KEY.

Key files lie in ``settings.KEYS_DIR`` as ``field-<n>.key`` (AES-256-GCM) and ``index-<n>.key``
(HMAC-SHA256), 32 bytes each written as hexadecimal text; ``FIELD_KEYS`` and ``INDEX_KEYS`` in the
environment (``1:<hex>,2:<hex>``) take their place. The highest number is the one that writes.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

KEY_FILE = re.compile(r"^(field|index)-([1-9][0-9]*)\.key$")


class KeyMissing(Exception):
    """No key, or not the key that a value was written with."""


@dataclass(frozen=True)
class Keyring:
    """All known keys by kind and number."""

    field: dict[int, bytes]
    index: dict[int, bytes]

    @property
    def current_field(self) -> int:
        return max(self.field)

    @property
    def current_index(self) -> int:
        return max(self.index)


def _key(text: str, origin: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise KeyMissing(f"{origin} does not hold 32 bytes in hexadecimal")
    return key


def read_directory(directory: Path) -> Keyring:
    """Read every key file of a directory.

    Raises KeyMissing when a kind has no key at all or a file is damaged.
    """
    found: dict[str, dict[int, bytes]] = {"field": {}, "index": {}}
    for path in sorted(directory.glob("*.key")):
        if match := KEY_FILE.match(path.name):
            kind, number = match.groups()
            found[kind][int(number)] = _key(path.read_text(encoding="ascii"), path.name)
    return _checked(found, str(directory))


def _checked(found: dict[str, dict[int, bytes]], origin: str) -> Keyring:
    for kind, keys in found.items():
        if not keys:
            raise KeyMissing(f"No {kind} key in {origin}. Restore the keys from their safe copy.")
    return Keyring(field=found["field"], index=found["index"])


def _from_environment() -> Keyring:
    found: dict[str, dict[int, bytes]] = {"field": {}, "index": {}}
    for kind, entries in (("field", settings.FIELD_KEYS), ("index", settings.INDEX_KEYS)):
        for entry in entries:
            number, _, text = entry.partition(":")
            if not re.fullmatch(r"[1-9][0-9]*", number.strip()):
                raise KeyMissing(f"A {kind} key in the environment is not written as 1:<hex>")
            found[kind][int(number)] = _key(text, f"{kind} key {int(number)}")
    return _checked(found, "the environment")


def in_environment() -> bool:
    """Whether the keys come from the environment, where this program cannot write."""
    return bool(settings.FIELD_KEYS or settings.INDEX_KEYS)


@lru_cache(maxsize=4)
def _read(directory: Path, stamp: int) -> Keyring:
    return read_directory(directory)


_override: ContextVar[Keyring | None] = ContextVar("keyring", default=None)


@contextmanager
def using(keys: Keyring) -> Iterator[None]:
    """Work with these keys: a rotation seals with new ones before their files are written."""
    token = _override.set(keys)
    try:
        yield
    finally:
        _override.reset(token)


def keyring() -> Keyring:
    """The keys in force; a key file added by a rotation is seen without a restart."""
    if (overriding := _override.get()) is not None:
        return overriding
    if in_environment():
        return _from_environment()
    directory = settings.KEYS_DIR
    try:
        # Asked at every value that is read or written, so no Path is made for it.
        stamp = os.stat(directory).st_mtime_ns
    except FileNotFoundError as error:
        raise KeyMissing(f"The key directory is missing: {Path(directory).name}") from error
    return _read(directory, stamp)
