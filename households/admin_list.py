"""The admin's list of families: filters by place, and a search sealed in the address."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from tkpk import rights, search_token
from tkpk.models import Level, Territory
from tkpk.models.territory import within
from tkpk.requests import signed_in


class PlaceFilter(admin.SimpleListFilter):
    """A plain list of the places of one level in the reader's area."""

    level: Level

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = rights.scopes(signed_in(request), model_admin.view_roles)
        places = Territory.objects.filter(within("code", *codes), level=self.level)
        return [(p.code, p.full_name) for p in places.select_related("parent").order_by("code")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(within("territory__code", chosen)) if chosen else queryset


class RwFilter(PlaceFilter):
    title = "RW"
    parameter_name = "rw"
    level = Level.RW


class RtFilter(PlaceFilter):
    title = "RT"
    parameter_name = "rt"
    level = Level.RT


class SealedSearchChangeList(ChangeList):
    """A list whose search stands sealed in the address; the page shows what was sought."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        self.search_text = search_token.read(self.query, signed_in(request)) or ""
        return super().get_queryset(request, *args, **kwargs)
