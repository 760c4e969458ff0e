"""The overview."""

from django.urls import path

from households.views import dashboard

urlpatterns = [path("", dashboard.dashboard_page, name="dashboard")]
