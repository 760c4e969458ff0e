"""A search that may stand in an address: sealed, so that no name or number is read there.

Addresses end up in histories, logs and screenshots. The token is opened only for the person who
searched, so a link that was passed on shows nothing.
"""

from tkpk.encryption import WrongKey, seal_text, unseal_text
from tkpk.models import User

LONGEST = 120


def _context(user: User) -> str:
    return f"search:{user.pk}"


def make(query: str, user: User) -> str:
    """The query as a token for this person; "" for an empty one. Longer text is cut."""
    text = " ".join(query.split())[:LONGEST]
    return seal_text(text, context=_context(user)) if text else ""


def read(token: str, user: User) -> str | None:
    """The query in a token; None for a token that was altered or made for somebody else."""
    if not token:
        return None
    try:
        return unseal_text(token, context=_context(user))
    except WrongKey:
        return None
