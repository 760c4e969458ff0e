"""What the rows of one family say of its dwelling and its decile, put together."""

from typing import Any

from django.utils.translation import gettext as _

from households.imports.comparison import FAMILY_FIELDS, REGISTRY_FIELDS, is_older_decile
from households.imports.findings import ERROR, WARNING, Finding
from households.imports.parsed import ParsedRow
from households.models import Household
from tkpk.formats import date_long


def facts_of(rows: list[ParsedRow], *, differing: str = WARNING) -> dict[str, Any]:
    """The first thing said of each fact; a row that says otherwise is told so.

    Two deciles of one family are an error, whatever `differing` is: neither is taken over. Where
    `differing` is an error, so are other facts, and the row that spoke first is at fault as well.
    """
    facts: dict[str, Any] = {}
    first: dict[str, ParsedRow] = {}
    for row in rows:
        for name, said in _said_by(row).items():
            if name == "source_value":
                facts[name] = {**said, **facts.get(name, {})}
            elif name not in facts:
                facts[name], first[name] = said, row
            elif facts[name] != said:
                level = ERROR if name in REGISTRY_FIELDS else differing
                row.findings.append(_differs(row, name, level))
                if level == ERROR:
                    first[name].findings.append(_differs(first[name], name, level))
    return facts


def _said_by(row: ParsedRow) -> dict[str, Any]:
    place = {name: row.values[name] for name in FAMILY_FIELDS if row.values[name]}
    return {**place, **row.family_values}


def _differs(row: ParsedRow, name: str, level: str) -> Finding:
    if level == ERROR:
        message = _("Another row of the same family says otherwise.")
        cure = _("Leave what is right in all rows of the family.")
    else:
        message = _("Differs from the row above of the same family; the first one is kept.")
        cure = ""
    return _finding(row, name, "family_differs", message, cure, level=level)


def decile_finding(
    row: ParsedRow, facts: dict[str, Any], household: Household | None
) -> list[Finding]:
    """What is to be said of the decile of this family, at the row that carries its facts."""
    if facts.get("decile") and any(not facts.get(name) for name in REGISTRY_FIELDS):
        message = _("The decile has no registry or no date.")
        cure = _("Fill in both, or say them once for the whole list.")
        return [_finding(row, "decile", "decile_incomplete", message, cure)]
    if household and is_older_decile(facts, household):
        known = household.decile_as_of
        message = _("The registry knows the decile of a later day, %(day)s: it is kept.") % {
            "day": date_long(known) if known else ""
        }
        return [_finding(row, "decile", "decile_older", message, level=WARNING)]
    return []


def _finding(
    row: ParsedRow, name: str, code: str, message: str, cure: str = "", *, level: str = ERROR
) -> Finding:
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
