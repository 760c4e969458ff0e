"""The background halves of an import. Payloads carry the batch's id and nothing else."""

import datetime
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from households.duplicates.search import ask_to_search
from households.imports.applying import apply_batch
from households.imports.checking import check_batch
from households.models import BatchStatus, ImportBatch, ImportChange, Member
from households.nik_remarks import check_all
from tkpk import files, jobs
from tkpk.models import Job, User

READ, APPLY = "households.read_import", "households.apply_import"
REMARKS = "households.check_imported"
KEEP_SOURCE = datetime.timedelta(days=30)
# A sign of life at most this often: each is a write of its own.
BEAT_EVERY = 500


def ask_to_read(batch: ImportBatch, *, by: User) -> Job:
    """Call it in the transaction of the move that made the batch wait for it."""
    return jobs.enqueue(
        READ, key=f"import.read.{batch.pk}.{batch.version}", payload={"batch": batch.pk}, by=by
    )


def ask_to_apply(batch: ImportBatch, *, by: User) -> Job:
    return jobs.enqueue(
        APPLY, key=f"import.apply.{batch.pk}.{batch.version}", payload={"batch": batch.pk}, by=by
    )


def ask_for_remarks(batch: ImportBatch, *, by: User | None) -> Job:
    """Remarks on the NIKs of the persons whom the batch wrote, right after it.

    A job of its own: at 40,000 persons it takes as long as a good part of the saving.
    """
    return jobs.enqueue(
        REMARKS,
        key=f"import.remarks.{batch.pk}.{batch.version}",
        payload={"batch": batch.pk},
        by=by,
    )


def job_of(batch: ImportBatch) -> Job | None:
    """The job that was asked for last: a saving job that finds a stale preview reads anew."""
    return _jobs(batch).order_by("-pk").first()


def ask_again(batch: ImportBatch, *, by: User) -> None:
    """Send a batch to the worker again whose job failed or never was; else do nothing."""
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if not locked.is_busy or not is_stuck(locked):
            return
        # Frees the key of the failed job, so that asking makes a new one.
        _jobs(locked).filter(status=Job.Status.FAILED).delete()
        ask = ask_to_apply if locked.status == BatchStatus.APPLYING else ask_to_read
        ask(locked, by=by)


def is_stuck(batch: ImportBatch) -> bool:
    """Whether nobody works on a batch that waits for work."""
    job = job_of(batch)
    return job is None or job.status in {Job.Status.FAILED, Job.Status.DONE}


def _jobs(batch: ImportBatch) -> QuerySet[Job]:
    return Job.objects.filter(
        Q(key__startswith=f"import.read.{batch.pk}.")
        | Q(key__startswith=f"import.apply.{batch.pk}.")
    )


class _Progress:
    """Passes a count on to the job, not more often than needed."""

    def __init__(self, job: Job, total: int = 0) -> None:
        self.job, self.total, self.last = job, total, -BEAT_EVERY

    def __call__(self, done: int) -> None:
        if done == 0 or done - self.last >= BEAT_EVERY:
            self.last = done
            jobs.beat(self.job, done=done, total=max(self.total, done))


@jobs.job_kind(READ)
def read_import(job: Job) -> None:
    """Read and compare; a batch that is past reading is left alone."""
    batch = ImportBatch.objects.select_related("source", "kelurahan", "fallback").get(
        pk=job.payload["batch"]
    )
    if batch.status == BatchStatus.READING:
        _as_officer(check_batch, batch, job)


@jobs.job_kind(APPLY)
def apply_import(job: Job) -> None:
    """Save; when the registry has changed since the preview, compute the preview anew."""
    batch = ImportBatch.objects.select_related("source", "kelurahan").get(pk=job.payload["batch"])
    if batch.status == BatchStatus.APPLYING:
        batch = _as_officer(apply_batch, batch, job)
        if batch.status == BatchStatus.APPLIED:
            ask_for_remarks(batch, by=job.created_by)
            ask_to_search(batch.kelurahan, by=job.created_by, since=job.created_at)
    if batch.status == BatchStatus.READING:
        _as_officer(check_batch, batch, job)


@jobs.job_kind(REMARKS)
def check_imported(job: Job) -> None:
    """Safe to run again: what is kept about these persons is replaced."""
    written = ImportChange.objects.filter(
        batch_id=job.payload["batch"], label=Member._meta.label_lower
    )
    check_all(Member.objects.filter(pk__in=written.values("object_pk")), found_at=timezone.now())


def _as_officer(step: Callable[..., ImportBatch], batch: ImportBatch, job: Job) -> ImportBatch:
    officer = job.created_by or batch.updated_by
    try:
        return step(batch, by=officer, beat=_Progress(job, batch.counts.get("rows", 0)))
    except PermissionDenied as error:
        raise jobs.JobRefused("no_mandate") from error


@jobs.daily("forget_imports")
def forget_imports(now: datetime.datetime) -> None:
    """Source files and staged rows of batches closed 30 days ago go; hash and counts stay."""
    closed = ImportBatch.objects.filter(closed_at__lt=now - KEEP_SOURCE)
    for batch in closed.filter(source__removed_at__isnull=True).select_related("source"):
        batch.rows.all().delete()
        files.remove(batch.source)
