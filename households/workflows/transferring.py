"""A transfer between two kelurahan: one table for each side, over the same row.

A right is held at one place, so what the origin may do stands in the one table and what the
receiving side may do in the other. Each move is written in the own chain and noted in that of the
other side, so that both chains tell the whole of it.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.models import Member, Transfer, TransferStatus
from households.workflows.registering import own_family
from tkpk.models import User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

S = TransferStatus
_STAFF = {Role.STAFF}
SEALED = (
    "kelurahan_id",
    "origin_id",
    "destination_id",
    "on",
    "document_kind",
    "household_id",
    "new_head_id",
    "released_by_id",
    "status",
)


def own_persons(transfer: Transfer, user: User) -> list[str]:
    """Nobody lets go or receives the own family, known by the blind index of the NIK."""
    if not user.nik_index:
        return []
    if transfer.household is not None and (reasons := own_family(transfer.household, user)):
        return reasons
    going = Member.objects.filter(transfers__transfer=transfer.pk or 0)
    if user.nik_index in {transfer.asked_index, *going.values_list("nik_index", flat=True)}:
        return [str(_("This is your own family: another officer has to do it."))]
    return []


def _asked_by(transfer: Transfer) -> set[int]:
    return {transfer.created_by_id}


def _released_by(transfer: Transfer) -> set[int]:
    return {transfer.released_by_id} if transfer.released_by_id else set()


ORIGIN_FLOW = Workflow(
    process="transfer_origin",
    title=_("Transfer to another kelurahan"),
    model=Transfer,
    moves={
        "release": Move(_("Let them go"), {S.REQUESTED}, S.OFFERED, _STAFF, four_eyes=True),
        "refuse": Move(
            _("Refuse the request"),
            {S.REQUESTED},
            S.REFUSED,
            _STAFF,
            needs_reason=True,
            four_eyes=True,
        ),
        "withdraw_offer": Move(
            _("Withdraw the offer"), {S.OFFERED}, S.WITHDRAWN, _STAFF, needs_reason=True
        ),
    },
    conflicts=own_persons,
    sealed_fields=SEALED,
    territory_path="origin",
    chain="origin",
    makers=_asked_by,
    duties=frozenset({"release", "refuse"}),
)
DESTINATION_FLOW = Workflow(
    process="transfer_destination",
    title=_("Transfer from another kelurahan"),
    model=Transfer,
    moves={
        "accept": Move(_("Receive them"), {S.OFFERED}, S.ACCEPTED, _STAFF, four_eyes=True),
        "decline": Move(
            _("Decline"), {S.OFFERED}, S.DECLINED, _STAFF, needs_reason=True, four_eyes=True
        ),
        "withdraw_request": Move(
            _("Withdraw the request"), {S.REQUESTED}, S.WITHDRAWN, _STAFF, needs_reason=True
        ),
    },
    conflicts=own_persons,
    sealed_fields=SEALED,
    territory_path="destination",
    chain="destination",
    makers=_released_by,
    duties=frozenset({"accept", "decline"}),
)
FLOWS: dict[str, Workflow[Transfer]] = {
    name: flow for flow in (ORIGIN_FLOW, DESTINATION_FLOW) for name in flow.moves
}


def make_move(
    name: str,
    transfer: Transfer,
    *,
    by: User,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> Transfer:
    """Make a move of one side and note it in the chain of the other.

    Raises PermissionDenied or ValidationError as `Workflow.apply` does.
    """
    flow = FLOWS[name]
    with transaction.atomic():
        before = transfer.status
        moved = flow.apply(name, transfer, by=by, reason=reason, changes=changes)
        note(moved, name, flow=other_side(flow), by=by, before=before)
    return moved


def other_side(flow: Workflow[Transfer]) -> Workflow[Transfer]:
    return DESTINATION_FLOW if flow is ORIGIN_FLOW else ORIGIN_FLOW


def note(
    transfer: Transfer, name: str, *, flow: Workflow[Transfer], by: User, before: str = ""
) -> None:
    """Write a step of a transfer into the chain of one side; the reason stays with its author."""
    flow.note(transfer, name, by=by, from_status=before)
