"""The form of the what-if page: every score and bound of a version, with what is tried instead."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from households.instruments.what_if import Trial, bands_of, classes_of, limits_of
from households.scoring import Instrument, Method, Parameter

MOST = Decimal(9999)


def _aspect(parameter: Parameter) -> tuple[str, str]:
    return parameter.aspect, parameter.aspect_label or parameter.aspect


@dataclass(frozen=True)
class OptionRow:
    """An answer, the score it has, and the field of the score that is tried."""

    label: str
    score: Decimal
    field: BoundField


@dataclass(frozen=True)
class ParameterRow:
    """A parameter with its answers, and the fields of the bounds between its bands."""

    label: str
    options: tuple[OptionRow, ...]
    limits: tuple[BoundField, ...]


@dataclass(frozen=True)
class ClassRow:
    """A class; the lowest has no field, as it begins where scores begin."""

    label: str
    lower: int
    upper: int
    field: BoundField | None


class TrialForm(forms.Form):
    """Nothing of it is saved. Fields are named by place, so that no code has to fit a name."""

    def __init__(self, data: Any = None, *, instrument: Instrument) -> None:
        super().__init__(data)
        self.instrument = instrument
        self.classes = classes_of(instrument)
        for at, parameter in enumerate(instrument.parameters):
            self._add_parameter(at, parameter)
        for at, one in enumerate(self.classes[1:], start=1):
            self.fields[f"k{at}"] = forms.IntegerField(
                label=_("“%(name)s” begins at") % {"name": one.label},
                min_value=self.classes[0].lower + 1,
                max_value=int(MOST),
                initial=one.lower,
            )

    def _add_parameter(self, at: int, parameter: Parameter) -> None:
        for place, option in enumerate(parameter.options):
            label = _("Score of “%(answer)s”") % {"answer": option.label}
            counted = self.instrument.method == Method.COUNT
            self.fields[f"s{at}_{place}"] = forms.DecimalField(
                label=label,
                min_value=0,
                max_value=1 if counted else MOST,
                decimal_places=0 if counted else 2,
                initial=f"{option.score.normalize():f}",
            )
        bands = bands_of(parameter)
        for place, limit in enumerate(limits_of(parameter)):
            self.fields[f"l{at}_{place}"] = forms.DecimalField(
                label=_("Bound between “%(first)s” and “%(second)s”")
                % {"first": bands[place].label, "second": bands[place + 1].label},
                min_value=0,
                max_digits=12,
                decimal_places=2,
                initial=f"{limit.normalize():f}",
            )

    # --- what was typed -----------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for at, parameter in enumerate(self.instrument.parameters):
            self._rising([f"l{at}_{n}" for n in range(len(limits_of(parameter)))])
        self._rising([f"k{at}" for at in range(1, len(self.classes))])
        return data

    def _rising(self, names: list[str]) -> None:
        """Neighbouring bounds rise; else both are named at the second."""
        for first, second in pairwise(names):
            low, high = self.cleaned_data.get(first), self.cleaned_data.get(second)
            if low is not None and high is not None and high <= low:
                message = _("It must be above %(bound)s, the bound before it: %(name)s.")
                words = {"bound": low, "name": self.fields[first].label}
                self.add_error(second, message % words)

    def trial(self) -> Trial:
        """What is tried. Call it on a valid form."""
        said = self.cleaned_data
        scores, limits = {}, {}
        for at, parameter in enumerate(self.instrument.parameters):
            for place, option in enumerate(parameter.options):
                scores[parameter.code, option.code] = said[f"s{at}_{place}"]
            count = len(limits_of(parameter))
            if count:
                limits[parameter.code] = tuple(said[f"l{at}_{n}"] for n in range(count))
        starts = {one.code: said[f"k{at}"] for at, one in enumerate(self.classes) if at}
        return Trial(scores=scores, limits=limits, starts=starts)

    # --- for the page -------------------------------------------------------------------------
    def parameters_by_aspect(self) -> list[tuple[str, list[ParameterRow]]]:
        rows = enumerate(self.instrument.parameters)
        return [
            (name, [self._row(at, parameter) for at, parameter in group])
            for (_code, name), group in groupby(rows, key=lambda pair: _aspect(pair[1]))
        ]

    def _row(self, at: int, parameter: Parameter) -> ParameterRow:
        return ParameterRow(
            label=parameter.label,
            options=tuple(
                OptionRow(option.label, option.score, self[f"s{at}_{place}"])
                for place, option in enumerate(parameter.options)
            ),
            limits=tuple(self[f"l{at}_{n}"] for n in range(len(limits_of(parameter)))),
        )

    def class_rows(self) -> list[ClassRow]:
        return [
            ClassRow(one.label, one.lower, one.upper, self[f"k{at}"] if at else None)
            for at, one in enumerate(self.classes)
        ]
