"""Sign-in and account pages under /akun/: Indonesian paths, allauth's views where it has them.

Open without a session are only: signing in and its second step, signing out, the two ways to a new
password, and the first set-up. Sign-up and allauth's e-mail pages have no address at all.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from tkpk.views import account as own
from tkpk.views.people import second_step_lift
from tkpk.views.setup import setup

_RESET = "lupa-kata-sandi/"
_SECOND = "langkah-kedua/"

urlpatterns = [
    path("", own.account_home, name="account_home"),
    path("masuk/", account.login, name="account_login"),
    path("masuk/langkah-kedua/", mfa.authenticate, name="mfa_authenticate"),
    path("masuk/nonaktif/", account.account_inactive, name="account_inactive"),
    path("keluar/", account.logout, name="account_logout"),
    path("konfirmasi/", account.reauthenticate, name="account_reauthenticate"),
    path("konfirmasi/kode/", mfa.reauthenticate, name="mfa_reauthenticate"),
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
    path(_SECOND, mfa.index, name="mfa_index"),
    path(f"{_SECOND}aktifkan/", totp.activate_totp, name="mfa_activate_totp"),
    path(f"{_SECOND}matikan/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path(
        f"{_SECOND}kode-pemulihan/",
        recovery_codes.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        f"{_SECOND}kode-pemulihan/baru/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("perangkat/", own.sessions_list, name="usersessions_list"),
    path("perangkat/akhiri/", own.sessions_end, name="sessions_end"),
    path("perangkat/<int:pk>/akhiri/", own.session_end, name="session_end"),
    path("pemasangan/<str:token>/", setup, name="setup"),
]
