"""Addresses of surveys, under `/kerja/survei/`: also the scope of their service worker."""

from django.urls import path

from households.views import survey_field, survey_filling, surveys

urlpatterns = [
    path("", surveys.survey_list, name="survey_list"),
    path("cari/", surveys.survey_search, name="survey_search"),
    path(
        "keluarga/<int:pk>/mulai/<int:version_pk>/",
        survey_filling.survey_begin,
        name="survey_begin",
    ),
    path(
        "keluarga/<int:pk>/ketik/<int:version_pk>/", survey_filling.survey_type, name="survey_type"
    ),
    path("formulir/<int:version_pk>/", survey_filling.survey_form_pdf, name="survey_form_pdf"),
    path("lapangan/", survey_field.survey_field, name="survey_field"),
    path("pekerja.js", survey_field.survey_worker, name="survey_worker"),
    path("sesi/", survey_field.survey_session, name="survey_session"),
    path("bekal/", survey_field.survey_pack, name="survey_pack"),
    path("kirim/", survey_field.survey_receive, name="survey_receive"),
    path("<int:pk>/", surveys.survey_detail, name="survey_detail"),
    path("<int:pk>/isi/<int:screen>/", survey_filling.survey_step, name="survey_step"),
    path("<int:pk>/selesai/", survey_filling.survey_end, name="survey_end"),
    path("<int:pk>/langkah/<survey_step:act>/", surveys.survey_move, name="survey_move"),
    path("<int:pk>/perbarui/", surveys.survey_apply, name="survey_apply"),
]
