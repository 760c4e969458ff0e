"""Receipts of aid that a list tells of, compared with those that the registry knows."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from households.imports.findings import ERROR, WARNING, Finding
from households.imports.known import chunks
from households.imports.layout import Purpose
from households.imports.programmes import ProgrammeBook
from households.imports.receipt_pairs import warn_of_pairs
from households.models import AidProgramme, AidReceipt, AidTarget

if TYPE_CHECKING:
    from households.imports.examination import Person
    from households.imports.parsed import AidClaim

# What a list says of a receipt beside whose it is and from when.
FACTS = ("period_to", "amount_idr", "goods")

Key = tuple[int, int, int | None, date]


def settle_receipts(
    persons: list[Person], book: ProgrammeBook, *, purpose: Purpose, refuse_unknown: bool
) -> list[tuple[str, int]]:
    """Put into each row the receipts it would write; returns programmes that are asked for.

    One query a chunk of families. Rows that are refused already are left alone.
    """
    claiming = [person for person in persons if person.row.aid and not person.row.has_errors]
    known = _known(claiming)
    asked: Counter[str] = Counter()
    seen: dict[Any, Person] = {}
    level = ERROR if purpose == Purpose.RECIPIENTS else WARNING
    for person in claiming:
        for claim in person.row.aid:
            programme = book.find(claim.programme)
            if programme is None and not refuse_unknown:
                asked[claim.programme] += 1
            elif programme is None:
                person.row.findings.append(_programme_unknown(person, claim, level))
            elif refused := _cannot_receive(person, claim, programme, level):
                person.row.findings.append(refused)
            else:
                _add(person, claim, programme, known, seen)
    for person in claiming:
        if person.row.has_errors:
            person.receipts = []
    warn_of_pairs(claiming, book.kelurahan, book.by_name.values())
    return sorted(asked.items())


def _known(persons: list[Person]) -> dict[Key, AidReceipt]:
    homes = {person.household.pk for person in persons if person.household}
    known: dict[Key, AidReceipt] = {}
    for part in chunks(sorted(homes)):
        for row in AidReceipt.objects.standing().filter(household_id__in=part):
            known[row.programme_id, row.household_id, row.member_id, row.period_from] = row
    return known


def _cannot_receive(
    person: Person, claim: AidClaim, programme: AidProgramme, level: str
) -> Finding | None:
    if programme.target == AidTarget.PERSON and (
        claim.recipient == "family" or not person.names_person
    ):
        return _finding(
            person,
            "aid_recipient",
            "aid_needs_person",
            _("%(programme)s is given to persons, and the list names only the family.")
            % {"programme": programme.name},
            _("Write the NIK of the person who received it."),
            level=level,
        )
    return None


def _add(
    person: Person,
    claim: AidClaim,
    programme: AidProgramme,
    known: dict[Key, AidReceipt],
    seen: dict[Any, Person],
) -> None:
    to_person = programme.target == AidTarget.PERSON
    if claim.period_from is None:  # said already where the row was read
        return
    home = person.household.pk if person.household else -person.family_number - 1
    holder = (person.member.pk if person.member else -person.position) if to_person else None
    first = seen.setdefault((programme.pk, home, holder, claim.period_from), person)
    if first is not person:
        person.row.findings.append(_repeated(person, first))
        return
    receipt = known.get((programme.pk, home, holder, claim.period_from))
    new = {name: value for name in FACTS if (value := getattr(claim, name)) not in (None, "")}
    old = {name: getattr(receipt, name) for name in new} if receipt else {}
    if receipt is None or new != old:
        person.receipts.append(
            {
                "programme": programme.pk,
                "programme_name": programme.name,
                "to_person": to_person,
                "period_from": claim.period_from,
                "new": new,
                "old": old,
                "pk": receipt.pk if receipt else None,
                "version": receipt.version if receipt else None,
                "source_value": dict(person.row.source_values),
            }
        )


def _programme_unknown(person: Person, claim: AidClaim, level: str) -> Finding:
    return _finding(
        person,
        "aid_programme",
        "programme_unknown",
        _("The programme “%(name)s” is not one of this kelurahan: its receipts are left out.")
        % {"name": claim.programme},
        _("Say which programme is meant when the import asks."),
        level=level,
    )


def _repeated(person: Person, first: Person) -> Finding:
    """Two members named for what a family receives once: a remark, nothing is lost."""
    return _finding(
        person,
        "aid_programme",
        "receipt_of_family_repeated",
        _("Row %(row)d already says this receipt of the family: it is written once.")
        % {"row": first.row.row_number},
        level=WARNING,
    )


def _finding(
    person: Person, name: str, code: str, message: str, cure: str = "", *, level: str
) -> Finding:
    row = person.row
    return Finding(
        row.sheet,
        row.row_number,
        row.header_of(name),
        code,
        message,
        cure=cure,
        level=level,
        field=name,
    )
