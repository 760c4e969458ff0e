"""Aid across families: programmes, overlaps, gaps, many at once, ends."""

from django.urls import path

from households.aid import gaps
from households.views import aid, aid_gaps, aid_programmes

urlpatterns = [
    path("bantuan/", aid_programmes.aid_overview, name="aid_overview"),
    path("bantuan/catat/", aid_gaps.aid_record_many, name="aid_record_many"),
    path("bantuan/usul-berhenti/", aid_programmes.aid_proposed, name="aid_proposed"),
    path("bantuan/tumpang-tindih/", aid_gaps.aid_matrix, name="aid_matrix"),
    path("bantuan/tumpang-tindih/<int:pk>/<int:other_pk>/", aid_gaps.aid_both, name="aid_both"),
    path("bantuan/celah/", aid_gaps.aid_gaps, name="aid_gaps"),
    path(
        "bantuan/celah/belum-tahun-ini/",
        aid_gaps.aid_gap_list,
        {"kind": gaps.UNSERVED},
        name="aid_unserved",
    ),
    path(
        "bantuan/celah/belum-pernah/",
        aid_gaps.aid_gap_list,
        {"kind": gaps.NEVER},
        name="aid_never",
    ),
    path(
        "bantuan/celah/di-luar-daftar/",
        aid_gaps.aid_gap_list,
        {"kind": gaps.UNLISTED},
        name="aid_unlisted",
    ),
    path("bantuan/<int:pk>/", aid_programmes.aid_programme, name="aid_programme"),
    path("bantuan/<int:pk>/ekspor/", aid_programmes.aid_export, name="aid_export"),
    path("bantuan/<int:pk>/hentikan/", aid_programmes.aid_stop_many, name="aid_stop_many"),
    path("keluarga/<int:pk>/bantuan/<int:receipt_pk>/hentikan/", aid.aid_stop, name="aid_stop"),
    path(
        "keluarga/<int:pk>/bantuan/<int:receipt_pk>/lanjutkan/", aid.aid_resume, name="aid_resume"
    ),
]
