"""System checks of our own."""

from typing import Any

from django.core.checks import Error, register

from tkpk.keyring import KeyMissing, keyring


@register
def keys_are_readable(**_kwargs: Any) -> list[Error]:
    """Keys must be there and whole before anything is served or migrated."""
    try:
        keyring()
    except KeyMissing as error:
        return [Error(str(error), id="tkpk.E001")]
    return []
