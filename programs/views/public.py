"""Public pages: open to everybody, cached, without a cookie."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from households import statistics
from programs import markdown, structure
from programs.models import ProfileSection
from tkpk.context import MenuEntry
from tkpk.public_pages import PublicRequest, public_page

INTRODUCTION = "tentang"
PAGES = ("home", "profile")


def _menu(request: PublicRequest) -> list[MenuEntry]:
    words = {"home": (_("Home"), "house"), "profile": (_("Profile"), "people")}
    entries = []
    for name, (label, icon) in words.items():
        url = reverse(name)
        entries.append(MenuEntry(label, url, icon, request.path == url))
    return entries


def _page(request: PublicRequest, template: str, **context: Any) -> HttpResponse:
    return render(request, template, {"menu": _menu(request), **context})


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
