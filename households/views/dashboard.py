"""The page of the figures that staff and the TKPK steer by."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from households import dashboard
from tkpk.requests import StaffRequest
from tkpk.rights import holds
from tkpk.roles import Role

# Who may open the lists behind the figures; everybody else reads the figures alone.
OPENERS = frozenset({Role.STAFF, Role.LURAH})


@require_safe
def dashboard_page(request: StaffRequest) -> HttpResponse:
    """One kelurahan and year: coverage, the list, what is overdue, gaps, classes by RW."""
    places = list(dashboard.places(request.user))
    if not places:
        raise Http404
    this = timezone.localdate().year
    place = next((one for one in places if one.code == request.GET.get("kelurahan")), places[0])
    years = range(this, this - 5, -1)
    asked = request.GET.get("tahun", "")
    year = next((one for one in years if str(one) == asked), this)
    found = dashboard.of_year(place, year)
    opens = holds(request.user, OPENERS, code=place.code)
    context = {
        "found": found,
        "places": places,
        "years": years,
        "groups": _groups(found, opens=opens),
        "classes": _classes(found.classes, opens=opens) if found.classes else None,
    }
    return render(request, "staff/dashboard/page.html", context)


def _groups(found: dashboard.Dashboard, *, opens: bool) -> dict[str, list[dict[str, Any]]]:
    names = ("overdue", "coverage", "listing", "gaps")
    return {name: [_shown(one, opens=opens) for one in getattr(found, name)] for name in names}


def _classes(matrix: dashboard.ClassMatrix, *, opens: bool) -> list[tuple[str, list[dict]]]:
    return [
        (place.name, [_shown(one, opens=opens) for one in figures])
        for place, figures in matrix.lines
    ]


def _shown(figure: dashboard.Figure, *, opens: bool) -> dict[str, Any]:
    """A figure as the template needs it: with its address where the reader may open it."""
    url = ""
    if opens and figure.rows and figure.count:
        query = urlencode(figure.rows.query)
        url = reverse(figure.rows.url_name, args=figure.rows.args) + (f"?{query}" if query else "")
    share = 100 * figure.count // figure.of if figure.of else None
    return {
        "label": figure.label,
        "count": figure.count,
        "of": figure.of,
        "share": share,
        "url": url,
        "alarm": figure.alarm,
    }
