"""The front door for reports of residents, and the page behind a ticket."""

from django.urls import path

from tkpk.views import public

urlpatterns = [
    path("", public.voices_home, name="voices_home"),
    path("lacak/", public.voice_lookup, name="voice_lookup"),
    # Last, so that words of other pages are no tickets.
    path("<str:ticket>/", public.voice_ticket, name="voice_ticket"),
    path("<str:ticket>/selesai/", public.voice_settle, name="voice_settle"),
    path("<str:ticket>/buka/", public.voice_reopen, name="voice_reopen"),
]
