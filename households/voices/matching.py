"""Saying which family a report means, and what is decided about it."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from households import listing
from households.intake import RELATED
from households.models import (
    Household,
    Listing,
    ListingOrigin,
    Member,
    RemovalWish,
)
from households.models.listing import STANDING
from households.voices import lists
from households.workflows.objections import FLOWS, own_matter
from tkpk import rights
from tkpk.models import Channel, Mandate, Submission, SubmissionStatus, User
from tkpk.roles import Role

FINDERS = frozenset({Role.STAFF})


def report_of(submission: Submission) -> Any:
    """The row of its kind that stands beside a report."""
    return getattr(submission, RELATED[submission.kind])


def flow_of(report: Any) -> Any:
    """The table of this kind."""
    return FLOWS[type(report)]


# --- finding the family ----------------------------------------------------------------------
def suggested(report: Any, user: User) -> Household | None:
    """The family whose member has the NIK that was written; nothing is done by itself."""
    if not report.nik_index:
        return None
    rows = Member.objects.living().visible_to(user).filter(nik_index=report.nik_index)
    member = rows.select_related("household__territory__parent").order_by("pk").first()
    return member.household if member else None


def finder_mandate(user: User, report: Any) -> Mandate | None:
    code = report.kelurahan.code
    held = (m for m in rights.mandates(user) if m.role in FINDERS and m.territory.covers(code))
    return next(held, None)


def match(report: Any, household: Household, *, by: User) -> Any:
    """Say which family is meant; while nothing is decided it may be said anew."""
    rights.fresh_mandates(by)
    with transaction.atomic():
        rows = type(report).objects.select_for_update(of=("self",))
        locked = rows.get(pk=report.pk)
        mandate = finder_mandate(by, locked)
        if mandate is None:
            raise PermissionDenied(_("The family is found by an officer of the kelurahan."))
        _refuse_match(locked, household, by)
        locked.household = household
        locked.matched_by, locked.matched_at = by, timezone.now()
        for name, value in lists.facts_of(locked, household).items():
            setattr(locked, name, value)
        locked.updated_by, locked.version = by, locked.version + 1
        locked.save()
        flow_of(locked).note(locked, "match", by=by, mandate=mandate)
    return locked


def _refuse_match(report: Any, household: Household, by: User) -> None:
    if report.status != "OPEN" or report.submission.status != SubmissionStatus.IN_REVIEW:
        raise ValidationError(
            _("Take the report up first; after the decision its family stays."), code="not_open"
        )
    if household.kelurahan_id != report.kelurahan_id:
        raise ValidationError(_("This family lives in another kelurahan."), code="elsewhere")
    former, report.household = report.household, household
    if reasons := own_matter(report, by):
        raise PermissionDenied("; ".join(reasons))
    report.household = former


# --- deciding --------------------------------------------------------------------------------
def decide(
    report: Any,
    move: str,
    *,
    by: User,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> Any:
    """Make a move of the kind's own table, with what follows for the list, all or nothing."""
    with transaction.atomic():
        more = dict(changes or {})
        if move == "accept":
            more["listing"] = _put_on_list(report, by=by)
        done = flow_of(report).apply(move, report, by=by, reason=reason, changes=more)
        if move in {"uphold", "confirm"}:
            _take_off_list(done, by=by, reason=reason)
    return done


def _put_on_list(report: Any, *, by: User) -> Listing | None:
    """The line that the family gets; what is missing before is told by the move's own guard."""
    if report.household is None:
        return None
    poor_list = lists.nominated_list(report.kelurahan)
    is_area = report.submission.channel == Channel.RT_RW
    origin = ListingOrigin.RT_RW if is_area else ListingOrigin.PUBLIC
    return listing.nominate(poor_list, report.household, by=by, origin=origin)


def _take_off_list(report: Any, *, by: User, reason: str) -> None:
    """An upheld objection takes off its line, a family's own wish all that are left of it."""
    why = f"{report.code}: {reason}" if reason else report.code
    if isinstance(report, RemovalWish):
        for line in lists.lines_left(report.household):
            listing.delist(line, by=by, reason=why, own_wish=True)
    elif report.listing is not None and report.listing.status in STANDING:
        listing.delist(report.listing, by=by, reason=why)


# --- what the general pages ask ----------------------------------------------------------------
def unsettled(submission: Submission) -> list[str]:
    """What has to be decided before the sender is answered."""
    if report_of(submission).status == "OPEN":
        return [_("First decide what was reported; then write the answer.")]
    return []


def conflicts(submission: Submission, user: User) -> list[str]:
    return own_matter(report_of(submission), user)


def erase(submission: Submission) -> None:
    """Remove what the sender wrote about the family; which family it was stays."""
    type(report_of(submission)).objects.filter(submission=submission).update(
        subject_name="", subject_address="", nik="", nik_index=""
    )
