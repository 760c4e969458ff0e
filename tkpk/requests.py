"""The request as views behind sign-in get it."""

from django.http import HttpRequest

from tkpk.models import Territory, User


class StaffRequest(HttpRequest):
    """`ClosedByDefault` lets no stranger through, so the user is a person of ours."""

    user: User
    kelurahan: Territory | None
