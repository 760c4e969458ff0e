"""How pages write scores and weights."""

from decimal import Decimal

from django import template

from households.instruments.words import number_words

register = template.Library()


@register.filter
def exact(value: Decimal | int | None) -> str:
    """A score with the decimals it has: 12, 4,5; "–" where there is none."""
    return "–" if value is None else number_words(value, places=4)
