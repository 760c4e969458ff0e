"""What other weights or bounds would do: the what-if page and the table of sensitivity."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from households.forms.trials import TrialForm
from households.instruments import sensitivity as shifting
from households.instruments import what_if
from households.instruments.assessed import checked_surveys, families_of, rw_of, years_of
from households.models import Household, InstrumentVersion
from households.models.score import SCORE_READERS
from households.scoring import Instrument
from households.searching import with_list_facts
from households.views.instruments import crumbs_to, get_version
from tkpk.requests import FORM_METHODS, StaffRequest, whole_number
from tkpk.rights import holds

PAGE = 50


def _year(request: StaffRequest, years: list[int]) -> int | None:
    """The year that is asked for, else the newest; None where there is none."""
    said = request.GET.get("tahun", "")
    return next((year for year in years if str(year) == said), years[0] if years else None)


def _posted_year(request: StaffRequest) -> int | None:
    """The year that the form was shown for."""
    return whole_number(request.POST.get("tahun", ""))


@never_cache
@FORM_METHODS
def instrument_what_if(request: StaffRequest, pk: int) -> HttpResponse:
    """Who would change class under other weights or bounds. Nothing is saved."""
    version = get_version(request, pk)
    instrument, status = version.compiled(), 200
    posted = request.method == "POST"
    form = TrialForm(request.POST if posted else None, instrument=instrument)
    years = [] if posted else years_of(version)
    year = _posted_year(request) if posted else _year(request, years)
    context: dict[str, Any] = {
        "version": version,
        "form": form,
        "aspects": form.parameters_by_aspect(),
        "years": years,
        "year": year,
        "crumbs": crumbs_to(version, _("What if")),
    }
    if posted and year is not None:
        if form.is_valid():
            context |= _outcome(request, version, instrument, form.trial(), year)
        else:
            status = 422
    return render(request, "staff/instruments/what_if.html", context, status=status)


def _outcome(
    request: StaffRequest,
    version: InstrumentVersion,
    instrument: Instrument,
    trial: what_if.Trial,
    year: int,
) -> dict[str, Any]:
    """Counts and matrix for everybody; the families for those who may read scores."""
    after = what_if.tried(instrument, trial)
    families = families_of(instrument, checked_surveys(version, year))
    found = what_if.compare(instrument, after, families)
    names = {one.code: one.label for one in what_if.classes_of(instrument)}
    if any(what_if.INCOMPLETE in pair for pair in found.matrix):
        names[what_if.INCOMPLETE] = _("not complete yet")
    context: dict[str, Any] = {
        "compared": found,
        "changed": len(found.changes),
        "bounds": after.classes,
        "counts": [
            (name, found.before(code), found.after(code), found.after(code) - found.before(code))
            for code, name in names.items()
        ],
        "matrix": _matrix(found, names),
        "matrix_heads": list(names.values()),
    }
    if holds(request.user, SCORE_READERS, code=version.kelurahan.code):
        context |= _listed(request, found.changes, names)
    return context


def _matrix(found: what_if.Comparison, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "cells": [(found.matrix.get((before, after), 0), before == after) for after in names],
        }
        for before, name in names.items()
    ]


def _listed(
    request: StaffRequest, changes: tuple[what_if.Change, ...], names: Mapping[str, str]
) -> dict[str, Any]:
    """One page of the families that would change class, by name."""
    last = max(0, (len(changes) - 1) // PAGE)
    page = min(whole_number(request.POST.get("halaman", "")) or 0, last)
    shown = changes[page * PAGE : (page + 1) * PAGE]
    rows = Household.objects.visible_to(request.user).filter(pk__in=[c.key for c in shown])
    known = {row.pk: row for row in with_list_facts(rows, "").select_related("territory__parent")}
    return {
        "listed": [
            {"family": known[change.key], "change": change, "before": names[change.before],
             "after": names[change.after]}
            for change in shown
            if change.key in known
        ],
        "page": page,
        "page_number": page + 1,
        "pages": last + 1,
        "previous": page - 1 if page else None,
        "next": page + 1 if page < last else None,
    }  # fmt: skip


@never_cache
@require_safe
def instrument_sensitivity(request: StaffRequest, pk: int) -> HttpResponse:
    """By RW, how many families a small shift of one weight or bound would class otherwise."""
    version = get_version(request, pk)
    instrument, years = version.compiled(), years_of(version)
    year = _year(request, years)
    surveys = checked_surveys(version, year) if year is not None else []
    found = shifting.sensitivity(instrument, families_of(instrument, surveys))
    rws = (rw_of(survey.household.territory) for survey in surveys)
    places = {place.code: place.name for place in rws}
    rows: list[dict[str, Any]] = [
        {
            "what": _shift_words(instrument, shift),
            "cells": [found.changed.get((shift, place), 0) for place in found.places],
            "total": found.of(shift),
        }
        for shift in found.shifts
    ]
    context = {
        "version": version,
        "rows": sorted((row for row in rows if row["total"]), key=lambda row: -row["total"]),
        "still": [row["what"] for row in rows if not row["total"]],
        "shifts": len(rows),
        "places": [(places.get(code, code), found.families[code]) for code in found.places],
        "families": sum(found.families.values()),
        "counted": version.method == InstrumentVersion.Method.COUNT,
        "years": years,
        "year": year,
        "crumbs": crumbs_to(version, _("Sensitivity")),
    }
    return render(request, "staff/instruments/sensitivity.html", context)


def _shift_words(instrument: Instrument, shift: shifting.Shift) -> str:
    if shift.parameter:
        label = next(one.label for one in instrument.parameters if one.code == shift.parameter)
        weight = _("+10%") if shift.up else _("−10%")
        return f"{weight} · {label}"
    one = next(one for one in instrument.classes if one.code == shift.start)
    return _("“%(name)s” begins at %(next)s instead of %(now)s") % {
        "name": one.label,
        "next": one.lower + shift.sign,
        "now": one.lower,
    }
