"""An event once written down can only be taken back, while nothing was built on it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.imports.sealing import unsealed_json
from households.models import (
    EventFamily,
    EventPerson,
    EventStatus,
    Household,
    LifeEvent,
    Member,
    TransferPerson,
)
from households.workflows.registering import own_family
from tkpk.models import User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

LABELS: dict[str, type[Member | Household]] = {
    model._meta.label_lower: model for model in (Member, Household)
}
NAMED = 5
# Rows of the event itself, and of what it was recorded for.
OWN = (EventPerson, EventFamily, TransferPerson, LifeEvent)


def ledger_of(event: LifeEvent) -> list[dict[str, Any]]:
    """What the event changed: label, key, whether it created the row, version, old values."""
    return unsealed_json(event.changes, context=event.changes_context) or []


def own_event(event: LifeEvent, user: User) -> list[str]:
    """An officer takes back no event of the own family."""
    touched = Household.objects.filter(life_events__event=event).distinct()
    found = {reason for household in touched for reason in own_family(household, user)}
    return sorted(found)


def built_on(event: LifeEvent) -> list[str]:
    """Codes of what was done later to the rows that the event touched."""
    found: list[str] = []
    entries = ledger_of(event)
    touched = {(entry["label"], entry["pk"]) for entry in entries}
    for entry in entries:
        row = LABELS[entry["label"]]._default_manager.filter(pk=entry["pk"]).first()
        if row is None or row.version != entry["version"]:
            found += _later_events(event, entry) or [LABELS[entry["label"]](pk=entry["pk"]).code]
        elif entry["created"]:
            found += _uses(row, touched)
    return sorted(set(found))


def _later_events(event: LifeEvent, entry: dict[str, Any]) -> list[str]:
    links: Any = EventPerson if entry["label"] == Member._meta.label_lower else EventFamily
    key = "member_id" if links is EventPerson else "household_id"
    rows = links.objects.filter(**{key: entry["pk"]}, event__status=EventStatus.RECORDED)
    return [
        LifeEvent(pk=pk).code
        for pk in rows.filter(event_id__gt=event.pk).values_list("event_id", flat=True)
    ]


def _uses(row: Member | Household, touched: set[tuple[str, int]]) -> list[str]:
    """The row itself where rows from elsewhere point to it, whatever app they are of."""
    for relation in row._meta.related_objects:
        model = relation.related_model
        if model in OWN or hasattr(model, "history_object"):
            continue
        users = model._base_manager.filter(**{relation.field.name: row.pk})
        own = {pk for label, pk in touched if label == model._meta.label_lower}
        if users.exclude(pk__in=own).exists():
            return [row.code]
    return []


def _nothing_later(event: LifeEvent) -> None:
    if event.transfer_id:
        raise ValidationError(
            _("This belongs to a transfer between two kelurahan: a transfer back ends it."),
            code="transferred",
        )
    codes = built_on(event)
    if codes:
        raise ValidationError(
            _("Something was built on this event later: %(codes)s. Take that back first."),
            code="built_upon",
            params={"codes": ", ".join(codes[:NAMED])},
        )


LIFE_EVENT_FLOW = Workflow(
    process="life_event",
    title=_("Life event"),
    model=LifeEvent,
    moves={
        "cancel": Move(
            _("Take the event back"),
            {EventStatus.RECORDED},
            EventStatus.CANCELLED,
            {Role.STAFF},
            guard=_nothing_later,
            needs_reason=True,
            warning=_(
                "Everything that the event changed gets its old value back. Persons whom it "
                "entered become “not valid”, a family that it founded is closed."
            ),
        ),
    },
    conflicts=own_event,
    sealed_fields=(
        "kelurahan_id",
        "kind",
        "on",
        "household_id",
        "document_kind",
        "destination",
        "note",
        "status",
    ),
    territory_path="household__territory",
    duties=frozenset(),
)
