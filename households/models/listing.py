"""A family on the list of one year: where it stands, by what score, and what became of it."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from households.models.checks import no_identifier
from households.models.household import Household, HouseholdStatus
from households.models.instrument_content import ScoreClass
from households.models.life_event import LifeEvent
from households.models.member import Member
from households.models.poor_list import AREA_HEADS, LIST_KEEPERS, PoorList
from households.models.score import Score
from tkpk.encryption import EncryptedTextField
from tkpk.models import Meeting, Tracked, User
from tkpk.models.territory import within, within_kelurahan
from tkpk.models.tracked import tracked_history
from tkpk.rights import scopes


class ListingStatus(models.TextChoices):
    """The way of a family on the list. Values are stored: never rename one."""

    NOMINATED = "NOMINATED", _("Nominated")
    FIELD_VERIFIED = "FIELD_VERIFIED", _("Verified in the field")
    PUBLIC_REVIEW_1 = "PUBLIC_REVIEW_1", _("Uji publik, round 1")
    PUBLIC_REVIEW_2 = "PUBLIC_REVIEW_2", _("Uji publik, round 2")
    SUBMITTED = "SUBMITTED", _("Sent to the city")
    ESTABLISHED = "ESTABLISHED", _("Established")
    NOT_ACCEPTED = "NOT_ACCEPTED", _("Not accepted")
    GRADUATED = "GRADUATED", _("Graduated")
    DELISTED = "DELISTED", _("Taken off the list")
    MOVED = "MOVED", _("Moved away")
    DECEASED = "DECEASED", _("Deceased")
    REFUSED = "REFUSED", _("The family refuses")


# Still on its way to being established.
ON_THE_WAY = (
    ListingStatus.NOMINATED,
    ListingStatus.FIELD_VERIFIED,
    ListingStatus.PUBLIC_REVIEW_1,
    ListingStatus.PUBLIC_REVIEW_2,
    ListingStatus.SUBMITTED,
)
STANDING = (*ON_THE_WAY, ListingStatus.ESTABLISHED)


class ListingOrigin(models.TextChoices):
    """Who put the family on the list. Values are stored: never rename one."""

    CARRIED_OVER = "CARRIED_OVER", _("Last year's list")
    STAFF = "STAFF", _("Kelurahan officer")
    RT_RW = "RT_RW", _("RT or RW")
    PUBLIC = "PUBLIC", _("Residents")
    CITY = "CITY", _("The city")


class GraduationGround(models.TextChoices):
    """Why a family is proposed for graduation. Values are stored: never rename one."""

    BELOW_CLASSES = "BELOW_CLASSES", _("The score lies below the classes of the poor")
    TWO_STEPS_UP = "TWO_STEPS_UP", _("The class improved two years in a row")
    OWN_REQUEST = "OWN_REQUEST", _("The family asks for it")


def _living_within(*codes: str) -> Q:
    return within("household__territory__code", *codes)


class ListingQuerySet(models.QuerySet["Listing"]):
    """Adjectives for families on lists."""

    def visible_to(self, user: User) -> "ListingQuerySet":
        """Those whose name and status this person may read, by the mandates of today."""
        codes = scopes(user, LIST_KEEPERS | AREA_HEADS)
        return self.filter(within_kelurahan(*codes, place=_living_within))

    def kept_by(self, user: User) -> "ListingQuerySet":
        """Those of which this person sees class, score and history too."""
        return self.filter(within("kelurahan__code", *scopes(user, LIST_KEEPERS)))

    def of_year(self, year: int) -> "ListingQuerySet":
        return self.filter(poor_list__year=year)

    def standing(self) -> "ListingQuerySet":
        """On the way to being established, or established."""
        return self.filter(status__in=STANDING)

    def established(self, year: int | None = None) -> "ListingQuerySet":
        """Established and not left since; of one year, or of any."""
        rows = self.filter(status=ListingStatus.ESTABLISHED)
        return rows if year is None else rows.of_year(year)

    def up_to_decile(self, decile: int) -> "ListingQuerySet":
        """Whose family has a decile of the national registry up to this one."""
        return self.filter(household__decile__lte=decile)

    def whose_family_left(self) -> "ListingQuerySet":
        """Still on the list, but closed, or nobody lives in the family any more."""
        at_home = Member.objects.living().filter(household=OuterRef("household"))
        closed = Q(household__status=HouseholdStatus.CLOSED)
        return self.standing().filter(closed | ~Exists(at_home))

    def monitored(self) -> "ListingQuerySet":
        """Graduates who are still looked after."""
        return self.filter(status=ListingStatus.GRADUATED, visit_due_on__isnull=False)


class Listing(Tracked):
    """One family on one list."""

    Status = ListingStatus
    Origin = ListingOrigin

    poor_list = models.ForeignKey(
        PoorList, models.PROTECT, related_name="listings", verbose_name=_("list")
    )
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="listings", verbose_name=_("family")
    )
    origin = models.CharField(_("put on by"), max_length=12, choices=ListingOrigin.choices)
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=ListingStatus.choices,
        default=ListingStatus.NOMINATED,
        editable=False,
    )
    score = models.ForeignKey(
        Score,
        models.PROTECT,
        null=True,
        related_name="listings",
        editable=False,
        verbose_name=_("score"),
    )
    # The score's class, kept here so that lists need no way around.
    score_class = models.ForeignKey(
        ScoreClass,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("class"),
    )
    exception = models.CharField(
        _("why it is verified without a score"),
        max_length=300,
        blank=True,
        editable=False,
        validators=[no_identifier],
    )
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, editable=False)
    # An official's own family: the second official who looked at it.
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    life_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, related_name="+", editable=False
    )
    graduation_ground = models.CharField(
        _("ground of the graduation"),
        max_length=14,
        choices=GraduationGround.choices,
        blank=True,
        editable=False,
    )
    graduation_proposed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    graduation_meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, related_name="+", editable=False
    )
    graduated_on = models.DateField(_("graduated on"), null=True, editable=False)
    monitored_until = models.DateField(_("looked after until"), null=True, editable=False)
    # The next visit of a graduate; empty once the year is over.
    visit_due_on = models.DateField(_("next visit due"), null=True, editable=False)

    objects = ListingQuerySet.as_manager()
    history = tracked_history()

    class Meta:
        ordering = ["poor_list", "pk"]
        verbose_name = _("family on the list")
        verbose_name_plural = _("families on the list")
        constraints = [
            models.UniqueConstraint(fields=["poor_list", "household"], name="listing_family_once"),
            models.CheckConstraint(
                condition=Q(status__in=ListingStatus.values), name="listing_status_known"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=ListingOrigin.values), name="listing_origin_known"
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True, verified_at__isnull=True)
                | Q(verified_by__isnull=False, verified_at__isnull=False),
                name="listing_verified_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                    & ~Q(confirmed_by=models.F("verified_by"))
                ),
                name="listing_confirmed_by_a_second",
            ),
            # What the city itself added was never seen by an officer.
            models.CheckConstraint(
                condition=~Q(status__in=["FIELD_VERIFIED", "PUBLIC_REVIEW_1", "PUBLIC_REVIEW_2"])
                | (Q(verified_by__isnull=False) & (Q(score__isnull=False) | ~Q(exception=""))),
                name="listing_verified_on_grounds",
            ),
            models.CheckConstraint(
                condition=(~Q(status="GRADUATED") & Q(graduated_on__isnull=True))
                | (
                    Q(
                        status="GRADUATED",
                        graduated_on__isnull=False,
                        monitored_until__isnull=False,
                        graduation_meeting__isnull=False,
                    )
                    & ~Q(graduation_ground="")
                ),
                name="listing_graduated_in_a_meeting",
            ),
            models.CheckConstraint(
                condition=Q(visit_due_on__isnull=True) | Q(status="GRADUATED"),
                name="listing_visits_of_graduates",
            ),
        ]
        indexes = [
            models.Index(fields=["poor_list", "status"], name="listing_list_status"),
            models.Index(fields=["kelurahan", "status"], name="listing_kelurahan_status"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """What the line is called: it says nothing about the family."""
        return f"DFT-{self.pk:06d}" if self.pk else "DFT-baru"


class MonitoringVisit(models.Model):
    """A visit to a graduate. Written once."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="visits")
    visited_on = models.DateField(_("visited on"))
    note = EncryptedTextField(_("note"), context="monitoring.note")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-visited_on", "-pk"]
        verbose_name = _("visit to a graduate")
        verbose_name_plural = _("visits to graduates")

    def __str__(self) -> str:
        return f"{self.listing_id}/{self.pk}"
