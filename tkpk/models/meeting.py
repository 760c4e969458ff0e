"""Meetings of residents and bodies, who attended, and the numbers of their minutes."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tkpk.encryption import EncryptedTextField
from tkpk.models.document import Document
from tkpk.models.territory import Territory, within
from tkpk.models.tracked import Tracked, tracked_history
from tkpk.models.user import User
from tkpk.roles import TKPK_ROLES, Role
from tkpk.text_checks import no_identifier

KEEPERS = frozenset({Role.STAFF, Role.LURAH, Role.TKPK_CHAIR, Role.TKPK_SECRETARY})
READERS = KEEPERS | TKPK_ROLES
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class MeetingKind(models.TextChoices):
    """What is met about. Values are stored: never rename one."""

    PUBLIC_REVIEW_1 = "UJI_PUBLIK_1", _("Uji publik, round 1")
    PUBLIC_REVIEW_2 = "UJI_PUBLIK_2", _("Uji publik, round 2")
    REMBUG = "REMBUG", _("Rembug warga")
    DECISION = "DECISION", _("Decision meeting of the TKPK")
    PLENO = "PLENO", _("Plenary meeting")
    RWT = "RWT", _("Yearly residents' meeting (RWT)")
    OTHER = "OTHER", _("Other meeting")


PUBLIC_REVIEWS = frozenset({MeetingKind.PUBLIC_REVIEW_1, MeetingKind.PUBLIC_REVIEW_2})
# Only the team itself opens and closes these.
OF_THE_TEAM = frozenset({MeetingKind.DECISION, MeetingKind.PLENO})


class MeetingStatus(models.TextChoices):
    """From the plan to the minutes."""

    PLANNED = "PLANNED", _("Planned")
    OPEN = "OPEN", _("Under way")
    CLOSED = "CLOSED", _("Closed")
    CANCELLED = "CANCELLED", _("Cancelled")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Adjectives for meetings."""

    def visible_to(self, user: User) -> "MeetingQuerySet":
        from tkpk.rights import scopes  # noqa: PLC0415 - rights read mandates, models before them

        return self.filter(within("kelurahan__code", *scopes(user, READERS)))

    def held(self) -> "MeetingQuerySet":
        """Closed, so that its minutes have a number."""
        return self.filter(status=MeetingStatus.CLOSED)


class Meeting(Tracked):
    """One meeting. What it needs to count is frozen when it is opened."""

    Status = MeetingStatus
    Kind = MeetingKind

    kind = models.CharField(_("kind"), max_length=15, choices=MeetingKind.choices)
    title = models.CharField(_("title"), max_length=120, validators=[no_identifier])
    starts_at = models.DateTimeField(_("begins at"))
    place = models.CharField(_("place"), max_length=120, validators=[no_identifier])
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="+", verbose_name=_("for which area")
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=MeetingStatus.choices,
        default=MeetingStatus.PLANNED,
        editable=False,
    )
    least_attendance = models.PositiveSmallIntegerField(
        _("persons that must attend"), null=True, blank=True, editable=False
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    notes = EncryptedTextField(_("notes"), context="meeting.notes", blank=True, default="")
    # A signed list on paper: its scan, and how many stand on it beside those typed here.
    attendance_scan = models.ForeignKey(
        Document,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("scan of the attendance list"),
    )
    listed_women = models.PositiveSmallIntegerField(_("women on the list"), default=0)
    listed_men = models.PositiveSmallIntegerField(_("men on the list"), default=0)
    minutes_year = models.PositiveSmallIntegerField(null=True, editable=False)
    minutes_number = models.PositiveSmallIntegerField(null=True, editable=False)
    minutes_code = models.CharField(max_length=40, blank=True, editable=False)

    objects = MeetingQuerySet.as_manager()
    history = tracked_history()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=MeetingKind.values), name="meeting_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=MeetingStatus.values), name="meeting_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PLANNED", "CANCELLED"])
                | Q(opened_at__isnull=False, least_attendance__isnull=False),
                name="meeting_opening_is_frozen",
            ),
            models.CheckConstraint(
                condition=~Q(status="CLOSED")
                | Q(
                    closed_at__isnull=False,
                    minutes_year__isnull=False,
                    minutes_number__isnull=False,
                ),
                name="meeting_minutes_are_numbered",
            ),
            models.UniqueConstraint(
                fields=["kelurahan", "minutes_year", "minutes_number"],
                condition=Q(minutes_number__isnull=False),
                name="meeting_minutes_once",
            ),
        ]
        indexes = [models.Index(fields=["kelurahan", "-starts_at"], name="meeting_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def minutes(self) -> str:
        """The number of the minutes, such as 07/BA/TKPK/XI/2026; "" before closing."""
        if self.minutes_number is None or self.closed_at is None:
            return ""
        month = ROMAN[timezone.localtime(self.closed_at).month - 1]
        return f"{self.minutes_number:02d}/{self.minutes_code}/{month}/{self.minutes_year}"


class AttendeeSex(models.TextChoices):
    """For the share of women."""

    WOMAN = "P", _("woman")
    MAN = "L", _("man")


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Adjectives for names on the list."""

    def standing(self) -> "AttendanceQuerySet":
        """Not struck out again."""
        return self.filter(struck_at__isnull=True)


class Attendance(models.Model):
    """One person who was there. A mistake is struck out, never taken away."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances")
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    name = models.CharField(_("name"), max_length=120, validators=[no_identifier])
    role_words = models.CharField(
        _("position or representing"), max_length=80, blank=True, validators=[no_identifier]
    )
    sex = models.CharField(_("sex"), max_length=1, choices=AttendeeSex.choices)
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("RT/RW")
    )
    present_at = models.DateTimeField(_("present since"))
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    struck_at = models.DateTimeField(null=True, editable=False)
    struck_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["present_at", "pk"]
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.CheckConstraint(
                condition=Q(sex__in=AttendeeSex.values), name="attendance_sex_known"
            ),
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True, struck_by__isnull=True)
                | Q(struck_at__isnull=False, struck_by__isnull=False),
                name="attendance_struck_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["meeting", "user"],
                condition=Q(user__isnull=False, struck_at__isnull=True),
                name="attendance_account_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.pk}"


class MinutesCounter(models.Model):
    """The last number given to minutes in a year; the row is locked to take the next."""

    kelurahan = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kelurahan", "year"], name="minutescounter_year_once")
        ]

    def __str__(self) -> str:
        return f"{self.kelurahan_id}/{self.year}: {self.last}"
