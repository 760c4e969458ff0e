"""The second step: which ways a person has, setting them up, giving them up, and using them.

allauth's views do the work; here stand their words, the printed card and the trail.
"""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tkpk import cards, second_steps
from tkpk.forms.people import ReasonForm
from tkpk.models import CARD_CODES, Installation, SignInCard, User
from tkpk.requests import FORM_METHODS, StaffRequest
from tkpk.views.people import person_to_help

_HOME = reverse_lazy("mfa_index")


def warn_of_few_codes(request: HttpRequest, user: User) -> None:
    """After a code of the card was used: say when a new card is due."""
    left = cards.left(user)
    if left > cards.FEW_LEFT:
        return
    messages.warning(
        request,
        ngettext(
            "%(n)s code is left on your card. Make a new card before it is used up.",
            "%(n)s codes are left on your card. Make a new card before they are used up.",
            left,
        )
        % {"n": left},
    )


@require_safe
@never_cache
def second_step_home(request: StaffRequest) -> HttpResponse:
    """What I have, and what I could have, the most convenient first."""
    held = second_steps.held_by(request.user)
    return render(
        request,
        "mfa/index.html",
        {
            "held": held,
            "codes_left": cards.left(request.user),
            "codes_made": CARD_CODES,
            "few_left": cards.FEW_LEFT,
            "passkeys_work": second_steps.passkeys_work_at(request),
            "is_required": not Installation.current().demo,
        },
    )


class SignIn(LoginView):
    """Name and password, or a passkey where the address allows one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"passkeys_work": second_steps.passkeys_work_at(self.request)}


sign_in = SignIn.as_view()


class SecondStep(AuthenticateView):
    """After the password: passkey, card or phone, whichever this person has."""

    form: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        held = second_steps.held_by(self.stage.login.user)
        by_passkey = bool(held.passkeys) and second_steps.passkeys_work_at(self.request)
        return context | {
            "held": held,
            "by_passkey": by_passkey,
            "by_code": bool(held.card or held.has_phone_codes or held.has_recovery_codes),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if getattr(form, "by_card", False):
            warn_of_few_codes(self.request, self.stage.login.user)
        return response


second_step = SecondStep.as_view()


# --- passkeys --------------------------------------------------------------------------------


class AddPasskey(AddWebAuthnView):
    """A passkey that is unlocked by finger, face or PIN and opens the portal by itself."""

    success_url = _HOME

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        # Bound forms bring their errors along; allauth makes a new one.
        context["form"] = kwargs.get("form", context["form"])
        options = webauthn.begin_registration(self.request.user, passwordless=True)
        context["js_data"] = {"creation_options": options}
        context["passkeys_work"] = second_steps.passkeys_work_at(self.request)
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            second_steps.record("passkey_added", self.request.user, by=self.request.user)
        return response

    def get_success_url(self) -> str:
        return str(_HOME)


class RemovePasskey(RemoveWebAuthnView):
    success_url = _HOME

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            second_steps.record("passkey_removed", self.request.user, by=self.request.user)
        return response


class ConfirmByPasskey(ReauthenticateWebAuthnView):
    """Once more, before something that matters; a refusal stays on this page."""

    def form_invalid(self, form: Any) -> HttpResponse:
        for message in form.errors.get("credential", []):
            messages.error(self.request, message)
        return redirect(self.passthrough_next_url(self.request.path))


passkey_add = never_cache(AddPasskey.as_view())
passkey_remove = RemovePasskey.as_view()
passkey_confirm = ConfirmByPasskey.as_view()


# --- codes of the phone ----------------------------------------------------------------------


class SwitchOnPhone(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            second_steps.record("phone_on", self.request.user, by=self.request.user)
        return response


class SwitchOffPhone(DeactivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            second_steps.record("phone_off", self.request.user, by=self.request.user)
        return response


phone_on = SwitchOnPhone.as_view()
phone_off = SwitchOffPhone.as_view()


# --- the printed card ------------------------------------------------------------------------


def _show_card(request: HttpRequest, owner: User, codes: list[str], back: Any) -> HttpResponse:
    return render(
        request,
        "akun/card.html",
        {
            "owner": owner,
            "card": SignInCard.objects.get(user=owner),
            "codes": codes,
            "is_own": owner.pk == request.user.pk,
            "back": back,
        },
    )


@never_cache
@reauthentication_required
@FORM_METHODS
def card_make(request: StaffRequest) -> HttpResponse:
    """Make my card; it is shown in the answer to this one POST and never again."""
    if request.method == "POST":
        return _show_card(request, request.user, cards.make_own(request.user), _HOME)
    held = second_steps.held_by(request.user)
    return render(
        request, "akun/card_make.html", {"held": held, "codes_left": cards.left(request.user)}
    )


@never_cache
@reauthentication_required
@FORM_METHODS
def card_void(request: StaffRequest) -> HttpResponse:
    """Give my card up: it was lost, or another way is better."""
    if request.method == "POST":
        cards.void(request.user)
        messages.success(request, _("Your card no longer opens anything. Destroy the paper."))
        return redirect("mfa_index")
    get_object_or_404(SignInCard, user=request.user)
    return render(request, "akun/card_void.html")


@never_cache
@reauthentication_required
@FORM_METHODS
def card_hand_out(request: StaffRequest, pk: int) -> HttpResponse:
    """Print a card for somebody who came to the office and has no device."""
    person = person_to_help(request, pk)
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    form.fields["reason"].help_text = _(
        "For example: has no smartphone, came to the office and showed the KTP."
    )
    if request.method == "POST" and form.is_valid():
        try:
            codes = cards.hand_out(person, by=request.user, reason=form.cleaned_data["reason"])
        except PermissionDenied as error:
            raise Http404 from error
        back = reverse_lazy("admin:tkpk_user_change", args=[person.pk])
        return _show_card(request, person, codes, back)
    return render(request, "akun/card_hand_out.html", {"person": person, "form": form})
