"""What the city answered to a list that was sent to it, family by family."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.household import Household
from households.models.poor_list import LIST_KEEPERS, PoorList
from tkpk.models import Tracked, User
from tkpk.models.territory import within
from tkpk.rights import scopes


class DecreeStatus(models.TextChoices):
    """A file of the city's answer."""

    CHECKED = "CHECKED", _("Read, not saved yet")
    APPLIED = "APPLIED", _("Saved")
    DISCARDED = "DISCARDED", _("Discarded")


class DecreeFileQuerySet(models.QuerySet["DecreeFile"]):
    """Adjectives for files."""

    def visible_to(self, user: User) -> "DecreeFileQuerySet":
        return self.filter(within("kelurahan__code", *scopes(user, LIST_KEEPERS)))

    def applied(self) -> "DecreeFileQuerySet":
        return self.filter(status=DecreeStatus.APPLIED)


class DecreeFile(Tracked):
    """One file that the city sent back: what it says of each family, kept for good."""

    Status = DecreeStatus

    poor_list = models.ForeignKey(
        PoorList, models.PROTECT, related_name="decree_files", verbose_name=_("list")
    )
    source_hash = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=DecreeStatus.choices,
        default=DecreeStatus.CHECKED,
        editable=False,
    )

    objects = DecreeFileQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("answer of the city")
        verbose_name_plural = _("answers of the city")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=DecreeStatus.values), name="decreefile_status_known"
            ),
            models.UniqueConstraint(
                fields=["poor_list"],
                condition=Q(status=DecreeStatus.APPLIED),
                name="decreefile_applied_once",
            ),
        ]

    def __str__(self) -> str:
        return f"SK-KOTA-{self.pk:05d}" if self.pk else "SK-KOTA-baru"


class DecreeFinding(models.TextChoices):
    """What the city says of a family, held against what was sent."""

    ACCEPTED = "ACCEPTED", _("Sent and accepted")
    NOT_ACCEPTED = "NOT_ACCEPTED", _("Sent and not accepted")
    NEW = "NEW", _("Added by the city, known here")
    UNKNOWN = "UNKNOWN", _("Added by the city, not known here")
    UNCLEAR = "UNCLEAR", _("Fits several families, or none for certain")
    MISSING = "MISSING", _("Sent, and not in the answer")


class DecreeRow(models.Model):
    """One family of the answer, or one that was sent and is missing there."""

    file = models.ForeignKey(DecreeFile, models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    finding = models.CharField(max_length=14, choices=DecreeFinding.choices)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    # The name and numbers as the city wrote them; AES-GCM.
    blob = models.BinaryField(editable=False)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["file", "position"]
        verbose_name = _("row of an answer of the city")
        verbose_name_plural = _("rows of answers of the city")
        constraints = [
            models.UniqueConstraint(fields=["file", "position"], name="decreerow_position_once"),
            models.CheckConstraint(
                condition=Q(finding__in=DecreeFinding.values), name="decreerow_finding_known"
            ),
        ]
        indexes = [models.Index(fields=["file", "finding"], name="decreerow_finding")]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.position}"

    @property
    def context(self) -> str:
        """What the blob is bound to."""
        return f"decree.{self.file_id}.{self.position}"
