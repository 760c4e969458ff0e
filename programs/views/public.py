"""Public pages: open to everybody, cached, without a cookie."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import override

from households import statistics
from programs import markdown, structure
from programs.models import ProfileSection
from tkpk.public_pages import PublicRequest, public_page

INTRODUCTION = "tentang"
PAGES = ("home", "profile", "statistics")


def _page(request: PublicRequest, template: str, **context: Any) -> HttpResponse:
    return render(request, template, context)


def _not_set_up(request: PublicRequest) -> HttpResponse:
    """Before the set-up: not kept in any cache, so that the first real page shows at once."""
    response = render(request, "public/not_set_up.html", status=503)
    response["Cache-Control"] = "no-store"
    response["Retry-After"] = "60"
    return response


@public_page
def home(request: PublicRequest) -> HttpResponse:
    """What this is, in figures of a named day, and where to go on."""
    if not request.kelurahan:
        return _not_set_up(request)
    introduction = ProfileSection.objects.filter(
        kelurahan=request.kelurahan, slug=INTRODUCTION, is_published=True
    ).first()
    opening = markdown.opening(introduction.shown_body) if introduction else ""
    return _page(
        request,
        "public/home.html",
        introduction=introduction,
        opening=markdown.render(opening),
        statistics=statistics.latest(request.kelurahan),
    )


@public_page
def profile(request: PublicRequest) -> HttpResponse:
    """Everything that staff wrote about the team, and who holds office today."""
    if not request.kelurahan:
        return _not_set_up(request)
    rows = ProfileSection.objects.filter(kelurahan=request.kelurahan, is_published=True)
    sections = [(row, markdown.render(row.shown_body)) for row in rows]
    return _page(
        request,
        "public/profile.html",
        sections=sections,
        bodies=structure.bodies(request.kelurahan),
    )


@public_page
def statistics_page(request: PublicRequest, year: int | None = None) -> HttpResponse:
    """The published figures of a year, the newest without one, and how they changed."""
    if not request.kelurahan:
        return _not_set_up(request)
    years = statistics.by_year(request.kelurahan)
    if year is not None and year not in years:
        raise Http404
    shown = year or max(years, default=None)
    return _page(
        request,
        "public/statistics.html",
        statistics=years[shown] if shown else None,
        year=shown,
        years=sorted(years, reverse=True),
        changes=statistics.changes(years),
    )


@public_page
def statistics_csv(request: PublicRequest) -> HttpResponse:
    """All years as CSV."""
    return _file(request, statistics.as_csv, "text/csv; charset=utf-8", "csv")


@public_page
def statistics_json(request: PublicRequest) -> HttpResponse:
    """All years as JSON."""
    return _file(request, statistics.as_json, "application/json", "json")


def _file(
    request: PublicRequest,
    write: Callable[..., str],
    content_type: str,
    ending: str,
) -> HttpResponse:
    if not request.kelurahan:
        return _not_set_up(request)
    text = write(request.kelurahan, statistics.by_year(request.kelurahan))
    response = HttpResponse(text, content_type=content_type)
    name = f"statistik-{request.kelurahan.code}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public_page
def robots(request: PublicRequest) -> HttpResponse:
    """Search engines are welcome on public pages only."""
    _only_at_root(request)
    lines = ["User-agent: *", *(f"Disallow: /{path}/" for path in ("kerja", "kelola", "akun"))]
    address = request.build_absolute_uri(reverse("sitemap"))
    text = "\n".join([*lines, f"Sitemap: {address}", ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@public_page
def sitemap(request: PublicRequest) -> HttpResponse:
    """Every public page in both languages."""
    _only_at_root(request)
    addresses = []
    for language in ("id", "en"):
        with override(language):
            addresses += [request.build_absolute_uri(reverse(name)) for name in PAGES]
    context = {"addresses": addresses}
    return render(request, "public/sitemap.xml", context, content_type="application/xml")


@public_page
def favicon(request: PublicRequest) -> HttpResponse:
    """Browsers that ask for the old address get the drawing."""
    _only_at_root(request)
    return redirect(static("img/favicon.svg"))


def _only_at_root(request: PublicRequest) -> None:
    """These speak no language, so they have no address under /en/."""
    if request.path.startswith("/en/"):
        raise Http404
