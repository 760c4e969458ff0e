"""What only a look into the encrypted numbers tells: remarks on a person's NIK."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tkpk.models import Territory


class FindingCode(models.TextChoices):
    """What a NIK disagrees with; values are stored."""

    NIK_BIRTH = "NIK_BIRTH", _("NIK and birth date disagree")
    NIK_SEX = "NIK_SEX", _("NIK and sex disagree")
    NIK_PROVINCE = "NIK_PROVINCE", _("The NIK begins with no known province")


class HealthFinding(models.Model):
    """One remark on one person, found at a moment; a later check of the person replaces it."""

    kelurahan = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    # The key of a Member, and no foreign key: a remark is derived, so it must not count as
    # something built upon the person, which would keep an import from being undone.
    member_id = models.PositiveBigIntegerField()
    code = models.CharField(max_length=20, choices=FindingCode.choices)
    found_at = models.DateTimeField()

    class Meta:
        verbose_name = _("remark on data")
        verbose_name_plural = _("remarks on data")
        constraints = [
            models.UniqueConstraint(fields=["member_id", "code"], name="healthfinding_once"),
            models.CheckConstraint(
                condition=Q(code__in=FindingCode.values), name="healthfinding_code_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.member_id}"
