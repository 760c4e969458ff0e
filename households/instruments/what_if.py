"""What other weights or bounds would do to families, computed and never saved. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from households import scoring
from households.scoring import Instrument, Kind, Parameter, Read, ScoreClass

# The class of a family whose answers are not complete.
INCOMPLETE = ""


@dataclass(frozen=True)
class Trial:
    """What is tried: only what differs needs to be named.

    `scores`: (parameter, option) → score. `limits`: parameter → the bounds between its bands, in
    rising order. `starts`: class → the lowest score in it; the lowest class needs none.
    """

    scores: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    limits: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    starts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Family:
    """A family by its key, the place it is counted under, and what its answers say."""

    key: int
    place: str
    reads: tuple[Read, ...]


@dataclass(frozen=True)
class Change:
    """A family that would be classed otherwise. Totals are None while answers are missing."""

    key: int
    before: str
    after: str
    total_before: Decimal | None
    total_after: Decimal | None


@dataclass(frozen=True)
class Comparison:
    """Counts by class code; `matrix` has (before, after) → families."""

    matrix: Mapping[tuple[str, str], int]
    changes: tuple[Change, ...]

    @property
    def families(self) -> int:
        return sum(self.matrix.values())

    def before(self, code: str) -> int:
        return sum(n for (was, _will), n in self.matrix.items() if was == code)

    def after(self, code: str) -> int:
        return sum(n for (_was, will), n in self.matrix.items() if will == code)


def bands_of(parameter: Parameter) -> list[scoring.Option]:
    """The bands of a number, the lowest first."""
    return sorted(
        parameter.options, key=lambda one: Decimal("-Infinity") if one.lower is None else one.lower
    )


def limits_of(parameter: Parameter) -> tuple[Decimal, ...]:
    """The bounds between the bands of a number, in rising order."""
    if parameter.kind == Kind.CHOICE:
        return ()
    return tuple(one.lower for one in bands_of(parameter) if one.lower is not None)


def classes_of(instrument: Instrument) -> list[ScoreClass]:
    """The classes, the lowest first."""
    return sorted(instrument.classes, key=lambda one: one.lower)


def tried(instrument: Instrument, trial: Trial) -> Instrument:
    """The instrument with other scores and bounds; its outer bounds follow what can be reached."""
    changed = replace(
        instrument,
        parameters=tuple(_parameter(one, trial) for one in instrument.parameters),
    )
    return replace(changed, classes=_classes(changed, trial.starts))


def _parameter(parameter: Parameter, trial: Trial) -> Parameter:
    limits = trial.limits.get(parameter.code, limits_of(parameter))
    lowers = {one.code: one.lower for one in parameter.options}
    uppers = {one.code: one.upper for one in parameter.options}
    if parameter.kind != Kind.CHOICE:
        bands = bands_of(parameter)
        for below, above, limit in zip(bands, bands[1:], limits, strict=False):
            uppers[below.code] = lowers[above.code] = limit
    options = tuple(
        replace(
            one,
            score=trial.scores.get((parameter.code, one.code), one.score),
            lower=lowers[one.code],
            upper=uppers[one.code],
        )
        for one in parameter.options
    )
    return replace(parameter, options=options)


def _classes(instrument: Instrument, starts: Mapping[str, int]) -> tuple[ScoreClass, ...]:
    """Classes that begin where they are told and end before the next, up to what is reached."""
    ordered = classes_of(instrument)
    if not ordered:
        return ()
    low, high = (scoring.rounded(bound) for bound in instrument.range)
    lowers = [starts.get(one.code, one.lower) for one in ordered]
    lowers[0] = min(low, ordered[0].lower)
    uppers = [lower - 1 for lower in lowers[1:]] + [max(high, ordered[-1].upper)]
    return tuple(
        replace(one, lower=lower, upper=upper)
        for one, lower, upper in zip(ordered, lowers, uppers, strict=True)
    )


def compare(before: Instrument, after: Instrument, families: Iterable[Family]) -> Comparison:
    """Every family under both. One pass, no database; some 25 µs a family."""
    matrix: Counter[tuple[str, str]] = Counter()
    changes = []
    for family in families:
        was = scoring.total_of(before, family.reads)
        will = scoring.total_of(after, family.reads)
        pair = _code(before, was), _code(after, will)
        matrix[pair] += 1
        if pair[0] != pair[1]:
            changes.append(Change(family.key, *pair, was, will))
    return Comparison(matrix=dict(matrix), changes=tuple(changes))


def _code(instrument: Instrument, total: Decimal | None) -> str:
    category = None if total is None else scoring.classed(instrument, total)
    return category.code if category else INCOMPLETE
