"""Statements that the counter gives: a numbered, sealed paper of what the register says."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.checks import no_identifier
from households.models.household import READERS, Household
from households.models.member import Member
from tkpk.models import Document, Territory, Tracked, User
from tkpk.models.territory import within
from tkpk.models.tracked import tracked_history
from tkpk.rights import scopes

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class CounterReason(models.TextChoices):
    """Why somebody comes to the counter: one tap each."""

    AID = "AID", _("Application for aid")
    SCHOOL = "SCHOOL", _("Reduction of school fees")
    HEALTH = "HEALTH", _("Medical treatment")
    OTHER = "OTHER", _("Other")


class StatementCounter(models.Model):
    """The last number of a kelurahan's statements in a year; gaps are allowed."""

    kelurahan = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kelurahan", "year"], name="statementcounter_once")
        ]

    def __str__(self) -> str:
        return f"{self.kelurahan_id}/{self.year}: {self.last}"


class StatementQuerySet(models.QuerySet["Statement"]):
    """Adjectives for statements."""

    def visible_to(self, user: User) -> "StatementQuerySet":
        """The statements about families whose file this person may open."""
        return self.filter(within("household__territory__code", *scopes(user, READERS)))


class Statement(Tracked):
    """One paper, given once. What it says lies in the stored file and is never made again."""

    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    number = models.PositiveIntegerField(_("number"), editable=False)
    issued_on = models.DateField(_("given on"), editable=False)
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="statements", verbose_name=_("family")
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="statements", verbose_name=_("person")
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=CounterReason.choices)
    purpose_words = models.CharField(
        _("purpose in words"), max_length=200, blank=True, validators=[no_identifier]
    )
    shows_nik = models.BooleanField(_("with the full NIK"), default=False)
    document = models.OneToOneField(
        Document, models.PROTECT, related_name="+", verbose_name=_("document")
    )

    objects = StatementQuerySet.as_manager()
    history = tracked_history()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.UniqueConstraint(
                fields=["kelurahan", "year", "number"], name="statement_number_once"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=CounterReason.values), name="statement_purpose_known"
            ),
            models.CheckConstraint(
                condition=~Q(purpose=CounterReason.OTHER) | ~Q(purpose_words=""),
                name="statement_other_purpose_in_words",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number on the paper, such as 07/KLH/XI/2026: counted per kelurahan and year."""
        return f"{self.number:02d}/KLH/{ROMAN[self.issued_on.month - 1]}/{self.year}"

    @property
    def purpose_text(self) -> str:
        return self.purpose_words or str(self.get_purpose_display())
