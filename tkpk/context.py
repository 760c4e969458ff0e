"""What every template may count on."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from tkpk.middleware import is_staff_path
from tkpk.registry import registry
from tkpk.requests import installation, signed_in


@dataclass(frozen=True)
class MenuEntry:
    """One link of a menu."""

    label: Any
    url: str
    icon: str
    active: bool


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language."""

    code: str
    label: str
    url: str
    active: bool


def _staff_menu(request: HttpRequest) -> list[MenuEntry]:
    entries = []
    for item in sorted(registry.menu, key=lambda item: item.order):
        if not item.visible(signed_in(request)):
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        home = item.url_name == "work_home"
        active = request.path == url if home else request.path.startswith(url)
        entries.append(MenuEntry(item.label, url, item.icon, active))
    return entries


def _public_menu(request: HttpRequest) -> list[MenuEntry]:
    entries = []
    for item in sorted(registry.public_menu, key=lambda item: item.order):
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        home = item.url_name == "home"
        active = request.path == url if home else request.path.startswith(url)
        entries.append(MenuEntry(item.label, url, item.icon, active))
    return entries


def _language_links(request: HttpRequest) -> list[LanguageLink]:
    now = get_language()
    bare = request.path.removeprefix("/en") if request.path.startswith("/en/") else request.path
    return [
        LanguageLink("id", "Bahasa Indonesia", bare, now == "id"),
        LanguageLink("en", "English", f"/en{bare}", now == "en"),
    ]


def _surface(path: str) -> str:
    for prefix, name in (("/kerja/", "staff"), ("/kelola/", "admin"), ("/akun/", "account")):
        if path.startswith(prefix):
            return name
    return "public"


def portal(request: HttpRequest) -> dict[str, Any]:
    """Kelurahan, demo flag, surface and menus; public pages get no user and touch no session."""
    surface = _surface(request.path)
    context: dict[str, Any] = {
        "kelurahan": getattr(request, "kelurahan", None),
        "demo": installation(request).demo,
        "surface": surface,
    }
    if surface == "public":
        context["language_links"] = _language_links(request)
        context["menu"] = _public_menu(request)
    elif is_staff_path(request.path) and request.user.is_authenticated:
        context["menu"] = _staff_menu(request)
    return context
