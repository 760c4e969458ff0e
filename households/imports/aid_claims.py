"""What a row says of aid received, put together from its columns and the list's constants."""

from typing import Any

from django.utils.translation import gettext as _

from households.imports.findings import Finding
from households.imports.layout import Layout, Purpose
from households.imports.parsed import AidClaim, ParsedRow

# Alone these say nothing of a receipt.
_FRAME = frozenset(
    {"aid_programme", "aid_recipient", "aid_period", "aid_period_from", "aid_period_to"}
)


def claim_of(parsed: ParsedRow, said: dict[str, Any], layout: Layout) -> None:
    """Adds the receipt to the row, or the finding that tells what it lacks."""
    if layout.purpose != Purpose.RECIPIENTS and not said.get("aid_programme"):
        if not _FRAME.issuperset(said):
            parsed.findings.append(_programme_missing(parsed))
        return
    first, last = _days(said)
    lacks = []
    if not said.get("aid_programme"):
        lacks.append(_programme_missing(parsed))
    if first is None and not _has_error(parsed, "aid_period", "aid_period_from"):
        lacks.append(_period_missing(parsed))
    if first and last and last < first:
        lacks.append(_period_backwards(parsed))
    parsed.findings += lacks
    if not lacks:
        parsed.aid.append(
            AidClaim(
                programme=said["aid_programme"],
                period_from=first,
                period_to=last,
                amount_idr=said.get("aid_amount_idr"),
                goods=said.get("aid_goods", ""),
                recipient=said.get("aid_recipient", "person"),
            )
        )


def _days(said: dict[str, Any]) -> tuple[Any, Any]:
    first, last = said.get("aid_period", (None, None))
    return said.get("aid_period_from") or first, said.get("aid_period_to") or last


def _has_error(parsed: ParsedRow, *names: str) -> bool:
    return any(finding.is_error and finding.field in names for finding in parsed.findings)


def _finding(parsed: ParsedRow, name: str, code: str, message: str, cure: str) -> Finding:
    return Finding(
        parsed.sheet,
        parsed.row_number,
        parsed.header_of(name),
        code,
        message,
        cure=cure,
        field=name,
    )


def _programme_missing(parsed: ParsedRow) -> Finding:
    return _finding(
        parsed,
        "aid_programme",
        "aid_without_programme",
        _("The row tells of aid but not of which programme."),
        _("Fill in the name of the programme, or say it once for the whole list."),
    )


def _period_missing(parsed: ParsedRow) -> Finding:
    return _finding(
        parsed,
        "aid_period_from",
        "aid_without_period",
        _("The row does not say when the aid was received."),
        _("Fill in the date or the period, or say it once for the whole list."),
    )


def _period_backwards(parsed: ParsedRow) -> Finding:
    return _finding(
        parsed,
        "aid_period_to",
        "aid_period_backwards",
        _("The period ends before it begins."),
        _("Mend one of the two dates."),
    )
