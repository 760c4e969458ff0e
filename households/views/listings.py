"""Pages of families on a list: the lines with filters, many at once, one line and its steps."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households import families
from households.forms.listing import (
    EmptyForm,
    GraduationMeetingForm,
    GroundForm,
    LineFilterForm,
    ReasonForm,
    VisitForm,
    chosen_columns,
)
from households.keyset import page_of
from households.listing import lines
from households.listing.graduation import grounds_for
from households.listing.rows import (
    AREA_COLUMNS,
    COLUMNS,
    DEFAULT_COLUMNS,
    TONES,
    filter_lines,
    with_heads,
)
from households.models import GraduationGround, Household, Listing
from households.models.listing import STANDING
from households.models.poor_list import AREA_HEADS, LIST_KEEPERS
from households.views.excel_lists import whole_numbers
from households.views.poor_lists import crumbs_to, get_kept_list, get_list
from households.workflows.listing_exits import has_left
from households.workflows.listing_guards import score_for
from households.workflows.listings import BY_HAND, LISTING_FLOW, WHERE_POSSIBLE
from tkpk import drafts
from tkpk.forms.acts import tell
from tkpk.models import TrailEntry
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.rights import scopes

MOST_AT_ONCE = 200
MOST_ENTRIES = 60


def get_line(request: StaffRequest, pk: int) -> Listing:
    """A line of which this person sees class, score and history."""
    rows = Listing.objects.kept_by(request.user)
    parts = ("poor_list__kelurahan", "household__territory__parent", "score_class", "score")
    return get_object_or_404(rows.select_related(*parts, "verified_by", "confirmed_by"), pk=pk)


# --- many lines ------------------------------------------------------------------------------
@never_cache
@require_safe
def listing_list(request: StaffRequest, pk: int) -> HttpResponse:
    poor_list = get_list(request, pk)
    codes = scopes(request.user, LIST_KEEPERS | AREA_HEADS)
    if not codes:
        raise PermissionDenied
    keeps = lines.keeper_mandate(request.user, poor_list.kelurahan.code) is not None
    filters = LineFilterForm(request.GET, poor_list=poor_list, codes=codes, keeps=keeps)
    allowed = tuple(COLUMNS) if keeps else AREA_COLUMNS
    # Ticked boxes come one by one; the addresses of further pages name them in one word.
    said = ",".join(request.GET.getlist("kolom")).split(",") if "kolom" in request.GET else []
    columns = chosen_columns(said or list(DEFAULT_COLUMNS), allowed=allowed)
    visible = Listing.objects.visible_to(request.user).filter(poor_list=poor_list)
    query = {name: str(value) for name, value in filters.chosen.items()}
    page = page_of(
        with_heads(filter_lines(visible, filters.chosen)),
        after=request.GET.get("sesudah", ""),
        before=request.GET.get("sebelum", ""),
        query={**query, **({"kolom": ",".join(columns)} if said else {})},
        place="household__territory__code",
    )
    shown = visible.whose_family_left().filter(pk__in=[row.pk for row in page.rows])
    left = set(shown.values_list("pk", flat=True))
    for row in page.rows:
        row.tone, row.family_left = TONES[row.status], row.pk in left
    context = {
        "poor_list": poor_list,
        "page": page,
        "filters": filters,
        "filtered": bool(filters.chosen),
        "columns": columns,
        "offered": [(name, COLUMNS[name], name in columns) for name in allowed],
        "keeps": keeps,
        "query": urlencode({**query, **({"kolom": ",".join(columns)} if said else {})}),
        "crumbs": crumbs_to(poor_list, _("Families")),
    }
    return render(request, "staff/listing/lines.html", context)


@never_cache
@require_POST
def listing_bulk(request: StaffRequest, pk: int) -> HttpResponse:
    """One step for every ticked line; what is refused is told by its code, the rest is done."""
    poor_list = get_kept_list(request, pk)
    keys = whole_numbers(request.POST.getlist("line"))[:MOST_AT_ONCE]
    back = reverse("listing_list", args=[pk])
    if request.POST.get("query"):
        back += "?" + request.POST["query"][:500]
    found = Listing.objects.kept_by(request.user).filter(poor_list=poor_list, pk__in=keys)
    step, reason = request.POST.get("step", ""), request.POST.get("reason", "")[:300]
    if not keys or step not in BULK:
        messages.error(request, _("Tick the families first, and choose a step."))
        return redirect(back)
    done, refused = 0, []
    for line in found.select_related("household", "poor_list").order_by("pk"):
        try:
            BULK[step](line, by=request.user, reason=reason)
            done += 1
        except ValidationError as error:
            refused.append(f"{line.code}: {' '.join(error.messages)}")
        except PermissionDenied as error:
            refused.append(f"{line.code}: {error}")
    if done:
        messages.success(request, _("Recorded for %(n)d families.") % {"n": done})
    for words in refused[:5]:
        messages.error(request, words)
    if len(refused) > 5:
        messages.error(request, _("Refused in all: %(n)d.") % {"n": len(refused)})
    return redirect(back)


BULK: dict[str, Callable[..., Any]] = {
    "verify": lambda line, *, by, reason: lines.verify(line, by=by),
    "delist": lambda line, *, by, reason: lines.delist(line, by=by, reason=reason),
    "record_refusal": lambda line, *, by, reason: LISTING_FLOW.apply(
        "record_refusal", line, by=by, reason=reason
    ),
}


@require_POST
def listing_add(request: StaffRequest, pk: int, household_pk: int) -> HttpResponse:
    """Nominate a family from its file."""
    poor_list = get_kept_list(request, pk)
    rows = Household.objects.visible_to(request.user)
    household = get_object_or_404(rows, pk=household_pk)
    try:
        line = lines.nominate(poor_list, household, by=request.user, origin="STAFF")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("household_file", household_pk)
    messages.success(request, _("The family is nominated. Next: verify it in the field."))
    return redirect("listing_detail", line.pk)


# --- one line --------------------------------------------------------------------------------
@never_cache
@require_safe
def listing_detail(request: StaffRequest, pk: int) -> HttpResponse:
    line = get_line(request, pk)
    families.note_view(line.household, by=request.user)
    named: Any = with_heads(Listing.objects.filter(pk=pk)).get()
    opened = [
        found
        for found in LISTING_FLOW.open_to(request.user, line)
        if found.name in BY_HAND and not (found.blocked and found.name in WHERE_POSSIBLE)
    ]
    entries = TrailEntry.objects.filter(
        chain=line.kelurahan, subject="households.listing", subject_id=line.pk
    ).select_related("by")
    words = {name: move.label for name, move in LISTING_FLOW.moves.items()}
    measured = grounds_for(line) if line.status == "ESTABLISHED" else set()
    context = {
        "line": line,
        "name": named.head_name or named.former_name or line.household.code,
        "tone": TONES[line.status],
        "moves": opened,
        "for_a_second": [
            found.move.label
            for found in LISTING_FLOW.left_to_a_second(request.user, line)
            if found.name in BY_HAND and not found.blocked
        ],
        "family_left": has_left(line.household)
        and (line.status in STANDING or line.visit_due_on is not None),
        "leading": LEADING,
        "score_waiting": score_for(line) if line.status == "NOMINATED" else None,
        "conflicts": LISTING_FLOW.conflicts(line, request.user),
        "measured": [GraduationGround(ground).label for ground in sorted(measured)],
        "visits": line.visits.select_related("created_by")[:20],
        "history": [
            (entry, words.get(entry.move) or OTHER_ACTS.get(entry.move, entry.move))
            for entry in entries.order_by("-number")[:MOST_ENTRIES]
        ],
        "may_choose_meeting": bool(line.graduation_ground) and line.status == "ESTABLISHED",
        "crumbs": crumbs_to(line.poor_list, line.code),
    }
    return render(request, "staff/listing/line.html", context)


# The steps that lead on; what takes a family off looks like any other.
LEADING = {"verify", "confirm_official", "graduate", "visit"}
OTHER_ACTS = {
    "nominate": gettext_lazy("Nominated"),
    "choose_meeting": gettext_lazy("Meeting of the graduation said"),
    "hand_over": gettext_lazy("Handed over to the family that stays after a merge"),
}
FORMS: dict[str, type[forms.Form]] = {
    "propose_graduation": GroundForm,
    "visit": VisitForm,
}


def _form_of(step: str) -> type[forms.Form]:
    return FORMS.get(step) or (ReasonForm if LISTING_FLOW.moves[step].needs_reason else EmptyForm)


def _take(step: str, line: Listing, said: dict[str, Any], request: StaffRequest) -> None:
    by, reason = request.user, said.get("reason", "")
    acts: dict[str, Callable[[], Any]] = {
        "verify": lambda: lines.verify(line, by=by),
        "verify_exception": lambda: lines.verify(line, by=by, exception=reason),
        "confirm_official": lambda: lines.confirm(line, by=by),
        "send_back": lambda: lines.send_back(line, by=by, reason=reason),
        "correct_verification": lambda: lines.correct_verification(line, by=by, reason=reason),
        "propose_graduation": lambda: lines.propose_graduation(line, said["ground"], by=by),
        "drop_graduation": lambda: lines.drop_graduation(line, by=by, reason=reason),
        "graduate": lambda: lines.graduate(line, by=by),
        "visit": lambda: lines.note_visit(line, on=said["visited_on"], text=said["note"], by=by),
        "end_visits": lambda: lines.end_visits(line, by=by, reason=reason),
    }
    act = acts.get(step) or (lambda: LISTING_FLOW.apply(step, line, by=by, reason=reason))
    act()


@never_cache
@FORM_METHODS
def listing_step(request: StaffRequest, pk: int, listing_step: str) -> HttpResponse:
    """What the step asks, then the step."""
    line = get_line(request, pk)
    if listing_step not in BY_HAND:
        raise Http404
    back = reverse("listing_detail", args=[pk])
    move = LISTING_FLOW.moves[listing_step]
    data = drafts.typed(request)
    form = _form_of(listing_step)(data)
    if request.method == "POST" and form.is_valid():
        try:
            _take(listing_step, line, form.cleaned_data, request)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Recorded."))
            return redirect(back)
    opened = {found.name: found for found in LISTING_FLOW.open_to(request.user, line)}
    if request.method != "POST" and listing_step not in opened:
        messages.error(request, _("This step is not open to you now."))
        return redirect(back)
    context = {
        "form": form,
        "title": move.label,
        "warning": move.warning,
        "missing": opened[listing_step].blocked if listing_step in opened else [],
        "crumbs": crumbs_to(line.poor_list, f"{line.code}: {move.label}"),
        "save": move.label,
        "back_url": back,
    }
    return render(request, "staff/listing/form.html", context)


@never_cache
@FORM_METHODS
def listing_meeting(request: StaffRequest, pk: int) -> HttpResponse:
    """In which uji publik a graduation was confirmed."""
    line = get_line(request, pk)
    data = drafts.typed(request)
    form = GraduationMeetingForm(data, kelurahan=line.kelurahan)
    if request.method == "POST" and form.is_valid():
        try:
            meeting = form.cleaned_data["meeting"]
            lines.choose_graduation_meeting(line, meeting, by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("listing_detail", pk)
    title = _("Meeting of the graduation")
    context = {"form": form, "title": title, "crumbs": crumbs_to(line.poor_list, title)}
    context["back_url"] = reverse("listing_detail", args=[pk])
    return render(request, "staff/listing/form.html", context)
