"""What life events and transfers register: tables, words of the trail, readers, merge."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from households.events.panel import event_panel
from households.models import (
    EventKind,
    EventPerson,
    LifeEvent,
    Member,
    Transfer,
    TransferPerson,
)
from households.models.transfer import OPEN
from households.visibility import Column, roles_seeing
from households.workflows.life_events import LIFE_EVENT_FLOW
from households.workflows.transferring import DESTINATION_FLOW, FLOWS, ORIGIN_FLOW, other_side
from tkpk.models import Document, Mandate, User
from tkpk.registry import register_workflow, registry
from tkpk.rights import mandate_at

register_workflow(
    LIFE_EVENT_FLOW,
    url=lambda event: reverse("event_detail", args=[event.household_id, event.pk]),
)
for side in (ORIGIN_FLOW, DESTINATION_FLOW):
    register_workflow(side, url=lambda transfer: reverse("transfer_detail", args=[transfer.pk]))

registry.act_words |= {
    (LIFE_EVENT_FLOW.process, f"record_{kind.value.lower()}"): (_("Life event"), kind.label)
    for kind in EventKind
}
registry.act_words |= {
    (LIFE_EVENT_FLOW.process, "attach_scan"): (_("Life event"), _("Scan of the document kept")),
}
# Each side's chain also notes what the other side did.
registry.act_words |= {
    (other_side(flow).process, name): (other_side(flow).title, flow.moves[name].label)
    for name, flow in FLOWS.items()
}
registry.act_words |= {
    (flow.process, name): (flow.title, words)
    for flow in (ORIGIN_FLOW, DESTINATION_FLOW)
    for name, words in (("offer", _("Transfer offered")), ("ask", _("Transfer asked for")))
}
registry.sealed_blobs["households.LifeEvent", "changes"] = lambda event: event.changes_context


def scan_reader(user: User, document: Document) -> Mandate | None:
    """The scan of an event's paper goes to those who see numbers of papers there."""
    event = LifeEvent.objects.visible_to(user).filter(scan=document).first()
    if event is None:
        return None
    code = event.household.territory.code
    return mandate_at(user, roles_seeing(Column.IDENTIFIERS), code=code)


registry.document_readers.append(scan_reader)
registry.file_panels["events"] = event_panel


# --- one person recorded twice ---------------------------------------------------------------
def merge_event_people(kept: Model, merged: Model) -> None:
    """The kept person takes part in the events of the other; where both do, nothing is doubled."""
    if not isinstance(kept, Member) or not isinstance(merged, Member):
        return
    own = set(EventPerson.objects.filter(member=kept).values_list("event_id", "role"))
    for link in EventPerson.objects.filter(member=merged):
        if (link.event_id, link.role) not in own:
            link.member = kept
            link.save(update_fields=["member"])


def merge_transfers(kept: Model, merged: Model) -> None:
    """Open transfers follow the kept person; the finished ones name the row that went."""
    if isinstance(kept, Member) and isinstance(merged, Member):
        waiting = TransferPerson.objects.filter(transfer__status__in=sorted(OPEN))
        doubled = waiting.filter(member=kept).values_list("transfer_id", flat=True)
        waiting.filter(member=merged).exclude(transfer_id__in=list(doubled)).update(member=kept)


registry.merge_handlers |= {
    "households.EventPerson": merge_event_people,
    "households.TransferPerson": merge_transfers,
}


# --- what is kept about a person -------------------------------------------------------------
def events_of(person: Model) -> Iterator[tuple[str, Any]]:
    """Code, kind and day of each event in which the person stands."""
    if isinstance(person, Member):
        rows = EventPerson.objects.filter(member=person).select_related("event")
        for link in rows.order_by("event__on", "pk"):
            words = f"{link.event.get_kind_display()}, {link.event.on.isoformat()}"
            yield link.event.code, f"{words}, {link.get_role_display()}"


def transfers_of(person: Model) -> Iterator[tuple[str, Any]]:
    if isinstance(person, Member):
        for transfer in Transfer.objects.filter(people__member=person).order_by("pk"):
            yield transfer.code, transfer.get_status_display()


registry.personal_data |= {
    "households.LifeEvent": events_of,
    "households.Transfer": transfers_of,
}
