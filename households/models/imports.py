"""An import: its batch, its staged rows, what it changed, and areas that were answered once.

Nothing of a person lies in clear here: staged rows, notes and old values are sealed blobs.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tkpk.encryption import EncryptedTextField
from tkpk.models import Document, Territory, Tracked, User
from tkpk.models.territory import within
from tkpk.rights import scopes
from tkpk.roles import Role


class BatchStatus(models.TextChoices):
    """From the upload to the registry, and back."""

    READING = "READING", _("Being read")
    NEEDS_COLUMNS = "NEEDS_COLUMNS", _("Columns are asked for")
    NEEDS_AREAS = "NEEDS_AREAS", _("Areas are asked for")
    CHECKED = "CHECKED", _("Checked, not saved")
    APPLYING = "APPLYING", _("Being saved")
    APPLIED = "APPLIED", _("Saved")
    UNDONE = "UNDONE", _("Undone")
    REFUSED = "REFUSED", _("Cannot be read")
    DISCARDED = "DISCARDED", _("Discarded")


CLOSED_STATUSES = frozenset(
    {BatchStatus.APPLIED, BatchStatus.UNDONE, BatchStatus.REFUSED, BatchStatus.DISCARDED}
)


class Outcome(models.TextChoices):
    """What becomes of one person's row."""

    NEW = "NEW", _("New")
    CHANGED = "CHANGED", _("Changed")
    UNCHANGED = "UNCHANGED", _("Unchanged")
    REFUSED = "REFUSED", _("Refused")


class ImportCounter(models.Model):
    """The last number given to a batch in a kelurahan and year; gaps are allowed."""

    kelurahan = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kelurahan", "year"], name="importcounter_once")
        ]

    def __str__(self) -> str:
        return f"I-{self.year}-{self.last:04d}"


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Adjectives for batches."""

    def visible_to(self, user: User) -> "ImportBatchQuerySet":
        """The imports of the kelurahan where this person is an officer today."""
        return self.filter(within("kelurahan__code", *scopes(user, {Role.STAFF})))


class ImportBatch(Tracked):
    """One file on its way into the registry."""

    Status = BatchStatus

    code = models.CharField(_("code"), max_length=20, editable=False)
    status = models.CharField(
        _("status"), max_length=13, choices=BatchStatus.choices, default=BatchStatus.READING
    )
    source = models.ForeignKey(
        Document, models.PROTECT, related_name="+", verbose_name=_("source file")
    )
    # People name files after families.
    file_name = EncryptedTextField(_("file name"), context="import.file", blank=True, default="")
    source_sha256 = models.CharField(max_length=64)
    layout = models.CharField(_("layout"), max_length=40, blank=True)
    all_or_nothing = models.BooleanField(_("all or nothing"), default=False)
    # What was said of the columns for this file, sealed: as in a ColumnMapping, with its purpose
    # and signature. Empty: a layout of ours, or one that is remembered, fits.
    columns = models.BinaryField(default=b"")
    # The officer says the columns, whatever layout would fit.
    own_columns = models.BooleanField(default=False)
    # Where a family lives whose area is missing or unknown; it never replaces a closer known place.
    fallback = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="+")
    # Once asked, what was left without an answer is refused and not asked again.
    areas_asked = models.BooleanField(default=False)
    # Positions of rows whose change of family an officer has confirmed.
    confirmed_moves = models.JSONField(default=list, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    problem_code = models.CharField(max_length=60, blank=True)
    problem = models.TextField(blank=True)
    notes = models.BinaryField(default=b"")
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.UniqueConstraint(fields=["kelurahan", "code"], name="importbatch_code_once"),
            models.CheckConstraint(
                condition=Q(status__in=BatchStatus.values), name="importbatch_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(CLOSED_STATUSES), closed_at__isnull=False)
                | (~Q(status__in=sorted(CLOSED_STATUSES)) & Q(closed_at__isnull=True)),
                name="importbatch_closed_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_busy(self) -> bool:
        """Whether a job works on it."""
        return self.status in {BatchStatus.READING, BatchStatus.APPLYING}

    @property
    def notes_context(self) -> str:
        return f"import.notes:{self.pk}"

    @property
    def columns_context(self) -> str:
        return f"import.columns:{self.pk}"


class ImportRow(models.Model):
    """One staged row; `blob` holds values, findings and differences, sealed."""

    Outcome = Outcome

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    # Order in the file over all sheets, from 1.
    position = models.PositiveIntegerField()
    row_number = models.PositiveIntegerField()
    family_number = models.PositiveIntegerField()
    family_key = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    possible_duplicate = models.BooleanField(default=False)
    # Only its move to another family keeps it out: an officer may confirm that.
    awaits_confirmation = models.BooleanField(default=False)
    # Plain numbers and no foreign keys: a staged row is no use of the person.
    member_pk = models.PositiveBigIntegerField(null=True)
    member_version = models.PositiveIntegerField(null=True)
    household_pk = models.PositiveBigIntegerField(null=True)
    household_version = models.PositiveIntegerField(null=True)
    blob = models.BinaryField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="importrow_position_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="importrow_outcome_known"
            ),
        ]
        indexes = [models.Index(fields=["batch", "outcome", "position"], name="importrow_outcome")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.position}"

    @property
    def blob_context(self) -> str:
        return self.context_of(self.batch_id, self.position)

    @staticmethod
    def context_of(batch_pk: int, position: int) -> str:
        """What the blob of a row is sealed for; for rows that are written without an object."""
        return f"import.row:{batch_pk}:{position}"


class ImportChange(models.Model):
    """One row of the registry that a batch created or changed: what undo needs."""

    class Kind(models.TextChoices):
        CREATED = "CREATED", _("created")
        CHANGED = "CHANGED", _("changed")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="changes")
    label = models.CharField(max_length=60)
    object_pk = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    version_after = models.PositiveIntegerField()
    # The values before, by column; empty for a created row.
    blob = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "label", "object_pk"], name="importchange_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["CREATED", "CHANGED"]), name="importchange_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.object_pk}"

    @property
    def blob_context(self) -> str:
        return f"import.change:{self.batch_id}:{self.label}:{self.object_pk}"


class AreaMapping(models.Model):
    """What a source's words for an area mean in this kelurahan: asked once, remembered."""

    kelurahan = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    layout = models.CharField(max_length=40)
    # Matched by blind index: shifted columns may have put a NIK among the words.
    words_index = models.CharField(max_length=64)
    words = models.CharField(_("words of the list"), max_length=200)
    # The words whole, for a new blind index when the keys are rotated. Answers given before this
    # column was there have none and are asked for again after a rotation.
    whole_words = EncryptedTextField(context="area.words", blank=True, default="")
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="+", verbose_name=_("place")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("area of a source")
        verbose_name_plural = _("areas of sources")
        constraints = [
            models.UniqueConstraint(
                fields=["kelurahan", "layout", "words_index"], name="areamapping_once"
            )
        ]

    def __str__(self) -> str:
        return self.words
