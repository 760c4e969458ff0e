"""An edited workbook against the registry: which cells were changed, and what speaks against it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from households.exporting.edit_workbook import cell_of
from households.exporting.editable import PLACE, EditColumn, rw_and_rt
from households.imports import cells, edited_cells
from households.imports.content import Content
from households.imports.edited import EditedRow, finding_at, text_of, unknown_row
from households.imports.edited_checks import check_families, check_niks
from households.imports.examination import Choices, Examination, Person
from households.imports.families import refuse_as_one
from households.imports.findings import CellError, Finding, hint
from households.imports.known import chunks
from households.imports.parsed import ParsedRow
from households.models import Member
from tkpk.formats import moment
from tkpk.models import Installation, Territory, Tracked


@dataclass
class Held:
    """What the registry holds of the rows of the file. All of one kelurahan."""

    members: dict[int, Member] = field(default_factory=dict)
    # Everybody of the families concerned, for the question who is head.
    of_family: dict[int, list[Member]] = field(default_factory=lambda: defaultdict(list))
    own_families: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    demo: bool = False
    today: date = field(default_factory=timezone.localdate)


def examine_edited(content: Content, choices: Choices) -> Examination:
    """Compare row by row; a fixed number of queries per 5,000 rows."""
    held = _held(content, choices)
    persons: list[Person] = []
    position = 0
    places = {id(row): number for number, row in enumerate(content.rows, 1)}
    by_family: list[list[Person]] = []
    for number, family in enumerate(content.families):
        people = [Person(row, places[id(row)], number, "") for row in family.rows]
        by_family.append(people)
        persons += people
        for person in people:
            if not person.row.has_errors:
                _compare(person, held, choices)
        position += len(people)
        choices.beat(position)
    check_niks(persons, choices.book.kelurahan)
    check_families(by_family, held.of_family, held.own_families)
    for family in content.families:
        refuse_as_one(family)
    persons.sort(key=lambda person: person.position)
    return Examination(
        layout=content.layout,
        persons=persons,
        notes=content.notes,
        unknown_areas=[],
        families=len(content.families),
        columns={table.sheet.name: table.columns for table in content.match.tables},
    )


def _held(content: Content, choices: Choices) -> Held:
    kelurahan = choices.book.kelurahan
    held = Held(demo=Installation.current().demo)
    wanted = {row.person.pk for row in content.rows if isinstance(row, EditedRow) and row.person}
    rows = Member.objects.filter(kelurahan=kelurahan).select_related(
        "household__territory", "household__updated_by", "updated_by"
    )
    for part in chunks(sorted(wanted)):
        for member in rows.filter(pk__in=part):
            held.members[member.pk] = member
    homes = {member.household_id for member in held.members.values()}
    fewer = Member.objects.only("pk", "household_id", "relation", "status")
    for part in chunks(sorted(homes)):
        for member in fewer.filter(household_id__in=part):
            held.of_family[member.household_id].append(member)
    if choices.acting_nik_index:
        own = Member.objects.filter(kelurahan=kelurahan, nik_index=choices.acting_nik_index)
        held.own_families = set(own.values_list("household_id", flat=True))
    return held


def _compare(person: Person, held: Held, choices: Choices) -> None:
    """Put the changes of one row on the person, or the reason why it is refused."""
    row = person.row
    if not isinstance(row, EditedRow) or row.person is None or row.family is None:
        return
    member = held.members.get(row.person.pk)
    if member is None:
        row.findings.append(unknown_row(row))
        return
    if member.pk in held.seen:
        row.findings.append(_repeated(row))
        return
    held.seen.add(member.pk)
    if member.household_id != row.family.pk:
        row.findings.append(_stale(row, member, ""))
        return
    person.member, person.household = member, member.household
    row.values["name"] = member.name
    for column, cell in (row.typed or {}).items():
        _compare_cell(person, column, cell, held)
    _compare_place(person, choices)
    if person.changes and member.version != row.person.version:
        row.findings.append(_stale(row, member, ""))
    if person.family_changes and member.household.version != row.family.version:
        row.findings.append(_stale(row, member.household, member.household.code))


def _compare_cell(person: Person, column: EditColumn, cell: Any, held: Held) -> None:
    row, member = person.row, person.member
    if member is None or (column.owner is None) or cells.is_blank(cell):
        return
    said = text_of(cell)
    if said and said in {_one_line(write(member)) for write in _writers(column)}:
        return
    if column.is_fixed:
        row.findings.append(_fixed(row, column))
        return
    try:
        value = edited_cells.parse(column, cell, demo=held.demo, today=held.today)
    except CellError as error:
        row.findings.append(_as_finding(error, row, column, cell))
        return
    owner: Any = member if column.owner is Member else member.household
    changes = person.changes if column.owner is Member else person.family_changes
    old = getattr(owner, column.name)
    if value != old:
        changes[column.name] = [old, value]


@cache
def _writers(column: EditColumn) -> tuple[Callable[[Member], Any], ...]:
    """Every way in which we may have written the cell: each language, hidden and in full."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found += [cell_of(column, numbers=numbers) for numbers in (False, True)]
    return tuple(found if column.field.choices else found[:2])


def _one_line(text: Any) -> str:
    return cells.as_remark(edited_cells.marked(text))


def _compare_place(person: Person, choices: Choices) -> None:
    """RW and RT together name a place; one that was left out stays as it is known."""
    row, household = person.row, person.household
    if not isinstance(row, EditedRow) or household is None:
        return
    typed = {column.name: cell for column, cell in (row.typed or {}).items()}
    known = dict(zip(PLACE, _known_place(household.territory), strict=True))
    said = {name: _said(typed.get(name), known[name]) for name in PLACE}
    area = cells.parse_area("", said["rw"], said["rt"])
    row.values.update(rw=area.rw, rt=area.rt)
    if (area.rw, area.rt) == (known["rw"], known["rt"]):
        return
    place = choices.book.exact(area) if area.rw else choices.book.kelurahan
    if place is None or (area.rt and not area.rw):
        row.findings.append(_no_such_place(row))
    elif place.pk != household.territory_id:
        person.family_changes["territory_id"] = [household.territory_id, place.pk]


def _known_place(place: Territory) -> tuple[str, str]:
    area = cells.parse_area("", *rw_and_rt(place))
    return area.rw, area.rt


def _said(cell: Any, known: str) -> str:
    if edited_cells.is_emptied(cell):
        return ""
    return known if cells.is_blank(cell) else text_of(cell)


# --- what is wrong ---------------------------------------------------------------------------
def _as_finding(error: CellError, row: ParsedRow, column: EditColumn, cell: Any) -> Finding:
    found = finding_at(row, column.key, error.code, error.message)
    return found.moved(cure=error.cure, value_hint="" if column.is_secret else hint(cell))


def _fixed(row: ParsedRow, column: EditColumn) -> Finding:
    return finding_at(
        row, column.key, "fixed_changed", _("This column is not changed in a workbook.")
    ).moved(
        cure=_(
            "Empty the cell here. KK numbers and states of persons are changed on the page of the "
            "family, where date and reason are asked."
        )
    )


def _repeated(row: EditedRow) -> Finding:
    return finding_at(
        row, "row_code", "person_repeated", _("The same person stands in the file twice.")
    ).moved(cure=_("Delete one of the rows."))


def _no_such_place(row: EditedRow) -> Finding:
    return finding_at(row, "rt", "area_unknown", _("This kelurahan has no such RW and RT.")).moved(
        cure=_("Write the numbers of RW and RT, or empty both cells to keep the known place.")
    )


def _stale(row: EditedRow, changed: Tracked, name: str) -> Finding:
    said = {"who": changed.updated_by.name, "when": moment(changed.updated_at)}
    message = (
        _("%(who)s changed this person on %(when)s, after the list was downloaded.") % said
        if not name
        else _("%(who)s changed this family on %(when)s, after the list was downloaded.") % said
    )
    return finding_at(row, "row_code", "changed_meanwhile", message).moved(
        cure=_("Download the list anew and make the change there.")
    )
