"""Sign-in and account pages under /akun/: Indonesian paths, allauth's views where it has them.

Open without a session are only: signing in, by password or passkey, and its second step, signing
out, the two ways to a new password, and the first set-up. Sign-up and allauth's e-mail pages have
no address at all.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from tkpk.views import account as own
from tkpk.views import second_step
from tkpk.views.people import second_step_lift
from tkpk.views.setup import setup

_RESET = "lupa-kata-sandi/"
_SECOND = "langkah-kedua/"
_PASSKEYS = f"{_SECOND}kunci-sandi/"
_CARD = f"{_SECOND}kartu/"

urlpatterns = [
    path("", own.account_home, name="account_home"),
    path("masuk/", second_step.sign_in, name="account_login"),
    path("masuk/langkah-kedua/", second_step.second_step, name="mfa_authenticate"),
    path(
        "masuk/kunci-sandi/",
        login_not_required(webauthn.login_webauthn),
        name="mfa_login_webauthn",
    ),
    path("masuk/nonaktif/", account.account_inactive, name="account_inactive"),
    path("keluar/", account.logout, name="account_logout"),
    path("konfirmasi/", account.reauthenticate, name="account_reauthenticate"),
    path("konfirmasi/kode/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path(
        "konfirmasi/kunci-sandi/",
        second_step.passkey_confirm,
        name="mfa_reauthenticate_webauthn",
    ),
    path("bahasa/", own.language_set, name="language_set"),
    path("kata-sandi/", account.password_change, name="account_change_password"),
    path(_RESET, account.password_reset, name="account_reset_password"),
    path(f"{_RESET}terkirim/", account.password_reset_done, name="account_reset_password_done"),
    path(
        f"{_RESET}selesai/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        rf"^{_RESET}(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("kode/", own.reset_code_use, name="reset_code_use"),
    path("kode/terbitkan/<int:pk>/", own.reset_code_issue, name="reset_code_issue"),
    path(f"{_SECOND}hapus/<int:pk>/", second_step_lift, name="second_step_lift"),
    path(_SECOND, second_step.second_step_home, name="mfa_index"),
    path(f"{_SECOND}aktifkan/", second_step.phone_on, name="mfa_activate_totp"),
    path(f"{_SECOND}matikan/", second_step.phone_off, name="mfa_deactivate_totp"),
    path(f"{_PASSKEYS}tambah/", second_step.passkey_add, name="mfa_add_webauthn"),
    path(f"{_PASSKEYS}<int:pk>/hapus/", second_step.passkey_remove, name="mfa_remove_webauthn"),
    path(f"{_CARD}baru/", second_step.card_make, name="card_make"),
    path(f"{_CARD}hapus/", second_step.card_void, name="card_void"),
    path(f"{_CARD}serahkan/<int:pk>/", second_step.card_hand_out, name="card_hand_out"),
    path("perangkat/", own.sessions_list, name="usersessions_list"),
    path("perangkat/akhiri/", own.sessions_end, name="sessions_end"),
    path("perangkat/<int:pk>/akhiri/", own.session_end, name="session_end"),
    path("pemasangan/<str:token>/", setup, name="setup"),
]
