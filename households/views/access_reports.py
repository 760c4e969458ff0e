"""The page that gives a family the record of who opened its file."""

import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from households import access_reports, families
from households.forms.report_cards import AccessReportForm
from households.models import AccessReport
from households.views.editing import get_household, require_editor
from tkpk import drafts
from tkpk.pdf import PdfFailed
from tkpk.requests import FORM_METHODS, StaffRequest

GIVEN_SHOWN = 10


@never_cache
@FORM_METHODS
def access_report(request: StaffRequest, pk: int) -> HttpResponse:
    """Who asks and for which days; the papers given before."""
    household = get_household(request, pk)
    require_editor(request, household)
    if request.method != "POST":
        families.note_view(household, by=request.user)
    today = timezone.localdate()
    days = {"asked_on": today, "last": today, "first": today - datetime.timedelta(days=365)}
    data = drafts.typed(request)
    form = AccessReportForm(data, initial=days)
    if request.method == "POST" and form.is_valid():
        try:
            access_reports.give(household, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except PdfFailed:
            form.add_error(None, _("The paper could not be made. Nothing was given; try again."))
        else:
            messages.success(request, _("The paper is ready to be printed."))
            return redirect("access_report", pk)
    given = AccessReport.objects.filter(household=household).select_related("document")
    context = {"household": household, "form": form, "given": list(given[:GIVEN_SHOWN])}
    return render(request, "staff/report_cards/access_report.html", context)
