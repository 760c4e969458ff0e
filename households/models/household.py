"""A family registered on one KK, where it lives and what is known of it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.checks import known_codes, no_identifier
from households.models.housing_facts import HOUSING_LISTS, HousingFacts
from tkpk.encryption import EncryptedTextField, blind_index
from tkpk.models import Territory, Tracked, User
from tkpk.models.territory import within, within_kelurahan
from tkpk.models.tracked import tracked_history
from tkpk.nik import mask
from tkpk.rights import scopes
from tkpk.roles import Role

READERS = frozenset({Role.STAFF, Role.LURAH, Role.RW_HEAD, Role.RT_HEAD})


class HouseholdStatus(models.TextChoices):
    """Families are closed, never deleted."""

    ACTIVE = "ACTIVE", _("Lives here")
    CLOSED = "CLOSED", _("Closed")


class RegistrySource(models.TextChoices):
    """National registries that rank families."""

    DTSEN = "DTSEN", "DTSEN"
    DTKS = "DTKS", "DTKS"
    REGSOSEK = "REGSOSEK", "Regsosek"
    P3KE = "P3KE", "P3KE"


def living_within(*codes: str) -> Q:
    """A condition on families: they live in one of these places."""
    return within("territory__code", *codes)


def household_code(pk: int) -> str:
    """What a family is called in files and on the screen."""
    return f"KLG-{pk:06d}"


class HouseholdQuerySet(models.QuerySet["Household"]):
    """Adjectives for families."""

    def visible_to(self, user: User) -> "HouseholdQuerySet":
        """The families whose file this person may open, by the mandates of today."""
        return self.filter(within_kelurahan(*scopes(user, READERS), place=living_within))

    def active(self) -> "HouseholdQuerySet":
        return self.filter(status=HouseholdStatus.ACTIVE)

    def with_kk(self, number: str) -> "HouseholdQuerySet":
        """The families with this KK number (16 digits)."""
        return self.filter(kk_index=blind_index("kk", number))


class Household(HousingFacts, Tracked):
    """One family. Where the RT is not known yet, `territory` is the RW or the kelurahan."""

    Status = HouseholdStatus

    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="households", verbose_name=_("RT/RW")
    )
    kk_number = EncryptedTextField(_("KK number"), context="kk", blank=True, default="")
    kk_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    address = models.CharField(_("address"), max_length=200, blank=True, validators=[no_identifier])
    hamlet = models.CharField(
        _("kampung or hamlet"), max_length=100, blank=True, validators=[no_identifier]
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    registry_source = models.CharField(
        _("national registry"), max_length=10, choices=RegistrySource.choices, blank=True
    )
    decile = models.PositiveSmallIntegerField(
        _("decile"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("1 is the poorest tenth, 10 the wealthiest."),
    )
    decile_as_of = models.DateField(_("decile as of"), null=True, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=HouseholdStatus.choices,
        default=HouseholdStatus.ACTIVE,
        editable=False,
    )
    status_on = models.DateField(_("status since"), null=True, blank=True, editable=False)
    # What a file said and no code of ours can say, by column.
    source_value = models.JSONField(default=dict, blank=True, editable=False)

    objects = HouseholdQuerySet.as_manager()
    history = tracked_history()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("family")
        verbose_name_plural = _("families")
        constraints = [
            models.UniqueConstraint(
                fields=["kelurahan", "kk_index"],
                condition=Q(status=HouseholdStatus.ACTIVE) & ~Q(kk_index=""),
                name="household_kk_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=HouseholdStatus.values), name="household_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kk_number="", kk_index="") | (~Q(kk_number="") & ~Q(kk_index="")),
                name="household_kk_has_index",
            ),
            models.CheckConstraint(
                condition=Q(decile__isnull=True, decile_as_of__isnull=True)
                | (
                    Q(decile__isnull=False, decile__range=(1, 10), decile_as_of__isnull=False)
                    & ~Q(registry_source="")
                ),
                name="household_decile_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    # In full: with a NULL in it, a range is neither true nor false, and passes.
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="household_coordinates_paired",
            ),
            models.CheckConstraint(
                condition=Q(floor_area_m2__isnull=True) | Q(floor_area_m2__gte=0),
                name="household_floor_area_not_negative",
            ),
            *known_codes("household", HOUSING_LISTS),
        ]
        indexes = [
            models.Index(fields=["kelurahan", "status", "territory"], name="household_place"),
            models.Index(fields=["kelurahan", "decile", "territory"], name="household_decile"),
            models.Index(fields=["kk_index"], name="household_kk"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The name of the row in files and on the screen: it says nothing about the family."""
        return household_code(self.pk) if self.pk else "KLG-baru"

    @property
    def kk_masked(self) -> str:
        return mask(self.kk_number)

    def set_kk_number(self, number: str) -> None:
        """Set the KK number and its blind index together. The caller has checked the digits."""
        self.kk_number = number
        self.kk_index = blind_index("kk", number)
