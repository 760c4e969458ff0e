"""How allauth is bent to this portal: nobody signs up, secrets lie encrypted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from tkpk.encryption import seal_text, unseal_text


class AccountAdapter(DefaultAccountAdapter):
    """People are added by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class MfaAdapter(DefaultMFAAdapter):
    """The secrets of the second factor lie encrypted like identifiers."""

    def encrypt(self, text: str) -> str:
        return seal_text(text, context="mfa.secret")

    def decrypt(self, encrypted_text: str) -> str:
        return unseal_text(encrypted_text, context="mfa.secret")

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)
