"""A list that was sent to another system, and the answers that came back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.checks import no_identifier
from households.models.export_layout import ExportLayout
from households.models.household import Household
from households.models.member import Member
from tkpk.encryption import EncryptedTextField
from tkpk.models import Document, Tracked, User
from tkpk.models.territory import within
from tkpk.rights import scopes
from tkpk.roles import Role


class SubmissionKind(models.TextChoices):
    """What the list asks of the receiver."""

    PROPOSAL = "PROPOSAL", _("Proposal (usulan)")
    OBJECTION = "OBJECTION", _("Objection (sanggah)")


class SubmissionStatus(models.TextChoices):
    """From the first row to the last answer."""

    DRAFT = "DRAFT", _("Being drawn up")
    SENT = "SENT", _("Sent, waiting for answers")
    CLOSED = "CLOSED", _("Closed")
    DISCARDED = "DISCARDED", _("Discarded")


class Answer(models.TextChoices):
    """What the receiver said of one row."""

    PENDING = "PENDING", _("No answer yet")
    ACCEPTED = "ACCEPTED", _("Accepted")
    REJECTED = "REJECTED", _("Rejected")


class SubmissionListQuerySet(models.QuerySet["SubmissionList"]):
    """Adjectives for lists."""

    def visible_to(self, user: User) -> "SubmissionListQuerySet":
        """The lists of the kelurahan where this person is an officer today."""
        return self.filter(within("kelurahan__code", *scopes(user, {Role.STAFF})))


class SubmissionList(Tracked):
    """Families or persons that are proposed, or objected to, in one go."""

    Status = SubmissionStatus

    name = models.CharField(_("name"), max_length=80, validators=[no_identifier])
    kind = models.CharField(_("kind"), max_length=10, choices=SubmissionKind.choices)
    layout = models.ForeignKey(
        ExportLayout, models.PROTECT, related_name="submissions", verbose_name=_("export layout")
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=SubmissionStatus.choices,
        default=SubmissionStatus.DRAFT,
        editable=False,
    )
    sent_on = models.DateField(_("sent on"), null=True, blank=True, editable=False)
    # Headers as they were sent, whatever becomes of the layout.
    sent_headers = models.JSONField(default=list, blank=True, editable=False)

    objects = SubmissionListQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("list sent")
        verbose_name_plural = _("lists sent")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SubmissionKind.values), name="submissionlist_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=SubmissionStatus.values), name="submissionlist_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["SENT", "CLOSED"], sent_on__isnull=False)
                | Q(status__in=["DRAFT", "DISCARDED"], sent_on__isnull=True),
                name="submissionlist_sent_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"DK-{self.pk:04d}" if self.pk else "DK-baru"


class AnswerFileStatus(models.TextChoices):
    """What became of a file of answers."""

    CHECKED = "CHECKED", _("Compared, not saved")
    APPLIED = "APPLIED", _("Saved")
    UNDONE = "UNDONE", _("Undone")
    DISCARDED = "DISCARDED", _("Discarded")


class AnswerFileQuerySet(models.QuerySet["AnswerFile"]):
    """Adjectives for files of answers."""

    def visible_to(self, user: User) -> "AnswerFileQuerySet":
        return self.filter(within("kelurahan__code", *scopes(user, {Role.STAFF})))


class AnswerFile(Tracked):
    """A file of answers to one list. `blob` holds what it says, sealed; see `exporting.answers`."""

    Status = AnswerFileStatus

    submission = models.ForeignKey(SubmissionList, models.PROTECT, related_name="answer_files")
    source = models.ForeignKey(Document, models.PROTECT, related_name="+")
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=AnswerFileStatus.choices,
        default=AnswerFileStatus.CHECKED,
        editable=False,
    )
    counts = models.JSONField(default=dict, blank=True)
    blob = models.BinaryField(default=b"")

    objects = AnswerFileQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("file of answers")
        verbose_name_plural = _("files of answers")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=AnswerFileStatus.values), name="answerfile_status_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.pk}"

    @property
    def blob_context(self) -> str:
        return f"answers:{self.pk}"


class SubmissionItem(models.Model):
    """One row of a list. `blob` holds its cells as they were sent, sealed."""

    submission = models.ForeignKey(SubmissionList, models.CASCADE, related_name="items")
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="+", verbose_name=_("family")
    )
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    position = models.PositiveIntegerField()
    # As they stood at sending: an answer names the numbers that were sent.
    nik = EncryptedTextField(context="nik", blank=True, default="")
    nik_index = models.CharField(max_length=64, blank=True, default="")
    kk_number = EncryptedTextField(context="kk", blank=True, default="")
    kk_index = models.CharField(max_length=64, blank=True, default="")
    blob = models.BinaryField(default=b"")
    answer = models.CharField(
        _("answer"), max_length=10, choices=Answer.choices, default=Answer.PENDING
    )
    answer_reason = EncryptedTextField(
        _("reason given"), context="answer.reason", blank=True, default=""
    )
    answer_file = models.ForeignKey(
        AnswerFile, models.PROTECT, null=True, blank=True, related_name="items"
    )

    class Meta:
        ordering = ["position"]
        verbose_name = _("row of a list sent")
        verbose_name_plural = _("rows of lists sent")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "position"], name="submissionitem_position_once"
            ),
            models.UniqueConstraint(
                fields=["submission", "household", "member"], name="submissionitem_person_once"
            ),
            models.UniqueConstraint(
                fields=["submission", "household"],
                condition=Q(member__isnull=True),
                name="submissionitem_family_once",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=Answer.values), name="submissionitem_answer_known"
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.PENDING, answer_file__isnull=True)
                | (~Q(answer=Answer.PENDING) & Q(answer_file__isnull=False)),
                name="submissionitem_answer_has_file",
            ),
        ]
        indexes = [models.Index(fields=["submission", "answer"], name="submissionitem_answer")]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.position}"

    @property
    def blob_context(self) -> str:
        return f"submission.item:{self.submission_id}:{self.position}"
