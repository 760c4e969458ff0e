"""Addresses of life events and of transfers between two kelurahan."""

from django.urls import path

from households import slugs  # noqa: F401 - the converters of the words in these addresses
from households.views import events, transfers

FAMILY = "keluarga/<int:pk>/peristiwa/"
TRANSFER = "pindah-antar/"

urlpatterns = [
    path("keluarga/pindah-datang/", events.family_arrival, name="family_arrival"),
    path(FAMILY, events.event_list, name="event_list"),
    path(f"{FAMILY}catat/", events.event_choose, name="event_choose"),
    path(f"{FAMILY}catat/<event_kind:kind>/", events.event_add, name="event_add"),
    path(f"{FAMILY}<int:event_pk>/", events.event_detail, name="event_detail"),
    path(f"{FAMILY}<int:event_pk>/pindaian/", events.event_scan, name="event_scan"),
    path(f"{FAMILY}<int:event_pk>/batalkan/", events.event_cancel, name="event_cancel"),
    path(TRANSFER, transfers.transfer_list, name="transfer_list"),
    path(f"{TRANSFER}minta/", transfers.transfer_request, name="transfer_request"),
    path(f"{TRANSFER}keluarga/<int:pk>/", transfers.transfer_offer, name="transfer_offer"),
    path(f"{TRANSFER}<int:pk>/", transfers.transfer_detail, name="transfer_detail"),
    path(f"{TRANSFER}<int:pk>/lepas/", transfers.transfer_release, name="transfer_release"),
    path(f"{TRANSFER}<int:pk>/lepas/cari/", transfers.transfer_find, name="transfer_find"),
    path(f"{TRANSFER}<int:pk>/terima/", transfers.transfer_accept, name="transfer_accept"),
    path(
        f"{TRANSFER}<int:pk>/<transfer_step:step>/",
        transfers.transfer_step,
        name="transfer_step",
    ),
]
