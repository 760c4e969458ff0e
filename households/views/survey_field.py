"""The field page: a shell that works without a network, and the three doors that it knocks at.

The shell and its scripts are all that a phone caches, and hold no personal data. Names and answers
lie on the phone encrypted with the key that `survey_session` gives to their own user alone.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households.models import InstrumentVersion, Survey
from households.surveys import acts, carrying, receiving
from households.views.surveys import versions_in_use
from tkpk.models import Level, Territory
from tkpk.models.territory import within
from tkpk.requests import StaffRequest
from tkpk.rights import scopes

LONGEST_BODY = 64 * 1024
WORKER = Path(settings.BASE_DIR) / "static" / "js" / "survey-worker.js"
# What the shell page loads; everything else stays on the network.
PARTS = [
    "vendor/bootstrap-5.3.9/bootstrap.min.css",
    "css/tokens.css",
    "css/portal.css",
    "css/parts.css",
    "css/print.css",
    "css/survey.css",
    "img/favicon.svg",
    "js/survey-store.js",
    "js/survey-link.js",
    "js/survey-screen.js",
    "js/survey-field.js",
    "vendor/plus-jakarta-sans-5.3.0/plus-jakarta-sans-latin-wght-normal.woff2",
]


def _require(request: StaffRequest) -> None:
    if not scopes(request.user, acts.FILLERS):
        raise PermissionDenied


@never_cache
@require_safe
def survey_field(request: StaffRequest) -> HttpResponse:
    """The shell. The phone keeps this page: it says nothing about who asked for it."""
    _require(request)
    return render(request, "staff/surveys/field.html")


@cache
def _worker_source() -> str:
    return WORKER.read_text(encoding="utf-8")


@never_cache
@require_safe
def survey_worker(request: StaffRequest) -> HttpResponse:
    """The service worker with the list of what it keeps; a changed list is a new worker."""
    _require(request)
    shell = reverse("survey_field")
    kept = [shell, *(static(name) for name in PARTS)]
    told = {"shell": shell, "kept": kept, "scope": reverse("survey_list")}
    told["version"] = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]
    source = f"self.PORTAL = {json.dumps(told)};\n{_worker_source()}"
    response = HttpResponse(source, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("survey_list")
    return response


@never_cache
@require_safe
def survey_session(request: StaffRequest) -> HttpResponse:
    """Who is signed in, in a word that says nothing, and the key of that person's own surveys."""
    _require(request)
    codes = scopes(request.user, acts.FILLERS)
    places = Territory.objects.filter(within("code", *codes), level=Level.RT)
    return JsonResponse(
        {
            "tag": carrying.device_tag(request.user),
            "key": carrying.device_key(request.user),
            "csrf": get_token(request),
            "versions": [[v.pk, str(v)] for v in versions_in_use(request, acts.FILLERS)],
            "places": [
                [place.code, place.full_name]
                for place in places.select_related("parent").order_by("code")
            ],
        }
    )


class _Refused(Exception):
    """A message that is none of ours."""


def _message(request: StaffRequest) -> dict[str, Any]:
    if len(request.body) > LONGEST_BODY:
        raise _Refused
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError) as error:  # brackets within brackets without end
        raise _Refused from error
    if not isinstance(found, dict):
        raise _Refused
    return found


def _told(reason: str, *, field: str = "__all__", status: int = 400) -> HttpResponse:
    return JsonResponse({"state": "refused", "code": "", "errors": {field: reason}}, status=status)


@never_cache
@require_POST
def survey_pack(request: StaffRequest) -> HttpResponse:
    """Take families of one RT along, or one survey of one's own that was begun on a page."""
    _require(request)
    try:
        asked = _message(request)
    except _Refused:
        return _told(_("This message cannot be read. Reload the page and try again."))
    if "survey" in asked:
        return _pack_survey(request, asked["survey"])
    place = Territory.objects.filter(code=str(asked.get("rt", ""))[:21]).first()
    version = _version(request, asked.get("version"))
    if place is None:
        return _told(_("Choose one RT."), field="rt")
    if version is None:
        return _told(_("Choose a questionnaire that is in use."), field="version")
    if not place.code.startswith(version.kelurahan.code):
        return _told(_("This RT lies in another kelurahan."), field="rt")
    try:
        return JsonResponse(carrying.pack(place, version, by=request.user))
    except ValidationError as error:
        return _told(" ".join(error.messages), field="rt")


def _version(request: StaffRequest, wanted: Any) -> InstrumentVersion | None:
    offered = {version.pk for version in versions_in_use(request, acts.FILLERS)}
    if not isinstance(wanted, int) or wanted not in offered:
        return None
    return InstrumentVersion.objects.with_content().select_related("kelurahan").get(pk=wanted)


def _pack_survey(request: StaffRequest, wanted: Any) -> HttpResponse:
    rows = Survey.objects.visible_to(request.user).select_related(
        "household__territory__parent", "kelurahan", "consent_text"
    )
    known = isinstance(wanted, int) and 0 < wanted < 2**31
    survey = rows.filter(pk=wanted).first() if known else None
    if survey is None or not acts.may_fill(request.user, survey):
        return _told(_("This survey is not yours to fill in now."), status=404)
    versions = InstrumentVersion.objects.with_content()
    survey.instrument_version = versions.get(pk=survey.instrument_version_id)
    return JsonResponse(carrying.pack_survey(survey, by=request.user))


@never_cache
@require_POST
def survey_receive(request: StaffRequest) -> HttpResponse:
    """Keep a draft or take in a finished survey; sent again, it gets the same answer again."""
    _require(request)
    try:
        asked = _message(request)
        reply = receiving.receive(asked, by=request.user, draft=asked.get("draft") is True)
    except (_Refused, receiving.BadShape):
        return _told(_("This message cannot be read. Reload the page and try again."))
    return JsonResponse(reply.plain(), status=422 if reply.state == receiving.REFUSED else 200)
