"""Forms of instruments: the workbook, a copy, the admin's rows of a draft."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.forms.sheet_files import SheetFileField
from households.instruments.checking import Problem, band_clashes, class_clashes
from households.models import Aspect, Instrument, InstrumentVersion, Parameter
from households.models.instrument_content import AnswerKind
from households.scoring import Edge, Option, ScoreClass
from tkpk.models import Territory

ENDINGS = (".xlsx", ".xls", ".ods")


class PlainNumberInput(forms.NumberInput):
    """A number without the zeros that only its column has: 5, not 5.0000."""

    def format_value(self, value: Any) -> str | None:
        shown = super().format_value(value)
        return shown.rstrip("0").rstrip(".") if shown and "." in shown else shown


class QuestionnaireField(SheetFileField):
    """A workbook of many sheets, so never CSV."""

    too_large = gettext_lazy("The file is larger than %(n)d MB, which no questionnaire is.")
    wrong_ending = gettext_lazy("Choose an Excel or LibreOffice file (.xlsx, .xls, .ods).")


class WorkbookForm(forms.Form):
    """The questionnaire of another system."""

    file = QuestionnaireField(
        label=gettext_lazy("Workbook of the questionnaire"),
        help_text=gettext_lazy(
            "Excel or LibreOffice, with the sheets master, pertanyaan, jawaban and klasifikasi."
        ),
        endings=ENDINGS,
    )


class CopyForm(forms.ModelForm):
    """What a new version is called, and from when it holds."""

    class Meta:
        model = InstrumentVersion
        fields = ["label", "valid_from"]
        widgets = {"valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def clean_label(self) -> str:
        return free_label(self.cleaned_data["label"], self.instance)


def free_label(label: str, version: InstrumentVersion) -> str:
    """The name of a version, if no other version of its instrument has it."""
    others = InstrumentVersion.objects.filter(instrument_id=version.instrument_id, label=label)
    if others.exclude(pk=version.pk).exists():
        raise ValidationError(
            _("The instrument has a version of this name already."), code="label_taken"
        )
    return label


class InstrumentForm(forms.ModelForm):
    """The names of an instrument. `home` is the kelurahan that it belongs to, or will."""

    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    home: Territory | None = None

    class Meta:
        model = Instrument
        fields = ["code", "name", "name_en", "source_note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read_version"].initial = self.instance.version if self.instance.pk else None

    def clean_code(self) -> str:
        """The code stands once in a kelurahan, which is no field of the form."""
        code = str(self.cleaned_data["code"])
        if Instrument.objects.filter(kelurahan=self.home, code=code).exists():
            raise ValidationError(_("Another instrument has this code."), code="code_taken")
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.pk:
            # The admin saves in the transaction that this lock is held in.
            row = Instrument.objects.select_for_update(of=("self",)).get(pk=self.instance.pk)
            if row.version != data.get("read_version"):
                raise ValidationError(
                    _("Somebody else saved this row first. Open it again and compare."),
                    code="stale",
                )
        return data


class DraftForm(forms.ModelForm):
    """A form on a draft: refused when somebody saved the version after it was shown."""

    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = self.draft()
        self.fields["read_version"].initial = version.version if version else None

    def draft(self) -> InstrumentVersion | None:
        """The version that is edited; None where a row is new."""
        return self.instance if self.instance.pk else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        version = self.draft()
        if version is not None:
            # The admin saves in the transaction that this lock is held in.
            row = InstrumentVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
            if row.version != data.get("read_version"):
                raise ValidationError(
                    _("Somebody else saved this version first. Open it again and compare."),
                    code="stale",
                )
        return data


class VersionForm(DraftForm):
    """What a version is called and how it counts."""

    class Meta:
        model = InstrumentVersion
        fields = ["instrument", "label", "valid_from", "method", "weights_note", "source_note"]

    def clean_label(self) -> str:
        probe = self.instance
        if "instrument" in self.cleaned_data:
            probe.instrument_id = self.cleaned_data["instrument"].pk
        return free_label(self.cleaned_data["label"], probe)


class ParameterForm(DraftForm):
    """A criterion; a derived one names its formula, no other does."""

    class Meta:
        model = Parameter
        fields = ["aspect", "position", "code", "question", "question_en", "help", "help_en"]
        fields += ["kind", "formula", "edge", "unit"]

    def draft(self) -> InstrumentVersion | None:
        return self.instance.aspect.version if self.instance.pk else None

    def clean_aspect(self) -> Aspect:
        aspect: Aspect = self.cleaned_data["aspect"]
        if self.instance.pk and aspect.version_id != self.instance.version_pk():
            raise ValidationError(_("Choose an aspect of the same version."), code="other_version")
        return aspect

    def clean_code(self) -> str:
        """Answers are kept by this code, so it stands once in a version."""
        code, aspect = str(self.cleaned_data["code"]), self.cleaned_data.get("aspect")
        if aspect is not None:
            others = Parameter.objects.filter(aspect__version_id=aspect.version_id, code=code)
            asked = aspect.version.questions.filter(code=code)
            if others.exclude(pk=self.instance.pk).exists() or asked.exists():
                raise ValidationError(
                    _("Another parameter or question of this version has this code."),
                    code="code_taken",
                )
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        derived = data.get("kind") == AnswerKind.DERIVED
        if derived and not data.get("formula"):
            self.add_error("formula", _("Say what it is computed as."))
        if not derived and data.get("formula"):
            self.add_error("formula", _("Leave this empty: only a computed parameter has one."))
        return data


def _kept(formset: forms.BaseModelFormSet) -> list[forms.ModelForm]:
    """The filled forms whose rows stay."""
    return [
        form
        for form in formset.forms
        if form.cleaned_data.get("code") and not form.cleaned_data.get("DELETE")
    ]


def _place(problems: list[Problem], forms_by_code: dict[str, forms.ModelForm], field: str) -> None:
    """Say each problem at the row that has to be mended."""
    for problem in problems:
        forms_by_code[problem.codes[-1]].add_error(field, problem.message)


class OptionFormSet(forms.BaseInlineFormSet):
    """Answers of a parameter; as bands of a number they neither gap nor overlap."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = {form.cleaned_data["code"]: form for form in _kept(self)}
        if self.instance.kind == AnswerKind.CHOICE:
            for form in kept.values():
                for bound in ("lower", "upper"):
                    if form.cleaned_data.get(bound) is not None:
                        form.add_error(bound, _("Leave this empty: only numbers have bands."))
            return
        bands = [_band(code, form.cleaned_data) for code, form in kept.items()]
        edge = Edge(self.instance.edge or Edge.UP_TO.value)
        _place(band_clashes(bands, edge), kept, "lower")


def _band(code: str, said: dict[str, Any]) -> Option:
    return Option(
        code=code,
        score=said.get("score") or Decimal(0),
        lower=said.get("lower"),
        upper=said.get("upper"),
        label=said.get("label") or "",
    )


class ClassFormSet(forms.BaseInlineFormSet):
    """Classes that neither gap nor overlap."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = {form.cleaned_data["code"]: form for form in _kept(self)}
        classes = [
            ScoreClass(code, said["lower"], said["upper"], label=said["name"])
            for code, said in ((code, form.cleaned_data) for code, form in kept.items())
        ]
        _place(class_clashes(classes), kept, "lower")
