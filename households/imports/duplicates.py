"""New persons who may be known already under another identity: a warning, never a refusal."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from households.duplicates.comparison import Comparison
from households.duplicates.facts import Facts
from households.duplicates.finding import find_pairs
from households.duplicates.names import Rarity, parse_name
from households.duplicates.reading import read_around
from households.duplicates.search import parts_of
from households.duplicates.words import told
from households.imports.findings import WARNING, Finding
from households.imports.known import Known
from households.models.member import name_key

if TYPE_CHECKING:
    from households.imports.examination import Person
    from tkpk.models import Territory

# With more new persons than this the preview looks for the very same name and date alone; the
# search for duplicates looks for the rest once they are saved.
FEW = 500


def mark_duplicates(new: list[Person], known: Known, kelurahan: Territory) -> None:
    """New persons who may be somebody else, in the registry or the file."""
    _mark_same(new, known)
    if len(new) <= FEW:
        _mark_alike(new, kelurahan)


def _mark_same(new: list[Person], known: Known) -> None:
    """The very same name and birth date."""
    in_file: dict[Any, list[Person]] = defaultdict(list)
    for person in new:
        values = person.row.values
        if values["birth_date"]:
            in_file[name_key(values["name"]), values["birth_date"]].append(person)
    for key, same in in_file.items():
        twins = known.namesakes.get(key, set())
        if not twins and len(same) == 1:
            continue
        for person in same:
            person.possible_duplicate = True
            person.row.findings.append(_possible_duplicate(person, same, twins))


def _possible_duplicate(person: Person, same: list[Person], twins: set[int]) -> Finding:
    row = person.row
    others = [f"ORG-{pk:06d}" for pk in sorted(twins)] + [
        _("row %(row)d") % {"row": other.row.row_number} for other in same if other is not person
    ]
    return Finding(
        row.sheet,
        row.row_number,
        row.header_of("name"),
        "possible_duplicate",
        _("Same name and birth date as %(others)s, with another identity.")
        % {"others": ", ".join(others[:5])},
        _("Look whether this is the same person before you save."),
        level=WARNING,
        field="name",
    )


def _mark_alike(new: list[Person], kelurahan: Territory) -> None:
    """As the search for duplicates finds them: another spelling, a date one slip away."""
    typed = [_facts(number, person) for number, person in enumerate(new, 1)]
    if not typed:
        return
    known = read_around(kelurahan, typed)
    pairs = find_pairs([*known, *typed], only={one.key for one in typed}, rarity=Rarity())
    for pair in pairs:
        # Numbers of new persons are below zero, so one always stands first.
        person, other = new[-pair.a - 1], pair.b
        if not person.possible_duplicate:
            person.possible_duplicate = True
            code = f"ORG-{other:06d}" if other > 0 else _row(new[-other - 1])
            person.row.findings.append(_alike(person, code, pair.comparison))


def _facts(number: int, person: Person) -> Facts:
    values = person.row.values
    household = person.household
    return Facts(
        key=-number,
        name=parse_name(values["name"] or ""),
        sex=values.get("sex") or None,
        birth_date=values["birth_date"],
        birth_place=values.get("birth_place") or "",
        nik=values["nik"] or "",
        father=parse_name(values.get("father_name") or ""),
        mother=parse_name(values.get("mother_name") or ""),
        family=household.pk if household else -person.family_number - 1,
    )


def _row(person: Person) -> str:
    return _("row %(row)d") % {"row": person.row.row_number}


def _alike(person: Person, other: str, comparison: Comparison) -> Finding:
    row = person.row
    signs = [part.text for part in told(parts_of(comparison)) if part.supports][:3]
    return Finding(
        row.sheet,
        row.row_number,
        row.header_of("name"),
        "possible_duplicate",
        _("Looks like %(other)s: %(signs)s.") % {"other": other, "signs": "; ".join(signs)},
        _("Look whether this is the same person before you save."),
        level=WARNING,
        field="name",
    )
