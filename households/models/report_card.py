"""Rapor keluarga: what a family and those who walk along with it look back on once a year."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.household import Household
from households.models.instrument_content import ScoreClass
from households.models.score import Score
from tkpk.encryption import EncryptedTextField
from tkpk.models import Document, Tracked, User
from tkpk.models.territory import within, within_kelurahan
from tkpk.models.tracked import tracked_history
from tkpk.rights import scopes
from tkpk.roles import Role

# Notes and commitments are between the family and the kelurahan.
CARD_READERS = frozenset({Role.STAFF, Role.LURAH})


class CardStatus(models.TextChoices):
    """A card is written, then closed. Values are stored: never rename one."""

    DRAFT = "DRAFT", _("Being written")
    CLOSED = "CLOSED", _("Closed")
    SET_ASIDE = "SET_ASIDE", _("Set aside")


def _living_within(*codes: str) -> Q:
    return within("household__territory__code", *codes)


class ReportCardQuerySet(models.QuerySet["ReportCard"]):
    """Adjectives for cards."""

    def visible_to(self, user: User) -> "ReportCardQuerySet":
        """The cards that this person may read whole."""
        return self.filter(within_kelurahan(*scopes(user, CARD_READERS), place=_living_within))

    def closed(self) -> "ReportCardQuerySet":
        return self.filter(status=CardStatus.CLOSED)

    def standing(self) -> "ReportCardQuerySet":
        return self.exclude(status=CardStatus.SET_ASIDE)


class ReportCard(Tracked):
    """One edition of a family's card of a year. A closed one is sealed: its paper is kept.

    A mistake found afterwards is mended in a new edition; the old paper stays as it was given.
    """

    Status = CardStatus

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="report_cards", verbose_name=_("family")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    edition = models.PositiveSmallIntegerField(_("edition"), default=1, editable=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=CardStatus.choices,
        default=CardStatus.DRAFT,
        editable=False,
    )
    # What stood in the register on the day of closing.
    score = models.ForeignKey(
        Score, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("score")
    )
    category = models.ForeignKey(
        ScoreClass,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("class"),
    )
    # The words of the paper, AES-GCM, so that the page shows what was closed.
    content = models.BinaryField(null=True, editable=False)
    document = models.OneToOneField(
        Document,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("document"),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    closed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("closed by"),
    )

    objects = ReportCardQuerySet.as_manager()
    history = tracked_history(excluded_fields=["content"])

    class Meta:
        ordering = ["-year", "-edition"]
        verbose_name = _("report card")
        verbose_name_plural = _("report cards")
        constraints = [
            models.UniqueConstraint(
                fields=["household", "year", "edition"], name="reportcard_edition_once"
            ),
            models.UniqueConstraint(
                fields=["household", "year"],
                condition=Q(status=CardStatus.DRAFT),
                name="reportcard_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CardStatus.values), name="reportcard_status_known"
            ),
            models.CheckConstraint(
                condition=Q(year__range=(2000, 2100), edition__gte=1),
                name="reportcard_numbers_in_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=CardStatus.CLOSED,
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    document__isnull=False,
                    content__isnull=False,
                )
                | (
                    ~Q(status=CardStatus.CLOSED)
                    & Q(
                        closed_at__isnull=True,
                        closed_by__isnull=True,
                        document__isnull=True,
                        content__isnull=True,
                    )
                ),
                name="reportcard_closed_is_sealed",
            ),
        ]
        indexes = [models.Index(fields=["kelurahan", "year", "status"], name="reportcard_year")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"RPR-{self.pk:06d}" if self.pk else "RPR-baru"

    @property
    def content_context(self) -> str:
        """What the sealed words are bound to."""
        return f"report_card.{self.pk}"


class NoteAuthor(models.TextChoices):
    """Whose words a note holds. Values are stored: never rename one."""

    FAMILY = "FAMILY", _("Family")
    COMPANION = "COMPANION", _("Companion")
    OFFICER = "OFFICER", _("Kelurahan officer")


class CardNote(Tracked):
    """A remark on a card, in the words of the family, its companion or an officer."""

    card = models.ForeignKey(
        ReportCard, models.PROTECT, related_name="notes", verbose_name=_("report card")
    )
    author = models.CharField(_("whose words"), max_length=10, choices=NoteAuthor.choices)
    author_name = models.CharField(_("name of the companion"), max_length=100, blank=True)
    text = EncryptedTextField(_("note"), context="report_card.note")
    # A note that was written by mistake stays, struck out; a closed card keeps all as they were.
    struck_at = models.DateTimeField(null=True, editable=False)
    struck_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("note on a report card")
        verbose_name_plural = _("notes on report cards")
        constraints = [
            models.CheckConstraint(
                condition=Q(author__in=NoteAuthor.values), name="cardnote_author_known"
            ),
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True, struck_by__isnull=True)
                | Q(struck_at__isnull=False, struck_by__isnull=False),
                name="cardnote_struck_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id}/{self.pk}"


class CommitmentSide(models.TextChoices):
    """Who promises. Values are stored: never rename one."""

    FAMILY = "FAMILY", _("Family")
    KELURAHAN = "KELURAHAN", _("The kelurahan")
    COMPANION = "COMPANION", _("Companion")


class CommitmentOutcome(models.TextChoices):
    """What became of a promise. Values are stored: never rename one."""

    KEPT = "KEPT", _("Kept")
    PARTLY = "PARTLY", _("Partly kept")
    NOT_KEPT = "NOT_KEPT", _("Not kept")
    OVERTAKEN = "OVERTAKEN", _("Not needed any more")


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Adjectives for promises."""

    def standing(self) -> "CommitmentQuerySet":
        return self.filter(struck_at__isnull=True)

    def unsettled(self) -> "CommitmentQuerySet":
        return self.standing().filter(outcome="")

    def due_by(self, day: Any) -> "CommitmentQuerySet":
        return self.unsettled().filter(due_on__lte=day)


class Commitment(Tracked):
    """What the family or the kelurahan will do, by when, and later whether it was done."""

    card = models.ForeignKey(
        ReportCard, models.PROTECT, related_name="commitments", verbose_name=_("report card")
    )
    side = models.CharField(_("who promises"), max_length=10, choices=CommitmentSide.choices)
    what = EncryptedTextField(_("what"), context="report_card.commitment")
    due_on = models.DateField(_("by when"))
    outcome = models.CharField(
        _("what became of it"),
        max_length=10,
        choices=CommitmentOutcome.choices,
        blank=True,
        editable=False,
    )
    settled_on = models.DateField(_("seen on"), null=True, editable=False)
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    remark = EncryptedTextField(
        _("remark"), context="report_card.commitment", blank=True, default="", editable=False
    )
    struck_at = models.DateTimeField(null=True, editable=False)
    struck_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        constraints = [
            models.CheckConstraint(
                condition=Q(side__in=CommitmentSide.values), name="commitment_side_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_on__isnull=True, settled_by__isnull=True)
                | Q(
                    outcome__in=CommitmentOutcome.values,
                    settled_on__isnull=False,
                    settled_by__isnull=False,
                ),
                name="commitment_outcome_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True, struck_by__isnull=True)
                | Q(struck_at__isnull=False, struck_by__isnull=False),
                name="commitment_struck_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id}/{self.pk}"
