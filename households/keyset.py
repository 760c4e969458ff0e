"""Paging of lists of families and persons by the last row seen, never by counting rows to skip."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tkpk import formats

PAGE_SIZE = 25
_MARK = re.compile(r"([0-9.]{5,21})~([0-9]{1,12})")


@dataclass(frozen=True)
class Page:
    """One page: its rows, and what `keyset_pager` shows."""

    rows: list[Any]
    previous_url: str
    next_url: str
    shown: str
    total_text: str


def _mark(row: Any, place: str) -> str:
    code = row
    for part in place.split("__"):
        code = getattr(code, part)
    return f"{code}~{row.pk}"


def _beyond(mark: str, place: str, *, forwards: bool) -> Q | None:
    match = _MARK.fullmatch(mark)
    if match is None:
        return None
    side = "gt" if forwards else "lt"
    code, key = match[1], int(match[2])
    return Q(**{f"{place}__{side}": code}) | Q(**{place: code, f"pk__{side}": key})


def page_of(
    rows: QuerySet[Any],
    *,
    after: str,
    before: str,
    query: dict[str, str],
    count_to: int | None = None,
    place: str = "territory__code",
) -> Page:
    """The page after or before a mark (`<code>~<pk>`; a broken one means the first page).

    The order is place, then row; two queries whatever the page. With `count_to`, more rows than
    that are not counted but told as "more than". `place` leads to the code of the row's place.
    """
    total_text = _counted(rows, count_to)
    backwards = bool(before) and _beyond(before, place, forwards=False) is not None
    condition = (
        _beyond(before, place, forwards=False)
        if backwards
        else _beyond(after, place, forwards=True)
    )
    if condition is not None:
        rows = rows.filter(condition)
    order = (f"-{place}", "-pk") if backwards else (place, "pk")
    found = list(rows.order_by(*order)[: PAGE_SIZE + 1])
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    has_previous = more if backwards else condition is not None
    has_next = True if backwards else more

    def address(name: str, row: Any) -> str:
        return "?" + urlencode({**query, name: _mark(row, place)})

    return Page(
        rows=found,
        previous_url=address("sebelum", found[0]) if found and has_previous else "",
        next_url=address("sesudah", found[-1]) if found and has_next else "",
        shown=formats.number(len(found)),
        total_text=total_text,
    )


def _counted(rows: QuerySet[Any], most: int | None) -> str:
    if most is None:
        return formats.number(rows.count())
    total = rows.order_by()[: most + 1].count()
    if total <= most:
        return formats.number(total)
    return _("more than %(n)s") % {"n": formats.number(most)}
