"""Sign-in pages under /akun/: Indonesian paths for allauth's views."""

from allauth.account import views as account
from django.urls import path

urlpatterns = [
    path("masuk/", account.login, name="account_login"),
    path("keluar/", account.logout, name="account_logout"),
]
