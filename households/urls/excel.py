"""Addresses of lists that leave and come back, under `/kerja/`."""

from django.urls import path

from households.views import excel, excel_answers, excel_exports, excel_layouts, excel_submissions

urlpatterns = [
    path("keluarga/unduh/", excel.household_download, name="household_download"),
    path("keluarga/isi-massal/", excel.household_bulk, name="household_bulk"),
    path("ekspor/", excel_layouts.export_list, name="export_list"),
    path("ekspor/baru/", excel_layouts.layout_new, name="layout_new"),
    path("ekspor/bawaan/", excel_layouts.layouts_shipped, name="layouts_shipped"),
    path("ekspor/<int:pk>/", excel_layouts.layout_edit, name="layout_edit"),
    path("ekspor/<int:pk>/kolom/", excel_layouts.layout_column, name="layout_column"),
    path("ekspor/<int:pk>/kolom/<int:place>/", excel_layouts.column_edit, name="column_edit"),
    path("ekspor/<int:pk>/pakai/", excel_layouts.layout_use, name="layout_use"),
    path("ekspor/<int:pk>/ambil/", excel_exports.layout_export, name="layout_export"),
    path("usulan/baru/", excel_submissions.submission_new, name="submission_new"),
    path("usulan/<int:pk>/", excel_submissions.submission_detail, name="submission_detail"),
    path("usulan/<int:pk>/baris/", excel_submissions.submission_rows, name="submission_rows"),
    path(
        "usulan/<int:pk>/langkah/<slug:move>/",
        excel_submissions.submission_step,
        name="submission_step",
    ),
    path("usulan/<int:pk>/ambil/", excel_submissions.submission_export, name="submission_export"),
    path("usulan/<int:pk>/jawaban/", excel_answers.answer_new, name="answer_new"),
    path("jawaban/<int:pk>/", excel_answers.answer_detail, name="answer_detail"),
    path("jawaban/<int:pk>/kolom/", excel_answers.answer_columns, name="answer_columns"),
    path("jawaban/<int:pk>/langkah/<slug:move>/", excel_answers.answer_step, name="answer_step"),
]
