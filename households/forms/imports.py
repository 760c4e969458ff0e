"""Forms of the import: the file and its options, areas, the reason of an undo."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from households.imports.programmes import MAKE, programmes_of
from households.models import AidTarget
from tkpk.models import Level, Territory

ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt")


def place_label(place: Territory) -> str:
    """RT with its RW; a wider place says that the RT is not known yet."""
    if place.level == Level.RT:
        return place.full_name
    return _("%(place)s (RT not known yet)") % {"place": place.full_name}


def area_words(key: str) -> str:
    """`SENGGIGI/-/002` as `SENGGIGI · RT 002`; a file that names nothing says so."""
    hamlet, rw, rt = key.split("/")
    parts = [hamlet, f"RW {rw}", f"RT {rt}"]
    said = [part for part in parts if part.removeprefix("RW ").removeprefix("RT ") != "-"]
    return " · ".join(said) or _("No area named")


class PlaceField(forms.ModelChoiceField):
    """A place of one kelurahan, by its name."""

    def label_from_instance(self, obj: Territory) -> str:
        return place_label(obj)


def places_of(kelurahan: Territory) -> Any:
    return Territory.objects.within(kelurahan.code).select_related("parent").order_by("code")


class ImportForm(forms.Form):
    """A population list and what to do with what it does not say."""

    file = forms.FileField(
        label=gettext_lazy("File of the list"),
        help_text=gettext_lazy("Excel (.xlsx, .xls), LibreOffice (.ods) or CSV."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(ENDINGS)}),
    )
    fallback = PlaceField(
        queryset=Territory.objects.none(),
        required=False,
        label=gettext_lazy("Area of rows that name none"),
        empty_label=gettext_lazy("Ask me for each"),
        help_text=gettext_lazy("Used only where RW and RT are missing or unknown."),
    )
    all_or_nothing = forms.BooleanField(
        required=False,
        label=gettext_lazy("Save only if no row is refused"),
        help_text=gettext_lazy("Otherwise refused rows are left out and the others are saved."),
    )

    def __init__(self, *args: Any, kelurahan: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["fallback"]
        field.queryset = places_of(kelurahan)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT_BYTES:
            limit = settings.UPLOAD_LIMIT_BYTES // 1024 // 1024
            raise ValidationError(
                _("The file is larger than %(n)d MB. Split the list into smaller files.")
                % {"n": limit},
                code="too_large",
            )
        if not file.name.lower().endswith(ENDINGS):
            raise ValidationError(
                _("Choose an Excel, LibreOffice or CSV file (.xlsx, .xls, .ods, .csv)."),
                code="ending",
            )
        return file


ALL_AREAS, REFUSED = "all_areas", "refuse"


class AreasForm(forms.Form):
    """Each unknown area and programme once; what is left without an answer is refused."""

    def __init__(
        self,
        *args: Any,
        kelurahan: Territory,
        areas: list[tuple[str, int]],
        programmes: list[tuple[str, int]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.areas, self.words = areas, programmes or []
        self._add_programmes(kelurahan)
        # Evaluated once: every select shows the same places.
        self.places = {str(place.pk): place for place in places_of(kelurahan)}
        places = [(pk, place_label(place)) for pk, place in self.places.items()]
        choices: list[Any] = [("", _("Refuse these rows")), *places]
        if len(areas) > 1:
            self.fields[ALL_AREAS] = forms.ChoiceField(
                label=_("All areas below at once"),
                choices=choices,
                required=False,
                help_text=_("Holds for every area that has no answer of its own."),
            )
            choices = [("", _("As for all")), (REFUSED, _("Refuse these rows")), *places]
        for number, (key, count) in enumerate(areas):
            self.fields[f"area{number}"] = forms.ChoiceField(
                label=area_words(key),
                choices=choices,
                required=False,
                help_text=ngettext("%(n)d row", "%(n)d rows", count) % {"n": count},
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def _add_programmes(self, kelurahan: Territory) -> None:
        """A programme is never made aside: the officer picks one, or asks for a new one."""
        self.known = {str(row.pk): row for row in programmes_of(kelurahan)} if self.words else {}
        choices: list[Any] = [("", _("Leave these receipts out"))]
        choices += [(pk, row.name) for pk, row in self.known.items()]
        choices += [
            (key, _("New programme, given to %(whom)s") % {"whom": AidTarget(target).label})
            for key, target in MAKE.items()
        ]
        for number, (words, count) in enumerate(self.words):
            self.fields[f"programme{number}"] = forms.ChoiceField(
                label=words,
                choices=choices,
                required=False,
                help_text=ngettext("%(n)d row", "%(n)d rows", count) % {"n": count},
            )

    def programmes(self) -> dict[str, Any]:
        """Words of the list → programme, or how to make one, for those that were answered."""
        return {
            words: self.known.get(chosen, chosen)
            for number, (words, _count) in enumerate(self.words)
            if (chosen := self.cleaned_data.get(f"programme{number}"))
        }

    def answers(self) -> dict[str, Territory]:
        """Area key → place, for those that were answered, each or all at once."""
        for_all = self.cleaned_data.get(ALL_AREAS, "")
        return {
            key: self.places[chosen]
            for number, (key, _count) in enumerate(self.areas)
            if (chosen := self.cleaned_data.get(f"area{number}") or for_all) in self.places
        }


class UndoForm(forms.Form):
    """Why an import is undone."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.TextInput(),
        help_text=gettext_lazy("Kept in the trail: no names and no numbers of people."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
