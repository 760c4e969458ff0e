"""Whether an instrument can be computed with: what is missing, and where bands or classes clash.

Pure: it reads a `scoring.Instrument` and says in words what has to be mended, naming both sides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from households.instruments.words import number_words
from households.scoring import (
    FORMULAS,
    Edge,
    Instrument,
    Kind,
    Method,
    Option,
    Parameter,
    ScoreClass,
    rounded,
)

INFINITE = Decimal("Infinity")


@dataclass(frozen=True)
class Problem:
    """What is wrong, and the codes of the rows concerned, the one to mend last."""

    message: str
    codes: tuple[str, ...] = ()


def problems(instrument: Instrument) -> list[Problem]:
    """Everything that keeps the instrument from being used, in the order of its rows."""
    found = [*_rows(instrument), *_codes(instrument)]
    for parameter in instrument.parameters:
        found += _parameter(instrument, parameter)
    found += class_clashes(instrument.classes)
    if not found:
        found += _coverage(instrument)
    return found


def remarks(instrument: Instrument) -> list[str]:
    """What is odd but no error: classes that no answers lead to."""
    low, high = (rounded(bound) for bound in instrument.range)
    return [
        _("No answers lead to the class “%(name)s” (%(lower)s–%(upper)s).")
        % {"name": one.label or one.code, "lower": one.lower, "upper": one.upper}
        for one in instrument.classes
        if one.upper < low or one.lower > high
    ]


def _rows(instrument: Instrument) -> Iterator[Problem]:
    if not instrument.parameters:
        yield Problem(_("There is no parameter yet."))
    if instrument.method == Method.SUM and not instrument.classes:
        yield Problem(_("There is no class yet: say from which to which score each goes."))


def _codes(instrument: Instrument) -> Iterator[Problem]:
    seen = {question.code for question in instrument.questions}
    for parameter in instrument.parameters:
        if parameter.code in seen:
            yield Problem(
                _("The code “%(code)s” stands twice. Give one of the two another code.")
                % {"code": parameter.code},
                (parameter.code,),
            )
        seen.add(parameter.code)


def _parameter(instrument: Instrument, parameter: Parameter) -> Iterator[Problem]:
    name = parameter.label or parameter.code
    if len(parameter.options) < 2:
        message = _("“%(name)s” needs at least two answers.") % {"name": name}
        yield Problem(message, (parameter.code,))
    if instrument.method == Method.COUNT and any(o.score not in {0, 1} for o in parameter.options):
        message = _("“%(name)s”: where criteria are counted, a score is 0 or 1.") % {"name": name}
        yield Problem(message, (parameter.code,))
    if parameter.formula:
        known = {question.code for question in instrument.questions}
        for code in FORMULAS[parameter.formula].asks:
            if code not in known:
                yield Problem(
                    _("“%(name)s” is computed from the question “%(code)s”, which is not there.")
                    % {"name": name, "code": code},
                    (parameter.code,),
                )
    if parameter.kind != Kind.CHOICE:
        for problem in band_clashes(parameter.options, parameter.edge):
            message = f"“{name}”: {problem.message}"
            yield Problem(message, (parameter.code, *problem.codes))


# --- bands ------------------------------------------------------------------------------------
def _low(band: Option) -> Decimal:
    return -INFINITE if band.lower is None else band.lower


def _high(band: Option) -> Decimal:
    return INFINITE if band.upper is None else band.upper


def band_words(band: Option, edge: Edge) -> str:
    """A band with its bounds, such as “≤ 300.000” or “5 – < 8”."""
    first, last = ("> ", "≤ ") if edge == Edge.UP_TO else ("≥ ", "< ")
    bounds = [
        mark + number_words(bound, places=4)
        for mark, bound in ((first, band.lower), (last, band.upper))
        if bound is not None
    ]
    return " · ".join(bounds) or _("any number")


def band_clashes(bands: Sequence[Option], edge: Edge) -> list[Problem]:
    """Where bands overlap, or leave a number ≥ 0 without one."""
    found, ordered = [], sorted(bands, key=lambda band: (_low(band), _high(band)))
    if not ordered:
        return []
    covered = ordered[0]
    if _low(covered) > 0 or (_low(covered) == 0 and edge == Edge.UP_TO):
        found.append(_open_end(covered, edge, _("Numbers below it have none: leave “from” empty.")))
    for band in ordered[1:]:
        if _low(band) < _high(covered):
            found.append(_band_pair(covered, band, edge, _("overlap.")))
        elif _low(band) > _high(covered):
            found.append(_band_pair(covered, band, edge, _("leave a gap between them.")))
        covered = max(covered, band, key=_high)
    if covered.upper is not None:
        found.append(_open_end(covered, edge, _("Numbers above it have none: leave “to” empty.")))
    return found


def _band_pair(first: Option, second: Option, edge: Edge, what: str) -> Problem:
    message = _("“%(first)s” (%(first_band)s) and “%(second)s” (%(second_band)s) %(what)s") % {
        "first": first.label or first.code,
        "first_band": band_words(first, edge),
        "second": second.label or second.code,
        "second_band": band_words(second, edge),
        "what": what,
    }
    return Problem(message, (first.code, second.code))


def _open_end(band: Option, edge: Edge, what: str) -> Problem:
    message = _("“%(name)s” (%(band)s) is the last band on its side. %(what)s") % {
        "name": band.label or band.code,
        "band": band_words(band, edge),
        "what": what,
    }
    return Problem(message, (band.code,))


# --- classes ----------------------------------------------------------------------------------
def class_clashes(classes: Sequence[ScoreClass]) -> list[Problem]:
    """Where classes overlap or leave a whole score between them without one."""
    found, ordered = [], sorted(classes, key=lambda one: (one.lower, one.upper))
    if not ordered:
        return []
    covered = ordered[0]
    for one in ordered[1:]:
        if one.lower <= covered.upper:
            found.append(_class_pair(covered, one, _overlap_words(covered, one)))
        elif one.lower > covered.upper + 1:
            found.append(_class_pair(covered, one, _gap_words(covered, one)))
        covered = max(covered, one, key=lambda it: it.upper)
    return found


def _overlap_words(first: ScoreClass, second: ScoreClass) -> str:
    return _("both hold %(scores)s. Let “%(name)s” begin at %(next)s.") % {
        "scores": _span(second.lower, min(first.upper, second.upper)),
        "name": second.label or second.code,
        "next": first.upper + 1,
    }


def _gap_words(first: ScoreClass, second: ScoreClass) -> str:
    return _("leave out %(scores)s. Let “%(name)s” begin at %(next)s.") % {
        "scores": _span(first.upper + 1, second.lower - 1),
        "name": second.label or second.code,
        "next": first.upper + 1,
    }


def _span(lower: int, upper: int) -> str:
    return str(lower) if lower == upper else f"{lower}–{upper}"


def _class_pair(first: ScoreClass, second: ScoreClass, what: str) -> Problem:
    message = _("The classes “%(first)s” (%(a)s) and “%(second)s” (%(b)s) %(what)s") % {
        "first": first.label or first.code,
        "a": f"{first.lower}–{first.upper}",
        "second": second.label or second.code,
        "b": f"{second.lower}–{second.upper}",
        "what": what,
    }
    return Problem(message, (first.code, second.code))


def _coverage(instrument: Instrument) -> Iterator[Problem]:
    """Classes must hold every total that the options can make."""
    if not instrument.classes:
        return
    low, high = (rounded(bound) for bound in instrument.range)
    first, *_rest = sorted(instrument.classes, key=lambda one: one.lower)
    last = max(instrument.classes, key=lambda one: one.upper)
    if first.lower > low:
        yield Problem(
            _("Scores %(span)s have no class. Let “%(name)s” begin at %(low)s.")
            % {
                "span": _span(low, first.lower - 1),
                "name": first.label or first.code,
                "low": low,
            },
            (first.code,),
        )
    if last.upper < high:
        yield Problem(
            _("Scores %(span)s have no class. Let “%(name)s” go up to %(high)s.")
            % {
                "span": _span(last.upper + 1, high),
                "name": last.label or last.code,
                "high": high,
            },
            (last.code,),
        )
