"""Public pages: open without signing in, cached whole, without a cookie.

A page is built once per address and data version; the version is bumped by whoever publishes
something and is read again at most once a second.
"""

import hashlib
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from tkpk.models import Installation

View = Callable[..., HttpResponse]
KEEP_SECONDS = 300
_known: dict[str, Any] = {"version": None, "read_at": 0.0}


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


def public_page(view: View) -> View:
    """Make a view public, cacheable and answerable by 304. The view must not touch the session."""

    @login_not_required
    @require_safe
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Only known addresses are kept: a query string of a stranger's making is built each time.
        key = f"page:{data_version()}:{request.get_host()}:{request.path}"
        response: HttpResponse | None = None if request.GET else cache.get(key)
        if response is None:
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
                patch_cache_control(response, public=True, max_age=60)
                if not request.GET:
                    cache.set(key, response, KEEP_SECONDS)
        if response.get("ETag") and request.headers.get("If-None-Match") == response["ETag"]:
            not_modified = HttpResponse(status=304)
            not_modified["ETag"] = response["ETag"]
            not_modified["Cache-Control"] = response["Cache-Control"]
            return not_modified
        return response

    return page
