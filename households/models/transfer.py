"""Persons who move between two kelurahan of one installation, with both agreeing.

The one side lets go, the other receives; only then does anything change. Neither sees the other's
families before: a request carries what the person at the counter said, an offer its names.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.models.checks import no_identifier
from households.models.household import Household
from households.models.member import Member
from tkpk.encryption import EncryptedTextField, blind_index
from tkpk.models import Territory, Tracked, User
from tkpk.models.territory import within
from tkpk.rights import scopes
from tkpk.roles import Role


class DocumentKind(models.TextChoices):
    """The paper on which an event is recorded. Values are stored: never rename one."""

    STATEMENT = "STATEMENT", _("Told by the family, no paper")
    RT_LETTER = "RT_LETTER", _("Letter of the RT or RW")
    FAMILY_CARD = "KK", _("Family card (KK)")
    ID_CARD = "KTP", _("Identity card (KTP)")
    BIRTH = "BIRTH", _("Birth certificate or letter of birth")
    DEATH = "DEATH", _("Death certificate or letter of death")
    MOVE = "MOVE", _("Letter of moving (SKPWNI)")
    MARRIAGE = "MARRIAGE", _("Marriage or divorce certificate")
    COURT = "COURT", _("Court decision")
    OTHER = "OTHER", _("Other paper")


class TransferStatus(models.TextChoices):
    """Asked for by the one side or offered by the other, until one of them ends it."""

    REQUESTED = "REQUESTED", _("Asked for")
    OFFERED = "OFFERED", _("Offered")
    ACCEPTED = "ACCEPTED", _("Received")
    REFUSED = "REFUSED", _("Refused by the origin")
    DECLINED = "DECLINED", _("Declined by the receiver")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


OPEN = frozenset({TransferStatus.REQUESTED, TransferStatus.OFFERED})


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Adjectives for transfers."""

    def visible_to(self, user: User) -> "TransferQuerySet":
        """Those in which the person is an officer of one of the two sides today."""
        codes = scopes(user, {Role.STAFF})
        return self.filter(within("origin__code", *codes) | within("destination__code", *codes))


class Transfer(Tracked):
    """One family, or some of its members, on the way from one kelurahan to another.

    `kelurahan` is the side that opened it. `released_by` is the officer of the origin who let the
    persons go: what follows at the origin follows from that act.
    """

    Status = TransferStatus

    origin = models.ForeignKey(
        Territory, models.PROTECT, related_name="+", verbose_name=_("kelurahan of origin")
    )
    destination = models.ForeignKey(
        Territory, models.PROTECT, related_name="+", verbose_name=_("receiving kelurahan")
    )
    on = models.DateField(_("date of moving"))
    document_kind = models.CharField(_("document"), max_length=12, choices=DocumentKind.choices)
    document_number = EncryptedTextField(
        _("document number"), context="paper.transfer", blank=True, default=""
    )
    note = models.CharField(_("note"), max_length=500, blank=True, validators=[no_identifier])
    # What the receiving side typed from the person's card when it asked.
    asked_nik = EncryptedTextField(_("NIK"), context="nik.asked", blank=True, default="")
    asked_name = models.CharField(_("name"), max_length=100, blank=True, validators=[no_identifier])
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("family of origin"),
    )
    new_head = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("new head of those who stay"),
    )
    released_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    released_at = models.DateTimeField(null=True, blank=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=TransferStatus.choices, editable=False
    )

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("transfer between kelurahan")
        verbose_name_plural = _("transfers between kelurahan")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=TransferStatus.values), name="transfer_status_known"
            ),
            models.CheckConstraint(
                condition=Q(document_kind__in=DocumentKind.values), name="transfer_document_known"
            ),
            models.CheckConstraint(
                condition=~Q(origin=F("destination")), name="transfer_between_two"
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True, released_at__isnull=True)
                | Q(released_by__isnull=False, released_at__isnull=False),
                name="transfer_release_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[TransferStatus.OFFERED, TransferStatus.ACCEPTED])
                | Q(released_by__isnull=False, household__isnull=False),
                name="transfer_offer_is_released",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"PA-{self.pk:06d}" if self.pk else "PA-baru"

    @property
    def asked_index(self) -> str:
        """The blind index of the NIK that was asked for; "" where none was typed."""
        return blind_index("nik", self.asked_nik) if self.asked_nik else ""


class TransferPerson(models.Model):
    """One person of a transfer: the row that leaves, and the row that arrived."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="people")
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="transfers", verbose_name=_("person")
    )
    arrived = models.OneToOneField(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="arrival",
        verbose_name=_("person as received"),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("person of a transfer")
        verbose_name_plural = _("persons of transfers")
        constraints = [
            models.UniqueConstraint(fields=["transfer", "member"], name="transferperson_once")
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}: {self.member_id}"
