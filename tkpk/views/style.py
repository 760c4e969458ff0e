"""The style page: every component in every state, for those who build on them."""

from types import SimpleNamespace

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tkpk.templatetags.look import TONE_ICONS, drawings


class SampleForm(forms.Form):
    """One field of each kind; nothing is ever saved."""

    name = forms.CharField(label=_("Name of the head of family"), max_length=100)
    income = forms.IntegerField(
        label=_("Income a month"),
        help_text=_("Whole rupiah, without points: 1500000."),
        # Not type="number": a browser would throw away what it cannot read, and typed work is lost.
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        min_value=0,
        required=False,
    )
    born_on = forms.DateField(
        label=_("Date of birth"), widget=forms.DateInput(attrs={"type": "date"})
    )
    rw = forms.ChoiceField(
        label="RW", choices=[("", "—"), ("001", "RW 01"), ("002", "RW 02"), ("003", "RW 03")]
    )
    water = forms.ChoiceField(
        label=_("Drinking water"),
        choices=[("tap", _("Piped")), ("well", _("Protected well")), ("none", _("Other"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    file = forms.FileField(
        label=_("Workbook"), help_text=_(".xlsx, .ods or .csv, at most 20 MB."), required=False
    )
    sure = forms.BooleanField(label=_("I have checked this against the family card"))


def sample_context() -> dict:
    """What the style page shows; made up, with the awkward lengths that real data has."""
    return {
        "empty_form": SampleForm(prefix="new"),
        "wrong_form": SampleForm({"bad-income": "1,5 juta"}, prefix="bad"),
        "badges": [
            (_("Established"), "done"),
            (_("Needs attention"), "attention"),
            (_("Late"), "danger"),
            (_("Running"), "running"),
            (_("Draft"), "neutral"),
        ],
        "crumbs": [(_("Workspace"), "/kerja/"), (_("Families"), "/kerja/"), (_("Style"), "")],
        "bars": [
            ("RW 01", 34, _("34 families")),
            ("RW 02", 8, _("8 families")),
            ("RW 03", None, _("not shown")),
            ("RW 04", 0, _("0 families")),
        ],
        "first_page": SimpleNamespace(
            previous_url="", next_url="?after=x", shown="1–50", total_text="480"
        ),
        "middle_page": SimpleNamespace(
            previous_url="?before=x", next_url="?after=x", shown="51–100", total_text="480"
        ),
        "conflict": [
            (_("Occupation"), "Wiraswasta", "Buruh harian lepas", "occupation", True),
            (_("Address"), "Jl. Hayam Wuruk 12", "Jl. Hayam Wuruk 12", "address", False),
            (_("Income a month"), "Rp1.500.000", "", "income", True),
        ],
        "tones": list(TONE_ICONS),
        "icons": sorted(drawings()),
    }


@login_required
def style_page(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/style.html", sample_context())
