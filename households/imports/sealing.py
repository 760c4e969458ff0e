"""Staged values as sealed JSON: dates and decimals keep their types, nothing lies in clear."""

import datetime
import json
from decimal import Decimal
from typing import Any

from tkpk.encryption import seal, unseal


def sealed_json(content: Any, *, context: str) -> bytes:
    return seal(_ENCODER.encode(content).encode(), context=context)


def unsealed_json(blob: bytes | memoryview, *, context: str) -> Any:
    """Inverse of `sealed_json`; None for an empty blob. Raises WrongKey."""
    raw = bytes(blob)
    return _DECODER.decode(unseal(raw, context=context).decode()) if raw else None


def _tagged(value: Any) -> dict[str, str]:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return {"$date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    raise TypeError(f"{type(value).__name__} cannot be staged")


# Made once: `json.dumps` with options makes one for every call.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_tagged)


def _untagged(said: dict[str, Any]) -> Any:
    if "$date" in said:
        return datetime.date.fromisoformat(said["$date"])
    return Decimal(said["$decimal"]) if "$decimal" in said else said


_DECODER = json.JSONDecoder(object_hook=_untagged)
