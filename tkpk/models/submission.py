"""What residents send in: one front door, whatever it is about.

A row may be written by nobody who is signed in. Texts and contacts lie encrypted and stand in no
history, so that they are gone when their time is over.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tkpk.encryption import EncryptedTextField
from tkpk.models.territory import within
from tkpk.models.tracked import Tracked, tracked_history
from tkpk.models.user import User
from tkpk.roles import Role

# Who reads what residents wrote, with their contact.
READERS = frozenset({Role.STAFF, Role.LURAH})


class SentKind(models.TextChoices):
    """What it is about. Values are stored: never rename one."""

    NOMINATION = "NOMINATION", _("Nomination of a family")
    OBJECTION = "OBJECTION", _("Objection to the list")
    SELF_REMOVAL = "SELF_REMOVAL", _("Wish to leave the list")


class Channel(models.TextChoices):
    """How it reached the kelurahan."""

    PORTAL = "PORTAL", _("This portal")
    COUNTER = "COUNTER", _("Counter")
    PHONE = "PHONE", _("Telephone")
    WHATSAPP = "WHATSAPP", "WhatsApp"
    BOX = "BOX", _("Suggestion box")
    RW_MEETING = "RW_MEETING", _("RW meeting")
    RT_RW = "RT_RW", _("Head of RT or RW")


class HeldFor(models.TextChoices):
    """Why a report waits for somebody to look at it before it counts."""

    TRAP = "TRAP", _("The field that people do not see was filled")
    REPEATED = "REPEATED", _("The same text came several times")
    CROWDED = "CROWDED", _("Many reports came from one connection")


class SubmissionStatus(models.TextChoices):
    """From the door to the answer."""

    HELD = "HELD", _("Held back")
    RECEIVED = "RECEIVED", _("Received")
    IN_REVIEW = "IN_REVIEW", _("Being looked at")
    ANSWERED = "ANSWERED", _("Answered")
    SPAM = "SPAM", _("Not a report")


WAITING = frozenset({SubmissionStatus.HELD, SubmissionStatus.RECEIVED, SubmissionStatus.IN_REVIEW})


class FromOutside(Tracked):
    """A row that nobody who is signed in may have written."""

    # Wider than in `Tracked` on purpose: None stands for the resident.
    created_by: Any = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("entered by"),
    )
    updated_by: Any = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("changed by"),
    )

    class Meta:
        abstract = True


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Adjectives for what was sent in."""

    def visible_to(self, user: User) -> "SubmissionQuerySet":
        from tkpk.rights import scopes  # noqa: PLC0415 - rights read mandates, models before them

        return self.filter(within("kelurahan__code", *scopes(user, READERS)))

    def waiting(self) -> "SubmissionQuerySet":
        """Somebody has to do something: not answered yet, or opened again by its sender."""
        again = Q(reopening__status=ReopeningStatus.WAITING)
        return self.filter(Q(status__in=sorted(WAITING)) | again)


class Submission(FromOutside):
    """One report of a resident, followed by its ticket.

    Nothing that its sender wrote is shown under the ticket: a code may be overheard.
    """

    Status = SubmissionStatus

    kind = models.CharField(_("kind"), max_length=20, choices=SentKind.choices)
    ticket = models.CharField(_("ticket"), max_length=20, unique=True, editable=False)
    channel = models.CharField(
        _("channel"), max_length=12, choices=Channel.choices, default=Channel.PORTAL
    )
    text = EncryptedTextField(_("text"), context="submission.text", blank=True, default="")
    contact_name = EncryptedTextField(
        _("name of the sender"), context="submission.contact", blank=True, default=""
    )
    contact_phone = EncryptedTextField(
        _("telephone"), context="submission.contact", blank=True, default=""
    )
    contact_email = EncryptedTextField(
        _("e-mail"), context="submission.contact", blank=True, default=""
    )
    consented_at = models.DateTimeField(_("consent given at"), null=True, editable=False)
    language = models.CharField(max_length=5, default="id", editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=SubmissionStatus.choices, editable=False
    )
    held_for = models.CharField(
        _("held for"), max_length=10, choices=HeldFor.choices, blank=True, editable=False
    )
    due_on = models.DateField(_("answer due on"), editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    forwarded_to = models.CharField(_("forwarded to"), max_length=120, blank=True, editable=False)
    forwarded_number = models.CharField(
        _("number there"), max_length=60, blank=True, editable=False
    )
    # The sender says that the matter is settled.
    settled_at = models.DateTimeField(_("settled at"), null=True, editable=False)
    erased_at = models.DateTimeField(_("texts removed at"), null=True, editable=False)
    # Marks (keyed hashes) by which a second press, a copy and a flood are told; the last two go
    # after two days.
    form_mark = models.CharField(max_length=64, blank=True, default="", editable=False)
    content_mark = models.CharField(max_length=64, blank=True, default="", editable=False)
    sender_mark = models.CharField(max_length=64, blank=True, default="", editable=False)

    objects = SubmissionQuerySet.as_manager()
    history = tracked_history(
        excluded_fields=[
            "text", "contact_name", "contact_phone", "contact_email",
            "form_mark", "content_mark", "sender_mark",
        ]
    )  # fmt: skip

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("report of a resident")
        verbose_name_plural = _("reports of residents")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SentKind.values), name="submission_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="submission_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=SubmissionStatus.values), name="submission_status_known"
            ),
            models.CheckConstraint(
                condition=Q(held_for="") | Q(held_for__in=HeldFor.values),
                name="submission_held_for_known",
            ),
            models.CheckConstraint(
                condition=~Q(status=SubmissionStatus.HELD) | ~Q(held_for=""),
                name="submission_held_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status=SubmissionStatus.ANSWERED) | Q(answered_at__isnull=False),
                name="submission_answer_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.PORTAL) | Q(created_by__isnull=False),
                name="submission_recorder_known",
            ),
            models.UniqueConstraint(
                fields=["form_mark"], condition=~Q(form_mark=""), name="submission_form_once"
            ),
        ]
        indexes = [
            models.Index(fields=["kelurahan", "status", "due_on"], name="submission_queue"),
            models.Index(fields=["content_mark"], name="submission_content"),
            models.Index(fields=["sender_mark"], name="submission_sender"),
        ]

    def __str__(self) -> str:
        return self.ticket

    @property
    def code(self) -> str:
        return self.ticket


class SubmissionAnswer(models.Model):
    """What the kelurahan told the sender; shown under the ticket, so it names nobody."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="answers")
    text = models.TextField(_("answer"))
    created_at = models.DateTimeField(_("answered at"), auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("answer to a report")
        verbose_name_plural = _("answers to reports")

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.pk}"


class ReopeningStatus(models.TextChoices):
    """Whether somebody took the matter up again."""

    WAITING = "WAITING", _("Waits")
    TAKEN_UP = "TAKEN_UP", _("Taken up again")


class ReopeningManager(models.Manager["Reopening"]):
    """A row is called by its ticket, so both are read at once."""

    def get_queryset(self) -> models.QuerySet["Reopening"]:
        return super().get_queryset().select_related("submission")


class Reopening(FromOutside):
    """The sender says once that the matter is not settled."""

    Status = ReopeningStatus

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="reopening")
    text = EncryptedTextField(
        _("what is still missing"), context="submission.text", blank=True, default=""
    )
    due_on = models.DateField(_("answer due on"), editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=ReopeningStatus.choices, editable=False
    )

    objects = ReopeningManager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("report opened again")
        verbose_name_plural = _("reports opened again")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ReopeningStatus.values), name="reopening_status_known"
            )
        ]

    def __str__(self) -> str:
        return self.submission.ticket
