"""The first set-up in five pages, at a secret address, without any session.

What was filled in travels along in hidden fields: nothing lies on the server before the last page,
and going back loses nothing. Every page is checked again at the end.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from tkpk import reference_data, setup_link
from tkpk.forms.setup import AdministratorForm, AreasForm, KelurahanForm, PeopleForm, PresetForm
from tkpk.founding import Kelurahan, Person, Plan, found_kelurahan
from tkpk.models import User
from tkpk.presets import CLASHES, PRESETS, clashes
from tkpk.requests import FORM_METHODS
from tkpk.roles import Role

STEPS = (
    ("kelurahan", gettext_lazy("Kelurahan")),
    ("areas", gettext_lazy("RW and RT")),
    ("preset", gettext_lazy("Duties")),
    ("people", gettext_lazy("People")),
    ("administrator", gettext_lazy("Administrator")),
)
KEYS = [key for key, _word in STEPS]
_FORMS: dict[str, type[forms.Form]] = {
    "kelurahan": KelurahanForm,
    "areas": AreasForm,
    "preset": PresetForm,
    "people": PeopleForm,
    "administrator": AdministratorForm,
}


class Wizard:
    """The five forms over one POST; each has its prefix."""

    def __init__(self, data: QueryDict, files: MultiValueDict[str, Any]) -> None:
        self.data = data.copy()
        self.files = files

    def _options(self, key: str) -> dict[str, Any]:
        if key == "areas":
            return {"kelurahan_code": self.kelurahan_code}
        if key == "people":
            return {"seats": PRESETS[self.preset].seats}
        return {}

    @property
    def kelurahan_code(self) -> str:
        form = self.bound("kelurahan")
        if not form.is_valid():
            return ""
        return str(form.cleaned_data["known"] or form.cleaned_data["code"])

    @property
    def preset(self) -> str:
        chosen = self.data.get("preset-preset", "")
        return chosen if chosen in PRESETS else "kecil"

    def bound(self, key: str) -> forms.Form:
        form = _FORMS[key](self.data, self.files, prefix=key, **self._options(key))
        if key == "areas" and form.is_valid() and form.cleaned_data.get("csv_text"):
            # The file itself cannot travel on; its text does.
            self.data["areas-csv_text"] = form.cleaned_data["csv_text"]
        return form

    def untouched(self, key: str) -> forms.Form:
        """A page as it was left, or with its defaults, without any complaint yet."""
        options = self._options(key)
        blank = _FORMS[key](prefix=key, **options)
        typed = {
            name: field.widget.value_from_datadict(self.data, MultiValueDict(), f"{key}-{name}")
            for name, field in blank.fields.items()
            if f"{key}-{name}" in self.data
        }
        return _FORMS[key](prefix=key, initial=typed, **options)

    def hidden(self, shown: str) -> list[tuple[str, str]]:
        """What the pages not shown hold; passwords never travel."""
        return [
            (name, value)
            for name, values in self.data.lists()
            for value in values
            if name.partition("-")[0] in KEYS
            and name.partition("-")[0] != shown
            and "password" not in name
        ]

    def first_wrong(self) -> str | None:
        return next((key for key in KEYS if not self.bound(key).is_valid()), None)

    def plan(self) -> Plan:
        """Everything, from forms that are valid."""
        place = self.bound("kelurahan")
        areas, people = self.bound("areas"), self.bound("people")
        ready = all(form.is_valid() for form in (place, areas, people))
        if not ready or not isinstance(people, PeopleForm):
            raise ValueError("asked for a plan before the pages were right")
        facts = dict(place.cleaned_data)
        known = facts.pop("known")
        if known:
            facts = {**facts, "code": known}
        return Plan(
            kelurahan=Kelurahan(**facts),
            areas=areas.cleaned_data["areas"],
            people=[Person(*filled) for filled in people.people()],
            kinds=PRESETS[self.preset].kinds,
        )


def _progress(shown: str) -> list[Mapping[str, Any]]:
    now = KEYS.index(shown) + 1
    return [
        {
            "number": at,
            "word": word,
            "state": "done" if at < now else "now" if at == now else "next",
        }
        for at, (_key, word) in enumerate(STEPS, start=1)
    ]


@login_not_required
@never_cache
@sensitive_post_parameters()
@FORM_METHODS
def setup(request: HttpRequest, token: str) -> HttpResponse:
    if not setup_link.is_open(token):
        raise Http404
    wizard = Wizard(request.POST, request.FILES)
    step = request.POST.get("step", "")
    if step not in KEYS:
        return _page(request, wizard, KEYS[0], wizard.untouched(KEYS[0]))
    at = KEYS.index(step)
    if "back" in request.POST:
        wizard.bound(step)  # a file chosen just now is kept as its text
        before = KEYS[max(at - 1, 0)]
        return _page(request, wizard, before, wizard.untouched(before))
    form = wizard.bound(step)
    if not form.is_valid():
        return _page(request, wizard, step, form)
    if step != KEYS[-1]:
        return _page(request, wizard, KEYS[at + 1], wizard.untouched(KEYS[at + 1]))
    return _finish(request, wizard, form)


def _finish(request: HttpRequest, wizard: Wizard, form: forms.Form) -> HttpResponse:
    wrong = wizard.first_wrong()
    if wrong is not None:
        return _page(request, wizard, wrong, wizard.bound(wrong))
    plan = wizard.plan()
    given = form.cleaned_data
    same = [person for person in plan.people if person.username == given["username"]]
    if any(person.name != given["name"] for person in same):
        form.add_error("username", _("This user name belongs to another person of page 4."))
    for words in clashes({Role.ADMIN, *(person.seat.role for person in same)}):
        form.add_error(
            "username", _("One person cannot hold both duties: %(why)s") % {"why": words}
        )
    if not form.is_valid():
        return _page(request, wizard, KEYS[-1], form)
    administrator = User(username=given["username"], name=given["name"])
    administrator.set_password(given["password1"])
    try:
        found_kelurahan(plan, administrator=administrator)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _page(request, wizard, KEYS[-1], form)
    messages.success(request, _("The portal is set up. Sign in as its administrator."))
    return redirect("account_login")


def _page(request: HttpRequest, wizard: Wizard, shown: str, form: forms.Form) -> HttpResponse:
    context = {
        "form": form,
        "step": shown,
        "steps": _progress(shown),
        "is_first": shown == KEYS[0],
        "is_last": shown == KEYS[-1],
        "hidden": wizard.hidden(shown),
        "presets": PRESETS.values(),
        "clashes": CLASHES,
        "chosen": reference_data.place(wizard.kelurahan_code),
    }
    return render(request, f"akun/pemasangan/{shown}.html", context)
