"""The events of a family as its file shows them."""

from typing import Any

from django.db.models import Model

from households import families
from households.models import Household, LifeEvent, TransferPerson
from households.models.transfer import OPEN
from households.visibility import Column, columns_for
from tkpk.models import User

SHOWN = 5


def event_panel(user: User, row: Model) -> tuple[str, dict[str, Any]] | None:
    """The newest events, and the way to write one down; nothing for whom only names are shown."""
    if not isinstance(row, Household):
        return None
    if Column.FACTS not in columns_for(user, row.territory.code):
        return None
    found = list(LifeEvent.objects.of_family(row).prefetch_related("people__member")[: SHOWN + 1])
    may_record = not families.edit_refusals(user, row)
    waiting = TransferPerson.objects.filter(
        member__household=row, transfer__status__in=sorted(OPEN)
    )
    context = {
        "events": found[:SHOWN],
        "more": len(found) > SHOWN,
        "may_record": may_record,
        "waiting": sorted(set(waiting.values_list("transfer_id", flat=True))) if may_record else [],
    }
    return "staff/events/_panel.html", context
