"""Forms of the first set-up, one a page."""

import re
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tkpk import reference_data
from tkpk.areas import MOST_RT, MOST_RW, Area, areas_of_csv, numbered_areas, text_of_csv
from tkpk.forms.account import NOT_THE_SAME, password_field, word_new_password
from tkpk.models import Level, User, normalise_code
from tkpk.models.territory import CODE_LENGTH
from tkpk.presets import PRESETS, Seat, clashes
from tkpk.roles import Role


class KelurahanForm(forms.Form):
    """Which kelurahan this is, and its office."""

    known = forms.ChoiceField(
        label=_("Kelurahan"),
        required=False,
        help_text=_("Not in the list? Leave it empty and fill in code and names below."),
    )
    code = forms.CharField(
        label=_("Kelurahan code"),
        required=False,
        max_length=20,
        help_text=_("From Kemendagri, ten digits, such as 34.71.04.1002."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    name = forms.CharField(label=_("Name of the kelurahan"), required=False, max_length=80)
    kemantren = forms.CharField(
        label=_("Name of the kemantren or kecamatan"), required=False, max_length=80
    )
    city = forms.CharField(label=_("Name of the city or regency"), required=False, max_length=80)
    office_address = forms.CharField(
        label=_("Address of the kelurahan office"), required=False, max_length=200
    )
    phone = forms.CharField(
        label=_("Telephone of the office"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    TYPED = ("code", "name", "kemantren", "city")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.fields["known"]
        if isinstance(known, forms.ChoiceField):
            known.choices = [("", _("– choose –")), *reference_data.kelurahan_choices()]

    def clean_code(self) -> str:
        typed = str(self.cleaned_data["code"])
        if not typed:
            return ""
        code = normalise_code(typed)
        if len(code) != CODE_LENGTH[Level.KELURAHAN]:
            raise ValidationError(_("A kelurahan code has ten digits, such as 34.71.04.1002."))
        return code

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        if cleaned.get("known"):
            # One answer only: what was typed beside a choice is not used, so it must not differ.
            if cleaned.get("code", cleaned["known"]) not in {"", cleaned["known"]}:
                self.add_error("code", _("Choose from the list or type a code, not both."))
            return cleaned
        if not any(name in self.errors or cleaned.get(name) for name in ("known", *self.TYPED)):
            self.add_error("known", _("Choose your kelurahan, or type its code and names below."))
        for name in self.TYPED if "known" not in self.errors else ():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Fill this in, or choose your kelurahan from the list."))
        return cleaned


class AreasForm(forms.Form):
    """RW and RT, by numbers or by a CSV."""

    rw_count = forms.IntegerField(
        label=_("How many RW"),
        required=False,
        min_value=1,
        max_value=MOST_RW,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    rt_counts = forms.CharField(
        label=_("RT in each RW"),
        required=False,
        max_length=600,
        help_text=_(
            "One number for each RW, separated by commas: 4, 3, 5. One number: the same in all."
        ),
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )
    numbering = forms.ChoiceField(
        label=_("How RT are numbered"),
        choices=[
            ("per_rw", _("From 1 again in each RW")),
            ("continuous", _("On and on through the kelurahan")),
        ],
        initial="per_rw",
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=_("Or a CSV file"),
        required=False,
        help_text=_(
            "Columns code, name, kampung; one line for each RW and RT. The code may be whole or "
            "only RW and RT, such as 003.012."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    # The text of a file sent before: a browser does not send a file twice.
    csv_text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def __init__(self, *args: Any, kelurahan_code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kelurahan_code = kelurahan_code

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        try:
            sent = cleaned.get("file")
            text = text_of_csv(sent) if sent else cleaned.get("csv_text", "")
            if text:
                cleaned["areas"] = areas_of_csv(text, kelurahan_code=self.kelurahan_code)
                cleaned["csv_text"] = text
                return cleaned
        except ValidationError as error:
            self.add_error("file", error)
        if not self.errors:
            cleaned["areas"] = self._areas_of_numbers(cleaned)
        return cleaned

    def _areas_of_numbers(self, cleaned: dict[str, Any]) -> list[Area]:
        count = cleaned.get("rw_count")
        if not count:
            self.add_error("rw_count", _("Say how many RW there are, or choose a CSV file."))
            return []
        typed = cleaned.get("rt_counts", "")
        if not re.fullmatch(r"[0-9\s,;]*", typed):
            self.add_error("rt_counts", _("Write numbers only, parted by commas: 4, 3, 5."))
            return []
        numbers = [int(text) for text in re.findall(r"[0-9]{1,4}", typed)]
        if len(numbers) == 1:
            numbers *= count
        if len(numbers) != count:
            self.add_error(
                "rt_counts",
                _("Write %(count)s numbers, one for each RW; here are %(found)s.")
                % {"count": count, "found": len(numbers)},
            )
            return []
        if any(not 1 <= number <= MOST_RT for number in numbers):
            self.add_error("rt_counts", _("An RW has between 1 and 99 RT."))
            return []
        return numbered_areas(numbers, continuous=cleaned.get("numbering") == "continuous")


class PresetForm(forms.Form):
    """How many duties to begin with."""

    preset = forms.ChoiceField(
        label=_("Set of duties"),
        choices=[(key, preset.name) for key, preset in PRESETS.items()],
        initial="kecil",
        widget=forms.RadioSelect,
    )


_username_rule = ASCIIUsernameValidator()


class PeopleForm(forms.Form):
    """Name and user name for each duty; what stays empty is filled later."""

    def __init__(self, *args: Any, seats: tuple[Seat, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seats = seats
        for seat in seats:
            label = seat_label(seat)
            self.fields[f"{seat.key}_name"] = forms.CharField(
                label=_("%(duty)s: full name") % {"duty": label}, required=False, max_length=120
            )
            self.fields[f"{seat.key}_username"] = forms.CharField(
                label=_("%(duty)s: user name") % {"duty": label},
                required=False,
                max_length=60,
                validators=[_username_rule],
                widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
            )

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        names: dict[str, str] = {}
        roles: dict[str, set[Role]] = {}
        for seat in self.seats:
            name = cleaned.get(f"{seat.key}_name", "")
            username = cleaned.get(f"{seat.key}_username", "").lower()
            if bool(name) != bool(username):
                empty = "username" if name else "name"
                if f"{seat.key}_{empty}" not in self.errors:
                    self.add_error(
                        f"{seat.key}_{empty}", _("Fill in both, or leave both empty for now.")
                    )
            elif username:
                self._add_seat(seat, username, name, names, roles)
        return cleaned

    def _add_seat(
        self,
        seat: Seat,
        username: str,
        name: str,
        names: dict[str, str],
        roles: dict[str, set[Role]],
    ) -> None:
        if names.setdefault(username, name) != name:
            self.add_error(
                f"{seat.key}_username", _("This user name belongs to another name above.")
            )
        roles.setdefault(username, set()).add(seat.role)
        for words in clashes(roles[username]):
            self.add_error(
                f"{seat.key}_username",
                _("One person cannot hold both duties: %(why)s") % {"why": words},
            )

    def people(self) -> list[tuple[Seat, str, str]]:
        """(seat, user name, name) of each filled seat."""
        filled = []
        for seat in self.seats:
            username = self.cleaned_data.get(f"{seat.key}_username", "").lower()
            if username:
                filled.append((seat, username, self.cleaned_data[f"{seat.key}_name"]))
        return filled

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """(duty, name field, user name field), for the template."""
        return [
            (seat_label(seat), self[f"{seat.key}_name"], self[f"{seat.key}_username"])
            for seat in self.seats
        ]


def seat_label(seat: Seat) -> str:
    """The duty in words; members of one body are counted."""
    number = re.sub(r"[^0-9]", "", seat.key)
    return f"{seat.role.label} {number}".strip()


class AdministratorForm(forms.Form):
    """The first person who signs in."""

    name = forms.CharField(
        label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        validators=[_username_rule],
        help_text=_("Small letters and digits, such as budi.admin."),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password1 = password_field(_("New password"), "new-password")
    password2 = password_field(_("New password once more"), "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_new_password(self)

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first:
            person = User(username=cleaned.get("username", ""), name=cleaned.get("name", ""))
            try:
                validate_password(first, person)
            except ValidationError as error:
                self.add_error("password1", error)
        if first and second and first != second:
            self.add_error("password2", NOT_THE_SAME)
        return cleaned
