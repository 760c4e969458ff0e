"""Forms of the import: the file and its options, areas, the reason of an undo."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from households.forms.sheet_files import SheetFileField
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

    file = SheetFileField(
        label=gettext_lazy("File of the list"),
        help_text=gettext_lazy(
            "Excel (.xlsx, .xls), LibreOffice (.ods) or CSV. Lists of the population, Regsosek "
            "workbooks, lists of deciles or of aid, or a workbook that you edited in Excel."
        ),
        endings=ENDINGS,
    )
    fallback = PlaceField(
        queryset=Territory.objects.none(),
        required=False,
        label=gettext_lazy("Where do families live whose row names no RT?"),
        empty_label=gettext_lazy("Not known, ask me later"),
        help_text=gettext_lazy(
            "Choose a place only if it is true of all such rows. As in: the list comes from the "
            "head of one RT and its RT column is empty, so choose that RT. Rows that name an RT of "
            "this kelurahan keep it."
        ),
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
                label=_("All that have no answer below"),
                choices=choices,
                required=False,
                help_text=_("One answer for all of them. An answer below goes before it."),
            )
            choices = [("", _("As answered for all")), (REFUSED, _("Refuse these rows")), *places]
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
