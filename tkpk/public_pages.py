"""Public pages: open without signing in, cached whole, without a cookie.

A page is built once per address, day and data version; the version is bumped by whoever publishes
something and is read again at most once a second. The day counts because mandates end with one.
"""

import hashlib
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from tkpk.models import Installation, Territory

View = Callable[..., HttpResponse]
KEEP_SECONDS = 300
_known: dict[str, Any] = {"version": None, "read_at": 0.0}


class PublicRequest(HttpRequest):
    """The request as public views get it: of nobody, for the kelurahan of the host."""

    kelurahan: Territory | None


def data_version() -> int:
    """How often something was published; from the database at most once a second."""
    now = time.monotonic()
    if _known["version"] is None or now - _known["read_at"] > 1:
        row = Installation.objects.filter(pk=1).values_list("data_version", flat=True).first()
        _known.update(version=row or 0, read_at=now)
    return int(_known["version"])


def published() -> None:
    """Say that public content changed. Call it in the transaction that publishes."""
    Installation.objects.filter(pk=1).update(data_version=models.F("data_version") + 1)
    transaction.on_commit(lambda: _known.update(version=None))


def _key(request: HttpRequest) -> str:
    """Host and path are hashed: a stranger's may be too long or too odd for a cache key."""
    place = hashlib.sha256(f"{request.get_host()}{request.path}".encode()).hexdigest()
    return f"page:{data_version()}:{timezone.localdate().isoformat()}:{place}"


def _knows(request: HttpRequest, tag: str) -> bool:
    """Whether the browser still has this page; proxies that compress mark the tag as weak."""
    sent = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in sent or tag in {one.removeprefix("W/") for one in sent}


def public_page(view: View) -> View:
    """Make a view public, cacheable and answerable by 304. The view must not touch the session."""

    @login_not_required
    @require_safe
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Only known addresses are kept: a query string of a stranger's making is built each time.
        key = _key(request)
        response: HttpResponse | None = None if request.GET else caches["memory"].get(key)
        if response is None:
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
                # Browsers keep the page but ask each time, so that a change shows at once.
                patch_cache_control(response, public=True, no_cache=True)
                if not request.GET:
                    caches["memory"].set(key, response, KEEP_SECONDS)
        if response.get("ETag") and _knows(request, response["ETag"]):
            not_modified = HttpResponse(status=304)
            not_modified["ETag"] = response["ETag"]
            not_modified["Cache-Control"] = response["Cache-Control"]
            return not_modified
        return response

    return page
