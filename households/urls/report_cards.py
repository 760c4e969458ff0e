"""Report cards, and the record of who opened a family's file."""

from django.urls import path

from households.views import access_reports
from households.views import report_cards as views

urlpatterns = [
    path("keluarga/<int:pk>/rapor/", views.report_cards, name="report_cards"),
    path("keluarga/<int:pk>/rapor/mulai/", views.report_card_start, name="report_card_start"),
    path("keluarga/<int:pk>/rapor/<int:year>/", views.report_card, name="report_card"),
    path("keluarga/<int:pk>/rapor/<int:year>/catatan/", views.card_note, name="card_note"),
    path(
        "keluarga/<int:pk>/rapor/<int:year>/kesepakatan/", views.card_promise, name="card_promise"
    ),
    path("keluarga/<int:pk>/rapor/<int:year>/coret/", views.card_strike, name="card_strike"),
    path(
        "keluarga/<int:pk>/rapor/<int:year>/kesepakatan/<int:commitment_pk>/",
        views.commitment_settle,
        name="commitment_settle",
    ),
    path("keluarga/<int:pk>/rapor/<int:year>/tutup/", views.card_close, name="card_close"),
    path(
        "keluarga/<int:pk>/rapor/<int:year>/sisihkan/",
        views.card_set_aside,
        name="card_set_aside",
    ),
    path("keluarga/<int:pk>/riwayat-akses/", access_reports.access_report, name="access_report"),
]
