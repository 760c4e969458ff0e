"""The registry's pages of the staff workspace."""

from django.urls import include, path

from households import slugs  # noqa: F401 - the converter of the moves' words
from households.views import acts, families, members

urlpatterns = [
    path("", include("households.urls.counter")),
    path("", include("households.urls.aid")),
    path("", include("households.urls.report_cards")),
    path("impor/", include("households.urls.imports")),
    path("statistik/", include("households.urls.statistics")),
    path("ringkasan/", include("households.urls.dashboard")),
    path("keluarga/", families.household_list, name="household_list"),
    path("", include("households.urls.excel")),
    path("", include("households.urls.events")),
    path("", include("households.urls.duplicates")),
    path("", include("households.urls.instruments")),
    path("", include("households.urls.voices")),
    path("survei/", include("households.urls.surveys")),
    path("daftar/", include("households.urls.listing")),
    path("keluarga/cari/", families.household_search, name="household_search"),
    path("keluarga/baru/", families.household_add, name="household_add"),
    path("keluarga/<int:pk>/", families.household_file, name="household_file"),
    path("keluarga/<int:pk>/ubah/", families.household_edit, name="household_edit"),
    path("keluarga/<int:pk>/riwayat/", families.household_history, name="household_history"),
    path("keluarga/<int:pk>/nomor/", acts.identifier_reveal, name="kk_reveal"),
    path("keluarga/<int:pk>/langkah/<move:move>/", acts.household_move, name="household_move"),
    path("keluarga/<int:pk>/anggota/baru/", members.member_add, name="member_add"),
    path("keluarga/<int:pk>/anggota/<int:member_pk>/", members.member_file, name="member_file"),
    path(
        "keluarga/<int:pk>/anggota/<int:member_pk>/ubah/", members.member_edit, name="member_edit"
    ),
    path(
        "keluarga/<int:pk>/anggota/<int:member_pk>/nomor/",
        acts.identifier_reveal,
        name="nik_reveal",
    ),
    path(
        "keluarga/<int:pk>/anggota/<int:member_pk>/langkah/<move:move>/",
        acts.member_move,
        name="member_move",
    ),
]
