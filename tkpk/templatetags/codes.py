"""Keys and recovery codes, as people read and keep them."""

import base64
from collections.abc import Iterable

from django import template

register = template.Library()


@register.filter
def in_groups(secret: str) -> str:
    """A long key in groups of four: it is typed by hand."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


@register.filter
def text_file(lines: Iterable[str]) -> str:
    """Lines as the address of a text file that needs no second request."""
    text = "\r\n".join([*lines, ""])
    return "data:text/plain;base64," + base64.b64encode(text.encode()).decode()
