"""Pages of persons: the sheet, entering and editing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from households import families
from households.forms.acts import RevealForm
from households.forms.member import MemberForm, notes_on_nik
from households.models import Member
from households.sheet import facts_of
from households.views.editing import (
    Edit,
    edit_page,
    get_household,
    get_member,
    require_editor,
)
from households.visibility import MEMBER_GROUPS, Column, columns_for
from households.workflows.registering import MEMBER_FLOW
from tkpk import drafts
from tkpk.requests import FORM_METHODS, StaffRequest


@never_cache
@require_safe
def member_file(request: StaffRequest, pk: int, member_pk: int) -> HttpResponse:
    member = get_member(request, pk, member_pk)
    columns = columns_for(request.user, member.household.territory.code)
    if Column.FACTS not in columns:
        raise PermissionDenied
    families.note_view(member.household, by=request.user)
    context = {
        "member": member,
        "household": member.household,
        "groups": facts_of(member, MEMBER_GROUPS, columns),
        "sees": {column.value: column in columns for column in Column},
        "notes": notes_on_nik(member) if Column.IDENTIFIERS in columns else [],
        "moves": MEMBER_FLOW.open_to(request.user, member),
        "may_edit": not families.edit_refusals(request.user, member.household),
        "reveal": RevealForm(),
    }
    return render(request, "staff/households/member.html", context)


@never_cache
@FORM_METHODS
def member_add(request: StaffRequest, pk: int) -> HttpResponse:
    household = get_household(request, pk)
    require_editor(request, household)
    data = drafts.typed(request)
    member = Member(household=household, kelurahan_id=household.kelurahan_id)
    form = MemberForm(data, instance=member, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            families.add_member(member, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The person is in the registry now."))
            _warn(request, member)
            return redirect("household_file", pk)
    context = {"household": household, "form": form, "title": _("Add a family member")}
    return render(request, "staff/households/form.html", context)


@never_cache
@FORM_METHODS
def member_edit(request: StaffRequest, pk: int, member_pk: int) -> HttpResponse:
    member = get_member(request, pk, member_pk)
    require_editor(request, member.household)
    families.note_view(member.household, by=request.user)

    def save(row: Member, version: int) -> None:
        families.save_member(row, by=request.user, expected_version=version)
        _warn(request, row)

    edit = Edit(
        row=member,
        make_form=lambda row, data: MemberForm(data, instance=row, reader=request.user),
        save=save,
        fresh=lambda: get_member(request, pk, member_pk),
        done_url=reverse("member_file", args=[pk, member_pk]),
        context={
            "household": member.household,
            "member": member,
            "title": _("Edit the person's data"),
        },
    )
    return edit_page(request, edit)


def _warn(request: StaffRequest, member: Member) -> None:
    """Say what to look at again; it was saved all the same."""
    for note in notes_on_nik(member):
        messages.warning(request, f"{member.code}: {note.message}")
