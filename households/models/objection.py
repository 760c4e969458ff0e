"""What residents say about the list: a family that should be on it, one that should not, a wish.

Each stands beside its `Submission`, which has the ticket and the text. What was written about a
family lies encrypted; which family is meant is said by an officer, later.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.household import Household
from households.models.listing import Listing
from households.models.poor_list import PoorList
from tkpk.encryption import EncryptedTextField, blind_index
from tkpk.models import FromOutside, Submission, Territory, User
from tkpk.models.territory import within
from tkpk.models.tracked import tracked_history
from tkpk.rights import scopes
from tkpk.roles import Role

READERS = frozenset({Role.STAFF, Role.LURAH})
SECRET = ["subject_name", "subject_address", "nik", "nik_index"]


class FamilyReportQuerySet(models.QuerySet[Any]):
    """Adjectives that the three kinds share."""

    def visible_to(self, user: User) -> "FamilyReportQuerySet":
        return self.filter(within("kelurahan__code", *scopes(user, READERS)))

    def open(self) -> "FamilyReportQuerySet":
        """Not decided yet. What was marked as no report does not count."""
        return self.filter(status="OPEN").exclude(submission__status=Submission.Status.SPAM)


class FamilyReportManager(models.Manager.from_queryset(FamilyReportQuerySet)):  # type: ignore[misc]
    """Each row is called by the ticket of its report, so both are read at once."""

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("submission")


class FamilyReport(FromOutside):
    """What a report says of a family, and which one an officer found it to be."""

    subject_name = EncryptedTextField(
        _("name of the head of family"), context="report.subject", blank=True, default=""
    )
    subject_address = EncryptedTextField(
        _("address or mark of the house"), context="report.subject", blank=True, default=""
    )
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("RT/RW")
    )
    nik = EncryptedTextField(_("NIK"), context="nik", blank=True, default="")
    nik_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("family"),
    )
    matched_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    matched_at = models.DateTimeField(null=True, editable=False)

    objects = FamilyReportManager()

    # Each kind has its own one-to-one row.
    submission: models.OneToOneField

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return self.submission.ticket

    def set_nik(self, nik: str) -> None:
        """Set the NIK and its blind index together; "" clears both."""
        self.nik = nik
        self.nik_index = blind_index("nik", nik)


def shared_constraints(name: str, statuses: list[str]) -> list[models.BaseConstraint]:
    """What holds for each of the three tables."""
    return [
        models.CheckConstraint(condition=Q(status__in=statuses), name=f"{name}_status_known"),
        models.CheckConstraint(
            condition=Q(household__isnull=True, matched_by__isnull=True, matched_at__isnull=True)
            | Q(household__isnull=False, matched_by__isnull=False, matched_at__isnull=False),
            name=f"{name}_match_is_signed",
        ),
        models.CheckConstraint(
            condition=Q(nik="", nik_index="") | ~Q(nik_index=""), name=f"{name}_nik_has_index"
        ),
    ]


def decided_as(statuses: Any) -> models.CharField:
    """The status of one kind of report: open until somebody decides."""
    return models.CharField(
        _("status"),
        max_length=10,
        choices=statuses.choices,
        default=statuses.OPEN,
        editable=False,
    )


def line_of_list(related_name: str) -> models.ForeignKey:
    """The line of the list that a report is about, or led to."""
    return models.ForeignKey(
        Listing,
        models.PROTECT,
        null=True,
        related_name=related_name,
        editable=False,
        verbose_name=_("line of the list"),
    )


class Ground(models.TextChoices):
    """Why the list is said to be wrong. Values are stored: never rename one."""

    NOT_POOR = "NOT_POOR", _("The family can provide for itself")
    MISSED = "MISSED", _("A poor family is missing on the list")
    MOVED = "MOVED", _("The family has moved away")
    DECEASED = "DECEASED", _("The person has died")
    DOUBLE = "DOUBLE", _("The family stands on the list twice")
    WRONG_DATA = "WRONG_DATA", _("The data of the family are wrong")
    OTHER = "OTHER", _("Another reason")


class ObjectionStatus(models.TextChoices):
    """What was decided."""

    OPEN = "OPEN", _("Not decided yet")
    UPHELD = "UPHELD", _("Upheld")
    REJECTED = "REJECTED", _("Rejected")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class Objection(FamilyReport):
    """Somebody says that a family stands on the list, or is missing there, by mistake."""

    Status = ObjectionStatus

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="objection")
    poor_list = models.ForeignKey(
        PoorList,
        models.PROTECT,
        related_name="objections",
        editable=False,
        verbose_name=_("list"),
    )
    # The family's line there, once the family is found; none for one that is missing.
    listing = line_of_list("objections")
    ground = models.CharField(_("ground"), max_length=12, choices=Ground.choices)
    status = decided_as(ObjectionStatus)

    history = tracked_history(excluded_fields=SECRET)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("objection to the list")
        verbose_name_plural = _("objections to the list")
        constraints = [
            *shared_constraints("objection", ObjectionStatus.values),
            models.CheckConstraint(
                condition=Q(ground__in=Ground.values), name="objection_ground_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=ObjectionStatus.UPHELD)
                | Q(household__isnull=False, ground=Ground.MISSED)
                | Q(listing__isnull=False),
                name="objection_upheld_about_a_line",
            ),
        ]


class NominationStatus(models.TextChoices):
    """What became of it."""

    OPEN = "OPEN", _("Not decided yet")
    ACCEPTED = "ACCEPTED", _("Put on the list")
    DECLINED = "DECLINED", _("Not taken")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class Nomination(FamilyReport):
    """Somebody says that a family should be looked at for the list."""

    Status = NominationStatus

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="nomination")
    listing = line_of_list("nominations")
    status = decided_as(NominationStatus)

    history = tracked_history(excluded_fields=SECRET)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")
        constraints = shared_constraints("nomination", NominationStatus.values)


class RemovalStatus(models.TextChoices):
    """What the family said when an officer asked."""

    OPEN = "OPEN", _("To be confirmed with the family")
    CONFIRMED = "CONFIRMED", _("Confirmed by the family")
    REFUTED = "REFUTED", _("Not the family's wish")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class Confirmation(models.TextChoices):
    """How the family was asked."""

    VISIT = "VISIT", _("At home")
    COUNTER = "COUNTER", _("At the counter, with the identity card")
    PHONE = "PHONE", _("By telephone, on a number known before")


class RemovalWish(FamilyReport):
    """A family asks not to stand on the list. It counts once an officer asked the family itself."""

    Status = RemovalStatus

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="removal_wish")
    confirmed_how = models.CharField(
        _("how the family was asked"), max_length=10, choices=Confirmation.choices, blank=True
    )
    confirmed_on = models.DateField(_("asked on"), null=True, blank=True)
    status = decided_as(RemovalStatus)

    history = tracked_history(excluded_fields=SECRET)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("wish to leave the list")
        verbose_name_plural = _("wishes to leave the list")
        constraints = [
            *shared_constraints("removalwish", RemovalStatus.values),
            models.CheckConstraint(
                condition=Q(confirmed_how="") | Q(confirmed_how__in=Confirmation.values),
                name="removalwish_how_known",
            ),
            models.CheckConstraint(
                condition=~Q(status=RemovalStatus.CONFIRMED)
                | (~Q(confirmed_how="") & Q(confirmed_on__isnull=False, household__isnull=False)),
                name="removalwish_confirmed_by_asking",
            ),
        ]
