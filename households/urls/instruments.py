"""Addresses of instruments and scores, under `/kerja/`."""

from django.urls import path

from households.views import instrument_trials as trials
from households.views import instruments, scores

urlpatterns = [
    path("instrumen/", instruments.instrument_list, name="instrument_list"),
    path("instrumen/impor/", instruments.instrument_import, name="instrument_import"),
    path("instrumen/bawaan/", instruments.instruments_shipped, name="instruments_shipped"),
    path("instrumen/<int:pk>/", instruments.instrument_version, name="instrument_version"),
    path("instrumen/<int:pk>/salin/", instruments.instrument_copy, name="instrument_copy"),
    path(
        "instrumen/<int:pk>/langkah/<instrument_step:instrument_move>/",
        instruments.instrument_step,
        name="instrument_step",
    ),
    path("instrumen/<int:pk>/coba/", trials.instrument_what_if, name="instrument_what_if"),
    path(
        "instrumen/<int:pk>/kepekaan/", trials.instrument_sensitivity, name="instrument_sensitivity"
    ),
    path("instrumen/<int:pk>/skor/", scores.scores_compute, name="scores_compute"),
    path("skor/<int:pk>/", scores.score_detail, name="score_detail"),
    path("skor/hitung/<int:pk>/", scores.score_compute, name="score_compute"),
]
