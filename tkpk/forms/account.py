"""Forms of signing in and of one's own account."""

from typing import Any

from allauth.account import forms as account
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from tkpk import cards
from tkpk.models import SignInCard, User

NOT_THE_SAME = _("The two passwords are not the same. Type the new password again.")
_CODE = {
    "autocomplete": "one-time-code",
    "autocapitalize": "characters",
    "spellcheck": "false",
}


def password_field(label: Any, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


def word_new_password(form: forms.Form) -> None:
    """Our words on allauth's pair of fields for a new password."""
    form.fields["password1"].label = _("New password")
    form.fields["password1"].help_text = _(
        "At least 10 characters. A sentence of four or five words is good and easy to remember."
    )
    form.fields["password2"].label = _("New password once more")
    for name in ("password1", "password2", "oldpassword"):
        if name in form.fields:
            form.fields[name].widget.attrs.pop("placeholder", None)


class SignInForm(account.LoginForm):
    """Name or e-mail, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("User name or e-mail"),
            max_length=254,
            widget=forms.TextInput(
                attrs={
                    "autocomplete": "username",
                    "autocapitalize": "none",
                    "spellcheck": "false",
                    "autofocus": True,
                }
            ),
        )
        self.fields["password"] = password_field(_("Password"), "current-password")
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        """One pair, which the backend tries as an e-mail and as a name.

        allauth hands an address over twice: a known one would then be hashed twice, and the time
        of the answer would tell that it is known.
        """
        given = self.cleaned_data
        return {"username": given["login"], "password": given["password"]}


class ConfirmPasswordForm(account.ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(_("Password"), "current-password")


class ChangePasswordForm(account.ChangePasswordForm):
    """The old password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].help_text = ""
        word_new_password(self)

    def clean(self) -> Any:
        cleaned = super().clean()
        _own_words(self)
        return cleaned


class NewPasswordForm(account.ResetPasswordKeyForm):
    """Opened from the link in a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_new_password(self)

    def clean(self) -> Any:
        cleaned = super().clean()
        _own_words(self)
        return cleaned


def _own_words(form: forms.Form) -> None:
    if "password2" in form.errors and form.cleaned_data.get("password1"):
        del form.errors["password2"]
        form.add_error("password2", NOT_THE_SAME)


class ForgottenPasswordForm(account.ResetPasswordForm):
    """Asks for a mail with a link; the answer never says whether the address is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = forms.EmailField(
            label=_("E-mail"),
            widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
        )

    def clean_email(self) -> str:
        """Only who can sign in already gets a link: others hold mandates without a login."""
        email = self.cleaned_data["email"].lower()
        found = User.objects.filter(email__iexact=email, is_active=True)
        self.users = [user for user in found if user.has_usable_password()]
        return email


class _ByCardToo:
    """A code of the phone, or one of the printed card."""

    by_card = False
    user: User
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        typed = str(self.cleaned_data["code"])
        if not (cards.looks_like_code(typed) and SignInCard.objects.filter(user=self.user)):
            return super().clean_code()  # type: ignore[misc]  # of the form beside it
        forget_tries = check_rate_limit(self.user)
        if not cards.use(self.user, typed):
            raise get_adapter().validation_error("incorrect_card_code")
        forget_tries()
        self.by_card = True
        return typed


class SecondStepForm(_ByCardToo, mfa.AuthenticateForm):
    """The second step when signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self, _("Code"))

    def save(self) -> None:
        if self.by_card:
            record_authentication(context.request, self.user, "mfa", type="card")
        else:
            super().save()


class ConfirmCodeForm(_ByCardToo, mfa.ReauthenticateForm):
    """The code once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self, _("Code"))

    def save(self) -> None:
        if self.by_card:
            record_authentication(
                context.request, self.user, "mfa", type="card", reauthenticated=True
            )
        else:
            super().save()


class ActivateSecondStepForm(ActivateTOTPForm):
    """The first code, as a proof that the phone knows the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self, _("The six digits that the phone shows now"), digits=True)


def _code_field(form: forms.Form, label: Any, *, digits: bool = False) -> None:
    """Codes of a card have letters too; a keyboard of digits alone would lock their owner out."""
    kind = {"inputmode": "numeric"} if digits else {}
    form.fields["code"] = forms.CharField(
        label=label,
        max_length=20,
        widget=forms.TextInput(attrs={**_CODE, **kind, "autofocus": True}),
    )


class LanguageForm(forms.ModelForm):
    """The language of the staff pages."""

    class Meta:
        model = User
        fields = ["language"]
        widgets = {"language": forms.RadioSelect}


class ResetCodeForm(forms.Form):
    """A one-time code from the administrator, and the new password twice."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    code = forms.CharField(
        label=_("Code from the administrator"),
        max_length=30,
        help_text=_("Ten letters and digits. Capitals, spaces and dashes do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    password1 = password_field(_("New password"), "new-password")
    password2 = password_field(_("New password once more"), "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_new_password(self)

    def clean_password1(self) -> str:
        """Without the person: a resemblance to a name would tell that the name is known."""
        validate_password(self.cleaned_data["password1"])
        return str(self.cleaned_data["password1"])

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", NOT_THE_SAME)
        return cleaned
