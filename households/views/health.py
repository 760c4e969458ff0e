"""Data health: the lists of remarks, each row with what mends it."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households import families, health, mending
from households.forms.family import PlaceField, places_for
from households.health import Check
from households.keyset import page_of
from households.models import Member
from households.nik_remarks import remarks_on
from households.searching import with_counts
from tkpk.models import Level, StaleRow, Territory
from tkpk.models.territory import within
from tkpk.requests import StaffRequest
from tkpk.rights import scopes

NIK_LIST = "nik-berbeda"
KEPT = ("rw", "sesudah", "sebelum")  # what an address of a list may carry


def _require_reader(request: StaffRequest) -> list[str]:
    codes = scopes(request.user, health.READERS)
    if not codes:
        raise PermissionDenied
    return codes


def _check(code: str) -> Check:
    if code not in health.CHECKS:
        raise Http404
    return health.CHECKS[code]


def _rws(codes: list[str]) -> list[tuple[str, str]]:
    rows = Territory.objects.filter(within("code", *codes), level=Level.RW).order_by("code")
    return list(rows.values_list("code", "name"))


def _chosen_rw(request: StaffRequest, rws: list[tuple[str, str]]) -> str:
    asked = request.GET.get("rw", "")
    return asked if asked in dict(rws) else ""


@never_cache
@require_safe
def health_overview(request: StaffRequest) -> HttpResponse:
    rws = _rws(_require_reader(request))
    rw = _chosen_rw(request, rws)
    families_ = health.families_to_check(request.user)
    if rw:
        families_ = families_.filter(within("territory__code", rw))
    numbers = health.counts(families_)
    context = {
        "lists": [(check, numbers[code]) for code, check in health.CHECKS.items()],
        "total": sum(numbers.values()),
        "rws": rws,
        "rw": rw,
    }
    return render(request, "staff/health/overview.html", context)


@never_cache
@require_safe
def health_list(request: StaffRequest, code: str) -> HttpResponse:
    check = _check(code)
    rws = _rws(_require_reader(request))
    return _list_page(request, check, rws, request.GET.dict())


def _list_page(
    request: StaffRequest,
    check: Check,
    rws: list[tuple[str, str]],
    query: dict[str, str],
    bound: Any = None,
) -> HttpResponse:
    """The list; `bound` is the form of a row that was refused, shown in its place."""
    rw = query.get("rw", "") if query.get("rw", "") in dict(rws) else ""
    page = page_of(
        _rows(request, check, rw),
        after=query.get("sesudah", ""),
        before=query.get("sebelum", ""),
        query={"rw": rw} if rw else {},
        place="household__territory__code" if check.of_persons else "territory__code",
    )
    context = {
        "check": check,
        "page": page,
        "lines": _lines(request, check, page.rows, bound),
        "rws": rws,
        "rw": rw,
        "back": urlencode({name: query[name] for name in KEPT if query.get(name)}),
    }
    status = 200 if bound is None else 422
    return render(request, "staff/health/list.html", context, status=status)


def _rows(request: StaffRequest, check: Check, rw: str) -> Any:
    rows: Any = health.rows_of(check, request.user, rw=rw)
    if check.of_persons:
        return rows.select_related("household__territory__parent", "household__kelurahan")
    return with_counts(rows).select_related("territory__parent", "kelurahan")


def _lines(request: StaffRequest, check: Check, rows: list[Any], bound: Any) -> list[Any]:
    """What each row shows; forms only where this person may edit, in a fixed number of queries."""
    user, code = request.user, check.code
    households = [mending.household_of(row) for row in rows]
    editable = families.editable(user, households)
    living = mending.living_by_family(households) if code == mending.HEADS else {}
    offered: Any = PlaceField(places_for(user)).choices
    places = list(offered) if code == "tanpa-rt" and rows else None
    lines = []
    for row, household in zip(rows, households, strict=True):
        remarks = remarks_on(row) if code == NIK_LIST else []
        if code == NIK_LIST and not remarks:
            continue  # mended since the night's check
        line = {"row": row, "household": household, "remarks": remarks}
        if household.pk in editable:
            line["page"] = mending.page_for(code, row)
            if bound is not None and bound.row_pk == row.pk:
                line["form"] = bound
            else:
                members = living.get(household.pk, [])
                line["form"] = mending.make_form(
                    code, row, None, by=user, places=places, members=members
                )
        lines.append(line)
    return lines


@never_cache
@require_POST
def health_mend(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Mend one row of a list; what is refused is said beside the field, in the list."""
    check = _check(code)
    codes = _require_reader(request)
    row = _row(request, check, pk)
    household = mending.household_of(row)
    if refusals := families.edit_refusals(request.user, household):
        raise PermissionDenied("; ".join(refusals))
    query = {name: value for name, value in parse_qsl(request.POST.get("back", "")) if name in KEPT}
    form = mending.make_form(code, row, request.POST, by=request.user)
    if form is None:
        raise Http404
    if form.is_valid():
        try:
            mending.save(code, row, form, by=request.user)
        except StaleRow:
            form.add_error(None, _("Somebody saved this row meanwhile. Open it and look again."))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Mended."))
            return redirect(f"{reverse('health_list', args=[code])}?{urlencode(query)}")
    form.row_pk = pk
    return _list_page(request, check, _rws(codes), query, bound=form)


def _row(request: StaffRequest, check: Check, pk: int) -> Any:
    """A row of the list that this person sees; also one that somebody mended a moment ago."""
    households = health.families_to_check(request.user)
    if not check.of_persons:
        return get_object_or_404(households.select_related("territory__parent", "kelurahan"), pk=pk)
    rows = Member.objects.select_related("household__territory__parent", "household__kelurahan")
    return get_object_or_404(rows, pk=pk, household__in=households.order_by().values("pk"))
