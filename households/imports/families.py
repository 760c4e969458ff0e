"""Checks across the rows of a family. The family is the unit of refusal."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from households.codes import BasicStatus, Relation
from households.imports.findings import WARNING, Finding
from households.imports.layout import Purpose
from households.imports.parsed import ParsedRow
from tkpk import nik

# Those who are in the list for the record only: no head, no area is asked of them.
_GONE = frozenset(set(BasicStatus) - {BasicStatus.LIVING})
_NAMED_ROWS = 3
_ADULT_DAYS = 15 * 365


@dataclass
class Family:
    """The rows of one KK number, or one row without a readable number.

    `key` is the KK number, else "": of a population list such a family is always refused.
    """

    key: str
    rows: list[ParsedRow]

    @property
    def findings(self) -> list[Finding]:
        return [finding for row in self.rows for finding in row.findings]

    @property
    def refused(self) -> bool:
        return any(row.has_errors for row in self.rows)

    @property
    def living(self) -> list[ParsedRow]:
        return [row for row in self.rows if row.values["basic_status"] not in _GONE]


def check_families(
    rows: list[ParsedRow], *, today: date, purpose: Purpose = Purpose.POPULATION
) -> list[Family]:
    """Groups the rows, in the order of the file, and adds the findings of families to the rows.

    After it, every row of a refused family has at least one error. In a list of known people or
    of recipients every row stands for itself: `Family.key` is its KK number, or "" without one.
    """
    if purpose != Purpose.POPULATION:
        return _single(rows, purpose)
    families = _group(rows)
    _mark_repeated_niks(rows)
    for family in families:
        if family.key:
            _check_head(family, today=today)
            _check_area(family)
        refuse_as_one(family)
    return families


def _single(rows: list[ParsedRow], purpose: Purpose) -> list[Family]:
    if purpose == Purpose.KNOWN:
        _mark_repeated_niks(rows)
    else:
        _mark_repeated_receipts(rows)
    return [Family(row.values["kk_number"] or "", [row]) for row in rows]


def _mark_repeated_receipts(rows: list[ParsedRow]) -> None:
    """The same person, or family, with the same programme in the same period twice."""
    seen: dict[object, ParsedRow] = {}
    for row in rows:
        holder = row.values["nik"] or row.values["kk_number"]
        for claim in row.aid:
            first = seen.setdefault((holder, claim.programme.casefold(), claim.period_from), row)
            if holder and first is not row:
                row.findings.append(_receipt_repeated(row, first))


def _receipt_repeated(row: ParsedRow, first: ParsedRow) -> Finding:
    return _finding(
        row,
        "nik" if row.values["nik"] else "kk_number",
        "receipt_repeated",
        _("The same receipt also stands in %(place)s.") % {"place": _place(first, seen_from=row)},
        _("Delete one of the rows, or mend its period."),
    )


def _group(rows: list[ParsedRow]) -> list[Family]:
    families: dict[object, Family] = {}
    for row in rows:
        number = row.values["kk_number"] or ""
        family = families.setdefault(number or (row.sheet, row.row_number), Family(number, []))
        family.rows.append(row)
    return list(families.values())


def _finding(row: ParsedRow, name: str, code: str, message: str, cure: str = "") -> Finding:
    return Finding(
        row.sheet, row.row_number, row.headers.get(name, ""), code, message, cure=cure, field=name
    )


def _place(row: ParsedRow, *, seen_from: ParsedRow) -> str:
    if row.sheet == seen_from.sheet:
        return _("row %(row)d") % {"row": row.row_number}
    return _('row %(row)d of sheet "%(sheet)s"') % {"row": row.row_number, "sheet": row.sheet}


def _mark_repeated_niks(rows: list[ParsedRow]) -> None:
    holders: dict[str, list[ParsedRow]] = defaultdict(list)
    for row in rows:
        if row.values["nik"]:
            holders[row.values["nik"]].append(row)
    for number, same in holders.items():
        if len(same) > 1:
            for row in same:
                _mark_repeated(row, number, [other for other in same if other is not row])


def _mark_repeated(row: ParsedRow, number: str, others: list[ParsedRow]) -> None:
    within = all(other.values["kk_number"] == row.values["kk_number"] for other in others)
    places = _places(others, seen_from=row)
    message = (
        _("The NIK %(nik)s stands in this family twice, also in %(places)s.")
        if within
        else _("The NIK %(nik)s also stands in another family, in %(places)s.")
    )
    row.findings.append(
        _finding(
            row,
            "nik",
            "nik_repeated" if within else "nik_in_two_families",
            message % {"nik": nik.mask(number), "places": places},
            _("Keep the row that is right and delete the other, or mend the wrong NIK."),
        )
    )


def _places(rows: list[ParsedRow], *, seen_from: ParsedRow) -> str:
    named = ", ".join(_place(row, seen_from=seen_from) for row in rows[:_NAMED_ROWS])
    if len(rows) > _NAMED_ROWS:
        return _("%(places)s and %(n)d more") % {"places": named, "n": len(rows) - _NAMED_ROWS}
    return named


def _check_head(family: Family, *, today: date) -> None:
    living = family.living
    heads = [row for row in living if row.values["relation"] == Relation.HEAD]
    unread = any(f.field == "relation" and f.is_error for f in family.findings)
    if len(heads) > 1:
        for row in heads:
            others = [other for other in heads if other is not row]
            row.findings.append(_two_heads(row, _places(others, seen_from=row)))
    # A family that has left as a whole needs no head; an unread relation may be the head's.
    elif not heads and living and not unread:
        living[0].findings.append(_no_head(family, living[0]))
    for row in heads:
        born = row.values["birth_date"]
        if born and (today - born).days < _ADULT_DAYS:
            row.findings.append(_head_is_child(row))


def _two_heads(row: ParsedRow, places: str) -> Finding:
    return _finding(
        row,
        "relation",
        "two_heads",
        _("The family has more than one head, also in %(places)s.") % {"places": places},
        _("Leave one head as in the KK; a second head has a KK number of its own."),
    )


def _head_is_child(row: ParsedRow) -> Finding:
    message = _("The head of the family is younger than 15.")
    return _finding(row, "birth_date", "head_is_child", message).moved(level=WARNING)


def _no_head(family: Family, row: ParsedRow) -> Finding:
    gone = [
        other
        for other in family.rows
        if other.values["relation"] == Relation.HEAD and other.values["basic_status"] in _GONE
    ]
    cure = _("Write who is head of the family now, as in the new KK.")
    if gone:
        status = BasicStatus(gone[0].values["basic_status"]).label
        return _finding(
            row,
            "relation",
            "head_gone",
            _(
                'The head of the family (%(place)s) has the status "%(status)s", and no other '
                "head is named."
            )
            % {"place": _place(gone[0], seen_from=row), "status": status},
            cure,
        )
    return _finding(row, "relation", "no_head", _("The family has no head."), cure)


def _check_area(family: Family) -> None:
    first, *rest = family.living or family.rows
    for row in rest:
        if row.area != first.area:
            row.findings.append(
                _finding(
                    row,
                    "rt",
                    "two_areas",
                    _("The family lies in two areas: %(here)s here, %(there)s in %(place)s.")
                    % {
                        "here": row.area.key,
                        "there": first.area.key,
                        "place": _place(first, seen_from=row),
                    },
                    _("One KK number has one RT: mend the area, or the KK number."),
                )
            )


def refuse_as_one(family: Family) -> None:
    at_fault = [row for row in family.rows if row.has_errors]
    if not at_fault:
        return
    for row in family.rows:
        if not row.has_errors:
            row.findings.append(_family_refused(row, at_fault))


def _family_refused(row: ParsedRow, at_fault: list[ParsedRow]) -> Finding:
    return _finding(
        row,
        "kk_number",
        "family_refused",
        _("Refused with its family: there is an error in %(places)s.")
        % {"places": _places(at_fault, seen_from=row)},
        _("Mend that row; nothing is wrong with this one."),
    )
