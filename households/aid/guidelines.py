"""Up to which decile the national programmes look: what a programme of that name starts with.

Only a start: an officer keeps the number, its source and the day of reading at the programme.
"""

import datetime
from dataclasses import dataclass

from households.models import AidProgramme


@dataclass(frozen=True)
class Guideline:
    """A word of the programme's name, the decile, and where and when that was read."""

    word: str
    up_to: int
    source: str = "DTSEN (Inpres 4/2025)"
    read_on: datetime.date = datetime.date(2025, 6, 23)


NATIONAL = (
    Guideline("pkh", 4),
    Guideline("keluarga harapan", 4),
    Guideline("sembako", 5),
    Guideline("bpnt", 5),
    Guideline("pbi", 5),
)


def start_with(programme: AidProgramme) -> None:
    """Set what is known of a programme of this name, unless something is set. Saves nothing."""
    words = programme.name.casefold()
    found = next((one for one in NATIONAL if one.word in words), None)
    if found and programme.max_decile is None:
        programme.max_decile = found.up_to
        programme.decile_source, programme.decile_read_on = found.source, found.read_on
