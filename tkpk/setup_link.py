"""The address of the first set-up: a secret known to whoever started the portal.

The secret lies in `VAR_DIR` readable by its owner alone, so that the same address is printed at
each start until the portal is set up; then it is gone, and the address answers 404.
"""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from tkpk.models import Installation


def _path() -> Path:
    return Path(settings.VAR_DIR) / "setup-token"


def _kept_token() -> str:
    try:
        return _path().read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def setup_url() -> str:
    """The full address to open once; makes its secret when there is none yet."""
    token = _kept_token()
    if not token:
        token = secrets.token_urlsafe(24)
        _path().unlink(missing_ok=True)  # an empty file left by a full disk
        handle = os.open(_path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(token + "\n")
    return settings.PUBLIC_URL + reverse("setup", kwargs={"token": token})


def is_open(token: str) -> bool:
    """Whether this secret still opens the set-up."""
    kept = _kept_token()
    if not kept or not secrets.compare_digest(kept.encode(), token.encode()):
        return False
    return not Installation.current().set_up


def close() -> None:
    """Forget the secret: the portal is set up."""
    _path().unlink(missing_ok=True)
