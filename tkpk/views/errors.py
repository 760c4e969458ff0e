"""Error pages: Indonesian, without personal data, saying what to do next."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tkpk import drafts


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 without any context: a wrong host name is refused before there is a person."""
    return render(None, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason that a workflow gave: those texts are ours and name nobody."""
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 without any context: the database or the session may be what failed."""
    return render(None, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before the last sign-in: what was typed is kept, nothing is carried out.

    The page that the form came from gives it back: at once to its writer, after signing in to
    whoever has no session.
    """
    if drafts.keep(request):
        if not request.user.is_authenticated or drafts.writer_of(request) == request.user.pk:
            return redirect(request.get_full_path())
        messages.warning(request, _("This form was opened by somebody else. It was not sent."))
        return redirect("work_home")
    return render(request, "403_csrf.html", status=403)
