"""What one round of the uji publik came to, however much later it is asked."""

from dataclasses import dataclass
from typing import NamedTuple

from households.models import ListingStatus, PoorList, PoorListStatus
from households.models.listing import STANDING
from tkpk.models import TrailEntry

S = ListingStatus
OFF = frozenset({S.DELISTED, S.REFUSED})
GONE = frozenset({S.MOVED, S.DECEASED})


class Step(NamedTuple):
    """An entry of the trail about one line."""

    number: int
    source: str
    target: str


@dataclass(frozen=True)
class Outcome:
    """Families that stood at the end of a round, and those who left the list during it."""

    standing: int
    off: int
    gone: int


def outcome_of(poor_list: PoorList, stage: PoorListStatus) -> Outcome:
    """Read in the trail, because the lines themselves go on changing after the round.

    A round still under way is counted as it stands.
    """
    began, ended = _bounds(poor_list, stage)
    steps = _steps(poor_list)
    pairs = [(_status_at(one, began), _status_at(one, ended)) for one in steps]
    left = [after for before, after in pairs if before in STANDING]
    return Outcome(
        standing=sum(after in STANDING for _before, after in pairs),
        off=sum(after in OFF for after in left),
        gone=sum(after in GONE for after in left),
    )


def _bounds(poor_list: PoorList, stage: PoorListStatus) -> tuple[int | None, int | None]:
    """The numbers in the trail at which the list last came to a stage, and left it again."""
    began = ended = None
    entries = TrailEntry.objects.filter(
        chain=poor_list.kelurahan_id, subject="households.poorlist", subject_id=poor_list.pk
    )
    rows = entries.order_by("number").values_list("number", "from_status", "to_status")
    for number, source, target in rows:
        # An act that is no move, such as choosing the meeting, names no stage it came from.
        if source and target == stage != source:
            began, ended = number, None
        elif source == stage and target != stage:
            ended = number
    return began, ended


def _steps(poor_list: PoorList) -> list[list[Step]]:
    """Of each line its entries in the order of the trail; a line never moved has its status."""
    lines = dict(poor_list.listings.values_list("pk", "status"))
    entries = TrailEntry.objects.filter(
        chain=poor_list.kelurahan_id, subject="households.listing", subject_id__in=list(lines)
    )
    found: dict[int | None, list[Step]] = {pk: [] for pk in lines}
    rows = entries.order_by("number").values_list(
        "subject_id", "number", "from_status", "to_status"
    )
    for pk, number, source, target in rows:
        found[pk].append(Step(number, source, target))
    return [steps or [Step(0, "", lines[pk])] for pk, steps in found.items() if pk is not None]


def _status_at(steps: list[Step], number: int | None) -> str:
    """The status before an entry of the trail; "" while the line was not written yet."""
    earlier = [step for step in steps if number is None or step.number < number]
    return earlier[-1].target if earlier else steps[0].source
