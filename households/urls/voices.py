"""Addresses of officers' work on reports about families."""

from django.urls import path

from households import slugs  # noqa: F401 - the converters of the words in these addresses
from households.views import voices

urlpatterns = [
    path("suara/catat/usulan/", voices.nomination_record, name="nomination_record"),
    path("suara/catat/sanggah/", voices.objection_record, name="objection_record"),
    path("suara/catat/mundur/", voices.removal_record, name="removal_record"),
    path("suara/<int:pk>/keluarga/", voices.voice_match, name="voice_match"),
    path(
        "suara/<int:pk>/keluarga/<int:household_pk>/",
        voices.voice_match_choose,
        name="voice_match_choose",
    ),
    path(
        "suara/<int:pk>/putusan/<report_step:report_step>/",
        voices.voice_decide,
        name="voice_decide",
    ),
    path("usulan-wilayah/", voices.area_report, name="area_report"),
]
