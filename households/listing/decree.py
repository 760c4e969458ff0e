"""The city's answer: its file is read, and held against what was sent, family by family.

A NIK or KK number is enough, and where a row has none, the name of a head that only one family on
the list bears. Without a column that says otherwise, whoever stands in the file is accepted.
"""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from households.codes import Relation
from households.exporting.answer_columns import (
    WORDS,
    AnswerColumns,
    header_above,
    headers_of,
    number_of,
    read_sheets,
    text_at,
)
from households.imports.layout import fold
from households.imports.reading import Sheet
from households.imports.sealing import sealed_json
from households.listing.lines import require_keeper
from households.models import (
    Answer,
    DecreeFile,
    DecreeFinding,
    DecreeRow,
    Household,
    Listing,
    ListingStatus,
    Member,
    MemberStatus,
    PoorList,
    PoorListStatus,
)
from households.models.member import name_key
from households.workflows.decrees import DECREE_FLOW
from tkpk import trail
from tkpk.encryption import blind_index
from tkpk.models import User

F = DecreeFinding
CHUNK = 500
MOST_ROWS = 20_000
_NAMES = ("namakepalakeluarga", "namakk", "kepalakeluarga", "namalengkap", "nama")
_STATUS = ("hasil", "status", "keputusan", "keterangan")


@dataclass
class Columns:
    """Places from 0; -1 for a column that is not there."""

    header_row: int = 0
    numbers: list[int] = field(default_factory=list)
    name: int = -1
    status: int = -1


@dataclass
class Known:
    """Whom a row may mean: numbers → families, names of heads on the list → families."""

    by_number: dict[str, set[int]]
    by_name: dict[str, set[int]]
    lines: dict[int, str]


@dataclass
class Row:
    """What a row of the file was found to say."""

    finding: str
    household_id: int | None
    written: dict[str, str]
    note: str = ""


# --- reading ---------------------------------------------------------------------------------
def columns_of(sheet: Sheet) -> Columns | None:
    """Where numbers, names and answers stand; None for a sheet with neither number nor name."""
    counts: Counter[int] = Counter(
        place for row in sheet.rows for place, cell in enumerate(row[:60]) if number_of(cell)
    )
    numbers = sorted(place for place, times in counts.items() if times)
    header = header_above(sheet, numbers[0]) if numbers else _header_with_name(sheet)
    found = headers_of(sheet, AnswerColumns(header_row=header))
    folded = [fold(text.partition(" · ")[2]).replace(" ", "") for text in found]
    name = _first(folded, _NAMES)
    if not numbers and name < 0:
        return None
    return Columns(header, numbers, name, _first(folded, _STATUS))


def _header_with_name(sheet: Sheet) -> int:
    for at, row in enumerate(sheet.rows[:20], 1):
        if any(isinstance(cell, str) and fold(cell).replace(" ", "") in _NAMES for cell in row):
            return at
    return 0


def _first(folded: list[str], wanted: tuple[str, ...]) -> int:
    for word in wanted:
        for place, header in enumerate(folded):
            if header == word or (word in _STATUS and word in header):
                return place
    return -1


def start(poor_list: PoorList, data: bytes, *, name: str, by: User) -> DecreeFile:
    """Read a file and keep what it says, not yet saved. Raises UnreadableFile, ValidationError."""
    mandate = require_keeper(by, poor_list.kelurahan.code)
    if poor_list.status != PoorListStatus.SUBMITTED:
        raise ValidationError(_("The list is not sent yet, or established already."))
    found = _best_sheet(read_sheets(data, name=name))
    if found is None:
        raise ValidationError(
            _("No column holds NIK or KK numbers or the names of heads of family."),
            code="no_columns",
        )
    rows = compare(poor_list, *found)
    with transaction.atomic():
        decree = DecreeFile.objects.create(
            kelurahan=poor_list.kelurahan,
            poor_list=poor_list,
            source_hash=hashlib.sha256(data).hexdigest(),
            counts=dict(Counter(row.finding for row in rows)),
            created_by=by,
            updated_by=by,
        )
        _keep(decree, rows)
        trail.record(
            chain=poor_list.kelurahan,
            by=by,
            mandate=mandate,
            process=DECREE_FLOW.process,
            move="bring",
            row=decree,
            to_status=decree.status,
            digest=DECREE_FLOW.digest(decree),
        )
    return decree


def _best_sheet(sheets: list[Sheet]) -> tuple[Sheet, Columns] | None:
    usable = [(sheet, columns) for sheet in sheets if (columns := columns_of(sheet))]
    return max(usable, key=lambda pair: len(pair[0].rows), default=None)


def _keep(decree: DecreeFile, rows: list[Row]) -> None:
    kept = []
    for position, row in enumerate(rows, 1):
        line = DecreeRow(
            file=decree,
            position=position,
            finding=row.finding,
            household_id=row.household_id,
            note=row.note,
        )
        line.blob = sealed_json(row.written, context=line.context)
        kept.append(line)
    DecreeRow.objects.bulk_create(kept, batch_size=CHUNK)


# --- comparing -------------------------------------------------------------------------------
def compare(poor_list: PoorList, sheet: Sheet, columns: Columns) -> list[Row]:
    """Each row of the file, and last the families that were sent and are missing in it."""
    known = _known(poor_list)
    rows = [
        _read(row, columns, known)
        for row in sheet.rows[columns.header_row : columns.header_row + MOST_ROWS]
        if any(cell not in (None, "") for cell in row)
    ]
    rows = _settled(rows)
    answered = {row.household_id for row in rows}
    missing = [pk for pk, status in known.lines.items() if status == ListingStatus.SUBMITTED]
    rows += [Row(F.MISSING, pk, {}) for pk in sorted(set(missing) - answered)]
    return rows


def _known(poor_list: PoorList) -> Known:
    """Three queries, whatever the file."""
    by_number: dict[str, set[int]] = defaultdict(set)
    by_name: dict[str, set[int]] = defaultdict(set)
    lines = dict(Listing.objects.filter(poor_list=poor_list).values_list("household_id", "status"))
    families = Household.objects.filter(kelurahan=poor_list.kelurahan_id).exclude(kk_index="")
    for pk, index in families.values_list("pk", "kk_index").iterator():
        by_number[index].add(pk)
    members = Member.objects.living().filter(kelurahan=poor_list.kelurahan_id)
    facts = members.values_list("household_id", "nik_index", "name", "relation", "status")
    for pk, index, name, relation, status in facts.iterator():
        if index:
            by_number[index].add(pk)
        if pk in lines and relation == Relation.HEAD and status == MemberStatus.ACTIVE:
            by_name[name_key(name)].add(pk)
    return Known(by_number, by_name, lines)


def _read(row: list[Any], columns: Columns, known: Known) -> Row:
    numbers = [
        number
        for place in columns.numbers
        if place < len(row) and (number := number_of(row[place]))
    ]
    name = text_at(row, columns.name)
    word = text_at(row, columns.status)
    written = {"numbers": " ".join(numbers), "name": name, "word": word}
    accepted = WORDS.get(fold(word).replace(" ", ""), "") if word else str(Answer.ACCEPTED)
    found = _families(numbers, name, known)
    if len(found) > 1:
        return Row(F.UNCLEAR, None, written, _("Fits several families."))
    if accepted not in (Answer.ACCEPTED, Answer.REJECTED):
        note = _("It is not said whether it is accepted.")
        return Row(F.UNCLEAR, next(iter(found), None), written, note)
    if not found:
        return Row(F.UNKNOWN, None, written)
    pk = found.pop()
    status = known.lines.get(pk)
    if status == ListingStatus.SUBMITTED:
        yes = accepted == Answer.ACCEPTED
        return Row(F.ACCEPTED if yes else F.NOT_ACCEPTED, pk, written)
    if status is None and accepted == Answer.ACCEPTED:
        return Row(F.NEW, pk, written)
    note = _("On this list as: %(status)s.") % {
        "status": ListingStatus(status).label if status else _("not listed")
    }
    return Row(F.UNCLEAR, pk, written, note)


def _families(numbers: list[str], name: str, known: Known) -> set[int]:
    found: set[int] = set()
    for number in numbers:
        found |= known.by_number.get(blind_index("nik", number), set())
        found |= known.by_number.get(blind_index("kk", number), set())
    if numbers or not name:
        return found
    return set(known.by_name.get(name_key(name), set()))


def _settled(rows: list[Row]) -> list[Row]:
    """A family that is answered in two ways is answered in none; named twice, it counts once."""
    said: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        if row.household_id is not None:
            said[row.household_id].add(row.finding)
    settled, seen = [], set()
    for row in rows:
        pk = row.household_id
        if pk is not None and len(said[pk]) > 1:
            row.finding, row.note = F.UNCLEAR, _("The file answers this family in two ways.")
        elif pk is not None and pk in seen:
            continue
        if pk is not None:
            seen.add(pk)
        settled.append(row)
    return settled
