"""The overview."""

from django.urls import path

from households.dashboard_rows import KINDS, address_name
from households.views import dashboard

urlpatterns = [
    path("", dashboard.dashboard_page, name="dashboard"),
    *(
        path(f"{slug}/", dashboard.dashboard_families, {"figure": slug}, name=address_name(slug))
        for slug in KINDS
    ),
]
