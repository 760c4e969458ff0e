"""Assistance: the programmes that a kelurahan knows, and who received what."""

import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.models.checks import no_identifier
from households.models.household import READERS, Household
from households.models.member import Member
from tkpk.models import Tracked, User
from tkpk.models.territory import within
from tkpk.models.tracked import tracked_history
from tkpk.rights import scopes


class AidTarget(models.TextChoices):
    """Whom a programme names."""

    PERSON = "PERSON", _("a person")
    FAMILY = "FAMILY", _("a family")


class AidSource(models.TextChoices):
    """Where a receipt was learnt from."""

    IMPORT = "IMPORT", _("imported list")
    ENTRY = "ENTRY", _("entered by an officer")
    GROUP = "GROUP", _("self-help group")
    ACTIVITY = "ACTIVITY", _("TKPK activity")


class StopReason(models.TextChoices):
    """Why somebody receives no more. Values are stored: never rename one."""

    ENDED = "ENDED", _("The aid has ended")
    MOVED = "MOVED", _("Moved away")
    DECEASED = "DECEASED", _("Deceased")
    GRADUATED = "GRADUATED", _("Graduated")
    DOUBLE = "DOUBLE", _("Receives the same aid twice")
    FORBIDDEN_PAIR = "FORBIDDEN_PAIR", _("Receives another aid that excludes this one")
    NOT_ENTITLED = "NOT_ENTITLED", _("Does not meet the conditions any more")
    REFUSED = "REFUSED", _("Does not want it any more")
    NOT_COLLECTED = "NOT_COLLECTED", _("Was not collected")
    OTHER = "OTHER", _("Another reason")


class AidProgramme(Tracked):
    """PKH, Sembako, PBI-JK, BLT, aid of the city, or of the TKPK itself."""

    name = models.CharField(_("name"), max_length=100, validators=[no_identifier])
    provider = models.CharField(
        _("given by"), max_length=100, blank=True, validators=[no_identifier]
    )
    target = models.CharField(_("given to"), max_length=10, choices=AidTarget.choices)
    active = models.BooleanField(_("still runs"), default=True)
    max_decile = models.PositiveSmallIntegerField(
        _("meant for families up to decile"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("Shown as a note where aid is entered; nothing is refused because of it."),
    )
    decile_source = models.CharField(
        _("where that is written"), max_length=100, blank=True, validators=[no_identifier]
    )
    decile_read_on = models.DateField(_("read there on"), null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("aid programme")
        verbose_name_plural = _("aid programmes")
        constraints = [
            models.UniqueConstraint(fields=["kelurahan", "name"], name="aidprogramme_name_once"),
            models.CheckConstraint(
                condition=Q(target__in=AidTarget.values), name="aidprogramme_target_known"
            ),
            models.CheckConstraint(
                condition=Q(max_decile__isnull=True, decile_source="", decile_read_on__isnull=True)
                | Q(max_decile__isnull=False, max_decile__range=(1, 10)),
                name="aidprogramme_decile_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AidReceiptQuerySet(models.QuerySet["AidReceipt"]):
    """Adjectives for receipts."""

    def visible_to(self, user: User) -> "AidReceiptQuerySet":
        """The receipts of families whose file this person may open."""
        return self.filter(within("household__territory__code", *scopes(user, READERS)))

    def standing(self) -> "AidReceiptQuerySet":
        """Without those that were withdrawn as recorded by mistake."""
        return self.filter(withdrawn_at__isnull=True)

    def overlapping(self, first: datetime.date, last: datetime.date | None) -> "AidReceiptQuerySet":
        """Standing receipts of which a day lies between both; `last` None for no end."""
        rows = self.standing().filter(
            Q(period_to__isnull=True) | Q(period_to__gte=first),
            Q(stopped_on__isnull=True) | Q(stopped_on__gte=first),
        )
        return rows if last is None else rows.filter(period_from__lte=last)

    def in_year(self, year: int) -> "AidReceiptQuerySet":
        """Standing receipts that reach into a year."""
        return self.overlapping(datetime.date(year, 1, 1), datetime.date(year, 12, 31))

    def running(self, day: datetime.date) -> "AidReceiptQuerySet":
        """Standing receipts that cover a day."""
        return self.overlapping(day, day)

    def unstopped(self) -> "AidReceiptQuerySet":
        """Standing, and nobody has said that it stopped."""
        return self.standing().filter(stopped_at__isnull=True)


class AidReceipt(Tracked):
    """What one family, or one person of it, received from a programme in a period.

    `source_kind` and `source_code` say where it was learnt: the code of an import, a group or an
    activity. `period_to` is the last day; None while it goes on or where only the start is known.
    """

    programme = models.ForeignKey(
        AidProgramme, models.PROTECT, related_name="receipts", verbose_name=_("programme")
    )
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="aid_receipts", verbose_name=_("family")
    )
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="aid_receipts",
        verbose_name=_("person"),
    )
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("until"), null=True, blank=True)
    amount_idr = models.PositiveBigIntegerField(
        _("amount (Rp)"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    goods = models.CharField(_("in kind"), max_length=100, blank=True, validators=[no_identifier])
    source_kind = models.CharField(_("source"), max_length=10, choices=AidSource.choices)
    source_code = models.CharField(max_length=40, blank=True)
    source_value = models.JSONField(default=dict, blank=True, editable=False)
    # Nothing is deleted: what was recorded by mistake is withdrawn, and says by whom and why.
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("withdrawn by"),
    )
    withdrawn_because = models.CharField(
        _("reason of the withdrawal"),
        max_length=300,
        blank=True,
        editable=False,
        validators=[no_identifier],
    )

    # Somebody receives no more. What was received stays; `stopped_on` is the last day of it.
    stopped_on = models.DateField(_("last day"), null=True, blank=True, editable=False)
    stop_reason = models.CharField(
        _("why it stopped"), max_length=14, choices=StopReason.choices, blank=True, editable=False
    )
    stop_words = models.CharField(
        _("in words"), max_length=200, blank=True, editable=False, validators=[no_identifier]
    )
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True, editable=False)
    stopped_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("stopped by"),
    )
    # A rule says that this aid does not go together with another one that the family has.
    despite_pair = models.CharField(
        _("why it is recorded although a rule excludes the pair"),
        max_length=300,
        blank=True,
        editable=False,
        validators=[no_identifier],
    )

    objects = AidReceiptQuerySet.as_manager()
    history = tracked_history()

    class Meta:
        ordering = ["-period_from", "pk"]
        verbose_name = _("aid received")
        verbose_name_plural = _("aid received")
        constraints = [
            # One receipt a period: the same list twice changes nothing.
            models.UniqueConstraint(
                fields=["programme", "household", "member", "period_from"],
                condition=Q(withdrawn_at__isnull=True, member__isnull=False),
                name="aidreceipt_person_once",
            ),
            models.UniqueConstraint(
                fields=["programme", "household", "period_from"],
                condition=Q(withdrawn_at__isnull=True, member__isnull=True),
                name="aidreceipt_family_once",
            ),
            models.CheckConstraint(
                condition=Q(period_to__isnull=True) | Q(period_to__gte=F("period_from")),
                name="aidreceipt_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(source_kind__in=AidSource.values), name="aidreceipt_source_known"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="aidreceipt_withdrawal_paired",
            ),
            models.CheckConstraint(
                condition=Q(stop_reason="") | Q(stop_reason__in=StopReason.values),
                name="aidreceipt_stop_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    stopped_on__isnull=True,
                    stop_reason="",
                    stop_words="",
                    stopped_at__isnull=True,
                    stopped_by__isnull=True,
                )
                | (
                    Q(stopped_on__isnull=False, stopped_at__isnull=False, stopped_by__isnull=False)
                    & ~Q(stop_reason="")
                ),
                name="aidreceipt_stop_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True) | Q(stopped_on__gte=F("period_from")),
                name="aidreceipt_stopped_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(stop_reason=StopReason.OTHER) | ~Q(stop_words=""),
                name="aidreceipt_other_stop_in_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["programme", "household", "period_from"], name="aidreceipt_receivers"
            ),
            models.Index(fields=["kelurahan", "period_from"], name="aidreceipt_kelurahan"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"BTN-{self.pk:06d}" if self.pk else "BTN-baru"

    @property
    def last_day(self) -> datetime.date | None:
        """The last day on which it was or will be received; None while no end is known."""
        ends = [day for day in (self.period_to, self.stopped_on) if day is not None]
        return min(ends) if ends else None
