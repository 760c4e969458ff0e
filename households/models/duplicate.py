"""Pairs of rows that may be one person, and what a merge of two rows moved.

A pair is found by the search and is no fact about anybody: it names its rows by number, so that it
never stands in the way of an undo. A merge is a fact, and holds on to both rows.
"""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from households.models.household import Household
from households.models.member import Member, MemberStatus
from tkpk.models import Tracked, User
from tkpk.models.territory import within
from tkpk.rights import scopes
from tkpk.roles import Role

REVIEWERS = frozenset({Role.STAFF})


class PairKind(models.TextChoices):
    """How a pair was found."""

    EXACT = "EXACT", _("Same NIK")
    PROBABLE = "PROBABLE", _("Alike")


class PairStatus(models.TextChoices):
    """A pair is never deleted once an officer has decided on it."""

    OPEN = "OPEN", _("To be looked at")
    DISMISSED = "DISMISSED", _("Two persons")
    MERGED = "MERGED", _("Merged")


class DismissReason(models.TextChoices):
    """Why two rows that look alike are two persons."""

    TWINS = "TWINS", _("Twins")
    NAMESAKE = "NAMESAKE", _("Same name, another person")
    PARENT = "PARENT", _("Father and son, or mother and daughter")
    OTHER = "OTHER", _("Another reason")


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    """Adjectives for pairs."""

    def visible_to(self, user: User) -> "DuplicatePairQuerySet":
        """Pairs of which this person may change both rows."""
        own = Member.objects.filter(within("household__territory__code", *scopes(user, REVIEWERS)))
        # Asked pair by pair: of two lists of persons SQLite would try every two of them.
        low, high = (Exists(own.filter(pk=OuterRef(side))) for side in ("low", "high"))
        return self.filter(low, high)

    def waiting(self) -> "DuplicatePairQuerySet":
        """Pairs nobody has decided on, or whose rows have changed since; both rows still count."""
        gone = Member.objects.filter(status=MemberStatus.DUPLICATE).values("pk")
        undecided = Q(status=PairStatus.OPEN) | Q(status=PairStatus.DISMISSED, facts_changed=True)
        return self.filter(undecided).exclude(low__in=gone).exclude(high__in=gone)


class DuplicatePair(Tracked):
    """Two rows that may be one person. `low` and `high` are the numbers of the rows."""

    Kind = PairKind
    Status = PairStatus

    low = models.PositiveBigIntegerField(editable=False)
    high = models.PositiveBigIntegerField(editable=False)
    kind = models.CharField(_("found by"), max_length=10, choices=PairKind.choices)
    score = models.DecimalField(_("likeness"), max_digits=5, decimal_places=4)
    # Codes of what agrees and what does not; never a name, a date or a number.
    parts = models.JSONField(default=list, editable=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=PairStatus.choices,
        default=PairStatus.OPEN,
        editable=False,
    )
    dismissed_as = models.CharField(
        _("why two persons"), max_length=10, choices=DismissReason.choices, blank=True
    )
    # A keyed sum over what was compared: it changes when the rows do, and says nothing else.
    facts_digest = models.CharField(max_length=64, blank=True, editable=False)
    facts_changed = models.BooleanField(default=False, editable=False)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="duplicatepair_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="duplicatepair_in_order"),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=1), name="duplicatepair_score_is_share"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PairKind.values), name="duplicatepair_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=PairStatus.values), name="duplicatepair_status_known"
            ),
            models.CheckConstraint(
                condition=Q(dismissed_as="") | Q(dismissed_as__in=DismissReason.values),
                name="duplicatepair_reason_known",
            ),
        ]
        indexes = [
            models.Index(fields=["kelurahan", "status", "-score"], name="duplicatepair_queue"),
            models.Index(fields=["high"], name="duplicatepair_high"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"KBR-{self.pk:06d}" if self.pk else "KBR-baru"


class MergeRecord(models.Model):
    """What one merge moved and took over, sealed, so that it can be taken back."""

    pair = models.ForeignKey(DuplicatePair, models.PROTECT, related_name="merges")
    kept = models.ForeignKey(Member, models.PROTECT, related_name="merges_kept")
    merged = models.ForeignKey(Member, models.PROTECT, related_name="merges_merged")
    closed_family = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="closed_by_merges"
    )
    merged_at = models.DateTimeField(auto_now_add=True)
    merged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    blob = models.BinaryField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-merged_at", "-pk"]
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_paired",
            ),
            # A row is merged away once at a time.
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="merge_standing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pair} {self.pk}"

    @property
    def blob_context(self) -> str:
        return f"merge:{self.kept_id}:{self.merged_id}"
