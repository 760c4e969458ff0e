"""Rotating the keys: everything sealed is read with its old key and written with the newest.

A sealed value names its key, so an interrupted rotation leaves nothing unreadable and can be run
again. Old keys are retired only when nothing is sealed with them any more.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from tkpk.encryption import (
    EncryptedTextField,
    blind_index,
    seal,
    seal_text,
    unseal,
    unseal_text,
)
from tkpk.keyring import Keyring, in_environment, keyring, using
from tkpk.models import Document, Installation
from tkpk.models.installation import KNOWN
from tkpk.registry import registry

CHUNK = 500
KEY_BYTES = 32
# Blind-index columns: the field they are computed from, and its kind.
INDEX_KINDS = {
    "nik_index": ("nik", "nik"),
    "kk_index": ("kk_number", "kk"),
    "words_index": ("whole_words", "area"),
    "programme_words_index": ("words", "programme"),
    "signature_index": ("signature", "columns"),
}
MFA_CONTEXT, MFA_SECRETS = "mfa.secret", ("secret", "seed")


class KeysElsewhere(Exception):
    """The keys lie in the environment: whoever keeps it there adds and removes them."""


def rotate(*, new_keys: bool) -> dict[str, int]:
    """Seal everything anew and return how many of what; with `new_keys` under fresh keys.

    Tables are rewritten in one transaction. The new key files are written just before it commits:
    nobody looks up a new blind index while the table still holds the old ones.
    Raises KeysElsewhere when new keys could not be read again afterwards.
    """
    keys = keyring()
    if new_keys:
        if in_environment():
            raise KeysElsewhere(
                "FIELD_KEYS and INDEX_KEYS hold the keys: add the new ones there, restart, then "
                "run with --no-new-key."
            )
        keys = Keyring(
            field={**keys.field, keys.current_field + 1: os.urandom(KEY_BYTES)},
            index={**keys.index, keys.current_index + 1: os.urandom(KEY_BYTES)},
        )
    with using(keys):
        with transaction.atomic():
            counts = _rewrite_tables()
            if new_keys:
                _write_newest(keys)
        counts["files"] = _rewrite_files()
    return counts


def _rewrite_tables() -> dict[str, int]:
    counts: dict[str, int] = {}
    for model, secret, indexes in sealed_models():
        counts[model._meta.label] = _rewrite_texts(model, secret, indexes)
    for (label, field), context in registry.sealed_blobs.items():
        counts[f"{label}.{field}"] = _rewrite_blobs(label, field, context)
    counts["second factors"] = _rewrite_second_factors()
    Installation.objects.filter(pk=1).update(index_key_check=blind_index("installation", KNOWN))
    return counts


def _write_newest(keys: Keyring) -> None:
    newest = {
        f"field-{keys.current_field}.key": keys.field[keys.current_field],
        f"index-{keys.current_index}.key": keys.index[keys.current_index],
    }
    for name, key in newest.items():
        descriptor = os.open(
            Path(settings.KEYS_DIR) / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
        )
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(key.hex() + "\n")
            handle.flush()
            os.fsync(handle.fileno())


def sealed_models() -> Iterator[tuple[type[models.Model], list[EncryptedTextField], list[str]]]:
    """Every model with encrypted columns and its blind-index columns, history included."""
    for model in apps.get_models():
        fields = model._meta.concrete_fields
        secret = [field for field in fields if isinstance(field, EncryptedTextField)]
        indexes = [field.name for field in fields if field.name in INDEX_KINDS]
        if secret:
            yield model, secret, indexes


def _rewrite_texts(
    model: type[models.Model], secret: list[EncryptedTextField], indexes: list[str]
) -> int:
    count, names = 0, [field.name for field in secret]
    rows = model._base_manager.order_by("pk").values("pk", *names)
    for row in list(rows):
        values: dict[str, Any] = {
            str(field.column): seal_text(row[field.name], context=field.context)
            for field in secret
            if row[field.name]
        }
        for index in indexes:
            source, kind = INDEX_KINDS[index]
            # Without its source an index stays: an answer from before sources were kept.
            if row[source]:
                values[index] = blind_index(kind, row[source])
        count += _write(model, row["pk"], values)
    return count


def _write(model: type[models.Model], pk: Any, values: dict[str, Any]) -> int:
    """Write columns past `save`: no history, no version, no trigger of ours is about this."""
    if not values:
        return 0
    assignments = ", ".join(f'"{column}" = %s' for column in values)
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET {assignments} WHERE "{key}" = %s',  # noqa: S608 - own names
            [*values.values(), pk],
        )
    return 1


def _rewrite_blobs(label: str, field: str, context: Callable[[Any], str]) -> int:
    model, count = apps.get_model(label), 0
    for row in model._base_manager.exclude(**{field: b""}).iterator(CHUNK):
        sealed = getattr(row, field)
        if sealed is None:
            continue
        plain = unseal(bytes(sealed), context=context(row))
        model._base_manager.filter(pk=row.pk).update(**{field: seal(plain, context=context(row))})
        count += 1
    return count


def _rewrite_second_factors() -> int:
    count = 0
    for row in Authenticator.objects.all():
        changed = {
            name: seal_text(unseal_text(row.data[name], context=MFA_CONTEXT), context=MFA_CONTEXT)
            for name in MFA_SECRETS
            if row.data.get(name)
        }
        if changed:
            row.data.update(changed)
            row.save(update_fields=["data"])
            count += 1
    return count


def _rewrite_files() -> int:
    count = 0
    for document in Document.objects.filter(removed_at__isnull=True, is_encrypted=True):
        path = Path(settings.FILES_DIR) / document.pk.hex
        context = f"file:{document.pk.hex}"
        fresh = path.with_suffix(".new")
        sealed = seal(unseal(path.read_bytes(), context=context), context=context)
        fresh.unlink(missing_ok=True)  # left by a rotation that was killed here
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(sealed)
            handle.flush()
            os.fsync(handle.fileno())  # the old key may be deleted in a moment
        fresh.replace(path)  # whole old file or whole new file, never half of one
        count += 1
    return count


def retire_old_keys() -> list[str]:
    """Seal once more and delete the key files below the newest. Call it after `rotate`.

    Once more, because a row that waited for the rotation's lock was sealed before it.
    Raises KeysElsewhere for keys in the environment.
    """
    if in_environment():
        raise KeysElsewhere("Remove the old keys from FIELD_KEYS and INDEX_KEYS yourself.")
    rotate(new_keys=False)
    keys, gone = keyring(), []
    for kind, numbers in (("field", keys.field), ("index", keys.index)):
        for number in sorted(numbers)[:-1]:
            path = Path(settings.KEYS_DIR) / f"{kind}-{number}.key"
            path.unlink()
            gone.append(path.name)
    return gone
