"""Recording what a family or a person received: the one door for every app that knows of aid."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households import families
from households.aid.pairs import clashes_of
from households.models import AidProgramme, AidReceipt, AidSource, AidTarget, Household, Member
from tkpk import rights, trail
from tkpk.models import User, save_edit

_WITHDRAWN = _("This entry was withdrawn already.")
_KNOWN = _("This aid for this period is recorded already.")


def record(  # noqa: PLR0913 - what a receipt consists of
    programme: AidProgramme,
    household: Household,
    *,
    by: User,
    period_from: datetime.date,
    member: Member | None = None,
    period_to: datetime.date | None = None,
    amount_idr: int | None = None,
    goods: str = "",
    source_kind: AidSource = AidSource.ENTRY,
    source_code: str = "",
    despite_pair: str = "",
) -> AidReceipt:
    """Write a receipt down. The caller has checked that `by` may see the family.

    `despite_pair` says why it is recorded although a rule excludes it beside another aid of the
    family; the trail keeps that. Raises ValidationError when the person is of another family, the
    programme names persons and none is given, the period ends before it begins, the same receipt
    is known already, or a rule excludes it and nobody says why it is recorded all the same.
    """
    receipt = AidReceipt(
        programme=programme,
        household=household,
        member=member,
        period_from=period_from,
        period_to=period_to,
        amount_idr=amount_idr,
        goods=goods,
        source_kind=source_kind,
        source_code=source_code,
        despite_pair=despite_pair.strip(),
        kelurahan=household.kelurahan,
        created_by=by,
        updated_by=by,
    )
    check(receipt)
    overridden = heed_pairs(receipt)
    try:
        with transaction.atomic():
            receipt.save()
            if overridden:
                note_override(receipt, by=by)
    except IntegrityError as error:
        raise ValidationError({"period_from": _KNOWN}, code="known") from error
    return receipt


def heed_pairs(receipt: AidReceipt) -> bool:
    """Whether a rule on pairs is overridden by this receipt, with a reason.

    Raises ValidationError at `despite_pair` when a rule excludes it and no reason is given.
    """
    found = clashes_of(receipt)
    if not found:
        receipt.despite_pair = ""
        return False
    if not receipt.despite_pair.strip():
        told = [clash.message for clash in found]
        told.append(str(_("To record it all the same, write why.")))
        raise ValidationError({"despite_pair": told}, code="pair")
    trail.refuse_identifiers(receipt.despite_pair)
    return True


def note_override(receipt: AidReceipt, *, by: User) -> None:
    """Write into the trail who recorded an excluded pair, and why. Inside the transaction."""
    trail.record(
        chain=receipt.kelurahan,
        by=by,
        mandate=families.editor_mandate(by, receipt.household),
        process="aid",
        move="despite_pair",
        row=receipt,
        reason=receipt.despite_pair,
    )


def standing_for(member: Member) -> set[tuple[int, datetime.date]]:
    """Programme and first day of everything that stands recorded for a person."""
    rows = AidReceipt.objects.standing().filter(member=member)
    return set(rows.values_list("programme_id", "period_from"))


def require_recorder(by: User, household: Household) -> None:
    """Raise PermissionDenied for who enters no data here, and for the own family."""
    rights.fresh_mandates(by)
    if refusals := families.edit_refusals(by, household):
        raise PermissionDenied("; ".join(refusals))


def change(receipt: AidReceipt, *, by: User, expected_version: int) -> AidReceipt:
    """Save an edited receipt. Raises StaleRow, PermissionDenied or ValidationError."""
    require_recorder(by, receipt.household)
    if receipt.withdrawn_at:
        raise ValidationError(_WITHDRAWN, code="withdrawn")
    check(receipt)
    before = receipt.history.order_by("-history_id").values_list("despite_pair", flat=True).first()
    overridden = heed_pairs(receipt) and receipt.despite_pair != before
    try:
        with transaction.atomic():
            saved = save_edit(receipt, by=by, expected_version=expected_version)
            if overridden:
                note_override(saved, by=by)
            return saved
    except IntegrityError as error:
        raise ValidationError({"period_from": _KNOWN}, code="known") from error


def withdraw(receipt: AidReceipt, *, by: User, reason: str, expected_version: int) -> AidReceipt:
    """Take a receipt back that was recorded by mistake; row and reason stay, and the trail.

    Raises StaleRow, PermissionDenied or ValidationError.
    """
    require_recorder(by, receipt.household)
    if receipt.withdrawn_at:
        raise ValidationError(_WITHDRAWN, code="withdrawn")
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason in one sentence.")})
    with transaction.atomic():
        receipt.withdrawn_at = timezone.now()
        receipt.withdrawn_by = by
        receipt.withdrawn_because = reason.strip()
        save_edit(receipt, by=by, expected_version=expected_version)
        trail.record(
            chain=receipt.kelurahan,
            by=by,
            mandate=families.editor_mandate(by, receipt.household),
            process="aid",
            move="withdraw",
            row=receipt,
            reason=reason,
        )
    return receipt


def check(receipt: AidReceipt) -> None:
    """Raise ValidationError, by field, for what no receipt may say."""
    errors: dict[str, Any] = {}
    if receipt.programme.kelurahan_id != receipt.household.kelurahan_id:
        errors["programme"] = _("This programme belongs to another kelurahan.")
    if receipt.member and receipt.member.household_id != receipt.household_id:
        errors["member"] = _("This person is of another family.")
    if receipt.programme.target == AidTarget.PERSON and receipt.member_id is None:
        errors["member"] = _("This programme is given to a person: choose who received it.")
    if receipt.period_to and receipt.period_to < receipt.period_from:
        errors["period_to"] = _("The last day comes before the first day.")
    if receipt.stopped_on and receipt.stopped_on < receipt.period_from:
        errors["period_from"] = _("This aid stopped before that day.")
    if errors:
        raise ValidationError(errors)
