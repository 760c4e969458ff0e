"""The receivers of a programme as a workbook: names and places, no numbers of persons."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from households.models import AidReceipt
from tkpk.exports import write_xlsx


def receivers_workbook(rows: Iterable[AidReceipt]) -> Iterator[bytes]:
    """One row a receipt."""
    headers = [
        _("Code"),
        _("Family code"),
        _("Head of family"),
        _("Who received it"),
        "RW",
        "RT",
        _("Programme"),
        _("From"),
        _("Until"),
        _("Amount (Rp)"),
        _("In kind"),
        _("Why it stopped"),
    ]
    yield write_xlsx(headers, [_line(row) for row in rows])


def _line(row: Any) -> list[Any]:
    place = row.household.territory
    rt = place.name if place.level == "RT" else ""
    rw = place.parent.name if rt and place.parent else place.name if place.level == "RW" else ""
    return [
        row.code,
        row.household.code,
        row.head_name or "",
        row.member.name if row.member else _("the whole family"),
        rw,
        rt,
        row.programme.name,
        row.period_from.isoformat(),
        row.last_day.isoformat() if row.last_day else "",
        "" if row.amount_idr is None else row.amount_idr,
        row.goods,
        ": ".join(filter(None, (str(row.get_stop_reason_display()), row.stop_words))),
    ]
