"""Addresses of the yearly list of poor families."""

from django.urls import path

from households import slugs  # noqa: F401 - the converters of the words in these addresses
from households.views import decrees, listings, poor_lists

urlpatterns = [
    path("", poor_lists.poor_list_list, name="poor_list_list"),
    path("baru/", poor_lists.poor_list_new, name="poor_list_new"),
    path("<int:pk>/", poor_lists.poor_list_detail, name="poor_list_detail"),
    path("<int:pk>/atur/", poor_lists.poor_list_settings, name="poor_list_settings"),
    path(
        "<int:pk>/langkah/<list_step:list_step>/", poor_lists.poor_list_step, name="poor_list_step"
    ),
    path("<int:pk>/lanjutan/", poor_lists.poor_list_carry_over, name="poor_list_carry_over"),
    path("<int:pk>/cetak/<list_paper:list_paper>/", poor_lists.poor_list_paper, name="list_paper"),
    path("<int:pk>/unduh/", poor_lists.poor_list_export, name="poor_list_export"),
    path("<int:pk>/keluarga/", listings.listing_list, name="listing_list"),
    path("<int:pk>/keluarga/bersama/", listings.listing_bulk, name="listing_bulk"),
    path("<int:pk>/usulkan/<int:household_pk>/", listings.listing_add, name="listing_add"),
    path("<int:pk>/jawaban-kota/", decrees.decree_new, name="decree_new"),
    path("jawaban-kota/<int:pk>/", decrees.decree_detail, name="decree_detail"),
    path(
        "jawaban-kota/<int:pk>/langkah/<decree_step:decree_step>/",
        decrees.decree_step,
        name="decree_step",
    ),
    path("baris/<int:pk>/", listings.listing_detail, name="listing_detail"),
    path("baris/<int:pk>/rapat/", listings.listing_meeting, name="listing_meeting"),
    path(
        "baris/<int:pk>/langkah/<listing_step:listing_step>/",
        listings.listing_step,
        name="listing_step",
    ),
]
