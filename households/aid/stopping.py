"""Saying that somebody receives no more. What was received stays, and so does the reason.

Three doors: one receipt, ticked receipts of a programme, all of them. The register proposes the
ends that follow from what happened to people (`proposed`).
"""

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_update_with_history

from households import families
from households.aid.access import WRITERS, mandate_at
from households.assistance import require_recorder
from households.models import (
    AidProgramme,
    AidReceipt,
    AidTarget,
    HouseholdStatus,
    MemberStatus,
    StopReason,
)
from households.models.aid import AidReceiptQuerySet
from tkpk import rights, trail
from tkpk.models import User, save_edit

STOP_FIELDS = ["stopped_on", "stop_reason", "stop_words", "stopped_at", "stopped_by"]
_GONE = [MemberStatus.DECEASED, MemberStatus.MOVED, MemberStatus.INVALID]


@dataclass(frozen=True)
class Ending:
    """On which day somebody last received, why, and in words."""

    last_day: datetime.date
    reason: str
    words: str = ""

    def check(self) -> None:
        """Raise ValidationError, by field."""
        if self.reason not in StopReason.values:
            raise ValidationError({"stop_reason": _("Choose why it stopped.")})
        if self.reason == StopReason.OTHER and not self.words.strip():
            raise ValidationError({"stop_words": _("Say the reason in words.")})
        if self.last_day > timezone.localdate():
            raise ValidationError({"stopped_on": _("The last day lies in the future.")})
        try:
            trail.refuse_identifiers(self.words)
        except ValidationError as error:
            raise ValidationError({"stop_words": error.messages}) from error

    @property
    def told(self) -> str:
        """For the trail."""
        return ": ".join(filter(None, (self.reason, self.words.strip())))


def stop(receipt: AidReceipt, ending: Ending, *, by: User, expected_version: int) -> AidReceipt:
    """Say that it stopped. Raises StaleRow, PermissionDenied or ValidationError."""
    require_recorder(by, receipt.household)
    ending.check()
    _require_stoppable(receipt, ending)
    with transaction.atomic():
        _set(receipt, ending, by=by)
        save_edit(receipt, by=by, expected_version=expected_version)
        _record(receipt, "stop", ending.told, by=by)
    return receipt


def resume(receipt: AidReceipt, *, by: User, reason: str, expected_version: int) -> AidReceipt:
    """Take an end back that was recorded by mistake. Raises as `stop`."""
    require_recorder(by, receipt.household)
    if receipt.stopped_at is None or receipt.withdrawn_at:
        raise ValidationError(_("This aid was not stopped."), code="not_stopped")
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason in one sentence.")})
    with transaction.atomic():
        receipt.stopped_on = receipt.stopped_at = receipt.stopped_by = None
        receipt.stop_reason = receipt.stop_words = ""
        save_edit(receipt, by=by, expected_version=expected_version)
        _record(receipt, "resume", reason.strip(), by=by)
    return receipt


def _record(receipt: AidReceipt, move: str, reason: str, *, by: User) -> None:
    trail.record(
        chain=receipt.kelurahan,
        by=by,
        mandate=families.editor_mandate(by, receipt.household),
        process="aid",
        move=move,
        row=receipt,
        reason=reason,
    )


def _require_stoppable(receipt: AidReceipt, ending: Ending) -> None:
    if receipt.withdrawn_at or receipt.stopped_at:
        raise ValidationError(_("This aid has stopped already."), code="stopped")
    if ending.last_day < receipt.period_from:
        raise ValidationError(
            {
                "stopped_on": _(
                    "The last day comes before the first day. If nothing was received at all, "
                    "withdraw the entry."
                )
            }
        )


def _set(receipt: AidReceipt, ending: Ending, *, by: User) -> None:
    receipt.stopped_on = ending.last_day
    receipt.stop_reason = ending.reason
    receipt.stop_words = ending.words.strip()
    receipt.stopped_at, receipt.stopped_by = timezone.now(), by


@dataclass(frozen=True)
class Stopped:
    """How many receipts were stopped, and how many were left out because of what."""

    stopped: int
    own_family: int
    too_late: int  # began after the day that was given


def stop_many(
    programme: AidProgramme, receipts: AidReceiptQuerySet, ending: Ending, *, by: User
) -> Stopped:
    """Stop these receipts of a programme in one act with one entry in the trail.

    Those of the officer's own family and those that begin after the day are left out and counted.
    Raises PermissionDenied or ValidationError (also when nothing is left).
    """
    rights.fresh_mandates(by)
    mandate = mandate_at(programme.kelurahan, by, WRITERS)
    if mandate is None:
        raise PermissionDenied(str(_("Many at once are stopped by an officer of the kelurahan.")))
    ending.check()
    with transaction.atomic():
        rows = receipts.filter(programme=programme).unstopped()
        locked = list(rows.select_for_update(of=("self",)).select_related("household__territory"))
        mine = families.editable(by, {row.household for row in locked})
        allowed = [row for row in locked if row.household_id in mine]
        taken = [row for row in allowed if row.period_from <= ending.last_day]
        if not taken:
            raise ValidationError(
                _("None of these can be stopped on that day."), code="nothing_to_stop"
            )
        _stop_rows(taken, ending, by=by)
        trail.record(
            chain=programme.kelurahan,
            by=by,
            mandate=mandate,
            process="aid",
            move="stop_many",
            row=programme,
            reason=f"{ending.told} ({len(taken)})",
            digest=_digest(taken),
        )
    return Stopped(len(taken), len(locked) - len(allowed), len(allowed) - len(taken))


def _stop_rows(rows: list[AidReceipt], ending: Ending, *, by: User) -> None:
    now = timezone.now()
    for row in rows:
        _set(row, ending, by=by)
        row.updated_by, row.updated_at, row.version = by, now, row.version + 1
    names = [*STOP_FIELDS, "updated_by", "updated_at", "version"]
    bulk_update_with_history(rows, AidReceipt, names, batch_size=500, default_user=by)


def _digest(rows: Iterable[AidReceipt]) -> str:
    """Which receipts they were, without a word about anybody."""
    keys = ",".join(str(pk) for pk in sorted(row.pk for row in rows))
    return hashlib.sha256(keys.encode()).hexdigest()


# --- what the register proposes --------------------------------------------------------------
_PERSON_GONE = Q(programme__target=AidTarget.PERSON, member__status__in=_GONE)
_FAMILY_GONE = Q(household__status=HouseholdStatus.CLOSED)


def perhaps_to_stop(day: datetime.date) -> Q:
    """A condition on standing receipts: they run although who receives them is gone."""
    return (
        Q(period_from__lte=day, stopped_at__isnull=True)
        & (Q(period_to__isnull=True) | Q(period_to__gte=day))
        & (_PERSON_GONE | _FAMILY_GONE)
    )


def proposed(receipts: AidReceiptQuerySet, day: datetime.date) -> AidReceiptQuerySet:
    """Receipts that still run although who receives them has died or moved, or the family left.

    A family's aid does not end with the death of one of its members: the others keep it. Each row
    has `proposed_reason` and `proposed_on`, the last day that follows from what happened.
    """
    rows = receipts.standing().filter(perhaps_to_stop(day))
    return rows.annotate(
        proposed_reason=Case(
            When(
                Q(member__status=MemberStatus.DECEASED, programme__target=AidTarget.PERSON),
                then=Value(StopReason.DECEASED.value),
            ),
            When(
                Q(member__status=MemberStatus.INVALID, programme__target=AidTarget.PERSON),
                then=Value(StopReason.NOT_ENTITLED.value),
            ),
            default=Value(StopReason.MOVED.value),
        ),
        proposed_on=Case(
            When(_PERSON_GONE, then=F("member__status_on")), default=F("household__status_on")
        ),
    )
