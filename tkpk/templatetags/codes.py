"""Keys, as people read and type them."""

from django import template

register = template.Library()


@register.filter
def in_groups(secret: str) -> str:
    """A long key in groups of four: it is typed by hand."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
