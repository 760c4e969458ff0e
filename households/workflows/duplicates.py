"""What officers decide about two rows that may be one person. Nothing here happens by itself."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.models import DuplicatePair, Member, MemberStatus, PairStatus
from households.models.duplicate import REVIEWERS
from households.workflows.registering import own_family
from tkpk.models import User
from tkpk.workflow import Move, Workflow

S = PairStatus
_UNDECIDED = {S.OPEN, S.DISMISSED}


def _own(pair: DuplicatePair, user: User) -> list[str]:
    """Nobody decides about the own family, on whichever of the two rows it stands."""
    if not user.nik_index:
        return []
    rows = Member.objects.filter(pk__in=[pair.low, pair.high]).select_related("household")
    return sorted({reason for member in rows for reason in own_family(member, user)})


def _not_decided_yet(pair: DuplicatePair) -> None:
    if pair.status == S.DISMISSED and not pair.facts_changed:
        raise ValidationError(_("This pair was marked as two persons already."), code="decided")


def _both_rows_count(pair: DuplicatePair) -> None:
    """A row that went with another merge cannot be merged again; nor can one that is gone."""
    rows = Member.objects.filter(pk__in=[pair.low, pair.high])
    if rows.exclude(status=MemberStatus.DUPLICATE).count() != 2:
        raise ValidationError(
            _("One of the two rows is marked as entered twice already."), code="row_gone"
        )


DUPLICATE_FLOW = Workflow(
    process="duplicate",
    title=_("Possible duplicate"),
    model=DuplicatePair,
    moves={
        "merge": Move(
            _("Merge the two rows"), _UNDECIDED, S.MERGED, REVIEWERS, guard=_both_rows_count
        ),
        "dismiss": Move(
            _("They are two persons"),
            _UNDECIDED,
            S.DISMISSED,
            REVIEWERS,
            guard=_not_decided_yet,
            needs_reason=True,
        ),
        "reopen": Move(_("Look at the pair again"), {S.DISMISSED}, S.OPEN, REVIEWERS),
        "undo_merge": Move(_("Undo the merge"), {S.MERGED}, S.OPEN, REVIEWERS, needs_reason=True),
    },
    conflicts=_own,
    sealed_fields=("kelurahan_id", "low", "high", "status"),
    # The queue has a page of its own; the inbox only counts it.
    duties=frozenset(),
)


def dismiss(pair: DuplicatePair, *, by: User, dismissed_as: str, reason: str) -> DuplicatePair:
    """Say that the two are two persons. Raises as `Workflow.apply` does."""
    changes = {"dismissed_as": dismissed_as, "facts_changed": False}
    return DUPLICATE_FLOW.apply("dismiss", pair, by=by, reason=reason, changes=changes)


def reopen(pair: DuplicatePair, *, by: User, reason: str = "") -> DuplicatePair:
    changes = {"dismissed_as": "", "facts_changed": False}
    return DUPLICATE_FLOW.apply("reopen", pair, by=by, reason=reason, changes=changes)
