"""The first page of the staff workspace: what waits for me."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tkpk.registry import registry, workflows
from tkpk.requests import StaffRequest
from tkpk.rights import mandates

INBOX_LIMIT = 50


@dataclass(frozen=True)
class Waiting:
    """One row that waits for this person, with the moves open to them."""

    title: str
    note: Any
    url: str
    since: Any
    labels: list[Any]


def waiting_for(user: Any) -> list[Waiting]:
    """Rows with a move open to this person, the oldest first, from every registered process."""
    found = []
    for flow in workflows():
        rows = flow.rows_open_to(user).order_by("updated_at")
        if joins := registry.inbox_joins.get(flow.process):
            rows = rows.select_related(*joins)
        for row in rows[:INBOX_LIMIT]:
            moves = flow.waiting_for(user, row)
            if moves:
                words = registry.row_words.get(flow.process)
                labels = [words(row)] if words else [one.move.label for one in moves]
                url = registry.row_urls[flow.process](row)
                found.append(Waiting(str(row), flow.title, url, row.updated_at, labels))
    return sorted(found, key=lambda waiting: waiting.since)[:INBOX_LIMIT]


@dataclass(frozen=True)
class Panel:
    """A piece of the first page that an app above brings."""

    template: str
    context: dict[str, Any]


@require_safe
def work_home(request: StaffRequest) -> HttpResponse:
    found = [panel(request.user) for panel in registry.home_panels.values()]
    panels = [Panel(*shown) for shown in found if shown]
    return render(
        request,
        "staff/home.html",
        {
            "waiting": waiting_for(request.user),
            "mandates": mandates(request.user),
            "panels": panels,
            # Work that no procedure waits for: "nothing waits" must not stand above it.
            "to_mend": sum(panel.context.get("to_mend", 0) for panel in panels),
        },
    )
