"""Addresses of the counter, of aid on a family's file and of data health, under `/kerja/`."""

from django.urls import path

from households.views import aid, counter, health

urlpatterns = [
    path("loket/", counter.counter_page, name="counter"),
    path("loket/<int:pk>/nomor/", counter.counter_number, name="counter_kk"),
    path("loket/<int:pk>/<int:member_pk>/nomor/", counter.counter_number, name="counter_nik"),
    path("loket/<int:pk>/<int:member_pk>/surat/", counter.statement_give, name="statement_give"),
    path("loket/surat/<int:pk>/", counter.statement_page, name="statement_page"),
    path("keluarga/<int:pk>/bantuan/baru/", aid.aid_add, name="aid_add"),
    path("keluarga/<int:pk>/bantuan/<int:receipt_pk>/ubah/", aid.aid_edit, name="aid_edit"),
    path(
        "keluarga/<int:pk>/bantuan/<int:receipt_pk>/tarik/", aid.aid_withdraw, name="aid_withdraw"
    ),
    path("kelengkapan-data/", health.health_overview, name="health_overview"),
    path("kelengkapan-data/<slug:code>/", health.health_list, name="health_list"),
    path("kelengkapan-data/<slug:code>/<int:pk>/", health.health_mend, name="health_mend"),
]
