"""The request as views behind sign-in get it."""

import re

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.views.decorators.http import require_http_methods

from tkpk.models import Installation, Territory, User

# Of a page with a form: shown by GET, sent by POST.
FORM_METHODS = require_http_methods(["GET", "HEAD", "POST"])


class StaffRequest(HttpRequest):
    """`ClosedByDefault` lets no stranger through, so the user is a person of ours."""

    user: User
    kelurahan: Territory | None


def signed_in(request: HttpRequest) -> User:
    """The person of a request whose type a library fixes; PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def whole_number(text: str) -> int | None:
    """A number of a form or an address, if it is one: ASCII digits, small enough for a key."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def installation(request: HttpRequest) -> Installation:
    """The facts about this installation, read once a request."""
    kept = getattr(request, "_installation", None)
    if kept is None:
        kept = Installation.current()
        setattr(request, "_installation", kept)  # noqa: B010 - the class declares no such name
    return kept
