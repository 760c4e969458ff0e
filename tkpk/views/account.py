"""My account: who I am here, my language, where I am signed in, and one-time codes."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.core.internal.sessionkit import get_session_user
from allauth.decorators import rate_limit
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from tkpk import reset_codes
from tkpk.devices import device_words
from tkpk.forms.account import LanguageForm, ResetCodeForm
from tkpk.models import Mandate, User
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.rights import mandates
from tkpk.roles import DUTIES, Role


@dataclass(frozen=True)
class Duty:
    """One mandate with what it allows."""

    mandate: Mandate
    words: Any


@dataclass(frozen=True)
class Device:
    """One place where the person is signed in."""

    session: UserSession
    words: str
    is_this: bool


@require_safe
def account_home(request: StaffRequest) -> HttpResponse:
    held = [Duty(m, DUTIES[Role(m.role)]) for m in mandates(request.user)]
    return render(
        request,
        "akun/home.html",
        {
            "duties": held,
            "language_form": LanguageForm(instance=request.user),
            "has_second_step": is_mfa_enabled(request.user),
            "device_count": len(_devices(request)),
        },
    )


@require_POST
def language_set(request: StaffRequest) -> HttpResponse:
    form = LanguageForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
        with translation.override(request.user.language):
            messages.success(request, _("The staff pages speak this language now."))
    return redirect("account_home")


# --- where I am signed in --------------------------------------------------------------------


def _is_alive(session: UserSession) -> bool:
    """Whether it still opens the portal: neither ended, expired, nor of an older password."""
    engine = import_module(settings.SESSION_ENGINE)
    return get_session_user(engine.SessionStore(session.session_key)) is not None


def _devices(request: StaffRequest) -> list[Device]:
    kept = UserSession.objects.filter(user_id=request.user.pk).order_by("-created_at")
    return [
        Device(
            session,
            device_words(session.user_agent),
            session.session_key == request.session.session_key,
        )
        for session in kept
        if _is_alive(session)
    ]


@require_safe
def sessions_list(request: StaffRequest) -> HttpResponse:
    return render(request, "usersessions/usersession_list.html", {"devices": _devices(request)})


@require_POST
def session_end(request: StaffRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=pk, user_id=request.user.pk)
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    session.end()
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")


@require_POST
def sessions_end(request: StaffRequest) -> HttpResponse:
    """End every session of the person; with `keep` this one stays."""
    keep_this = request.POST.get("scope") == "others"
    for session in UserSession.objects.filter(user_id=request.user.pk):
        if not (keep_this and session.session_key == request.session.session_key):
            session.end()
    if keep_this:
        messages.success(request, _("All other devices are signed out."))
        return redirect("usersessions_list")
    logout(request)
    messages.success(request, _("You are signed out on all devices."))
    return redirect("account_login")


# --- one-time codes --------------------------------------------------------------------------


@require_POST
@never_cache
@reauthentication_required
def reset_code_issue(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a new code once; a person outside the administrator's places is not found."""
    person = get_object_or_404(User, pk=pk)
    if reset_codes.right_to_issue(request.user, person) is None:
        raise Http404
    code = reset_codes.issue(person, by=request.user)
    half = reset_codes.LENGTH // 2
    return render(
        request,
        "akun/code_issued.html",
        {
            "person": person,
            "code": f"{code[:half]}-{code[half:]}",
            "use_url": settings.PUBLIC_URL + reverse("reset_code_use"),
            "minutes": int(reset_codes.LIFETIME.total_seconds() // 60),
        },
    )


@login_not_required
@never_cache
@sensitive_post_parameters("code", "password1", "password2")
@FORM_METHODS
@rate_limit(action="reset_code")
def reset_code_use(request: HttpRequest) -> HttpResponse:
    """A new password by a one-time code. Every wrong combination gets the same answer."""
    form = ResetCodeForm(request.POST) if request.method == "POST" else ResetCodeForm()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            person = reset_codes.redeem(given["username"], given["code"], given["password1"])
        except ValidationError as error:
            form.add_error("password1", error)
        else:
            if person is not None:
                messages.success(request, _("Your new password is set. Sign in with it."))
                return redirect("account_login")
            form.add_error(
                None,
                _(
                    "This name and this code do not belong together, or the code was used or is "
                    "older than 15 minutes. Check both, or ask your administrator for a new code."
                ),
            )
    return render(request, "akun/code_use.html", {"form": form})
