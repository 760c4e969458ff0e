"""The look's own tags and filters; every component they draw is shown at ``/kerja/gaya/``."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tkpk import formats

register = template.Library()

SPRITE = Path(__file__).resolve().parents[2] / "static/vendor/bootstrap-icons-1.13.2" / "sprite.svg"
SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)" viewBox="0 0 16 16">(.*?)</symbol>')

# A state is a word and a shape with the colour, so each tone owns one shape.
TONE_ICONS = {
    "done": "check-circle-fill",
    "attention": "exclamation-triangle-fill",
    "danger": "x-octagon-fill",
    "running": "circle-half",
    "neutral": "circle",
}
ASKING_STEP = _("Areas")
IMPORT_STEPS = (_("File"), _("Columns"), ASKING_STEP, _("Check"), _("Save"))
NOTHING = "–"


@cache
def drawings() -> dict[str, str]:
    """Read the vendored sprite once; name → inner SVG."""
    return dict(SYMBOL.findall(SPRITE.read_text(encoding="utf-8")))


def _language() -> str:
    return "en" if (get_language() or "id").startswith("en") else "id"


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon inline; it is hidden from screen readers, so a word always stands beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="currentColor"'
        ' aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(drawings()[name]),  # noqa: S308 – our own vendored file, never input
    )


@register.simple_tag
def status_badge(word: str, tone: str = "neutral") -> SafeString:
    """Draw a state: word, shape and colour. Raises ``KeyError`` for an unknown tone."""
    return format_html(
        '<span class="badge-status badge-{}">{}<span>{}</span></span>',
        tone,
        icon(TONE_ICONS[tone]),
        word,
    )


@register.filter
def rupiah(value: int | None) -> str:
    return NOTHING if value is None or value == "" else formats.rupiah(value)


@register.filter
def percent(value: Decimal | float | None, places: int = 0) -> str:
    if value is None or value == "":
        return NOTHING
    return formats.percent(value, places=places, language=_language())


@register.filter
def number(value: int | Decimal | None, places: int = 0) -> str:
    if value is None or value == "":
        return NOTHING
    return formats.number(value, places=places, language=_language())


@register.filter
def date_long(value: date | None) -> str:
    return formats.date_long(value, language=_language()) if value else NOTHING


@register.filter
def date_short(value: date | None) -> str:
    return formats.date_short(value, language=_language()) if value else NOTHING


@register.filter
def moment(value: datetime | None) -> str:
    return formats.moment(value, language=_language()) if value else NOTHING


@register.inclusion_tag("parts/bar_chart.html")
def bar_chart(title: str, rows: Iterable[tuple[str, int | Decimal | None, str]]) -> dict:
    """Draw zero-based bars and the same numbers as a table.

    ``rows`` are (label, value ≥ 0 or ``None`` when withheld, text that is shown). A withheld row
    draws no bar: the length of a bar would give the number away.
    """
    rows = list(rows)
    longest = max((value for _label, value, _text in rows if value is not None), default=0)
    bars = []
    for at, (label, value, text) in enumerate(rows):
        width = 0 if not value or not longest else round(float(value) / float(longest) * 100, 2)
        top = at * 52
        bars.append(
            {
                "label": label,
                "text": text,
                "withheld": value is None,
                "width": f"{width}%",
                "word_y": str(top + 16),
                "bar_y": str(top + 24),
            }
        )
    # Ids unique on a page, yet the same at each rendering: a public page must keep its ETag.
    key = "b" + sha256(f"{title}{bars}".encode()).hexdigest()[:8]
    # Coordinates are text: as numbers the template would set thousands marks in them.
    return {"title": title, "bars": bars, "height": str(len(bars) * 52), "key": key}


@register.inclusion_tag("parts/empty_state.html")
def empty_state(title: str, text: str, url: str = "", label: str = "") -> dict:
    """Say what a list is for and, with ``url`` and ``label``, what to do first."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("parts/steps.html")
def steps(current: int, asked: str = "") -> dict:
    """Show the five steps of an import; ``current`` is 1–5, 6 when everything is done.

    ``asked`` names the third one where it asks for something else than areas.
    """
    current = int(current)
    words = [asked if asked and word == ASKING_STEP else word for word in IMPORT_STEPS]
    return {
        "steps": [
            {
                "number": at,
                "word": word,
                "state": "done" if at < current else "now" if at == current else "next",
            }
            for at, word in enumerate(words, start=1)
        ]
    }


@register.inclusion_tag("parts/keyset_pager.html")
def keyset_pager(page: object, label: str = "") -> dict:
    """Previous and next of a keyset page.

    ``page`` has ``previous_url``, ``next_url``, ``shown`` and ``total_text``. Two lists
    on a page need two ``label``s, by which a screen reader tells them apart.
    """
    return {"page": page, "label": label or _("Pages of this list")}
