"""Public pages."""

from django.urls import path

from programs.views import public

urlpatterns = [
    path("", public.home, name="home"),
    path("profil/", public.profile, name="profile"),
    path("robots.txt", public.robots, name="robots"),
    path("sitemap.xml", public.sitemap, name="sitemap"),
    path("favicon.ico", public.favicon, name="favicon"),
]
