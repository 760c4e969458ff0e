"""Writing the trail and checking its chain.

An entry is written last in the transaction of the act. It carries ids, codes and the reason; the
digest seals the fields that the workflow declares, with identifiers by row id and never in clear.
"""

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tkpk.models import Mandate, Territory, TrailEntry, TrailHead, User
from tkpk.models.trail import GENESIS
from tkpk.nik import find_identifiers


def canonical(values: Mapping[str, Any]) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8, dates in ISO form, decimals as text."""
    return json.dumps(
        values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    ).encode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        # 1.50 and 1.5 are the same amount, whatever the engine gives back.
        return format(value.normalize(), "f")
    if isinstance(value, uuid.UUID):
        return value.hex
    raise TypeError(f"{type(value).__name__} cannot be sealed")


def seal_row(row: models.Model, fields: Sequence[str], *, schema: int) -> str:
    """SHA-256 over a row's sealed fields (foreign keys by `<name>_id`) and the schema number."""
    values = {name: getattr(row, name) for name in fields}
    return hashlib.sha256(canonical({"schema": schema, "pk": row.pk, **values})).hexdigest()


def no_number_in_reason(reason: str) -> None:
    """A validator of forms: words that the trail keeps hold no NIK and no KK number."""
    if find_identifiers(reason):
        raise ValidationError(
            _("Leave the NIK or KK number out of the reason: the trail is kept."),
            code="identifier_in_reason",
        )


def refuse_identifiers(reason: str) -> None:
    """The same for acts: raise ValidationError at the field `reason`."""
    try:
        no_number_in_reason(reason)
    except ValidationError as error:
        raise ValidationError({"reason": error}) from error


def _entry_hash(entry: TrailEntry, chain_code: str) -> str:
    content = {
        "chain": chain_code,
        "number": entry.number,
        "previous": entry.previous_hash,
        "recorded_at": entry.recorded_at,
        "acted_at": entry.acted_at,
        "by": entry.by_id,
        "mandate": entry.mandate_id,
        "role": entry.role,
        "process": entry.process,
        "move": entry.move,
        "subject": entry.subject,
        "subject_id": entry.subject_id,
        "from": entry.from_status,
        "to": entry.to_status,
        "reason": entry.reason,
        "schema": entry.schema,
        "digest": entry.digest,
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def record(  # noqa: PLR0913 - one entry has that many facts
    *,
    chain: Territory,
    by: User,
    process: str,
    move: str,
    mandate: Mandate | None = None,
    row: models.Model | None = None,
    from_status: str = "",
    to_status: str = "",
    reason: str = "",
    digest: str = "",
    schema: int = 1,
    at: datetime.datetime | None = None,
) -> TrailEntry:
    """Append one entry to the chain of a place. Call it last in the act's own transaction.

    Raises ValidationError if the reason holds an identifier, and RuntimeError outside a
    transaction: an act and its entry stand or fall together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The trail is written inside the transaction of the act.")
    refuse_identifiers(reason)
    TrailHead.objects.get_or_create(territory=chain)
    head = TrailHead.objects.select_for_update().get(territory=chain)
    now = timezone.now()
    entry = TrailEntry(
        chain=chain,
        number=head.count + 1,
        recorded_at=now,
        acted_at=at or now,
        by=by,
        mandate=mandate,
        role=mandate.role if mandate else "",
        process=process,
        move=move,
        subject=row._meta.label_lower if row is not None else "",
        subject_id=row.pk if row is not None and isinstance(row.pk, int) else None,
        from_status=from_status,
        to_status=to_status,
        reason=reason,
        digest=digest,
        schema=schema,
        previous_hash=head.hash,
    )
    entry.hash = _entry_hash(entry, chain.code)
    entry.save(force_insert=True)
    head.count, head.hash = entry.number, entry.hash
    head.save()
    return entry


@dataclass(frozen=True)
class Subject:
    """One of many rows that the same act moved, with its seal."""

    row: models.Model
    from_status: str
    to_status: str
    digest: str


def record_all(  # noqa: PLR0913 - as `record`
    subjects: Sequence[Subject],
    *,
    chain: Territory,
    by: User,
    process: str,
    move: str,
    mandate: Mandate | None,
    reason: str = "",
    schema: int = 1,
) -> None:
    """Append one entry for each row of an act on many, in their order; as `record` otherwise.

    Thousands of entries are chained in memory and written together, so that the chain is locked
    for a moment only.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The trail is written inside the transaction of the act.")
    refuse_identifiers(reason)
    if not subjects:
        return
    TrailHead.objects.get_or_create(territory=chain)
    head = TrailHead.objects.select_for_update().get(territory=chain)
    now, entries = timezone.now(), []
    for subject in subjects:
        entry = TrailEntry(
            chain=chain,
            number=head.count + 1,
            recorded_at=now,
            acted_at=now,
            by=by,
            mandate=mandate,
            role=mandate.role if mandate else "",
            process=process,
            move=move,
            subject=subject.row._meta.label_lower,
            subject_id=subject.row.pk,
            from_status=subject.from_status,
            to_status=subject.to_status,
            reason=reason,
            digest=subject.digest,
            schema=schema,
            previous_hash=head.hash,
        )
        entry.hash = _entry_hash(entry, chain.code)
        head.count, head.hash = entry.number, entry.hash
        entries.append(entry)
    TrailEntry.objects.bulk_create(entries, batch_size=500)
    head.save()


@dataclass(frozen=True)
class Break:
    """A place where a chain does not hold."""

    chain: str
    number: int
    what: str


def check_chain(territory: Territory) -> Iterator[Break]:
    """Walk one chain from its first entry and yield every break, the first one first."""
    expected, number = GENESIS, 0
    for entry in territory.trail_entries.order_by("number").iterator():
        number += 1
        if entry.number != number:
            yield Break(territory.code, number, "missing entry")
            number = entry.number
        elif entry.previous_hash != expected:
            yield Break(territory.code, number, "does not follow the entry before")
        if entry.hash != _entry_hash(entry, territory.code):
            yield Break(territory.code, number, "entry altered")
        expected = entry.hash
    head = TrailHead.objects.filter(territory=territory).first()
    if (head.count if head else 0, head.hash if head else GENESIS) != (number, expected):
        yield Break(territory.code, number, "end of the chain does not match its head")


def check_seals(territory: Territory) -> Iterator[Break]:
    """Recompute the last digest of every sealed row and yield the rows that were altered."""
    from tkpk.registry import workflows  # noqa: PLC0415 - the registry reads workflows, they us

    sealing = {flow.process: flow for flow in workflows()}
    sealed: dict[tuple[str, str, int], TrailEntry] = {}
    for entry in territory.trail_entries.exclude(digest="").order_by("number").iterator():
        if entry.process in sealing and entry.subject_id is not None:
            sealed[entry.process, entry.subject, entry.subject_id] = entry
    for (process, subject, pk), entry in sealed.items():
        flow = sealing[process]
        row = flow.model._default_manager.filter(pk=pk).first()
        if row is None:
            yield Break(territory.code, entry.number, f"{subject} {pk} is gone")
        elif entry.schema == flow.schema and flow.digest(row) != entry.digest:
            yield Break(territory.code, entry.number, f"{subject} {pk} was altered")


def check_trail() -> list[Break]:
    """Every break in every chain, in order; an empty list is a sound trail."""
    found: list[Break] = []
    for territory in Territory.objects.filter(trail_entries__isnull=False).distinct():
        found += [*check_chain(territory), *check_seals(territory)]
    for head in TrailHead.objects.filter(territory__trail_entries__isnull=True, count__gt=0):
        found.append(Break(head.territory.code, 0, "all entries are gone"))
    return found
