"""While a person is typed: who may be in the registry already."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from households.duplicates.typed import Typed, likely_same
from households.views.editing import asks_too_often, get_household, require_editor
from tkpk.nik import LENGTH, clean_digits
from tkpk.requests import StaffRequest, whole_number

LONGEST = 100


def _typed(request: StaffRequest) -> Typed:
    """What can be read of the form so far; the form itself judges it when it is sent."""
    said = request.POST
    nik = clean_digits(said.get("new_nik", ""))
    try:
        born = parse_date(said.get("birth_date", ""))
    except ValueError:
        born = None
    return Typed(
        name=said.get("name", "")[:LONGEST],
        nik=nik if len(nik) == LENGTH and nik.isascii() and nik.isdigit() else "",
        birth_date=born,
        sex=int(said["sex"]) if said.get("sex") in {"1", "2"} else None,
        birth_place=said.get("birth_place", "")[:LONGEST],
    )


@never_cache
@require_POST
def member_check(request: StaffRequest, pk: int) -> HttpResponse:
    """A piece of the form's page; the typed texts come and go in the body alone."""
    household = get_household(request, pk)
    require_editor(request, household)
    if asks_too_often(request):
        return HttpResponse(status=429)
    likely = likely_same(
        _typed(request),
        household,
        reader=request.user,
        other_than=whole_number(request.POST.get("row", "")),
    )
    return render(request, "staff/duplicates/_likely.html", {"likely": likely})
