"""How much hangs on each weight and each bound: families that a small shift would class otherwise.

Pure. A shift moves one thing alone: the scores of one parameter by a tenth up or down, or the bound
between two neighbouring classes by one point up or down.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from households.instruments.what_if import Family, classes_of
from households.scoring import Instrument, Method, option_for

UNITS = 100_000


@dataclass(frozen=True)
class Shift:
    """One small change: a `parameter` by a share of its scores, or the `start` of a class."""

    parameter: str = ""
    start: str = ""
    up: bool = True

    @property
    def sign(self) -> int:
        return 1 if self.up else -1


@dataclass(frozen=True)
class Sensitivity:
    """`changed`: (shift, place) → families; `families`: place → how many were looked at."""

    shifts: tuple[Shift, ...]
    places: tuple[str, ...]
    changed: Mapping[tuple[Shift, str], int]
    families: Mapping[str, int]

    def of(self, shift: Shift) -> int:
        return sum(self.changed.get((shift, place), 0) for place in self.places)


def shifts_of(instrument: Instrument) -> tuple[Shift, ...]:
    """Every shift there is. Counted criteria weigh one each, so only their bounds shift."""
    found = []
    if instrument.method == Method.SUM:
        weighty = [one.code for one in instrument.parameters if one.maximum > 0]
        found += [Shift(parameter=code, up=up) for code in weighty for up in (True, False)]
    inner = classes_of(instrument)[1:]
    found += [Shift(start=one.code, up=up) for one in inner for up in (True, False)]
    return tuple(found)


def sensitivity(instrument: Instrument, families: Iterable[Family]) -> Sensitivity:
    """Counts of every shift by place; families with missing answers are left out.

    In whole units of a hundred-thousandth: scores have four decimals, so a tenth of one is exact.
    """
    shifts = shifts_of(instrument)
    starts = [one.lower for one in classes_of(instrument)[1:]]
    bounds = [(shift, _shifted(instrument, starts, shift)) for shift in shifts if shift.start]
    weighed = {one.parameter for one in shifts}
    weights = [
        (at, Shift(one.code, up=True), Shift(one.code, up=False))
        for at, one in enumerate(instrument.parameters)
        if one.code in weighed
    ]
    changed: Counter[tuple[Shift, str]] = Counter()
    seen: Counter[str] = Counter()
    for family in families:
        units = _units(instrument, family)
        if units is None:
            continue
        seen[family.place] += 1
        total = sum(units)
        was = bisect_right(starts, _whole(total))
        for at, up, down in weights:
            tenth = units[at] // 10
            if tenth and bisect_right(starts, _whole(total + tenth)) != was:
                changed[up, family.place] += 1
            if tenth and bisect_right(starts, _whole(total - tenth)) != was:
                changed[down, family.place] += 1
        for shift, moved in bounds:
            if bisect_right(moved, _whole(total)) != was:
                changed[shift, family.place] += 1
    return Sensitivity(shifts, tuple(sorted(seen)), dict(changed), dict(seen))


def _whole(units: int) -> int:
    """Half up to a whole score, as `scoring.rounded`."""
    return (units + UNITS // 2) // UNITS


def _units(instrument: Instrument, family: Family) -> list[int] | None:
    found = []
    for parameter, read in zip(instrument.parameters, family.reads, strict=True):
        option = option_for(parameter, read)
        if option is None:
            return None
        found.append(int(option.score * UNITS))
    return found


def _shifted(instrument: Instrument, starts: list[int], shift: Shift) -> list[int]:
    codes = [one.code for one in classes_of(instrument)[1:]]
    return [
        lower + (shift.sign if code == shift.start else 0)
        for code, lower in zip(codes, starts, strict=True)
    ]
