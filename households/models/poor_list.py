"""The yearly list of poor families of a kelurahan."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.checks import no_identifier
from households.models.instrument import Instrument
from tkpk.models import Meeting, Tracked, User
from tkpk.models.territory import within, within_kelurahan
from tkpk.models.tracked import tracked_history
from tkpk.rights import scopes
from tkpk.roles import TKPK_ROLES, Role

# Who draws the list up, and who signs it.
LIST_KEEPERS = frozenset({Role.STAFF, Role.LURAH})
AREA_HEADS = frozenset({Role.RW_HEAD, Role.RT_HEAD})
# Who reads how many families stand where; names are another matter (`Listing.visible_to`).
COUNT_READERS = LIST_KEEPERS | TKPK_ROLES | {Role.KEMANTREN}
MOST_DAYS = 90


class Basis(models.TextChoices):
    """What establishes a list. Values are stored: never rename one."""

    DECREE = "DECREE", _("Decree of the mayor (KSJPS)")
    REMBUG = "REMBUG", _("Rembug warga (daftar PS2)")


class PoorListStatus(models.TextChoices):
    """From the first nomination to the established list."""

    OPEN = "OPEN", _("Nominations and visits")
    REVIEW_1 = "REVIEW_1", _("Uji publik, round 1")
    REVIEW_2 = "REVIEW_2", _("Uji publik, round 2")
    OBJECTION_WINDOW = "OBJECTION_WINDOW", _("Time for objections")
    SUBMITTED = "SUBMITTED", _("Signed and sent")
    ESTABLISHED = "ESTABLISHED", _("Established")


def _any_part(*codes: str) -> Q:
    """The kelurahan in which these places lie."""
    return Q(kelurahan__code__in={code[:13] for code in codes if len(code) > 13})


class PoorListQuerySet(models.QuerySet["PoorList"]):
    """Adjectives for lists."""

    def visible_to(self, user: User) -> "PoorListQuerySet":
        """The lists of which this person may at least know the stage and the counts."""
        codes = scopes(user, COUNT_READERS | AREA_HEADS)
        return self.filter(within_kelurahan(*codes, place=_any_part))

    def kept_by(self, user: User) -> "PoorListQuerySet":
        return self.filter(within("kelurahan__code", *scopes(user, LIST_KEEPERS)))

    def running(self) -> "PoorListQuerySet":
        """Not established yet."""
        return self.exclude(status=PoorListStatus.ESTABLISHED)

    def established(self) -> "PoorListQuerySet":
        return self.filter(status=PoorListStatus.ESTABLISHED)


class PoorList(Tracked):
    """The list of one kelurahan and year. A kelurahan has one a year, whatever its basis."""

    Status = PoorListStatus

    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    basis = models.CharField(_("established by"), max_length=10, choices=Basis.choices)
    objection_days = models.PositiveSmallIntegerField(
        _("days for objections"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
        help_text=_("Calendar days after the second round; the last one counts."),
    )
    # Whose scores count; empty for those of any instrument.
    instrument = models.ForeignKey(
        Instrument,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("instrument"),
        help_text=_("Only scores of this instrument count; left empty, those of any."),
    )
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=PoorListStatus.choices,
        default=PoorListStatus.OPEN,
        editable=False,
    )
    review_1 = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("meeting of round 1"),
    )
    review_2 = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("meeting of round 2"),
    )
    rembug = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("rembug warga"),
    )
    objection_opened_on = models.DateField(_("objections from"), null=True, editable=False)
    # The last day on which an objection is taken.
    objection_closes_on = models.DateField(_("objections until"), null=True, editable=False)
    signed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("signed by"),
    )
    signed_at = models.DateTimeField(_("signed at"), null=True, editable=False)
    decree_number = models.CharField(
        _("number of the decree"), max_length=60, blank=True, validators=[no_identifier]
    )
    decree_on = models.DateField(_("date of the decree"), null=True, blank=True)
    established_at = models.DateTimeField(_("established at"), null=True, editable=False)

    objects = PoorListQuerySet.as_manager()
    history = tracked_history()

    class Meta:
        ordering = ["-year", "-pk"]
        verbose_name = _("list of poor families")
        verbose_name_plural = _("lists of poor families")
        constraints = [
            models.UniqueConstraint(fields=["kelurahan", "year"], name="poorlist_year_once"),
            models.CheckConstraint(
                condition=Q(status__in=PoorListStatus.values), name="poorlist_status_known"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=Basis.values), name="poorlist_basis_known"
            ),
            models.CheckConstraint(
                condition=Q(year__range=(2000, 2100), objection_days__range=(1, MOST_DAYS)),
                name="poorlist_numbers_in_range",
            ),
            models.CheckConstraint(
                condition=Q(objection_opened_on__isnull=True, objection_closes_on__isnull=True)
                | Q(
                    objection_opened_on__isnull=False,
                    objection_closes_on__isnull=False,
                    objection_closes_on__gt=models.F("objection_opened_on"),
                ),
                name="poorlist_window_has_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["OPEN", "REVIEW_1", "REVIEW_2"])
                | Q(objection_closes_on__isnull=False),
                name="poorlist_window_was_opened",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["OPEN", "REVIEW_1", "REVIEW_2", "OBJECTION_WINDOW"],
                    signed_by__isnull=True,
                    signed_at__isnull=True,
                )
                | Q(
                    status__in=["SUBMITTED", "ESTABLISHED"],
                    signed_by__isnull=False,
                    signed_at__isnull=False,
                ),
                name="poorlist_sent_when_signed",
            ),
            models.CheckConstraint(
                condition=(~Q(status="ESTABLISHED") & Q(established_at__isnull=True))
                | (
                    Q(status="ESTABLISHED", established_at__isnull=False)
                    & (
                        Q(basis="REMBUG", rembug__isnull=False)
                        | (Q(basis="DECREE", decree_on__isnull=False) & ~Q(decree_number=""))
                    )
                ),
                name="poorlist_established_by_its_basis",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The year and whose list it is, in the language spoken now."""
        return f"{self.year} · {self.get_basis_display()}"

    @property
    def takes_nominations(self) -> bool:
        """Round 2 only removes."""
        return self.status in {PoorListStatus.OPEN, PoorListStatus.REVIEW_1}

    def open_objections(self) -> Any:
        """Objections that nobody has decided; what was marked as no report does not count."""
        return self.objections.open()
