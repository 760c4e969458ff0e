"""The list of visits to make, a survey's own page, and the steps of the second person."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households import families
from households.forms.search import FilterForm, SearchForm
from households.instruments.words import amount_words
from households.keyset import page_of
from households.models import Household, InstrumentVersion, Survey
from households.models.survey import COUNT_READERS, STATUS_READERS, SURVEY_READERS
from households.searching import COMMON, filter_families, find_families, with_counts
from households.slugs import SURVEY_STEPS
from households.surveys import acts, facts, questions, worklist
from households.workflows import surveys as flow
from tkpk import drafts, search_token
from tkpk.forms.acts import ReasonForm
from tkpk.models import StaleRow
from tkpk.requests import FORM_METHODS, StaffRequest, whole_number
from tkpk.rights import holds, scopes

STATES = {
    "belum": None,
    "semua": "",
    "periksa": "SENT",
    "kembali": "RETURNED",
    "selesai": "CHECKED",
    "saya": "mine",
}


def get_survey(request: StaffRequest, pk: int) -> Survey:
    """A survey whose answers this person may read, with all that its page asks."""
    rows = Survey.objects.visible_to(request.user).select_related(
        "household__territory__parent",
        "household__kelurahan",
        "kelurahan",
        "instrument_version__instrument",
        "consent_text",
        "surveyor",
        "checked_by",
    )
    survey = get_object_or_404(rows, pk=pk)
    version = InstrumentVersion.objects.with_content().get(pk=survey.instrument_version_id)
    survey.instrument_version = version
    return survey


def versions_in_use(request: StaffRequest, roles: Any) -> list[InstrumentVersion]:
    """The questionnaires in use in this person's kelurahan, the newest of each first."""
    codes = {code[:13] for code in scopes(request.user, roles)}
    rows = InstrumentVersion.objects.in_use().select_related("instrument")
    wide = [code for code in codes if len(code) < 13]
    if wide:
        found = [v for v in rows if any(v.kelurahan.code.startswith(c) for c in codes)]
    else:
        found = list(rows.filter(kelurahan__code__in=codes))
    return sorted(found, key=lambda v: (v.instrument.name, -v.valid_from.toordinal(), v.pk))


def chosen_version(request: StaffRequest, found: list[InstrumentVersion]) -> Any:
    wanted = request.GET.get("versi", "")
    return next((v for v in found if str(v.pk) == wanted), found[0] if found else None)


@never_cache
@require_safe
def survey_list(request: StaffRequest) -> HttpResponse:
    """Families of one's area with what became of this year's visit."""
    if not scopes(request.user, COUNT_READERS):
        raise PermissionDenied
    versions = versions_in_use(request, COUNT_READERS)
    version, year = chosen_version(request, versions), timezone.localdate().year
    context = {"versions": versions, "version": version, "year": str(year)}
    context["reads_consent"] = bool(scopes(request.user, SURVEY_READERS))
    codes = scopes(request.user, STATUS_READERS)
    if version is None:
        return render(request, "staff/surveys/list.html", context)
    if not codes or request.GET.get("jumlah") == "1":
        context["counts"] = worklist.counts_by_rw(request.user, version, year=year)
    else:
        context |= _rows(request, version, year, codes)
    return render(request, "staff/surveys/list.html", context)


@dataclass(frozen=True)
class Asked:
    """What the address asks of the work list."""

    filters: FilterForm
    state: str
    token: str
    text: str
    only_nominated: bool

    @property
    def places(self) -> dict[str, Any]:
        return {n: v for n, v in self.filters.chosen.items() if n in {"rw", "rt"}}

    def query(self, version: InstrumentVersion) -> dict[str, Any]:
        """The same as words of an address."""
        query = {"versi": str(version.pk), "keadaan": self.state, **self.places}
        query |= {"usulan": "1"} if self.only_nominated else {}
        return query | ({"cari": self.token} if self.text else {})


def _asked(request: StaffRequest, codes: list[str]) -> Asked:
    token = request.GET.get("cari", "")
    state = request.GET.get("keadaan", "belum")
    return Asked(
        filters=FilterForm(request.GET, user=request.user, codes=codes, deciles=False),
        state=state if state in STATES else "belum",
        token=token,
        text=search_token.read(token, request.user) or "",
        only_nominated=request.GET.get("usulan") == "1",
    )


def _families(request: StaffRequest, asked: Asked, version: InstrumentVersion, year: int) -> Any:
    rows: QuerySet[Household] = Household.objects.visible_to(request.user).active()
    rows = filter_families(rows.filter(kelurahan=version.kelurahan_id), request.user, asked.places)
    rows = worklist.with_state(rows, version, year=year)
    rows = _in_state(rows, asked.state, request, version, year)
    if asked.only_nominated:
        rows = worklist.nominated(rows, year=year)
    return with_counts(find_families(rows, request.user, asked.text))


def _rows(
    request: StaffRequest, version: InstrumentVersion, year: int, codes: list[str]
) -> dict[str, Any]:
    asked = _asked(request, codes)
    query = asked.query(version)
    page = page_of(
        _families(request, asked, version, year),
        after=request.GET.get("sesudah", ""),
        before=request.GET.get("sebelum", ""),
        query=query,
        count_to=COMMON if asked.text else None,
    )
    words = dict(Survey.Status.choices)
    for row in page.rows:
        row.state_word = words.get(row.survey_status, "")
        row.reads = holds(request.user, SURVEY_READERS, code=row.territory.code)
        row.fills = holds(request.user, acts.FILLERS, code=row.territory.code)
        row.mine = row.survey_by == request.user.pk
    return {
        "page": page,
        "filters": asked.filters,
        "state": asked.state,
        "text": asked.text,
        "only_nominated": asked.only_nominated,
        "may_fill": bool(scopes(request.user, acts.FILLERS)),
        "rt": asked.places.get("rt", ""),
        "tabs": _tabs(query),
    }


def _tabs(query: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The states of the list: word of the address, label, address."""
    labels = (
        ("belum", _("Not surveyed")),
        ("saya", _("Mine, to go on with")),
        ("periksa", _("Waiting for the check")),
        ("kembali", _("Sent back")),
        ("selesai", _("Checked")),
        ("semua", _("All")),
    )
    return [(word, label, f"?{urlencode({**query, 'keadaan': word})}") for word, label in labels]


def _in_state(
    rows: Any, state: str, request: StaffRequest, version: InstrumentVersion, year: int
) -> Any:
    wanted = STATES[state]
    if wanted is None:
        return worklist.without_survey(rows, version, year=year)
    if wanted == "mine":
        return rows.filter(survey_by=request.user.pk, survey_status__in=sorted(acts.EDITABLE))
    return rows.filter(survey_status=wanted) if wanted else rows


@never_cache
@require_POST
def survey_search(request: StaffRequest) -> HttpResponse:
    """Search by POST; what was sought goes on sealed."""
    if not scopes(request.user, STATUS_READERS):
        raise PermissionDenied
    form = SearchForm(request.POST)
    query = {"keadaan": "semua"}
    version = whole_number(request.POST.get("versi", ""))
    if version is not None:
        query["versi"] = str(version)
    if form.is_valid():
        query["cari"] = search_token.make(form.cleaned_data["text"], request.user)
    return redirect(f"{reverse('survey_list')}?{urlencode(query)}")


# --- one survey ------------------------------------------------------------------------------
@never_cache
@require_safe
def survey_detail(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey(request, pk)
    families.note_view(survey.household, by=request.user)
    answers = survey.read_answers()
    groups = questions.groups_of(survey.instrument_version)
    context = {
        "survey": survey,
        "household": survey.household,
        "head": families.head_of(survey.household_id),
        "groups": [(group.name, [_line(one, answers) for one in group.asked]) for group in groups],
        "may_fill": acts.may_fill(request.user, survey),
        "moves": [
            found
            for found in flow.SURVEY_FLOW.open_to(request.user, survey)
            if found.name in SURVEY_STEPS
        ],
        "may_apply": survey.status == Survey.Status.CHECKED
        and survey.applied_at is None
        and not families.edit_refusals(request.user, survey.household),
        "scores": survey.scores.filter(current=True).select_related("category"),
    }
    return render(request, "staff/surveys/detail.html", context)


def _line(one: questions.Asked, answers: dict[str, Any]) -> tuple[str, str]:
    value = str(answers.get(one.code, ""))
    if one.is_choice:
        return one.text, dict(one.options).get(value, "")
    try:
        return one.text, amount_words(Decimal(value), one.unit) if value else ""
    except InvalidOperation:  # a draft keeps what was typed until it is sent
        return one.text, value


@never_cache
@FORM_METHODS
def survey_move(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    """A step of the table, with its reason where it needs one."""
    survey = get_survey(request, pk)
    open_now = {found.name: found for found in flow.SURVEY_FLOW.open_to(request.user, survey)}
    if request.method != "POST" and act not in open_now:
        messages.error(request, _("This step is not open to you now."))
        return redirect("survey_detail", survey.pk)
    row = flow.SURVEY_FLOW.moves[act]
    form = ReasonForm(drafts.typed(request))
    if not row.needs_reason:
        del form.fields["reason"]
    if request.method == "POST" and form.is_valid():
        try:
            _make(act, survey, request, form.cleaned_data.get("reason", ""))
        except ValidationError as error:
            form.tell(error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("survey_detail", survey.pk)
    url = reverse("survey_detail", args=[survey.pk])
    context = {"survey": survey, "form": form, "move": row, "back_url": url}
    return render(request, "staff/surveys/step.html", context)


def _make(move: str, survey: Survey, request: StaffRequest, reason: str) -> None:
    if move == "check":
        flow.check(survey, by=request.user)
    elif move == "return":
        flow.send_back(survey, by=request.user, reason=reason)
    else:
        flow.void(move, survey, by=request.user, reason=reason)


@never_cache
@FORM_METHODS
def survey_apply(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring the family's current facts up to date: old and new are shown before anything is."""
    survey = get_survey(request, pk)
    if refusals := families.edit_refusals(request.user, survey.household):
        raise PermissionDenied("; ".join(refusals))
    try:
        facts.refuse_unless_open(survey)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("survey_detail", survey.pk)
    if request.method == "POST":
        if answer := _applied(request, survey):
            return answer
        survey.household.refresh_from_db()
    context = {
        "survey": survey,
        "household": survey.household,
        "changes": facts.changes_from(survey, survey.household),
    }
    return render(request, "staff/surveys/apply.html", context)


def _applied(request: StaffRequest, survey: Survey) -> HttpResponse | None:
    number = whole_number(request.POST.get("version", "")) or 0
    try:
        facts.apply_facts(
            survey,
            by=request.user,
            expected_version=number,
            fields=set(request.POST.getlist("field")),
        )
    except StaleRow:
        messages.error(
            request,
            _("Somebody changed the family's data meanwhile. Compare old and new again."),
        )
        return None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None
    messages.success(request, _("The family's data are up to date."))
    return redirect("household_file", survey.household_id)
