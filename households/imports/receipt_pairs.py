"""Rules on pairs of programmes, held against the receipts that a list would write.

The preview warns; who saves the list says why, and the trail keeps that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from households.aid.pairs import Clash, Clashes, book_of
from households.imports.findings import WARNING, Finding
from households.models import AidProgramme, AidReceipt
from tkpk.models import Territory

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from households.imports.examination import Person

EXCLUDED = "aid_pair_excluded"


def warn_of_pairs(
    persons: list[Person], kelurahan: Territory, programmes: Iterable[AidProgramme]
) -> None:
    """Mark the new receipts that a rule excludes, and say so in their rows.

    Two queries for each first day that the list names, and one more for each 500 families.
    """
    by_day: dict[date, list[tuple[Person, dict[str, Any]]]] = {}
    for person in persons:
        for said in person.receipts:
            if said["pk"] is None:
                by_day.setdefault(said["period_from"], []).append((person, said))
    known = {one.pk: one for one in programmes}
    written: list[tuple[int, AidReceipt]] = []
    for day in sorted(by_day):
        clashes = Clashes(book_of(kelurahan, day))
        if not clashes.book.rules:
            continue
        rows = by_day[day]
        homes = [person.household.pk for person, _said in rows if person.household]
        clashes.read(homes, {said["programme"] for _person, said in rows})
        for home, receipt in written:
            clashes.note(home, receipt)
        for person, said in rows:
            _judge(person, said, clashes, known, written)


def _home(person: Person) -> int:
    return person.household.pk if person.household else -person.family_number - 1


def _judge(
    person: Person,
    said: dict[str, Any],
    clashes: Clashes,
    known: dict[int, AidProgramme],
    written: list[tuple[int, AidReceipt]],
) -> None:
    home, day, last = _home(person), said["period_from"], said["new"].get("period_to")
    found = clashes.of(home, said["programme"], (day, last))
    if found:
        said["excluded"] = True
        person.row.findings += [_finding(person, clash) for clash in found]
    programme = known.get(said["programme"])
    if programme is not None:
        receipt = AidReceipt(programme=programme, period_from=day, period_to=last)
        clashes.note(home, receipt)
        written.append((home, receipt))


def _finding(person: Person, clash: Clash) -> Finding:
    row = person.row
    return Finding(
        row.sheet,
        row.row_number,
        row.header_of("aid_programme"),
        EXCLUDED,
        clash.message,
        cure=_("Check with the programme. To save it all the same, write why below the preview."),
        level=WARNING,
        field="aid_programme",
    )
