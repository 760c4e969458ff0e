"""New persons who may be known already under another identity: a warning, never a refusal."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from households.imports.findings import WARNING, Finding
from households.imports.known import Known
from households.models.member import name_key

if TYPE_CHECKING:
    from households.imports.examination import Person


def mark_duplicates(new: list[Person], known: Known) -> None:
    """New persons with the name and birth date of somebody else, in the registry or the file."""
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
