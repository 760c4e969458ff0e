"""All addresses. Paths are Indonesian, names English."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("akun/", include("tkpk.account_urls")),
    path("kerja/", include("tkpk.work_urls")),
    path("kerja/", include("tkpk.office_urls")),
    path("kerja/", include("households.urls")),
    path("kelola/", admin.site.urls),
    *i18n_patterns(
        path("suara/", include("households.urls.public")),
        path("suara/", include("tkpk.voice_urls")),
        path("", include("programs.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "tkpk.views.errors.bad_request"
handler403 = "tkpk.views.errors.forbidden"
handler404 = "tkpk.views.errors.not_found"
handler500 = "tkpk.views.errors.server_error"
