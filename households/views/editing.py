"""What editing a family and editing a person share: drafts, conflicts, errors beside the field."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from households import families
from households.forms.editing import VersionedForm, differences, undecided, with_choices
from households.models import Household, Member
from tkpk import drafts
from tkpk.models import StaleRow
from tkpk.requests import StaffRequest

NUMBERS_A_MINUTE = 60


def get_household(request: StaffRequest, pk: int) -> Household:
    """A family that this person may open; a stranger gets 404."""
    rows = Household.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("territory__parent", "kelurahan"), pk=pk)


def get_member(request: StaffRequest, pk: int, member_pk: int) -> Member:
    """A person of a family that this person may open."""
    rows = Member.objects.visible_to(request.user).select_related(
        "household__territory__parent", "household__kelurahan"
    )
    return get_object_or_404(rows, pk=member_pk, household_id=pk)


def require_editor(request: StaffRequest, household: Household) -> None:
    if refusals := families.edit_refusals(request.user, household):
        raise PermissionDenied("; ".join(refusals))


def asks_too_often(request: StaffRequest) -> bool:
    """More numbers a minute than a person types: somebody tries which are known."""
    key = f"numbers-asked:{request.user.pk}:{timezone.now():%Y%m%d%H%M}"
    cache.add(key, 0, timeout=120)
    return cache.incr(key) > NUMBERS_A_MINUTE


@dataclass(frozen=True)
class Edit:
    """One edit page: how its form is made, saved, and where it goes afterwards."""

    row: Any
    make_form: Callable[..., VersionedForm]  # (row, data or None)
    save: Callable[[Any, int], Any]  # (row, version that was read)
    fresh: Callable[[], Any]  # the row as it is stored
    done_url: str
    context: dict[str, Any]


def edit_page(request: StaffRequest, edit: Edit) -> HttpResponse:
    """Show the form, or save it; when somebody saved first, show both versions."""
    template = "staff/households/form.html"
    if request.method != "POST":
        form = edit.make_form(edit.row, drafts.restore(request))
        return render(request, template, {**edit.context, "form": form})
    data = with_choices(request.POST, edit.make_form(edit.fresh(), None))
    form = edit.make_form(edit.row, data)
    if form.is_valid():
        if undecided(request.POST):
            return _conflict_page(request, edit, form, edit.fresh())
        try:
            edit.save(form.instance, form.cleaned_data["version"])
        except StaleRow as stale:
            return _conflict_page(request, edit, form, stale.current)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(edit.done_url)
    return render(request, template, {**edit.context, "form": form})


def _conflict_page(
    request: StaffRequest, edit: Edit, mine: VersionedForm, current: Any
) -> HttpResponse:
    """Both versions field by field. What was typed travels in hidden fields; nothing is saved."""
    hidden = [mine[name].as_hidden() for name in mine.fields if name != "version"]
    context = {
        **edit.context,
        "rows": differences(mine, edit.make_form(current, None)),
        "hidden": hidden,
        "current": current,
    }
    return render(request, "staff/households/conflict.html", context, status=409)
