"""What life events and transfers register: tables, words of the trail, readers, merge."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from households.event_panel import event_panel
from households.models import (
    EventFamily,
    EventKind,
    EventPerson,
    Household,
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
from tkpk.rights import mandates

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
    code, roles = event.household.territory.code, roles_seeing(Column.IDENTIFIERS)
    held = (m for m in mandates(user) if m.role in roles)
    return next((mandate for mandate in held if mandate.territory.covers(code)), None)


registry.document_readers.append(scan_reader)
registry.file_panels["events"] = event_panel


# --- one person or family recorded twice -----------------------------------------------------
def merge_event_people(kept: Model, merged: Model) -> None:
    """The kept person takes part in the events of the other; where both do, nothing is doubled."""
    if isinstance(kept, Member) and isinstance(merged, Member):
        _hand_over(EventPerson, "member", kept, merged, "role")


def merge_event_families(kept: Model, merged: Model) -> None:
    if isinstance(kept, Household) and isinstance(merged, Household):
        _hand_over(EventFamily, "household", kept, merged, "role")
        LifeEvent.objects.filter(household=merged).update(household=kept)


def merge_transfers(kept: Model, merged: Model) -> None:
    """Open transfers follow the kept person; the finished ones name the row that went."""
    if isinstance(kept, Member) and isinstance(merged, Member):
        waiting = TransferPerson.objects.filter(transfer__status__in=sorted(OPEN))
        doubled = waiting.filter(member=kept).values_list("transfer_id", flat=True)
        waiting.filter(member=merged).exclude(transfer_id__in=list(doubled)).update(member=kept)


def _hand_over(links: Any, name: str, kept: Model, merged: Model, role: str) -> None:
    own = set(links.objects.filter(**{name: kept}).values_list("event_id", role))
    for link in links.objects.filter(**{name: merged}):
        if (link.event_id, getattr(link, role)) not in own:
            setattr(link, name, kept)
            link.save(update_fields=[name])


registry.merge_handlers |= {
    "households.EventPerson": merge_event_people,
    "households.EventFamily": merge_event_families,
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
