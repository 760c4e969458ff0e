"""Pages of overlaps and gaps, and aid recorded for several families at once."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from households.aid import access, coverage, gaps, overlap, recording
from households.aid.pairs import book_of, pair_key, with_both
from households.forms.aid_many import GivenForm, PlaceYearForm, YearForm
from households.keyset import page_of
from households.models import AidPair, AidProgramme, AidReceipt, Member, PoorList, PoorListStatus
from households.searching import with_counts
from households.views.aid_programmes import Reader, reader_of
from households.views.excel_lists import selection_fields, ticked_families
from tkpk import formats
from tkpk.models import User
from tkpk.models.territory import within
from tkpk.once import form_once
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.rights import scopes

TITLES = {
    gaps.UNSERVED: gettext_lazy("Established, no aid this year"),
    gaps.NEVER: gettext_lazy("Established, never any aid"),
    gaps.UNLISTED: gettext_lazy("Receives aid, not on the established list"),
}
ADDRESSES = {
    gaps.UNSERVED: "aid_unserved",
    gaps.NEVER: "aid_never",
    gaps.UNLISTED: "aid_unlisted",
}


# --- overlaps --------------------------------------------------------------------------------
@never_cache
@require_safe
def aid_matrix(request: StaffRequest) -> HttpResponse:
    """How many families have both of two programmes in a year; excluded pairs are marked."""
    reader = reader_of(request)
    form = YearForm(request.GET, years=coverage.years())
    receipts = access.receipts_of(reader.kelurahan, request.user, access.COUNT_READERS)
    programmes = list(AidProgramme.objects.filter(kelurahan=reader.kelurahan).order_by("name"))
    rows = overlap.matrix(
        programmes, receipts.in_year(form.year), book_of(reader.kelurahan, _day_of(form.year))
    )
    context = {
        "reader": reader,
        "form": form,
        "year": form.year,
        "rows": rows,
        "programmes": programmes,
        "clashing": [
            cell
            for number, row in enumerate(rows)
            for cell in row[number + 1 :]
            if cell.forbidden and cell.families
        ],
    }
    return render(request, "staff/aid/matrix.html", context)


def _day_of(year: int) -> datetime.date:
    """The day whose rules are shown: the year's last one; in the running year today."""
    return min(timezone.localdate(), datetime.date(year, 12, 31))


@never_cache
@require_safe
def aid_both(request: StaffRequest, pk: int, other_pk: int) -> HttpResponse:
    """The families with both programmes in a year."""
    reader = reader_of(request, roles=access.NAME_READERS)
    form = _place_year(request, reader)
    user = request.user
    receipts = access.receipts_of(reader.kelurahan, user, access.NAME_READERS).in_year(form.year)
    rows = access.families_of(reader.kelurahan, user, access.NAME_READERS)
    rows = rows.filter(with_both(receipts, pk, other_pk), _place_of(form))
    page = _page(request, with_counts(rows).annotate(**_rule_facts(pk, other_pk, form.year)), form)
    shown = receipts.filter(programme__in=[pk, other_pk])
    found = {row.programme_id: row.programme for row in _attach(page.rows, shown)}
    if len(found) != 2:
        found = AidProgramme.objects.filter(kelurahan=reader.kelurahan).in_bulk([pk, other_pk])
    if len(found) != 2:
        raise Http404
    context = {
        "reader": reader,
        "form": form,
        "page": page,
        "first": found[pk],
        "second": found[other_pk],
        "rule": _rule(page.rows),
        "year": form.year,
    }
    return render(request, "staff/aid/both.html", context)


def _rule_facts(first: int, second: int, year: int) -> dict[str, Subquery]:
    """The rule on a pair, read with the families: the page costs no query more for it."""
    low, high = pair_key(first, second)
    rule = AidPair.objects.filter(first=low, second=high).holding(_day_of(year))
    names = ("rule", "note", "valid_from")
    return {f"pair_{name}": Subquery(rule.values(name)[:1]) for name in names}


def _rule(rows: list[Any]) -> AidPair | None:
    """The rule as it stands on each row of the page."""
    if not rows or not rows[0].pair_rule:
        return None
    row = rows[0]
    return AidPair(rule=row.pair_rule, note=row.pair_note, valid_from=row.pair_valid_from)


def _place_year(request: StaffRequest, reader: Reader) -> PlaceYearForm:
    codes = scopes(request.user, access.COUNT_READERS)
    return PlaceYearForm(request.GET, years=coverage.years(), codes=codes)


def _place_of(form: PlaceYearForm) -> Q:
    return within("territory__code", form.place) if form.place else Q()


def _page(request: StaffRequest, rows: Any, form: PlaceYearForm) -> Any:
    return page_of(
        rows,
        after=request.GET.get("sesudah", ""),
        before=request.GET.get("sebelum", ""),
        query=form.chosen,
    )


def _attach(households: list[Any], receipts: Any) -> list[AidReceipt]:
    """Give each family its receipts of the page, read at once; returns them all."""
    found: dict[int, list[AidReceipt]] = {}
    rows = receipts.filter(household__in=households).select_related("programme", "member")
    read = list(rows.order_by("programme__name", "-period_from"))
    for row in read:
        found.setdefault(row.household_id, []).append(row)
    for household in households:
        household.receipts_shown = found.get(household.pk, [])
    return read


# --- gaps ------------------------------------------------------------------------------------
@never_cache
@require_safe
def aid_gaps(request: StaffRequest) -> HttpResponse:
    """Established and not served, served and not established: the counts of each RT."""
    reader = reader_of(request)
    form = _place_year(request, reader)
    rows = access.families_of(reader.kelurahan, request.user, access.COUNT_READERS)
    lines, total = gaps.by_place(rows.filter(_place_of(form)), form.year)
    context = {
        "reader": reader,
        "form": form,
        "year": form.year,
        "lines": lines,
        "total": total,
        "year_query": urlencode({"tahun": form.year}),
    }
    return render(request, "staff/aid/gaps.html", context)


@never_cache
@require_safe
def aid_gap_list(request: StaffRequest, kind: str) -> HttpResponse:
    """The families of one gap, each with what mends it."""
    roles = access.NAME_READERS if kind == gaps.UNLISTED else access.UNAIDED_READERS
    reader = reader_of(request, roles=roles)
    form = _place_year(request, reader)
    user = request.user
    rows = access.families_of(reader.kelurahan, user, roles)
    rows = gaps.of_kind(rows.filter(_place_of(form)), kind, form.year)
    rows = gaps.with_last_day(rows).annotate(own=Exists(_own_members(user)))
    page = _page(request, with_counts(rows.annotate(open_list=_open_list(reader))), form)
    if kind == gaps.UNLISTED:
        receipts = access.receipts_of(reader.kelurahan, user, access.NAME_READERS)
        _attach(page.rows, receipts.in_year(form.year))
    context = {
        "reader": reader,
        "form": form,
        "page": page,
        "kind": kind,
        "title": TITLES[kind],
        "year": form.year,
        "here": reverse(ADDRESSES[kind]),
        "unlisted": kind == gaps.UNLISTED,
    }
    return render(request, "staff/aid/gap_list.html", context)


def _own_members(user: User) -> Any:
    """Members of a family who are this person: somebody else enters for them."""
    return Member.objects.filter(household=OuterRef("pk"), nik_index=user.nik_index or "-")


def _open_list(reader: Reader) -> Subquery:
    """The key of the list that takes nominations now, if there is one."""
    rows = PoorList.objects.filter(
        kelurahan=reader.kelurahan, status__in=[PoorListStatus.OPEN, PoorListStatus.REVIEW_1]
    )
    return Subquery(rows.order_by("-year").values("pk")[:1])


# --- aid for several families ----------------------------------------------------------------
@never_cache
@FORM_METHODS
@form_once
def aid_record_many(request: StaffRequest) -> HttpResponse:
    """One receipt for each ticked family: first what would be written, then the act."""
    reader = reader_of(request, roles=access.WRITERS)
    if not reader.writes:
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "staff/aid/record_start.html", {"reader": reader})
    chosen = ticked_families(request)
    rows = chosen.rows.filter(kelurahan=reader.kelurahan)
    if not rows.exists():
        messages.error(request, _("Tick at least one family."))
        return redirect("aid_record_many")
    step = request.POST.get("step", "")
    form = GivenForm(request.POST if step else None, kelurahan=reader.kelurahan)
    planned: list[recording.Planned] = []
    if step and form.is_valid():
        try:
            planned = recording.plan(rows, form.given, by=request.user)
            if step == "record":
                return _recorded(request, rows, form)
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "form": form,
        "count": rows.count(),
        "planned": planned,
        "open": sum(not one.refused for one in planned),
        "excluded": sum(bool(one.excluded) for one in planned if not one.refused),
        "query": chosen.query,
        **selection_fields(request),
    }
    status = 422 if step and form.errors else 200
    return render(request, "staff/aid/record_many.html", context, status=status)


def _recorded(request: StaffRequest, rows: Any, form: GivenForm) -> HttpResponse:
    reason = form.cleaned_data["despite_pair"]
    done = recording.record_many(rows, form.given, by=request.user, despite_pair=reason)
    said = ngettext("%(n)s entry is recorded.", "%(n)s entries are recorded.", done.written)
    messages.success(request, said % {"n": formats.number(done.written)})
    if done.refused:
        words = _("%(n)s are left out: recorded already, your own family, or gone.")
        messages.info(request, words % {"n": formats.number(done.refused)})
    if done.excluded:
        words = _("%(n)s are left out because a rule excludes the pair and no reason was given.")
        messages.warning(request, words % {"n": formats.number(done.excluded)})
    return redirect("aid_programme", form.given.programme.pk)
