"""What the pages of lists share: the families that an address or ticked rows name."""

from dataclasses import dataclass, replace
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
from households.visibility import Column, scopes_seeing
from tkpk import rights, search_token
from tkpk.models import Level, Mandate, Territory, User
from tkpk.requests import StaffRequest, whole_number
from tkpk.rights import scopes
from tkpk.roles import Role
from tkpk.sent_files import file_response

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
    """Families, and by which filters and which sealed search they were found."""

    rows: QuerySet[Household]
    filters: FilterForm
    text: str
    token: str

    @property
    def said(self) -> dict[str, str]:
        """What an address says to find them again."""
        found = {name: str(value) for name, value in self.filters.chosen.items()}
        return {**found, "cari": self.token} if self.token else found

    @property
    def query(self) -> str:
        return urlencode(self.said)

    @property
    def filtered(self) -> bool:
        return bool(self.said)


def reader_codes(user: User) -> list[str]:
    """The places whose families this person reads. Raises PermissionDenied where there are none."""
    codes = scopes(user, READERS)
    if not codes:
        raise PermissionDenied
    return codes


def chosen_families(request: StaffRequest) -> Chosen:
    """By the filters and the sealed search of the address, among those the person may open."""
    codes = reader_codes(request.user)
    deciles = bool(scopes_seeing(request.user, Column.FACTS))
    filters = FilterForm(request.GET, user=request.user, codes=codes, deciles=deciles)
    token = request.GET.get("cari", "")
    text = search_token.read(token, request.user) or ""
    visible = Household.objects.visible_to(request.user)
    found = filter_families(visible, request.user, filters.chosen)
    found = find_families(found, request.user, text)
    return Chosen(found, filters, text, token if text else "")


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
    return replace(chosen, rows=rows)


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
