"""The registry's pages of the staff workspace."""

from django.urls import include, path

from households import slugs  # noqa: F401 - the converter of the moves' words
from households.views import acts, families, members

urlpatterns = [
    path("", include("households.counter_urls")),
    path("impor/", include("households.import_urls")),
    path("statistik/", include("households.statistics_urls")),
    path("keluarga/", families.household_list, name="household_list"),
    path("", include("households.excel_urls")),
    path("", include("households.event_urls")),
    path("", include("households.duplicate_urls")),
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
