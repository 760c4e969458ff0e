"""Long work in the background, with progress and a sign of life."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tkpk.models.user import User


class JobStatus(models.TextChoices):
    """A job is resumed when it is running without a sign of life."""

    QUEUED = "QUEUED", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")


class Job(models.Model):
    """One piece of work. `payload` carries ids only, never personal data."""

    Status = JobStatus

    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    # The same key twice is the same work: the second request gets the first job.
    key = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=10, choices=JobStatus.choices, default=JobStatus.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=60, blank=True)
    task_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=JobStatus.values), name="job_status_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def share(self) -> float:
        """Progress from 0 to 1."""
        return self.done / self.total if self.total else 0.0


class DailyRun(models.Model):
    """That a daily job has run for a local date: once, whatever the number of workers."""

    name = models.CharField(max_length=60)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="dailyrun_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.day}"
