"""What happened in the life of a family: birth, death, moving, splitting, joining, correcting.

An event is the reason why rows of the registry stand as they do. What it changed is kept with it,
sealed, so that an event written down by mistake can be taken back.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.models.checks import no_identifier
from households.models.household import READERS, Household
from households.models.member import Member
from households.models.transfer import DocumentKind, Transfer
from tkpk.encryption import EncryptedTextField
from tkpk.models import Document, Tracked, User
from tkpk.models.territory import within
from tkpk.rights import scopes


class EventKind(models.TextChoices):
    """Values are stored: never rename one."""

    BIRTH = "BIRTH", _("Birth")
    DEATH = "DEATH", _("Death")
    MOVE_OUT = "MOVE_OUT", _("Move out")
    MOVE_IN = "MOVE_IN", _("Move in")
    SPLIT = "SPLIT", _("Split of a family")
    JOIN = "JOIN", _("Joining another family")
    HEAD = "HEAD", _("Change of head")
    CORRECTION = "CORRECTION", _("Correction of identity")
    RETURN = "RETURN", _("Return of a person")


class EventStatus(models.TextChoices):
    """An event is never deleted: one written down by mistake is taken back."""

    RECORDED = "RECORDED", pgettext_lazy("life event", "Recorded")
    CANCELLED = "CANCELLED", _("Taken back")


class PersonRole(models.TextChoices):
    """What a person is in an event."""

    BORN = "BORN", pgettext_lazy("person in an event", "born")
    MOTHER = "MOTHER", pgettext_lazy("person in an event", "mother")
    DIED = "DIED", pgettext_lazy("person in an event", "died")
    LEFT = "LEFT", pgettext_lazy("person in an event", "moved away")
    ARRIVED = "ARRIVED", pgettext_lazy("person in an event", "moved in")
    CHANGED_FAMILY = "CHANGED", pgettext_lazy("person in an event", "changed family")
    NEW_HEAD = "NEW_HEAD", pgettext_lazy("person in an event", "new head of family")
    FORMER_HEAD = "FORMER_HEAD", pgettext_lazy("person in an event", "former head of family")
    RELATION = "RELATION", pgettext_lazy("person in an event", "relation changed")
    CORRECTED = "CORRECTED", pgettext_lazy("person in an event", "corrected")
    RETURNED = "RETURNED", pgettext_lazy("person in an event", "came back")


class FamilyRole(models.TextChoices):
    """What a family is in an event."""

    PLACE = "PLACE", pgettext_lazy("family in an event", "where it happened")
    FROM = "FROM", pgettext_lazy("family in an event", "left")
    TO = "TO", pgettext_lazy("family in an event", "joined")
    FOUNDED = "FOUNDED", pgettext_lazy("family in an event", "new family")
    CLOSED = "CLOSED", pgettext_lazy("family in an event", "closed")
    REOPENED = "REOPENED", pgettext_lazy("family in an event", "opened again")


class LifeEventQuerySet(models.QuerySet["LifeEvent"]):
    """Adjectives for events."""

    def visible_to(self, user: User) -> "LifeEventQuerySet":
        """The events of families whose file this person may open."""
        return self.filter(within("household__territory__code", *scopes(user, READERS)))

    def recorded(self) -> "LifeEventQuerySet":
        return self.filter(status=EventStatus.RECORDED)

    def of_family(self, household: Household) -> "LifeEventQuerySet":
        """The events that touched this family, the newest first."""
        touched = EventFamily.objects.filter(household=household).values("event_id")
        return self.filter(pk__in=touched).order_by("-on", "-pk")


class LifeEvent(Tracked):
    """One event, written down together with everything that followed from it."""

    Kind = EventKind
    Status = EventStatus

    kind = models.CharField(_("event"), max_length=12, choices=EventKind.choices)
    on = models.DateField(_("date of the event"))
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="+", verbose_name=_("family")
    )
    document_kind = models.CharField(_("document"), max_length=12, choices=DocumentKind.choices)
    document_number = EncryptedTextField(
        _("document number"), context="paper.event", blank=True, default=""
    )
    scan = models.ForeignKey(
        Document,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("scan of the document"),
    )
    destination = models.CharField(
        _("moved to or from"), max_length=200, blank=True, validators=[no_identifier]
    )
    note = models.CharField(_("note"), max_length=500, blank=True, validators=[no_identifier])
    transfer = models.ForeignKey(
        Transfer, models.PROTECT, null=True, blank=True, related_name="events", editable=False
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=EventStatus.choices,
        default=EventStatus.RECORDED,
        editable=False,
    )
    # Old values of every row it touched and the versions it left them at, sealed.
    changes = models.BinaryField(default=b"")

    objects = LifeEventQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name = _("life event")
        verbose_name_plural = _("life events")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=EventKind.values), name="lifeevent_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=EventStatus.values), name="lifeevent_status_known"
            ),
            models.CheckConstraint(
                condition=Q(document_kind__in=DocumentKind.values), name="lifeevent_document_known"
            ),
            models.CheckConstraint(
                condition=Q(transfer__isnull=True)
                | Q(kind__in=[EventKind.MOVE_OUT, EventKind.MOVE_IN]),
                name="lifeevent_transfer_moves",
            ),
            # A transfer leaves one place and arrives in one, once.
            models.UniqueConstraint(
                fields=["transfer", "kind"],
                condition=Q(transfer__isnull=False),
                name="lifeevent_transfer_once",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"P-{self.pk:06d}" if self.pk else "P-baru"

    @property
    def changes_context(self) -> str:
        """What the blob is sealed with: it cannot be moved to another event."""
        return f"lifeevent:{self.pk}"


class EventPerson(models.Model):
    """A person in an event."""

    event = models.ForeignKey(LifeEvent, models.PROTECT, related_name="people")
    member = models.ForeignKey(Member, models.PROTECT, related_name="life_events")
    role = models.CharField(max_length=12, choices=PersonRole.choices)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("person in an event")
        verbose_name_plural = _("persons in events")
        constraints = [
            models.UniqueConstraint(fields=["event", "member", "role"], name="eventperson_once"),
            models.CheckConstraint(
                condition=Q(role__in=PersonRole.values), name="eventperson_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.role}"


class EventFamily(models.Model):
    """A family in an event."""

    event = models.ForeignKey(LifeEvent, models.PROTECT, related_name="families")
    household = models.ForeignKey(Household, models.PROTECT, related_name="life_events")
    role = models.CharField(max_length=12, choices=FamilyRole.choices)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("family in an event")
        verbose_name_plural = _("families in events")
        constraints = [
            models.UniqueConstraint(fields=["event", "household", "role"], name="eventfamily_once"),
            models.CheckConstraint(
                condition=Q(role__in=FamilyRole.values), name="eventfamily_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.role}"
