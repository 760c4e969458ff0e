"""The ground floor's pages of the staff workspace."""

from django.urls import path

from tkpk.views.style import style_page
from tkpk.views.work import work_home

urlpatterns = [
    path("", work_home, name="work_home"),
    path("gaya/", style_page, name="style_page"),
]
