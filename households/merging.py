"""Merging two rows of one person, and taking a merge back. Always an officer's act.

The row that goes keeps all it says and is marked as entered twice; the row that stays takes the
values that were chosen and everything that pointed to the other.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from households import closing
from households.codes import Relation
from households.events.acts import put_values
from households.imports.sealing import sealed_json, unsealed_json
from households.models import (
    LIVING,
    DuplicatePair,
    Household,
    HouseholdStatus,
    Member,
    MergeRecord,
)
from households.references import Moved, hand_over
from households.workflows.duplicates import DUPLICATE_FLOW
from households.workflows.registering import HOUSEHOLD_FLOW, MEMBER_FLOW, moves_between
from tkpk.models import User

# Chosen together: one without the other would be another place or another card.
TOGETHER = {"latitude": ("latitude", "longitude"), "insurance_kind": ("insurance_number",)}


@dataclass(frozen=True)
class MergePlan:
    """Which row stays, what it takes from the other, and whether an empty family closes."""

    kept: Member
    merged: Member
    taken: tuple[str, ...] = ()
    close_family: bool = False

    @property
    def same_family(self) -> bool:
        return self.kept.household_id == self.merged.household_id

    @property
    def leaves_family_empty(self) -> bool:
        """Whether nobody would live any more in the family of the row that goes."""
        household = self.merged.household
        if self.same_family or household.status != HouseholdStatus.ACTIVE:
            return False
        return not _others_at_home(self.merged)

    @property
    def leaves_family_without_head(self) -> bool:
        if not self.merged.is_head or (self.same_family and "relation" in self.taken):
            return False
        return _others_at_home(self.merged)

    @property
    def columns(self) -> list[str]:
        names = dict.fromkeys(self.taken)
        for name in self.taken:
            names |= dict.fromkeys(TOGETHER.get(name, ()))
        return list(names)


def _others_at_home(member: Member) -> bool:
    living = member.household.members.filter(status__in=sorted(LIVING))
    return living.exclude(pk=member.pk).exists()


def merge(pair: DuplicatePair, plan: MergePlan, *, by: User, reason: str = "") -> MergeRecord:
    """Merge the two rows of a pair. Raises PermissionDenied or ValidationError; writes all or
    nothing."""
    with transaction.atomic():
        plan = _locked(pair, plan)
        DUPLICATE_FLOW.apply(
            "merge",
            pair,
            by=by,
            reason=reason,
            changes={"dismissed_as": "", "facts_changed": False},
        )
        kept, merged = plan.kept, plan.merged
        state = {"status": merged.status, "status_on": merged.status_on}
        why = _("Merge %(code)s") % {"code": pair.code}
        # First, so that the NIK and the place of head are free for the row that stays.
        merged = MEMBER_FLOW.apply(
            "mark_duplicate", merged, by=by, reason=why,
            changes={"status_on": timezone.localdate()},
        )  # fmt: skip
        old = _take_over(plan, by=by)
        moved = hand_over(kept, merged)
        family = _close(plan, by=by, reason=why)
        left = closing.settle(family, kept.household, by=by, reason=why) if family else {}
        record = MergeRecord(
            pair=pair, kept=kept, merged=merged, closed_family=family, merged_by=by
        )
        content = {
            "old": old,
            "state": state,
            "kept_version": kept.version,
            "merged_version": merged.version,
            "family_version": family.version if family else None,
            "moved": [asdict(one) for one in moved],
            "left": left,
        }
        record.blob = sealed_json(content, context=record.blob_context)
        record.save()
    return record


def _locked(pair: DuplicatePair, plan: MergePlan) -> MergePlan:
    """The plan on the rows as they stand now, locked in a fixed order."""
    rows = Member.objects.select_for_update(of=("self",)).select_related("household__kelurahan")
    found = {row.pk: row for row in rows.filter(pk__in=[pair.low, pair.high]).order_by("pk")}
    if set(found) != {plan.kept.pk, plan.merged.pk}:
        raise ValidationError(_("One of the two rows is gone."), code="row_gone")
    for said in (plan.kept, plan.merged):
        if found[said.pk].version != said.version:
            raise ValidationError(
                _("%(code)s was changed meanwhile. Look at both rows again.") % {"code": said.code},
                code="stale",
            )
    return MergePlan(found[plan.kept.pk], found[plan.merged.pk], plan.taken, plan.close_family)


def _take_over(plan: MergePlan, *, by: User) -> dict[str, Any]:
    """Put the chosen values on the row that stays; returns the old ones."""
    kept, columns = plan.kept, plan.columns
    old = {name: getattr(kept, name) for name in columns}
    put_values(kept, {name: getattr(plan.merged, name) for name in columns})
    _save(kept, by=by)
    return old


def _save(member: Member, *, by: User) -> None:
    member.version += 1
    member.updated_by = by
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as error:
        raise ValidationError(
            _("A third row has the same NIK, or the family has another head. Solve that first."),
            code="taken",
        ) from error


def _close(plan: MergePlan, *, by: User, reason: str) -> Household | None:
    if not plan.close_family or not plan.leaves_family_empty:
        return None
    return HOUSEHOLD_FLOW.apply(
        "close", plan.merged.household, by=by, reason=reason,
        changes={"status_on": timezone.localdate()},
    )  # fmt: skip


# --- taking it back --------------------------------------------------------------------------
def standing_merge(pair: DuplicatePair) -> MergeRecord | None:
    """The merge of this pair that has not been undone."""
    rows = pair.merges.filter(undone_at__isnull=True)
    return rows.select_related("kept__household", "merged__household", "closed_family").first()


def undo_merge(pair: DuplicatePair, *, by: User, reason: str) -> MergeRecord:
    """Give both rows back what they had, and the other rows their owner.

    Raises ValidationError naming what was built on the merge since; then nothing is changed.
    """
    with transaction.atomic():
        # Persons first, as in a merge: two acts on one pair never wait for each other.
        members = Member.objects.select_for_update(of=("self",)).select_related("household")
        rows_of_pair = members.filter(pk__in=[pair.low, pair.high]).order_by("pk")
        persons = {member.pk: member for member in rows_of_pair}
        pair = DUPLICATE_FLOW.apply("undo_merge", pair, by=by, reason=reason)
        record = standing_merge(pair)
        if record is None:
            raise ValidationError(_("There is no merge to undo."), code="no_merge")
        content = unsealed_json(record.blob, context=record.blob_context)
        kept, merged = persons[record.kept_id], persons[record.merged_id]
        moved = [Moved(**one) for one in content["moved"]]
        rows = [(one, one.row()) for one in moved]
        _refuse_built_upon(record, content, (kept, merged), rows)
        why = _("Merge %(code)s undone") % {"code": pair.code}
        put_values(kept, content["old"])
        _save(kept, by=by)
        if record.closed_family:
            family = HOUSEHOLD_FLOW.apply("reopen", record.closed_family, by=by, reason=why)
        _restore(merged, content["state"], by=by, reason=why)
        for one, row in rows:
            one.take_back(row, by=by)
        if record.closed_family:
            # Last: what comes back is of a family in which somebody lives.
            closing.take_back(content.get("left", {}), family, by=by, reason=why)
        record.undone_at, record.undone_by = timezone.now(), by
        record.save(update_fields=["undone_at", "undone_by"])
    return record


def _restore(member: Member, state: dict[str, Any], *, by: User, reason: str) -> None:
    for name in moves_between(member.status, state["status"]):
        member = MEMBER_FLOW.apply(
            name, member, by=by, reason=reason, changes={"status_on": state["status_on"]}
        )


def _refuse_built_upon(
    record: MergeRecord,
    content: dict[str, Any],
    members: tuple[Member, Member],
    rows: Iterable[tuple[Moved, Any]],
) -> None:
    kept, merged = members
    codes = [one.code for one, version in (
        (kept, content["kept_version"]), (merged, content["merged_version"])
    ) if one.version != version]  # fmt: skip
    family = record.closed_family
    if family and family.version != content["family_version"]:
        codes.append(family.code)
    for one, row in rows:
        if not one.is_as_left(row):
            codes.append(getattr(row, "code", "") or f"{one.label} {one.pk}")
    codes += closing.built_upon(content.get("left", {}), kept.household)
    if codes:
        raise ValidationError(
            _("This merge cannot be undone: later work stands on %(codes)s.")
            % {"codes": ", ".join(codes)},
            code="built_upon",
        )


def may_take_relation(plan: MergePlan) -> bool:
    """In one family the row that stays may take the other's place as head."""
    return plan.same_family and plan.merged.relation == Relation.HEAD
