"""Addresses of the import, under `/kerja/impor/`."""

from django.urls import path

from households.views import import_columns, imports

urlpatterns = [
    path("", imports.import_list, name="import_list"),
    path("baru/", imports.import_new, name="import_new"),
    path("<int:pk>/", imports.import_detail, name="import_detail"),
    path("<int:pk>/kolom/", import_columns.import_columns, name="import_columns"),
    path("<int:pk>/atur-kolom/", import_columns.import_arrange, name="import_arrange"),
    path(
        "<int:pk>/tata-letak-dikenal/",
        import_columns.import_known_layout,
        name="import_known_layout",
    ),
    path("<int:pk>/wilayah/", imports.import_areas, name="import_areas"),
    path("<int:pk>/pindah-kk/", imports.import_moves, name="import_moves"),
    path("<int:pk>/langkah/<slug:move>/", imports.import_step, name="import_step"),
    path("<int:pk>/ulangi/", imports.import_retry, name="import_retry"),
    path("<int:pk>/ditolak/", imports.import_refused, name="import_refused"),
]
