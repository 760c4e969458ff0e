"""What the pages of lists share: the families that an address or ticked rows name."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from households.exporting.workbook import XLSX
from households.forms.search import FilterForm
from households.models import Household
from households.models.household import READERS
from households.searching import filter_families, find_families
from households.views.import_pages import whole_number
from households.visibility import Column, scopes_seeing
from tkpk import rights, search_token
from tkpk.models import Level, Mandate, Territory, User
from tkpk.requests import StaffRequest
from tkpk.rights import scopes
from tkpk.roles import Role
from tkpk.sent_files import file_response

FILTERS = ("rw", "rt", "status", "desil", "tanpa_rt", "cari")
TICKED, EVERY = "family", "every"


def bulk_mandate(user: User) -> Mandate | None:
    """The mandate by which lists are edited and set: an officer of a whole kelurahan."""
    for mandate in rights.mandates(user):
        if mandate.role == Role.STAFF and mandate.territory.level == Level.KELURAHAN:
            return mandate
    return None


def bulk_kelurahan(user: User) -> Territory:
    """Raises PermissionDenied for who is no officer of a kelurahan."""
    mandate = bulk_mandate(user)
    if mandate is None:
        raise PermissionDenied
    return mandate.territory


@dataclass(frozen=True)
class Chosen:
    """The families that the list shows now; `query` is the address that says so."""

    rows: QuerySet[Household]
    query: str
    filtered: bool


def chosen_families(request: StaffRequest) -> Chosen:
    """By the filters and the sealed search of the address, among those the person may open."""
    codes = scopes(request.user, READERS)
    if not codes:
        raise PermissionDenied
    deciles = bool(scopes_seeing(request.user, Column.FACTS))
    filters = FilterForm(request.GET, user=request.user, codes=codes, deciles=deciles)
    text = search_token.read(request.GET.get("cari", ""), request.user) or ""
    visible = Household.objects.visible_to(request.user)
    found = find_families(
        filter_families(visible, request.user, filters.chosen), request.user, text
    )
    kept = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    return Chosen(found, urlencode(kept), bool(filters.chosen or text))


def whole_numbers(said: list[str]) -> list[int]:
    """The keys among what a form says; anything else is no row of ours."""
    return [number for number in map(whole_number, said) if number is not None]


def ticked_families(request: StaffRequest) -> Chosen:
    """The rows ticked in a POST, or all of the filters if that was ticked."""
    chosen = chosen_families(request)
    if request.POST.get(EVERY):
        return chosen
    pks = whole_numbers(request.POST.getlist(TICKED))
    rows = Household.objects.visible_to(request.user).filter(pk__in=pks[:10_000])
    return Chosen(rows, chosen.query, chosen.filtered)


def selection_fields(request: StaffRequest) -> dict[str, Any]:
    """What the next step needs to know of the choice: hidden fields of its form."""
    return {
        "ticked": whole_numbers(request.POST.getlist(TICKED)),
        "every": bool(request.POST.get(EVERY)),
    }


def workbook_response(content: Any, name: str) -> StreamingHttpResponse:
    """A workbook that is written while it is sent. Names of files say nothing about persons."""
    filename = f"{name}-{timezone.localdate():%Y-%m-%d}.xlsx"
    return file_response(content, name=filename, content_type=XLSX)
