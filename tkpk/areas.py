"""RW and RT of a kelurahan: from two rows of numbers, or from a CSV."""

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_RW, MOST_RT = 99, 99
CSV_LIMIT_BYTES = 200_000


@dataclass(frozen=True)
class Area:
    """One RT with its RW, both as numbers, and its kampung; `rt` 0 is an RW without RT yet."""

    rw: int
    rt: int
    kampung: str = ""


def numbered_areas(rt_counts: list[int], *, continuous: bool) -> list[Area]:
    """RT of each RW, numbered from 1 in each RW, or on and on through the kelurahan."""
    found: list[Area] = []
    for rw, count in enumerate(rt_counts, start=1):
        first = len(found) + 1 if continuous else 1
        found += [Area(rw, rt) for rt in range(first, first + count)]
    return found


def text_of_csv(file: Any) -> str:
    """The text of an uploaded file, of Excel's two habits. Raises ValidationError when too big."""
    if file.size > CSV_LIMIT_BYTES:
        raise ValidationError(_("This file is too large: at most 200 KB."))
    raw = file.read()
    try:
        return str(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return str(raw.decode("cp1252", errors="replace"))


def areas_of_csv(text: str, *, kelurahan_code: str = "") -> list[Area]:
    """The RT of the lines `code,name,kampung`. Raises ValidationError that names the line.

    The code is whole or only RW and RT; a whole one must lie in the kelurahan.
    """
    delimiter = ";" if text.split("\n", 1)[0].count(";") else ","
    found: dict[tuple[int, int], Area] = {}
    wanted = kelurahan_code.replace(".", "")
    for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and not re.search(r"[0-9]", cells[0])):
            continue
        area = _area(cells, number, wanted)
        found[area.rw, area.rt] = area
    if not any(rt for _rw, rt in found):
        raise ValidationError(_("There is no RT in this file."))
    return sorted(found.values(), key=lambda area: (area.rw, area.rt))


def _area(cells: list[str], line: int, wanted: str) -> Area:
    digits = re.sub(r"[^0-9]", "", cells[0])
    # A whole code carries the ten digits of the kelurahan before those of RW and RT.
    head, tail = (digits[:10], digits[10:]) if len(digits) in {13, 16} else ("", digits)
    if len(tail) not in {3, 6} or "000" in {tail[:3], tail[3:]}:
        raise ValidationError(
            _("Line %(line)s: write the code like 003.012 (RW 003, RT 012).") % {"line": line}
        )
    if head and wanted and head != wanted:
        raise ValidationError(
            _("Line %(line)s: this code belongs to another kelurahan.") % {"line": line}
        )
    kampung = cells[2][:80] if len(cells) > 2 else ""
    return Area(int(tail[:3]), int(tail[3:] or 0), kampung)
