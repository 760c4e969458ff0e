"""A form that arrives twice acts once: the second press is led to what the first one made.

A phone without scripts sends a form again when its button is pressed again while the answer is
slow. The form's own token (`drafts.draft_token`, another one each time a page is opened) and what
was typed make a mark. Who goes back and types something else has another mark.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from tkpk import drafts
from tkpk.encryption import blind_index
from tkpk.requests import StaffRequest

KEEP_SECONDS = 24 * 3600
# What changes though nothing else was typed.
_NOT_TYPED = frozenset({"csrfmiddlewaretoken"})
View = Callable[..., HttpResponseBase]


def form_once(view: View) -> View:
    """Put nearest to a view that makes a row and answers with a redirect.

    The mark is written in the transaction of the act, into the cache that lies in the database: of
    two requests at the same moment the second waits for the first. A form that is refused, or
    that asks something more, may be sent again.
    """

    @wraps(view)
    def once(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mark = _mark(request)
        if not mark:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            if not cache.add(mark, "", KEEP_SECONDS):
                return _led_on(request, cache.get(mark))
            response = view(request, *args, **kwargs)
            if response.status_code == HTTPStatus.FOUND:
                cache.set(mark, response["Location"], KEEP_SECONDS)
            else:
                cache.delete(mark)
        return response

    return once


def _mark(request: StaffRequest) -> str:
    """A keyed mark of this form with what is typed in it; "" where there is nothing to keep."""
    if request.method != "POST" or not request.POST.get(drafts.FIELD):
        return ""
    seen = hashlib.sha256()
    for name, values in sorted(request.POST.lists()):
        if name not in _NOT_TYPED:
            seen.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            seen.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                seen.update(chunk)
            file.seek(0)
    return "once:" + blind_index("form", f"{request.user.pk}:{request.path}:{seen.hexdigest()}")


def _led_on(request: StaffRequest, address: str | None) -> HttpResponseBase:
    messages.info(request, _("The form came twice. It was recorded once."))
    return HttpResponseRedirect(address or request.path)
