"""Public pages."""

from django.urls import path

from programs.views import public

urlpatterns = [
    path("", public.home, name="home"),
    path("profil/", public.profile, name="profile"),
    path("statistik/", public.statistics_page, name="statistics"),
    path("statistik/<int:year>/", public.statistics_page, name="statistics_year"),
    path("statistik/statistik.csv", public.statistics_csv, name="statistics_csv"),
    path("statistik/statistik.json", public.statistics_json, name="statistics_json"),
    path("robots.txt", public.robots, name="robots"),
    path("sitemap.xml", public.sitemap, name="sitemap"),
    path("favicon.ico", public.favicon, name="favicon"),
]
