"""The ground floor's pages of the staff workspace."""

from django.urls import path

from tkpk.views.documents import document_download
from tkpk.views.roles import roles_page
from tkpk.views.style import style_page
from tkpk.views.work import work_home

urlpatterns = [
    path("", work_home, name="work_home"),
    path("berkas/<uuid:pk>/", document_download, name="document_download"),
    path("peran/", roles_page, name="roles_page"),
    path("gaya/", style_page, name="style_page"),
]
