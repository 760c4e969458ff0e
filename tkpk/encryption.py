"""Encrypted values and blind indexes for identifiers, drafts, staged rows and files.

AES-256-GCM with a random 96-bit nonce; the context (what kind of value it is) is authenticated, so
that a value cannot be moved to another column. Reading with a wrong key raises, always.
"""

import base64
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact

from tkpk.keyring import KeyMissing, keyring

NONCE_BYTES = 12
VERSION_BYTES = 2


class WrongKey(KeyMissing):
    """The value was not written with this key, or it was altered."""


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal(plain: bytes, *, context: str) -> bytes:
    """Encrypt with the current key: version (2 bytes), nonce (12), ciphertext with tag."""
    keys = keyring()
    number = keys.current_field
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(keys.field[number]).encrypt(nonce, plain, context.encode())
    return number.to_bytes(VERSION_BYTES) + nonce + sealed


def unseal(sealed: bytes, *, context: str) -> bytes:
    """Decrypt what `seal` made. Raises WrongKey for another key, context or altered bytes."""
    number = int.from_bytes(sealed[:VERSION_BYTES])
    key = keyring().field.get(number)
    if key is None:
        raise WrongKey(f"Field key {number} is missing.")
    nonce = sealed[VERSION_BYTES : VERSION_BYTES + NONCE_BYTES]
    try:
        return _cipher(key).decrypt(nonce, sealed[VERSION_BYTES + NONCE_BYTES :], context.encode())
    except (InvalidTag, ValueError) as error:
        raise WrongKey(f"Field key {number} does not open this value.") from error


def seal_text(plain: str, *, context: str) -> str:
    """`seal` for text, as URL-safe ASCII."""
    return base64.urlsafe_b64encode(seal(plain.encode(), context=context)).decode().rstrip("=")


def unseal_text(sealed: str, *, context: str) -> str:
    """Inverse of `seal_text`. Raises WrongKey, also for text that was never sealed."""
    padded = sealed + "=" * (-len(sealed) % 4)
    try:
        raw = base64.urlsafe_b64decode(padded.encode("ascii"))
    except ValueError as error:
        raise WrongKey("Not a sealed value.") from error
    return unseal(raw, context=context).decode()


def sealed_with(sealed: str) -> int:
    """The number of the key that wrote a `seal_text` value."""
    return int.from_bytes(base64.urlsafe_b64decode(sealed[:4])[:VERSION_BYTES])


def blind_index(kind: str, value: str, *, key_number: int | None = None) -> str:
    """HMAC-SHA256 of an identifier as 64 hex digits; "" for no value.

    The kind is part of the message: a NIK and a KK number of the same digits differ.
    """
    if not value:
        return ""
    keys = keyring()
    key = keys.index[keys.current_index if key_number is None else key_number]
    return hmac.digest(key, f"{kind}:{value}".encode(), "sha256").hex()


class _IsEmpty(Exact):
    """The one comparison that an encrypted column can answer: is it empty?"""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs != "":
            raise FieldError("An encrypted field can only be compared with an empty value.")
        super().__init__(lhs, rhs)


class EncryptedTextField(models.TextField):
    """Text that lies encrypted in the table. It cannot be searched: look up its blind index.

    `context` names what the value is, the same in the row and in its history.
    """

    def __init__(self, *args: Any, context: str, **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "context": self.context}

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return seal_text(value, context=self.context) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return unseal_text(value, context=self.context) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        if lookup_name == "exact":
            return _IsEmpty
        raise FieldError(f"{self.name} is encrypted: look up its blind index.")
