"""The way of the yearly list: each stage is left only with its evidence, and says what lacks."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from households.models import Basis, ListingStatus, PoorList, PoorListStatus
from households.workflows.listing_guards import unconfirmed_officials
from tkpk import formats
from tkpk.models import Meeting, MeetingKind, MeetingStatus, User
from tkpk.roles import Role
from tkpk.workflow import Guard, Move, Workflow
from tkpk.workflows.meetings import attendance_counts

S = PoorListStatus
_STAFF = {Role.STAFF}
_LURAH = {Role.LURAH}


def own_family_unconfirmed(poor_list: PoorList, user: User) -> list[str]:
    """Nobody carries a list on with the own family on it, until a second official confirmed it."""
    if not user.nik_index:
        return []
    mine = poor_list.listings.standing().filter(
        confirmed_by=None, household__members__nik_index=user.nik_index
    )
    if mine.exists():
        return [str(_("Your own family is on this list: a second official has to confirm it."))]
    return []


# --- what is missing -------------------------------------------------------------------------
def _refuse(missing: list[Any]) -> None:
    if missing:
        raise ValidationError([ValidationError(words, code=code) for words, code in missing])


def _unready_families(poor_list: PoorList) -> list[Any]:
    missing: list[Any] = []
    rows = poor_list.listings.standing()
    if not rows.exists():
        missing.append((_("No family is on the list yet."), "empty"))
    waiting = rows.filter(status=ListingStatus.NOMINATED).count()
    if waiting:
        words = ngettext(
            "%(n)d family still has to be verified in the field, or taken off.",
            "%(n)d families still have to be verified in the field, or taken off.",
            waiting,
        ) % {"n": waiting}
        missing.append((words, "not_verified"))
    officials = unconfirmed_officials(poor_list).count()
    if officials:
        words = ngettext(
            "%(n)d family of an official needs the confirmation of a second official.",
            "%(n)d families of officials need the confirmation of a second official.",
            officials,
        ) % {"n": officials}
        missing.append((words, "not_confirmed"))
    return missing + _gone_families(poor_list)


def _unheld(meeting: Meeting | None, kind: MeetingKind) -> list[Any]:
    """What lacks of a meeting that is to be evidence."""
    if meeting is None or meeting.kind != kind:
        words = _("Say which meeting it was: %(kind)s.") % {"kind": kind.label}
        return [(words, "no_meeting")]
    if meeting.status != MeetingStatus.CLOSED:
        words = _("The meeting “%(title)s” is not closed yet.") % {"title": meeting.title}
        return [(words, "meeting_open")]
    if sum(attendance_counts(meeting)) == 0:
        words = _("Nobody is on the attendance list of “%(title)s”.") % {"title": meeting.title}
        return [(words, "no_attendance")]
    return []


def _open_objections(poor_list: PoorList) -> list[Any]:
    waiting = poor_list.open_objections().count()
    if not waiting:
        return []
    words = ngettext(
        "%(n)d objection is not decided yet.", "%(n)d objections are not decided yet.", waiting
    ) % {"n": waiting}
    next_step = _("The Lurah upholds or rejects each on its page under “Reports of residents”.")
    return [(f"{words} {next_step}", "open_objection")]


def _gone_families(poor_list: PoorList) -> list[Any]:
    """A family that is closed must not be read out, sent or established."""
    gone = poor_list.listings.whose_family_left().count()
    if not gone:
        return []
    words = ngettext(
        "%(n)d family on the list is closed or nobody lives there any more: record on its line "
        "what became of it.",
        "%(n)d families on the list are closed or nobody lives there any more: record on their "
        "lines what became of them.",
        gone,
    ) % {"n": gone}
    return [(words, "closed_family")]


def may_start_review_1(poor_list: PoorList) -> None:
    _refuse(_unready_families(poor_list))


def may_start_review_2(poor_list: PoorList) -> None:
    held = _unheld(poor_list.review_1, MeetingKind.PUBLIC_REVIEW_1)
    _refuse(held + _unready_families(poor_list))


def may_open_window(poor_list: PoorList) -> None:
    missing = _unheld(poor_list.review_2, MeetingKind.PUBLIC_REVIEW_2)
    first, second = poor_list.review_1, poor_list.review_2
    if not missing and first and second and second.starts_at <= first.starts_at:
        missing.append((_("The second round was held after the first."), "rounds_mixed_up"))
    _refuse(missing)


def may_be_sent(poor_list: PoorList) -> None:
    missing: list[Any] = []
    closes_on = poor_list.objection_closes_on
    if closes_on is None or timezone.localdate() <= closes_on:
        words = _("Objections are taken until %(day)s, that day included.") % {
            "day": formats.date_long(closes_on, language=get_language() or "id")
            if closes_on
            else "-"
        }
        missing.append((words, "window_open"))
    missing += _open_objections(poor_list) + _gone_families(poor_list)
    if not poor_list.listings.filter(status=ListingStatus.PUBLIC_REVIEW_2).exists():
        missing.append((_("No family is left on the list."), "empty"))
    _refuse(missing)


def may_be_established(poor_list: PoorList) -> None:
    missing = _open_objections(poor_list) + _gone_families(poor_list)
    if poor_list.basis == Basis.REMBUG:
        missing += _unheld(poor_list.rembug, MeetingKind.REMBUG)
    else:
        if not poor_list.decree_number or poor_list.decree_on is None:
            missing.append((_("Number and date of the mayor's decree."), "no_decree"))
        if not poor_list.decree_files.applied().exists():
            missing.append((_("The result that belongs to the decree, imported."), "no_result"))
    _refuse(missing)


def no_objection_yet(poor_list: PoorList) -> None:
    """What residents sent in was sent in time: the window is not taken from under it."""
    if poor_list.objections.exists():
        raise ValidationError(
            _("Objections have been sent in already, so the time for them stays open."),
            code="objections",
        )


def _correction(source: PoorListStatus, target: PoorListStatus, guard: Guard | None = None) -> Move:
    """Officers begin a stage, so the Lurah is the second person."""
    return Move(
        _("Correction: begun too early"),
        {source},
        target,
        _LURAH,
        guard=guard,
        needs_reason=True,
        four_eyes=True,
        warning=_(
            "The list goes back one stage and its families with it; who was taken off stays off. "
            "Both entries stay."
        ),
    )


POOR_LIST_FLOW = Workflow(
    process="poor_list",
    title=_("List of poor families"),
    model=PoorList,
    moves={
        "start_review_1": Move(
            _("Begin round 1"), {S.OPEN}, S.REVIEW_1, _STAFF, guard=may_start_review_1
        ),
        "start_review_2": Move(
            _("Begin round 2"),
            {S.REVIEW_1},
            S.REVIEW_2,
            _STAFF,
            guard=may_start_review_2,
            warning=_("From then on families are only taken off; nominations are closed."),
        ),
        "open_window": Move(
            _("Open the time for objections"),
            {S.REVIEW_2},
            S.OBJECTION_WINDOW,
            _STAFF,
            guard=may_open_window,
        ),
        "send": Move(
            _("Sign and send"),
            {S.OBJECTION_WINDOW},
            S.SUBMITTED,
            _LURAH,
            guard=may_be_sent,
            four_eyes=True,
            warning=_("You sign the list with this step; every family on it counts as sent."),
        ),
        "establish": Move(
            _("Establish"),
            {S.SUBMITTED},
            S.ESTABLISHED,
            _LURAH,
            guard=may_be_established,
            four_eyes=True,
            warning=_("Every family on the list is established, or not accepted, at once."),
        ),
        "correct_review_1": _correction(S.REVIEW_1, S.OPEN),
        "correct_review_2": _correction(S.REVIEW_2, S.REVIEW_1),
        "correct_window": _correction(S.OBJECTION_WINDOW, S.REVIEW_2, no_objection_yet),
    },
    conflicts=own_family_unconfirmed,
    sealed_fields=(
        "kelurahan_id",
        "year",
        "basis",
        "objection_days",
        "status",
        "review_1_id",
        "review_2_id",
        "rembug_id",
        "objection_closes_on",
        "signed_by_id",
        "decree_number",
        "decree_on",
    ),
    # A correction is open all the time and waits for nobody.
    duties=frozenset({"start_review_1", "start_review_2", "open_window", "send", "establish"}),
)
CORRECTIONS = tuple(name for name in POOR_LIST_FLOW.moves if name.startswith("correct_"))
