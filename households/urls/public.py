"""Forms about families that anybody may send. Nothing here reads a family."""

from django.urls import path

from households.views import public

urlpatterns = [
    path("usulkan/", public.nomination_send, name="nomination_send"),
    path("sanggah/", public.objection_send, name="objection_send"),
    path("mundur/", public.removal_send, name="removal_send"),
]
