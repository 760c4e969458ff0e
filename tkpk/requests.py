"""The request as views behind sign-in get it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from tkpk.models import Territory, User


class StaffRequest(HttpRequest):
    """`ClosedByDefault` lets no stranger through, so the user is a person of ours."""

    user: User
    kelurahan: Territory | None


def signed_in(request: HttpRequest) -> User:
    """The person of a request whose type a library fixes; PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
