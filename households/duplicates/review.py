"""Two rows side by side: each field of both, what agrees, and what a merge would do."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from households import assistance, closing
from households.duplicates.comparison import nik_found
from households.merging import MergePlan, may_take_relation
from households.models import (
    LIVING,
    AidReceipt,
    DuplicatePair,
    EventPerson,
    Member,
    Statement,
)
from households.sheet import label_of, shown
from households.visibility import MEMBER_GROUPS
from tkpk.encryption import EncryptedTextField

SIDES = ("low", "high")
# Shown with the field that they belong to, and chosen together with it.
_WITH_ANOTHER = {"longitude", "insurance_number"}
SAME, DIFFERS, ONE = "same", "differs", "one"


@dataclass(frozen=True)
class Line:
    """One field of both rows. `chosen` is the side proposed, "" where there is no choice."""

    name: str
    label: str
    low: str
    high: str
    state: str
    note: str
    chosen: str


def field_names() -> list[str]:
    names = ["name", "nik", *(name for group in MEMBER_GROUPS for name in group.fields)]
    return [name for name in dict.fromkeys(names) if name not in _WITH_ANOTHER]


def lines_of(low: Member, high: Member, *, kept: str) -> list[Line]:
    """Every field that at least one row knows, in the order of the person's sheet."""
    found = []
    for name in field_names():
        a, b = getattr(low, name), getattr(high, name)
        if a in (None, "") and b in (None, ""):
            continue
        state = SAME if a == b else ONE if a in (None, "") or b in (None, "") else DIFFERS
        found.append(
            Line(
                name,
                label_of(low, name),
                shown(low, name),
                shown(high, name),
                state,
                _note(low, name, a, b) if state == DIFFERS else "",
                _proposed(low, high, name, kept) if state != SAME else "",
            )
        )
    return found


def _proposed(low: Member, high: Member, name: str, kept: str) -> str:
    """What the row that stays says, or the other one where it says nothing."""
    if name == "relation" and not _relation_is_open(low, high):
        return ""
    own = getattr(low if kept == "low" else high, name)
    other = "high" if kept == "low" else "low"
    return kept if own not in (None, "") else other


def _relation_is_open(low: Member, high: Member) -> bool:
    """The place in a family goes with the family; only within one is there a choice."""
    return low.household_id == high.household_id


def _note(row: Member, name: str, a: str, b: str) -> str:
    """Masks of two numbers may look the same: say how the numbers differ."""
    if not isinstance(row._meta.get_field(name), EncryptedTextField):
        return ""
    if name in {"nik", "father_nik", "mother_nik"}:
        found = nik_found(a, b)
        if found == "digit":
            return _("The numbers differ in one digit.")
        if found == "swapped":
            return _("Two neighbouring digits are swapped.")
    return _("The numbers differ.")


def proposed_side(low: Member, high: Member) -> str:
    """The row that would rather stay: living, with a NIK, with more facts, entered first."""

    def worth(member: Member) -> tuple[bool, bool, int]:
        known = sum(getattr(member, name) not in (None, "") for name in field_names())
        return member.status in LIVING, bool(member.nik), known

    return "high" if worth(high) > worth(low) else "low"


# --- what stands around the two --------------------------------------------------------------
@dataclass(frozen=True)
class Side:
    """One row with its family and what is recorded about it."""

    side: str
    member: Member
    relatives: list[Member]
    aid: int


def sides_of(pair: DuplicatePair, members: dict[int, Member]) -> tuple[Side, Side]:
    """Both sides, in two queries."""
    low, high = members[pair.low], members[pair.high]
    families = {low.household_id, high.household_id}
    relatives = list(Member.objects.filter(household_id__in=families).order_by("relation", "pk"))
    counted = (
        AidReceipt.objects.standing()
        .filter(member__in=[low, high])
        .order_by()
        .values("member_id")
        .annotate(number=Count("pk"))
    )
    aid = {row["member_id"]: row["number"] for row in counted}

    def side(name: str, member: Member) -> Side:
        others = [
            one
            for one in relatives
            if one.household_id == member.household_id and one.pk not in (low.pk, high.pk)
        ]
        return Side(name, member, others, aid.get(member.pk, 0))

    return side("low", low), side("high", high)


def consequences(plan: MergePlan) -> list[str]:
    """What the merge would do, in words, before it is confirmed."""
    kept, merged = plan.kept, plan.merged
    names = {"kept": kept.code, "merged": merged.code}
    said = [
        _("%(kept)s stays; %(merged)s is marked as entered twice and keeps what it says.") % names
    ]
    if plan.taken:
        labels = ", ".join(label_of(kept, name) for name in plan.taken)
        said.append(_("%(kept)s takes over: %(fields)s.") % {"kept": kept.code, "fields": labels})
    moving, doubled = _aid(plan)
    if moving:
        said.append(_("%(n)d aid received moves to %(kept)s.") % {"n": moving, "kept": kept.code})
    if doubled:
        said.append(
            _("%(n)d aid received is recorded on both rows for the same period: both stay.")
            % {"n": doubled}
        )
    said += _papers(plan)
    return said + _family_consequences(plan)


def _papers(plan: MergePlan) -> list[str]:
    """How many life events and statements the row that goes has."""
    events = EventPerson.objects.filter(member=plan.merged).values("event").distinct().count()
    papers = Statement.objects.filter(member=plan.merged).count()
    found = [
        (
            events,
            ngettext(
                "%(n)d life event moves to %(kept)s.",
                "%(n)d life events move to %(kept)s.",
                events,
            ),
        ),
        (
            papers,
            ngettext(
                "%(n)d statement moves to %(kept)s.", "%(n)d statements move to %(kept)s.", papers
            ),
        ),
    ]
    return [text % {"n": n, "kept": plan.kept.code} for n, text in found if n]


def _aid(plan: MergePlan) -> tuple[int, int]:
    own, theirs = (assistance.standing_for(one) for one in (plan.kept, plan.merged))
    return len(theirs - own), len(theirs & own)


def _family_consequences(plan: MergePlan) -> list[str]:
    household = plan.merged.household
    family = {"family": household.code}
    if may_take_relation(plan) and "relation" in plan.taken:
        return [_("%(kept)s becomes head of the family.") % {"kept": plan.kept.code}]
    if plan.leaves_family_without_head:
        return [
            _("A family has one head: %(family)s is left without one. Name another head there.")
            % family
        ]
    if plan.leaves_family_empty and plan.close_family:
        closed = _("Nobody lives in %(family)s any more: the family is closed.") % family
        return [closed, *closing.consequences(household, plan.kept.household)]
    if plan.leaves_family_empty:
        return [_("Nobody lives in %(family)s any more; it stays open.") % family]
    return []


def members_of(pairs: list[DuplicatePair]) -> dict[int, Member]:
    """The rows of the pairs with their families, in one query."""
    keys = {pair.low for pair in pairs} | {pair.high for pair in pairs}
    rows = Member.objects.filter(pk__in=keys).select_related(
        "household__territory__parent", "household__kelurahan", "updated_by"
    )
    return {row.pk: row for row in rows}
