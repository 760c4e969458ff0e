"""Isi massal: one fact of many rows set to one value, as an import whose file is an order.

The order names families by number, so it is stored and sealed as every source is, and the preview
can be computed anew when the registry has changed since.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from households.codes import Relation
from households.exporting.editable import EditColumn, bulk_columns
from households.imports.edited_cells import is_emptied, parse
from households.imports.examination import Choices, Examination, Person
from households.imports.findings import WARNING, Finding
from households.imports.known import chunks
from households.imports.parsed import ParsedRow
from households.imports.staging import start_batch
from households.models import LIVING, Household, ImportBatch, Member
from tkpk.models import Installation, Territory, User

NAME = "isi_massal"
PLACE = "territory_id"
LIMIT = 2_000
SHEET = "Isi massal"


class Whom:
    """Which persons of the families chosen get the value."""

    ALL, HEADS = "all", "heads"


@dataclass(frozen=True)
class Order:
    """What is to be set. `key` is an EditColumn's, or "territory_id" with `value` a code.

    `left_out`: codes of families that were ticked and lie elsewhere.
    """

    key: str
    value: str
    families: list[int]
    whom: str = Whom.ALL
    only_empty: bool = False
    left_out: tuple[str, ...] = ()


def column_named(key: str) -> EditColumn:
    """Raises KeyError for a field that is not set in bulk."""
    return {column.key: column for column in bulk_columns()}[key]


def start_order(order: Order, *, kelurahan: Territory, by: User) -> ImportBatch:
    """Open a batch for the order; in the transaction of the caller, who asks for the reading."""
    title = _("Place") if order.key == PLACE else column_named(order.key).header
    return start_batch(
        json.dumps(asdict(order)).encode(),
        name=_("Set many: %(field)s") % {"field": title},
        content_type="application/json",
        kelurahan=kelurahan,
        by=by,
        layout=NAME,
        areas_asked=True,
    )


def examine_order(data: bytes, choices: Choices) -> Examination:
    """One row a person, or one a family; a fixed number of queries per 5,000 families."""
    said = json.loads(data)
    order = Order(**{**said, "left_out": tuple(said["left_out"])})
    kelurahan = choices.book.kelurahan
    own = _own_families(kelurahan, choices.acting_nik_index)
    make = _family_rows if _is_of_family(order) else _person_rows
    persons: list[Person] = []
    found: set[int] = set()
    for part in chunks(sorted(set(order.families))):
        for household in _families(kelurahan, part):
            found.add(household.pk)
            persons += make(household, order, choices)
    for position, person in enumerate(persons, 1):
        person.position = person.row.row_number = position
        if person.household and person.household.pk in own:
            person.changes, person.family_changes = {}, {}
            person.row.findings.append(_own(person))
    notes = _left_out(order, len(set(order.families) - found))
    return Examination(NAME, persons, notes, [], len(found), {})


def _own_families(kelurahan: Territory, nik_index: str) -> set[int]:
    if not nik_index:
        return set()
    own = Member.objects.filter(kelurahan=kelurahan, nik_index=nik_index)
    return set(own.values_list("household_id", flat=True))


def _families(kelurahan: Territory, pks: list[int]) -> QuerySet[Household]:
    people = Member.objects.filter(status__in=sorted(LIVING)).order_by(
        "relation", "birth_date", "pk"
    )
    rows = Household.objects.filter(kelurahan=kelurahan, pk__in=pks)
    return (
        rows.select_related("territory")
        .prefetch_related(Prefetch("members", queryset=people, to_attr="living_people"))
        .order_by("territory__code", "pk")
    )


def _is_of_family(order: Order) -> bool:
    return order.key == PLACE or column_named(order.key).owner is Household


def _row(household: Household, name: str, finding: Finding | None = None) -> ParsedRow:
    area = [*household.territory.code.split(".")[4:], "", ""]
    values = {"name": name, "kk_number": "", "nik": "", "hamlet": "", "rw": area[0], "rt": area[1]}
    return ParsedRow(SHEET, 0, values, findings=[finding] if finding else [])


def _new_value(order: Order, choices: Choices) -> Any:
    """The value that is set. Raises CellError where the order was not checked by its form."""
    if order.key == PLACE:
        return choices.book.places[order.value].pk
    column = column_named(order.key)
    if is_emptied(order.value):
        return None if column.field.null else ""
    today = timezone.localdate()
    return parse(column, order.value, demo=Installation.current().demo, today=today)


def _pair(row: Any, name: str, order: Order, choices: Choices) -> dict[str, list[Any]]:
    old, new = getattr(row, name), _new_value(order, choices)
    keeps = old == new or (order.only_empty and old not in (None, ""))
    return {} if keeps else {name: [old, new]}


def _family_rows(household: Any, order: Order, choices: Choices) -> Iterator[Person]:
    """A family is written through one of its persons: a staged row is a person's."""
    people = household.living_people
    name = PLACE if order.key == PLACE else column_named(order.key).name
    if not people:
        row = _row(household, household.code)
        row.findings.append(_nobody(row, household))
        yield Person(row, 0, household.pk, "", household)
        return
    person = Person(_row(household, people[0].name), 0, household.pk, "", household, people[0])
    person.family_changes = _pair(household, name, order, choices)
    yield person


def _person_rows(household: Any, order: Order, choices: Choices) -> Iterator[Person]:
    name = column_named(order.key).name
    for member in household.living_people:
        if order.whom == Whom.HEADS and member.relation != Relation.HEAD:
            continue
        person = Person(_row(household, member.name), 0, household.pk, "", household, member)
        person.changes = _pair(member, name, order, choices)
        yield person


# --- what is left out ------------------------------------------------------------------------
def _own(person: Person) -> Finding:
    return Finding(
        SHEET,
        person.row.row_number,
        "",
        "own_family",
        _("This is your own family: another officer has to bring it in."),
    )


def _nobody(row: ParsedRow, household: Household) -> Finding:
    return Finding(
        row.sheet,
        0,
        "",
        "nobody_living",
        _("Nobody lives in the family %(code)s any more.") % {"code": household.code},
        _("Change it on the page of the family."),
    )


def _left_out(order: Order, gone: int) -> list[Finding]:
    notes = [
        Finding(
            SHEET,
            0,
            "",
            "left_out",
            _("%(code)s lies outside your area and is left out.") % {"code": code},
            level=WARNING,
        )
        for code in order.left_out
    ]
    if gone:
        message = _("%(n)d families chosen are not in the registry any more.") % {"n": gone}
        notes.append(Finding(SHEET, 0, "", "left_out", message, level=WARNING))
    return notes
