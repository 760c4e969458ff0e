"""Pages of aid programmes: coverage, receivers, export, ends of many."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households.aid import access, coverage, stopping
from households.aid.export import receivers_workbook
from households.codes import Relation
from households.forms.aid_many import ENDED, RUNNING, STOPPED, EndingForm, ReceiverForm, YearForm
from households.forms.excel import ReasonForm
from households.keyset import page_of
from households.models import AidProgramme, Household, Member, MemberStatus
from households.models.aid import AidReceiptQuerySet
from households.models.household import READERS
from households.resources import note_export
from households.views.excel_lists import whole_numbers, workbook_response
from tkpk import formats
from tkpk.models import Territory, User
from tkpk.models.territory import within
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.rights import mandates, scopes
from tkpk.roles import Role

MOST_EXPORTED = 20_000
SHOWN = 50  # rows of a preview; the count says how many more


@dataclass(frozen=True)
class Reader:
    """The kelurahan looked at, and what this person may see and do there."""

    kelurahan: Territory
    names: bool
    unaided: bool  # names of families without aid
    amounts: bool
    writes: bool
    takes: bool
    opens_files: bool


def reader_of(
    request: StaffRequest,
    *,
    roles: frozenset[Role] = access.COUNT_READERS,
    kelurahan: Territory | None = None,
) -> Reader:
    """Raises PermissionDenied for who holds none of the roles."""
    user = request.user
    place = kelurahan or access.kelurahan_of(user, code=request.GET.get("kelurahan", ""))
    if place is None or not scopes(user, roles):
        raise PermissionDenied
    return Reader(
        kelurahan=place,
        names=bool(scopes(user, access.NAME_READERS)),
        unaided=bool(scopes(user, access.UNAIDED_READERS)),
        amounts=bool(scopes(user, access.AMOUNT_READERS)),
        writes=access.mandate_at(place, user, access.WRITERS) is not None,
        takes=access.mandate_at(place, user, access.TAKERS) is not None,
        opens_files=bool(scopes(user, READERS)),
    )


@never_cache
@require_safe
def aid_overview(request: StaffRequest) -> HttpResponse:
    """Every programme of the kelurahan with its counts and coverage in a year."""
    reader = reader_of(request)
    form = YearForm(request.GET, years=coverage.years())
    user = request.user
    receipts = access.receipts_of(reader.kelurahan, user, access.COUNT_READERS)
    families = access.families_of(reader.kelurahan, user, access.COUNT_READERS)
    programmes = AidProgramme.objects.filter(kelurahan=reader.kelurahan).order_by("-active", "name")
    established = coverage.established_count(families, form.year)
    lines = coverage.lines(programmes, receipts, year=form.year)
    context = {
        "reader": reader,
        "form": form,
        "year": form.year,
        "established": established,
        "lines": [(line, line.share_of(established)) for line in lines],
        "proposed": sum(line.proposed for line in lines),
    }
    return render(request, "staff/aid/overview.html", context)


# --- the receivers of one programme ----------------------------------------------------------
def programme_home(
    request: StaffRequest, pk: int, roles: frozenset[Role]
) -> tuple[Reader, AidProgramme]:
    """The programme where this person holds a role; one of another kelurahan is not there.

    Raises PermissionDenied for who reads counts only, and Http404 for a stranger.
    """
    user = request.user
    if not scopes(user, access.COUNT_READERS):
        raise PermissionDenied
    rows = AidProgramme.objects.select_related("kelurahan__office")
    programme = get_object_or_404(rows, pk=pk)
    if not _reads_at(user, programme.kelurahan, access.COUNT_READERS):
        raise Http404
    if not _reads_at(user, programme.kelurahan, roles):
        raise PermissionDenied
    return reader_of(request, roles=roles, kelurahan=programme.kelurahan), programme


def _reads_at(user: User, kelurahan: Territory, roles: frozenset[Role]) -> bool:
    """A role there, in a part of it, or above it."""
    held = (m.territory for m in mandates(user) if m.role in roles)
    return any(t.covers(kelurahan.code) or kelurahan.covers(t.code) for t in held)


def filtered(rows: AidReceiptQuerySet, form: ReceiverForm) -> AidReceiptQuerySet:
    """The receipts that the filters of the list leave."""
    today = timezone.localdate()
    rows = rows.in_year(form.year)
    if form.place:
        rows = rows.filter(within("household__territory__code", form.place))
    status = form.cleaned_data.get("status")
    if status == RUNNING:
        return rows.running(today)
    if status == ENDED:
        return rows.filter(stopped_at__isnull=True, period_to__lt=today)
    if status == STOPPED:
        return rows.filter(stopped_at__isnull=False)
    return rows


def with_names(rows: AidReceiptQuerySet) -> AidReceiptQuerySet:
    """Receipts with `head_name`, their place, programme and person."""
    head = Member.objects.filter(
        household=OuterRef("household_id"), relation=Relation.HEAD, status=MemberStatus.ACTIVE
    ).order_by()
    return rows.annotate(head_name=Subquery(head.values("name")[:1])).select_related(
        "household__territory__parent", "member", "programme"
    )


@never_cache
@require_safe
def aid_programme(request: StaffRequest, pk: int) -> HttpResponse:
    """Who received from a programme in a year; names only where this person may see them."""
    reader, programme = programme_home(request, pk, access.NAME_READERS)
    codes = scopes(request.user, access.NAME_READERS)
    form = ReceiverForm(request.GET, years=coverage.years(), codes=codes)
    receipts = access.receipts_of(reader.kelurahan, request.user, access.NAME_READERS)
    rows = filtered(receipts.filter(programme=programme), form)
    page = page_of(
        with_names(rows),
        after=request.GET.get("sesudah", ""),
        before=request.GET.get("sebelum", ""),
        query=form.chosen,
        place="household__territory__code",
    )
    context = {
        "reader": reader,
        "programme": programme,
        "form": form,
        "page": page,
        "list_query": urlencode(form.chosen),
        "today": timezone.localdate(),
    }
    return render(request, "staff/aid/programme.html", context)


@never_cache
@FORM_METHODS
def aid_export(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take the list of receivers out as a workbook, with a reason and without full numbers."""
    reader, programme = programme_home(request, pk, access.TAKERS)
    codes = scopes(request.user, access.TAKERS)
    filters = ReceiverForm(request.GET, years=coverage.years(), codes=codes)
    receipts = access.receipts_of(reader.kelurahan, request.user, access.TAKERS)
    rows = filtered(receipts.filter(programme=programme), filters)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    del form.fields["numbers"]
    if request.method == "POST" and form.is_valid():
        chosen = list(with_names(rows).order_by("household__territory__code", "pk")[:MOST_EXPORTED])
        families = Household.objects.filter(pk__in=rows.order_by().values("household"))
        with transaction.atomic():
            note_export(
                families, by=request.user, reason=form.cleaned_data["reason"], numbers=False
            )
        return workbook_response(receivers_workbook(chosen), "penerima-bantuan")
    context = {
        "programme": programme,
        "form": form,
        "count": rows.count(),
        "back_url": f"{reverse('aid_programme', args=[pk])}?{urlencode(filters.chosen)}",
    }
    return render(request, "staff/aid/export.html", context)


@never_cache
@require_POST
def aid_stop_many(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop the ticked receipts, or all of the filters that still run; asked once, in words."""
    reader, programme = programme_home(request, pk, access.WRITERS)
    if not reader.writes:
        raise PermissionDenied
    rows, ticked = _chosen_receipts(request, reader, programme)
    asked = request.POST.get("step") == "stop"
    form = EndingForm(request.POST if asked else None)
    back = reverse("aid_programme", args=[pk])
    if not asked and not rows.exists():
        messages.error(request, _("Tick at least one row that has not stopped yet."))
        return redirect(back)
    if asked and form.is_valid():
        try:
            done = stopping.stop_many(programme, rows, form.ending, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _tell_stopped(request, done)
            return redirect(back)
    context = {
        "programme": programme,
        "form": form,
        "rows": list(with_names(rows).order_by("household__territory__code", "pk")[:SHOWN]),
        "count": rows.count(),
        "ticked": ticked,
        "every": bool(request.POST.get("every")),
        "query": request.GET.urlencode(),
        "back_url": back,
    }
    return render(request, "staff/aid/stop_many.html", context, status=422 if asked else 200)


def _chosen_receipts(
    request: StaffRequest, reader: Reader, programme: AidProgramme
) -> tuple[AidReceiptQuerySet, list[int]]:
    receipts = access.receipts_of(reader.kelurahan, request.user, access.WRITERS)
    rows = receipts.filter(programme=programme).unstopped()
    ticked = whole_numbers(request.POST.getlist("receipt"))[:10_000]
    if request.POST.get("every"):
        codes = scopes(request.user, access.WRITERS)
        years = coverage.years()
        return filtered(rows, ReceiverForm(request.GET, years=years, codes=codes)), ticked
    return rows.filter(pk__in=ticked), ticked


def _tell_stopped(request: StaffRequest, done: stopping.Stopped) -> None:
    said = ngettext("%(n)s entry is stopped.", "%(n)s entries are stopped.", done.stopped)
    messages.success(request, said % {"n": formats.number(done.stopped)})
    if done.own_family:
        words = _("%(n)s of your own family are left out: another officer stops them.")
        messages.info(request, words % {"n": formats.number(done.own_family)})
    if done.too_late:
        words = _("%(n)s begin after that day and are left out.")
        messages.info(request, words % {"n": formats.number(done.too_late)})


# --- ends that the register proposes ---------------------------------------------------------
@never_cache
@require_safe
def aid_proposed(request: StaffRequest) -> HttpResponse:
    """Aid that still runs although who receives it has died or moved."""
    reader = reader_of(request, roles=access.NAME_READERS)
    receipts = access.receipts_of(reader.kelurahan, request.user, access.NAME_READERS)
    page = page_of(
        with_names(stopping.proposed(receipts, timezone.localdate())),
        after=request.GET.get("sesudah", ""),
        before=request.GET.get("sebelum", ""),
        query={},
        place="household__territory__code",
    )
    return render(request, "staff/aid/proposed.html", {"reader": reader, "page": page})
