"""Rights and duties of every role on one page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tkpk.requests import StaffRequest
from tkpk.role_book import chapters


@require_safe
def roles_page(request: StaffRequest) -> HttpResponse:
    return render(request, "staff/roles.html", {"chapters": chapters(request.user)})
