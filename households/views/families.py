"""Pages of families: the list, the file, entering and editing."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households import families
from households.changes import changes_of
from households.forms.acts import RevealForm
from households.forms.family import FamilyForm, places_for
from households.forms.member import HeadForm, notes_on_nik
from households.forms.search import SearchForm
from households.forms.transfers import several_kelurahan
from households.keyset import page_of
from households.models import LIVING, Household, Member
from households.models.export_layout import TAKERS
from households.searching import COMMON, find_families, full_number, is_exact, with_list_facts
from households.sheet import facts_of
from households.views.editing import Edit, edit_page, get_household, require_editor
from households.views.excel_lists import bulk_mandate, chosen_families, reader_codes
from households.visibility import HOUSEHOLD_GROUPS, Column, columns_for, scopes_seeing
from households.workflows.registering import HOUSEHOLD_FLOW
from tkpk import drafts, search_token
from tkpk.models import Territory
from tkpk.registry import registry
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.rights import scopes


@never_cache
@require_safe
def household_list(request: StaffRequest) -> HttpResponse:
    chosen = chosen_families(request)
    text = chosen.text
    page = page_of(
        with_list_facts(chosen.rows, text),
        after=request.GET.get("sesudah", ""),
        before=request.GET.get("sebelum", ""),
        query=chosen.said,
        count_to=COMMON if text else None,
    )
    for row in page.rows:
        row.shows_facts = Column.FACTS in columns_for(request.user, row.territory.code)
    context = {
        "page": page,
        "filters": chosen.filters,
        "filtered": bool(chosen.filters.chosen),
        "text": text,
        "token": chosen.token,
        "number_refused": bool(full_number(text))
        and not scopes_seeing(request.user, Column.IDENTIFIERS),
        "sees_facts": bool(scopes_seeing(request.user, Column.FACTS)),
        "may_add": bool(scopes(request.user, families.EDITORS)),
        "may_bulk": bool(bulk_mandate(request.user)),
        "may_export": bool(scopes(request.user, TAKERS)),
        "list_query": chosen.query,
    }
    return render(request, "staff/households/list.html", context)


@never_cache
@require_POST
def household_search(request: StaffRequest) -> HttpResponse:
    """Search by POST; what was sought goes on sealed, and a number that one family has opens it."""
    reader_codes(request.user)
    form = SearchForm(request.POST)
    if not form.is_valid():
        return redirect("household_list")
    text = form.cleaned_data["text"]
    if is_exact(text):
        rows = Household.objects.visible_to(request.user)
        found = list(find_families(rows, request.user, text).values_list("pk", flat=True)[:2])
        if len(found) == 1:
            return redirect("household_file", found[0])
    token = search_token.make(text, request.user)
    return redirect(f"{reverse('household_list')}?{urlencode({'cari': token})}")


def _members(household: Household) -> list[Member]:
    """Those who live here first, the head at the top."""
    gone = Case(
        When(status__in=sorted(LIVING), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = household.members.annotate(gone=gone)
    return list(rows.order_by("gone", "relation", "birth_date", "pk"))


def _panels(request: StaffRequest, household: Household) -> list[tuple[str, dict[str, Any]]]:
    made = (panel(request.user, household) for panel in registry.file_panels.values())
    return [panel for panel in made if panel is not None]


@never_cache
@require_safe
def household_file(request: StaffRequest, pk: int) -> HttpResponse:
    household = get_household(request, pk)
    families.note_view(household, by=request.user)
    columns = columns_for(request.user, household.territory.code)
    members = _members(household)
    sees = {column.value: column in columns for column in Column}
    changes = changes_of(household, limit=3)[0] if Column.FACTS in columns else []
    refusals = families.edit_refusals(request.user, household)
    context = {
        "household": household,
        "members": members,
        "head": next((member for member in members if member.is_head), None),
        "sees": sees,
        "groups": facts_of(household, HOUSEHOLD_GROUPS, columns),
        "noted": [m for m in members if Column.IDENTIFIERS in columns and notes_on_nik(m)],
        "moves": HOUSEHOLD_FLOW.open_to(request.user, household),
        "may_edit": not refusals,
        "panels": _panels(request, household),
        "changes": changes,
        "reveal": RevealForm(),
    }
    return render(request, "staff/households/file.html", context)


@never_cache
@require_safe
def household_history(request: StaffRequest, pk: int) -> HttpResponse:
    household = get_household(request, pk)
    if Column.FACTS not in columns_for(request.user, household.territory.code):
        raise PermissionDenied
    families.note_view(household, by=request.user)
    changes, mark = changes_of(household, before=request.GET.get("sebelum", ""))
    older = f"?{urlencode({'sebelum': mark})}" if mark else ""
    context = {"household": household, "changes": changes, "older": older}
    return render(request, "staff/households/history.html", context)


@never_cache
@FORM_METHODS
def household_add(request: StaffRequest) -> HttpResponse:
    """A family is entered together with its head."""
    if not scopes(request.user, families.EDITORS):
        raise PermissionDenied
    data = drafts.typed(request)
    family = FamilyForm(data, by=request.user)
    head = HeadForm(data, prefix="kepala")
    if request.method == "POST" and _both_valid(family, head):
        try:
            household = families.create_family(family.instance, head.instance, by=request.user)
        except ValidationError as error:
            family.add_error(None, error)
        else:
            messages.success(request, _("The family is in the registry now. Add the others."))
            return redirect("household_file", household.pk)
    context = {
        "form": family,
        "head_form": head,
        "has_places": places_for(request.user).exists(),
        "several_kelurahan": several_kelurahan(),
    }
    return render(request, "staff/households/add.html", context)


def _both_valid(family: FamilyForm, head: HeadForm) -> bool:
    # Both are asked, so that all errors are shown at once.
    if all([family.is_valid(), head.is_valid()]):
        code = family.cleaned_data["territory"].kelurahan_code
        head.refuse_if_taken(Territory.objects.get(code=code).pk)
    return not family.errors and not head.errors


@never_cache
@FORM_METHODS
def household_edit(request: StaffRequest, pk: int) -> HttpResponse:
    household = get_household(request, pk)
    require_editor(request, household)
    families.note_view(household, by=request.user)
    edit = Edit(
        row=household,
        make_form=lambda row, data: FamilyForm(data, instance=row, by=request.user),
        save=lambda row, version: families.save_family(
            row, by=request.user, expected_version=version
        ),
        fresh=lambda: get_household(request, pk),
        done_url=reverse("household_file", args=[pk]),
        context={"household": household, "title": _("Edit the family")},
    )
    return edit_page(request, edit)
