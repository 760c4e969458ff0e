"""States of families and persons: the dead, the moved and the doubled stay in the registry."""

import datetime
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.codes import Relation
from households.models import LIVING, Household, HouseholdStatus, Member, MemberStatus
from tkpk import rights
from tkpk.models import User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

S = MemberStatus
OWN = "households.own_families"


def own_family(row: Household | Member, user: User) -> list[str]:
    """A person does not act on the own family, recognised by the blind index of the NIK."""
    household_id = row.pk if isinstance(row, Household) else row.household_id
    if household_id in own_families(user):
        return [str(_("This is your own family: another officer has to do it."))]
    return []


def own_families(user: User) -> set[int]:
    """Keys of the families in which the user's own NIK stands; read once a request."""
    if not user.nik_index:
        return set()
    rows = Member.objects.filter(nik_index=user.nik_index).values_list("household_id", flat=True)
    return rights.kept(user, (OWN, user.nik_index), lambda: set(rows))


def _no_double(member: Member) -> None:
    """A person comes back only where the NIK and the place of head are free."""
    others = Member.objects.filter(kelurahan_id=member.kelurahan_id).exclude(pk=member.pk)
    if (
        member.nik_index
        and others.filter(nik_index=member.nik_index, status__in=sorted(LIVING)).exists()
    ):
        raise ValidationError(
            _("Another living person has this NIK. Correct one of the two first."), code="nik_taken"
        )
    if (
        member.relation == Relation.HEAD
        and others.filter(
            household_id=member.household_id, relation=Relation.HEAD, status=S.ACTIVE
        ).exists()
    ):
        raise ValidationError(
            _("The family has another head. Change the relation of one of them first."),
            code="head_taken",
        )


# The dead do not move, and of a row entered twice nothing happens: first it is restored.
_ENDED = {S.DECEASED, S.DUPLICATE}


def _leave(target: S, label: Any) -> Move:
    """What became of a living person, or of one who was gone already."""
    return Move(label, set(S) - {target} - _ENDED, target, {Role.STAFF}, needs_reason=True)


def _set_aside(target: S, label: Any) -> Move:
    """What is wrong with the row itself, whatever became of the person."""
    return Move(label, set(S) - {target, S.DUPLICATE}, target, {Role.STAFF}, needs_reason=True)


MEMBER_FLOW = Workflow(
    process="member",
    title=_("Person in the registry"),
    model=Member,
    moves={
        "record_death": _leave(S.DECEASED, _("Record as deceased")),
        "record_move": _leave(S.MOVED, _("Record as moved away")),
        "record_missing": _leave(S.MISSING, _("Record as missing")),
        "record_absence": _leave(S.AWAY, _("Record as away for long")),
        "mark_duplicate": _set_aside(S.DUPLICATE, _("Mark as entered twice")),
        "invalidate": _set_aside(S.INVALID, _("Mark as not valid")),
        "restore": Move(
            _("Restore to “lives here”"),
            set(S) - {S.ACTIVE},
            S.ACTIVE,
            {Role.STAFF},
            guard=_no_double,
            needs_reason=True,
        ),
    },
    conflicts=own_family,
    sealed_fields=("kelurahan_id", "status", "status_on"),
    territory_path="household__territory",
    duties=frozenset(),
)
# Which move leads to a state: the import carries the states of a list through these.
MOVE_TO = {move.target: name for name, move in MEMBER_FLOW.moves.items()}


def moves_between(status: str, target: str) -> list[str]:
    """The moves that lead from one state of a person to another: one, or two by way of restoring.

    For what knows only both ends: a list that is imported, and whatever takes a change back.
    """
    name = MOVE_TO[S(target)]
    if status in MEMBER_FLOW.moves[name].sources:
        return [name]
    return ["restore", name]


def _nobody_left(household: Household) -> None:
    if household.members.filter(status__in=sorted(LIVING)).exists():
        raise ValidationError(
            _("Somebody still lives in this family. Record what became of each member first."),
            code="members_left",
        )


HOUSEHOLD_FLOW = Workflow(
    process="household",
    title=_("Family in the registry"),
    model=Household,
    moves={
        "close": Move(
            _("Close the family"),
            {HouseholdStatus.ACTIVE},
            HouseholdStatus.CLOSED,
            {Role.STAFF},
            guard=_nobody_left,
            needs_reason=True,
        ),
        "reopen": Move(
            _("Open the family again"),
            {HouseholdStatus.CLOSED},
            HouseholdStatus.ACTIVE,
            {Role.STAFF},
            needs_reason=True,
        ),
    },
    conflicts=own_family,
    sealed_fields=("kelurahan_id", "status", "status_on"),
    territory_path="territory",
    duties=frozenset(),
)


def change_member_state(
    name: str, member: Member, *, by: User, on: datetime.date, reason: str
) -> Member:
    """Make a move of MEMBER_FLOW, valid from a day.

    Raises PermissionDenied or ValidationError as `Workflow.apply` does.
    """
    with transaction.atomic():
        return MEMBER_FLOW.apply(name, member, by=by, reason=reason, changes={"status_on": on})


# What hangs on a family and follows when it is closed or opened again by hand: each takes the
# family, `by` and `reason`. Life events and merges see to that themselves.
AFTER_STATE: dict[str, list[Callable[..., Any]]] = {"close": [], "reopen": []}


def change_household_state(
    name: str, household: Household, *, by: User, on: datetime.date, reason: str
) -> Household:
    """Make a move of HOUSEHOLD_FLOW, valid from a day, with what follows from it."""
    with transaction.atomic():
        changed = HOUSEHOLD_FLOW.apply(
            name, household, by=by, reason=reason, changes={"status_on": on}
        )
        for follow in AFTER_STATE[name]:
            follow(changed, by=by, reason=reason)
    return changed
