"""Middleware of our own: language by path, kelurahan by host or mandate, closed by default."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tkpk import drafts
from tkpk.models import Territory
from tkpk.requests import installation
from tkpk.rights import home_kelurahan

GetResponse = Callable[[HttpRequest], HttpResponse]
STAFF_PREFIXES = ("/kerja/", "/kelola/", "/akun/")
# Of the account pages only the one that opens somebody else's account.
NEEDS_SECOND_FACTOR = (
    "/kerja/",
    "/kelola/",
    "/akun/kode/terbitkan/",
    "/akun/langkah-kedua/hapus/",
    "/akun/langkah-kedua/kartu/serahkan/",
)


def is_staff_path(path: str) -> bool:
    """Whether a path belongs to the surfaces behind sign-in."""
    return path.startswith(STAFF_PREFIXES)


class LanguageOfPath:
    """Public pages speak by prefix (/en/), staff pages by the person's own setting.

    Never by Accept-Language or a cookie: the same address always says the same.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = settings.LANGUAGE_CODE
        if request.path.startswith("/en/"):
            language = "en"
        elif is_staff_path(request.path) and request.user.is_authenticated:
            language = request.user.language
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def kelurahan_of_host(host: str) -> Territory | None:
    """The kelurahan whose public pages this host shows: by host name, else the default one."""
    served = Territory.objects.served().select_related("office", "parent__parent")
    name = host.partition(":")[0]
    found = served.filter(office__host=name).first()
    if found is None and settings.DEFAULT_KELURAHAN:
        found = served.filter(code=settings.DEFAULT_KELURAHAN).first()
    return found or served.order_by("office__pk").first()


class KelurahanOfRequest:
    """`request.kelurahan`: of the host on public pages, of the mandates on staff pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        setattr(request, "kelurahan", SimpleLazyObject(lambda: self._find(request)))  # noqa: B010
        return self.get_response(request)

    @staticmethod
    def _find(request: HttpRequest) -> Territory | None:
        if is_staff_path(request.path) and request.user.is_authenticated:
            home = home_kelurahan(request.user)
            if home is not None:
                return home
        return kelurahan_of_host(request.get_host())


class ClosedByDefault(LoginRequiredMiddleware):
    """Every view asks for a sign-in unless it says otherwise.

    Django's own asks for the user first, which reads the session and marks public pages as
    varying by cookie.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        if request.method == "POST" and not request.user.is_authenticated and drafts.keep(request):
            messages.info(
                request,
                _("Your session has ended. What you typed is kept: sign in and it comes back."),
            )
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """A button's address often answers POST only: after signing in, back to its page."""
        page = _page_of_button(request)
        if page is None:
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(page, self.get_login_url(view_func))


def _page_of_button(request: HttpRequest) -> str | None:
    """The page of ours that sent this POST to another address, by its Referer."""
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        referer, {request.get_host()}, require_https=request.is_secure()
    )
    page = urlsplit(referer)
    if request.method != "POST" or not ours or page.path == request.path:
        return None
    return urlunsplit(("", "", page.path, page.query, ""))


class NotByAddress:
    """An address that only a button may open, opened otherwise: a page in words, not a blank."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
            response.content = render_to_string("405.html")
        return response


class SecondFactorRequired:
    """Outside a demo, who has no second factor yet sets one up before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.path.startswith(NEEDS_SECOND_FACTOR)
            and request.user.is_authenticated
            and not is_mfa_enabled(request.user)
            and not installation(request).demo
        ):
            messages.warning(
                request, _("Set up a second step for signing in first. It takes two minutes.")
            )
            return redirect("mfa_index")
        return self.get_response(request)
