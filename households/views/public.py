"""Public forms about families. They import the write-only intake and nothing else of the registry.

Every answer is the same, whoever the report is about: a ticket.
"""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from households import intake
from households.forms import intake as forms
from tkpk import form_guard
from tkpk.models import SentKind
from tkpk.public_pages import PublicRequest
from tkpk.registry import registry
from tkpk.requests import FORM_METHODS
from tkpk.views.public import private_page, sent, words_of_closed_door


def _send_page(request: PublicRequest, kind: str) -> HttpResponse:
    form_class = forms.PUBLIC[kind]
    if request.kelurahan is None:
        raise Http404
    form = form_class(
        request.POST if request.method == "POST" else None, kelurahan=request.kelurahan
    )
    if request.method == "POST" and form.is_valid():
        traces = form_guard.traces(request, kind, form.opened, *form.marked())
        try:
            submission = intake.send(
                form.said(),
                form.subject(),
                kelurahan=request.kelurahan,
                traces=traces,
                **form.more(),
            )
        except form_guard.TooMany:
            form.add_error(None, form_guard.words_of_too_many())
            return _form_page(request, kind, form, status=HTTPStatus.TOO_MANY_REQUESTS)
        return sent(submission)
    return _form_page(request, kind, form, status=422 if form.is_bound else 200)


def _form_page(request: PublicRequest, kind: str, form: Any, *, status: int) -> HttpResponse:
    """The form with everything that was typed: the back button of a browser keeps none of it."""
    context = {
        "door": registry.voice_doors[kind],
        "form": form,
        "closed": words_of_closed_door(kind, request),
        "window": getattr(form, "window", None),
    }
    response = render(request, "public/voices/form.html", context, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = str(form_guard.HOUR)
    return response


@private_page
@FORM_METHODS
def nomination_send(request: PublicRequest) -> HttpResponse:
    """Nominate a family."""
    return _send_page(request, SentKind.NOMINATION)


@private_page
@FORM_METHODS
def objection_send(request: PublicRequest) -> HttpResponse:
    """Object to the list while objections are taken."""
    return _send_page(request, SentKind.OBJECTION)


@private_page
@FORM_METHODS
def removal_send(request: PublicRequest) -> HttpResponse:
    """Ask not to stand on the list."""
    return _send_page(request, SentKind.SELF_REMOVAL)
