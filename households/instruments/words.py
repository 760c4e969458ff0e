"""Numbers and scores of instruments, as pages write them."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import get_language

from tkpk import formats


def _language() -> str:
    return "en" if (get_language() or "id").startswith("en") else "id"


def number_words(value: Decimal | int, *, places: int = 2) -> str:
    """A number with at most `places` decimals and none that are zero: 12, 4,5, 271.428,57."""
    exact = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP).normalize()
    shown = max(0, -int(exact.as_tuple().exponent))
    return formats.number(exact, places=shown, language=_language())


def amount_words(value: Decimal | int, unit: str) -> str:
    """A number with its unit: Rp300.000, 4,5 m²."""
    if unit == "Rp":
        return f"Rp{number_words(value)}"
    return f"{number_words(value)} {unit}".strip()
