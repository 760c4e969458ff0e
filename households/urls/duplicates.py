"""Addresses of the review of possible duplicates."""

from django.urls import path

from households.views import duplicates, typed_check

urlpatterns = [
    path("kembar/", duplicates.duplicate_list, name="duplicate_list"),
    path("kembar/cari/", duplicates.duplicate_search, name="duplicate_search"),
    path("kembar/kk/", duplicates.same_kk_list, name="same_kk_list"),
    path("kembar/<int:pk>/", duplicates.duplicate_pair, name="duplicate_pair"),
    path("kembar/<int:pk>/gabung/", duplicates.duplicate_merge, name="duplicate_merge"),
    path("kembar/<int:pk>/dua-orang/", duplicates.duplicate_dismiss, name="duplicate_dismiss"),
    path("kembar/<int:pk>/buka-lagi/", duplicates.duplicate_reopen, name="duplicate_reopen"),
    path("kembar/<int:pk>/batalkan/", duplicates.duplicate_undo, name="duplicate_undo"),
    path("keluarga/<int:pk>/anggota/periksa/", typed_check.member_check, name="member_check"),
]
