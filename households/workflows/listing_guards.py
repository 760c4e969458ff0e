"""What a family on the list needs for its next step, and which score and which officials count."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households.models import (
    Household,
    HouseholdStatus,
    Listing,
    ListingOrigin,
    ListingStatus,
    Member,
    PoorList,
    PoorListStatus,
    Score,
    SurveyStatus,
)
from tkpk.models import Mandate, MeetingStatus, Territory, User
from tkpk.models.meeting import PUBLIC_REVIEWS
from tkpk.models.territory import within

S = ListingStatus
L = PoorListStatus
# Where a family stands again whose move or death was recorded by mistake.
RETURNS_TO: dict[str, ListingStatus] = {
    L.OPEN: S.NOMINATED,
    L.REVIEW_1: S.NOMINATED,
    L.REVIEW_2: S.PUBLIC_REVIEW_2,
    L.OBJECTION_WINDOW: S.PUBLIC_REVIEW_2,
    L.SUBMITTED: S.SUBMITTED,
    L.ESTABLISHED: S.ESTABLISHED,
}


# --- which score, whose family ---------------------------------------------------------------
def scores_for(poor_list: PoorList) -> QuerySet[Score]:
    """The scores that may stand for a family on this list, the newest first.

    Complete, current, of a checked survey of the list's year or the one before it.
    """
    rows = (
        Score.objects.current()
        .complete()
        .filter(
            kelurahan=poor_list.kelurahan_id,
            survey__status=SurveyStatus.CHECKED,
            survey__year__in=(poor_list.year - 1, poor_list.year),
        )
    )
    if poor_list.instrument_id:
        rows = rows.filter(instrument_version__instrument=poor_list.instrument_id)
    return rows.order_by("-survey__year", "-computed_at", "-pk")


def score_for(listing: Listing) -> Score | None:
    """The score that counts for a family on its list, if there is one."""
    return scores_for(listing.poor_list).filter(household=listing.household_id).first()


def families_of_officials(kelurahan: Territory) -> QuerySet[Household]:
    """Families with a member who holds a mandate here today, by the blind index of the NIK."""
    holders = Mandate.objects.valid_on(timezone.localdate()).filter(
        within("territory__code", kelurahan.code)
    )
    officials = User.objects.filter(pk__in=holders.values("user"), is_active=True)
    indexes = officials.exclude(nik_index="").values("nik_index")
    members = Member.objects.filter(kelurahan=kelurahan, nik_index__in=indexes)
    return Household.objects.filter(pk__in=members.values("household"))


def unconfirmed_officials(poor_list: PoorList) -> QuerySet[Listing]:
    """Standing lines of officials' families that no second official has confirmed."""
    return poor_list.listings.standing().filter(
        confirmed_by=None, household__in=families_of_officials(poor_list.kelurahan)
    )


# --- guards ----------------------------------------------------------------------------------
def lives_here(listing: Listing) -> None:
    if listing.household.status != HouseholdStatus.ACTIVE:
        raise ValidationError(
            _("This family does not live here any more: record what became of it first."),
            code="closed_family",
        )
    if not listing.poor_list.takes_nominations:
        raise ValidationError(
            _("Families are verified before the second round; the list is past it."),
            code="too_late",
        )


def has_score(listing: Listing) -> None:
    lives_here(listing)
    if score_for(listing) is None:
        raise ValidationError(
            _(
                "No checked survey with a complete score is there yet. Survey the family, or "
                "verify it as an exception with a reason."
            ),
            code="no_score",
        )


def is_officials(listing: Listing) -> None:
    if listing.confirmed_by_id is not None:
        raise ValidationError(_("A second official has confirmed it already."), code="confirmed")
    if not families_of_officials(listing.kelurahan).filter(pk=listing.household_id).exists():
        raise ValidationError(
            _("Only the family of an official needs a second confirmation."), code="no_official"
        )


def list_stands_at(*statuses: str) -> Any:
    def guard(listing: Listing) -> None:
        if listing.poor_list.status not in statuses:
            raise ValidationError(
                _("A family follows its list, which stands at “%(status)s”."),
                code="list_elsewhere",
                params={"status": listing.poor_list.get_status_display()},
            )

    return guard


def added_by_city(listing: Listing) -> None:
    list_stands_at(L.SUBMITTED, L.ESTABLISHED)(listing)
    if listing.origin != ListingOrigin.CITY:
        raise ValidationError(_("The city did not add this family."), code="not_by_city")


def not_sent(listing: Listing) -> None:
    if listing.poor_list.status in {L.SUBMITTED, L.ESTABLISHED}:
        raise ValidationError(_("The list is sent already."), code="too_late")


def may_graduate(listing: Listing) -> None:
    if not listing.graduation_ground:
        raise ValidationError(_("First propose the graduation, with its ground."), code="no_ground")
    meeting = listing.graduation_meeting
    held = meeting is not None and meeting.status == MeetingStatus.CLOSED
    if meeting is None or not held or meeting.kind not in PUBLIC_REVIEWS:
        raise ValidationError(
            _("A graduation is confirmed in a closed meeting of uji publik: say in which."),
            code="no_meeting",
        )


def not_proposed(listing: Listing) -> None:
    if listing.graduation_ground:
        raise ValidationError(_("The graduation is proposed already."), code="proposed")


def is_proposed(listing: Listing) -> None:
    if not listing.graduation_ground:
        raise ValidationError(_("No graduation is proposed."), code="no_ground")


def is_monitored(listing: Listing) -> None:
    if listing.visit_due_on is None:
        raise ValidationError(_("The year of visits is over."), code="not_monitored")
