"""Pages of an administrator's acts on people."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from tkpk import people, reset_codes
from tkpk.forms.people import ReasonForm
from tkpk.models import User
from tkpk.requests import FORM_METHODS, StaffRequest


def person_to_help(request: StaffRequest, pk: int) -> User:
    """A person whose every place this administrator covers; of others nothing is said: 404."""
    person = get_object_or_404(User, pk=pk)
    if reset_codes.right_to_issue(request.user, person) is None:
        raise Http404
    return person


@never_cache
@reauthentication_required
@FORM_METHODS
def second_step_lift(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what will happen, ask for the reason, and do it."""
    person = person_to_help(request, pk)
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    if request.method == "POST" and form.is_valid():
        people.lift_second_step(person, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(
            request, _("The second step of %(name)s is removed.") % {"name": person.name}
        )
        return redirect("admin:tkpk_user_change", person.pk)
    return render(request, "akun/second_step_lift.html", {"person": person, "form": form})
