"""Paging of the list of families by the last row seen, never by counting rows to skip."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from households.models import Household
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


def _mark(row: Household) -> str:
    return f"{row.territory.code}~{row.pk}"


def _beyond(mark: str, *, forwards: bool) -> Q | None:
    match = _MARK.fullmatch(mark)
    if match is None:
        return None
    side = "gt" if forwards else "lt"
    code, key = match[1], int(match[2])
    return Q(**{f"territory__code__{side}": code}) | Q(
        **{"territory__code": code, f"pk__{side}": key}
    )


def page_of(rows: QuerySet[Household], *, after: str, before: str, query: dict[str, str]) -> Page:
    """The page after or before a mark (`<code>~<pk>`; a broken one means the first page).

    The order is place, then row; two queries whatever the page.
    """
    total = rows.count()
    backwards = bool(before) and _beyond(before, forwards=False) is not None
    condition = _beyond(before, forwards=False) if backwards else _beyond(after, forwards=True)
    if condition is not None:
        rows = rows.filter(condition)
    order = ("-territory__code", "-pk") if backwards else ("territory__code", "pk")
    found = list(rows.order_by(*order)[: PAGE_SIZE + 1])
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    has_previous = more if backwards else condition is not None
    has_next = True if backwards else more

    def address(name: str, row: Household) -> str:
        return "?" + urlencode({**query, name: _mark(row)})

    return Page(
        rows=found,
        previous_url=address("sebelum", found[0]) if found and has_previous else "",
        next_url=address("sesudah", found[-1]) if found and has_next else "",
        shown=formats.number(len(found)),
        total_text=formats.number(total),
    )
