"""The page of the figures that staff and the TKPK steer by, and the families behind them."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from households import dashboard, dashboard_rows
from households.keyset import page_of
from households.models import Household
from tkpk.models import Territory
from tkpk.requests import StaffRequest
from tkpk.rights import holds
from tkpk.roles import Role

# Who reads the families behind the figures; everybody else reads counts alone.
OPENERS = frozenset({Role.STAFF, Role.LURAH})
YEARS_SHOWN = 5


def _asked_for(request: StaffRequest) -> tuple[list[Territory], Territory, int]:
    """The kelurahan open to this person, the one chosen and the year; Http404 for a stranger."""
    places = list(dashboard.places(request.user))
    if not places:
        raise Http404
    place = next((one for one in places if one.code == request.GET.get("kelurahan")), places[0])
    asked = request.GET.get("tahun", "")
    years = years_shown()
    return places, place, next((one for one in years if str(one) == asked), years[0])


def years_shown() -> range:
    this = timezone.localdate().year
    return range(this, this - YEARS_SHOWN, -1)


@require_safe
def dashboard_page(request: StaffRequest) -> HttpResponse:
    """One kelurahan and year: coverage, the list, what is overdue, gaps, classes by RW."""
    places, place, year = _asked_for(request)
    found = dashboard.of_year(place, year)
    opens = holds(request.user, OPENERS, code=place.code)
    context = {
        "found": found,
        "places": places,
        "years": years_shown(),
        "opens": opens,
        "groups": _groups(found, opens=opens),
        "classes": _classes(found.classes, opens=opens) if found.classes else None,
    }
    return render(request, "staff/dashboard/page.html", context)


@never_cache
@require_safe
def dashboard_families(request: StaffRequest, figure: str) -> HttpResponse:
    """The families of one figure; for who may not read names their number in each RW."""
    _places, place, year = _asked_for(request)
    kind = dashboard_rows.KINDS[figure]
    said = request.GET.get("versi", "")
    version = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
    rows = kind.find(dashboard_rows.Asked(place, year, version))
    query = {"tahun": str(year), "kelurahan": place.code}
    context: dict[str, Any] = {
        "title": kind.label,
        "place": place,
        "year": str(year),
        "crumbs": [
            (_("Overview"), f"{reverse('dashboard')}?{urlencode(query)}"),
            (kind.label, ""),
        ],
    }
    if holds(request.user, OPENERS, code=place.code):
        mine = rows.filter(pk__in=Household.objects.visible_to(request.user).values("pk"))
        context["page"] = page_of(
            dashboard_rows.with_heads(mine),
            after=request.GET.get("sesudah", ""),
            before=request.GET.get("sebelum", ""),
            query={**query, **({"versi": str(version)} if version else {})},
        )
    else:
        context["lines"] = dashboard_rows.by_rw(rows, place)
    return render(request, "staff/dashboard/families.html", context)


def _groups(found: dashboard.Dashboard, *, opens: bool) -> dict[str, list[dict[str, Any]]]:
    names = ("overdue", "coverage", "listing", "gaps")
    return {name: [_shown(one, opens=opens) for one in getattr(found, name)] for name in names}


def _classes(matrix: dashboard.ClassMatrix, *, opens: bool) -> list[tuple[str, list[dict]]]:
    return [
        (place.name, [_shown(one, opens=opens) for one in figures])
        for place, figures in matrix.lines
    ]


def _shown(figure: dashboard.Figure, *, opens: bool) -> dict[str, Any]:
    """A figure as the template needs it, with the address that this reader may open."""
    page = figure.rows if opens else figure.counts
    query = urlencode(page.query)
    url = reverse(page.url_name, args=page.args) + (f"?{query}" if query else "")
    share = 100 * figure.count // figure.of if figure.of else None
    return {
        "label": figure.label,
        "count": figure.count,
        "of": figure.of,
        "share": share,
        "url": url,
        "alarm": figure.alarm,
    }
