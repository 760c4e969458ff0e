"""The page on which an officer publishes the figures of the kelurahan."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households import statistics
from tkpk.models import Territory
from tkpk.requests import StaffRequest
from tkpk.rights import home_kelurahan


@require_http_methods(["GET", "POST"])
def statistics_publish(request: StaffRequest) -> HttpResponse:
    """Show what would be published, with the withheld counts; a POST publishes it."""
    kelurahan = home_kelurahan(request.user, statistics.PUBLISHERS)
    if not kelurahan or not statistics.may_publish(request.user, kelurahan):
        raise Http404
    if request.method == "POST":
        return _publish(request, kelurahan)
    try:
        draft, refusal = statistics.draft(kelurahan), ""
    except ValidationError as error:
        draft, refusal = None, " ".join(error.messages)
    context = {"draft": draft, "refusal": refusal, "latest": statistics.latest(kelurahan)}
    return render(request, "staff/statistics/publish.html", context)


def _publish(request: StaffRequest, kelurahan: Territory) -> HttpResponse:
    try:
        statistics.publish(kelurahan, by=request.user)
    except PermissionDenied as error:
        raise Http404 from error
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The figures of today are on the public pages now."))
    return redirect("statistics_publish")
