"""Forms that carry what a passkey answered; the browser fills them in (static/js/passkey.js)."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tkpk import second_steps

# What the library raises for answers that no browser sends.
_NONSENSE = (AttributeError, KeyError, TypeError, ValueError)


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    """A new passkey and the name that its owner gives it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Every passkey here is unlocked by finger, face or PIN, and so opens without a password.
        self.fields.pop("passwordless", None)
        self.fields["name"] = forms.CharField(
            label=_("Name of this device"),
            required=False,
            max_length=60,
            help_text=_("For yourself, for example: my phone, the office computer."),
        )
        self.order_fields(["name", "credential"])

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except _NONSENSE as error:
            raise get_adapter().validation_error("passkey_refused") from error
        except ValidationError as error:
            raise get_adapter().validation_error("passkey_refused") from error


class _Counted:
    """The answer of a passkey: refused in words, and its count of signatures looked at."""

    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Any:
        answer = self.cleaned_data["credential"]
        try:
            if not isinstance(answer, dict):
                raise TypeError
            passkey = super().clean_credential()  # type: ignore[misc]  # of the form beside it
        except _NONSENSE as error:
            raise get_adapter().validation_error("passkey_refused") from error
        except ValidationError as error:
            if error.code != "incorrect_code":
                raise
            raise get_adapter().validation_error("passkey_refused") from error
        if not second_steps.count_up(passkey, answer):
            raise get_adapter().validation_error("passkey_copied")
        return passkey


class SignInByPasskeyForm(_Counted, webauthn.LoginWebAuthnForm):
    """Instead of name and password."""


class SecondStepByPasskeyForm(_Counted, webauthn.AuthenticateWebAuthnForm):
    """After the password."""


class ConfirmByPasskeyForm(_Counted, webauthn.ReauthenticateWebAuthnForm):
    """Once more, before something that matters."""
