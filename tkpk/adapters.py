"""How allauth is bent to this portal: nobody signs up, secrets lie encrypted, words are ours."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tkpk.devices import device_words
from tkpk.encryption import blind_index, seal_text, unseal_text
from tkpk.models import SignInCard
from tkpk.nik import find_identifiers
from tkpk.second_steps import passkey_domain

# One sentence for a wrong name, a wrong password and a person who may not sign in.
_WRONG_PAIR = _("The name or the password is not right. Check both and try again.")
_WRONG_CODE = _("This code is not right, or it was used already. Wait for the next one.")
_TOO_MANY = _("Too many tries. Wait 15 minutes, or ask your administrator for help.")


class AccountAdapter(DefaultAccountAdapter):
    """People are added by an administrator."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _WRONG_PAIR,
        "email_password_mismatch": _WRONG_PAIR,
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The current password is not right."),
        "incorrect_code": _WRONG_CODE,
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": _TOO_MANY,
        "invalid_password_reset": _("This link was used already or is too old."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in a few minutes ago has just shown the password: not twice in a row."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < settings.FRESH_SIGN_IN_SECONDS:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_home")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in a mail leads to the portal's own address, whatever Host a request named."""
        url = super().get_reset_password_from_key_url(key)
        return settings.PUBLIC_URL + "/" + url.split("/", 3)[3]


class MfaAdapter(DefaultMFAAdapter):
    """The secrets of the second factor lie encrypted like identifiers."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _WRONG_CODE,
        "incorrect_card_code": _(
            "This code is not on your newest card, or it was used already. Take the next one."
        ),
        "passkey_refused": _(
            "This passkey was not accepted. Try once more, or sign in another way."
        ),
        "passkey_copied": _(
            "This passkey was not accepted: it seems that somebody made a copy of it. Sign in "
            "another way, remove this passkey, and tell your administrator."
        ),
    }

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """The printed card counts as a second step of its own, wherever allauth asks for one.

        Also an empty one: else whoever knows the password would wait for the last code.
        """
        if super().is_mfa_enabled(user, types=types):
            return True
        kinds = Authenticator.Type
        asked = types is None or kinds.RECOVERY_CODES in types
        asked = asked or {kinds.TOTP, kinds.WEBAUTHN} <= set(types)
        return asked and user.is_authenticated and SignInCard.objects.filter(user=user).exists()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's
        """What the device calls itself; its owner may write something better."""
        return device_words(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the portal's own name, whatever Host a request named."""
        return {"id": passkey_domain(context.request.get_host()), "name": "Portal TKPK"}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return super().get_public_key_credential_user_entity(user) | {
            "name": user.username,
            "display_name": user.name,
        }

    def encrypt(self, text: str) -> str:
        return seal_text(text, context="mfa.secret")

    def decrypt(self, encrypted_text: str) -> str:
        return unseal_text(encrypted_text, context="mfa.secret")

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)


def lockout_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name that failures are counted under: however it was spelled, it is one person.

    Upper case first: letters such as ſ and ı have a plain capital, and the database compares so.
    """
    typed = (credentials or {}).get("username") or request.POST.get("login", "")
    name = str(typed).strip().upper().lower()[:200]
    # Somebody may type a NIK here by mistake; the table of failures keeps what is returned.
    return blind_index("login", name) if find_identifiers(name) else name
