"""The way of a file of the city's answer: read, kept, or taken back while nothing stands on it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.models import DecreeFile, DecreeStatus, PoorListStatus
from tkpk.models import User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

S = DecreeStatus
_STAFF = {Role.STAFF}


def no_conflicts(decree: DecreeFile, user: User) -> list[str]:
    """None: the answer is the city's."""
    return []


def _list_waits(decree: DecreeFile) -> None:
    if decree.poor_list.status != PoorListStatus.SUBMITTED:
        raise ValidationError(
            _("An answer belongs to a list that is sent and not established yet."),
            code="list_elsewhere",
        )


def _may_be_saved(decree: DecreeFile) -> None:
    _list_waits(decree)
    if decree.poor_list.decree_files.applied().exists():
        raise ValidationError(
            _("An answer is saved already: take that one back first."), code="answered"
        )
    if not decree.counts.get("ACCEPTED"):
        raise ValidationError(
            _("No family of the list is accepted in this file, so it is hardly the answer."),
            code="nothing_accepted",
        )


DECREE_FLOW = Workflow(
    process="decree",
    title=_("Answer of the city"),
    model=DecreeFile,
    moves={
        "confirm": Move(_("Save"), {S.CHECKED}, S.APPLIED, _STAFF, guard=_may_be_saved),
        "discard": Move(_("Discard"), {S.CHECKED}, S.DISCARDED, _STAFF),
        "take_back": Move(
            _("Take back"),
            {S.APPLIED},
            S.DISCARDED,
            _STAFF,
            guard=_list_waits,
            needs_reason=True,
        ),
    },
    conflicts=no_conflicts,
    sealed_fields=("kelurahan_id", "poor_list_id", "status", "source_hash", "counts"),
    duties=frozenset({"confirm"}),
)
