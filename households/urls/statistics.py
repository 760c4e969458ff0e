"""Publishing figures."""

from django.urls import path

from households.views import statistics

urlpatterns = [path("", statistics.statistics_publish, name="statistics_publish")]
