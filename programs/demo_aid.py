"""The demo's rules on pairs of programmes, and a report card, written through the real acts."""

import csv
import datetime
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from households.models import AidPair, AidProgramme, Household, ReportCard
from households.report_cards import writing
from tkpk.models import Territory, User


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def keep_rules(kelurahan: Territory, *, file: Path, by: User) -> None:
    """Which programmes may and which must not go together."""
    programmes = {row.name: row for row in AidProgramme.objects.filter(kelurahan=kelurahan)}
    if AidPair.objects.filter(kelurahan=kelurahan).exists():
        return
    for row in _rows(file):
        back = datetime.timedelta(days=30 * int(row["valid_months_ago"]))
        pair = AidPair(
            kelurahan=kelurahan,
            first=programmes[row["first"]],
            second=programmes[row["second"]],
            rule=row["rule"],
            note=row["note"],
            valid_from=timezone.localdate() - back,
            created_by=by,
            updated_by=by,
        )
        pair.full_clean(exclude=["kelurahan"])
        pair.save()


def write_cards(kelurahan: Territory, *, file: Path, by: User) -> None:
    """A card of this year with notes and commitments, still open so that it can be tried."""
    if ReportCard.objects.filter(kelurahan=kelurahan).exists():
        return
    today = timezone.localdate()
    for row in _rows(file):
        household = Household.objects.with_kk(row["no_kk"]).get(kelurahan=kelurahan)
        card = writing.start(household, today.year, by=by)
        writing.add_note(card, by=by, author=row["author"], text=row["text"])
        due = today + datetime.timedelta(days=int(row["due_in_days"]))
        writing.promise(card, by=by, side=row["side"], what=row["what"], due_on=due)
