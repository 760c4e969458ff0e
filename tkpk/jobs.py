"""Background jobs: one row a job, with progress, a sign of life and resumption.

django-tasks carries a job to the worker; the row here is what people see and what survives a
worker that is killed. A job's function must be safe to run again from its start.
"""

import datetime
import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, TaskResultStatus

from tkpk import files
from tkpk.models import AccessLog, DailyRun, Draft, Job, OutgoingMail, ResetCode, User
from tkpk.outbox import prune_sent

try:  # Django 6 ships the interface that django-tasks brings to this line
    from django.tasks import task
except ImportError:
    from django_tasks import task  # type: ignore[no-redef]  # the same interface

logger = logging.getLogger(__name__)

STALE_AFTER = datetime.timedelta(seconds=60)
MAX_ATTEMPTS = 5
KEEP_ACCESS_LOG = datetime.timedelta(days=2 * 365)
KEEP_DRAFTS = datetime.timedelta(days=7)
KEEP_TASKS = datetime.timedelta(days=30)

KINDS: dict[str, Callable[[Job], None]] = {}
DAILY: dict[str, Callable[[datetime.datetime], None]] = {}


class JobRefused(Exception):
    """The work cannot be done, whatever the number of attempts; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def job_kind(name: str) -> Callable[[Callable[[Job], None]], Callable[[Job], None]]:
    """Register the function that does a kind of job."""

    def register(function: Callable[[Job], None]) -> Callable[[Job], None]:
        KINDS[name] = function
        return function

    return register


def enqueue(kind: str, *, key: str, payload: dict[str, Any], by: User | None = None) -> Job:
    """Ask for a job; the same key again gives the job that is already there.

    The task is written in the caller's transaction, so a rolled-back request leaves none.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    with transaction.atomic():
        job, created = Job.objects.get_or_create(
            key=key, defaults={"kind": kind, "payload": payload, "created_by": by}
        )
        if created:
            _send(job)
    return job


def _send(job: Job) -> None:
    # An immediate backend runs inside enqueue(): the row must be committed before it starts.
    transaction.on_commit(lambda: _hand_over(job.pk))


def _hand_over(job_pk: int) -> None:
    result = run_job.enqueue(job_pk)
    Job.objects.filter(pk=job_pk).update(task_id=str(result.id))


@task()
def run_job(job_pk: int) -> None:
    """Run a job unless it has run already or another worker is at it."""
    now = timezone.now()
    claimed = Job.objects.filter(pk=job_pk, status=Job.Status.QUEUED).update(
        status=Job.Status.RUNNING, heartbeat_at=now, attempts=models.F("attempts") + 1
    )
    if not claimed:
        return
    job = Job.objects.get(pk=job_pk)
    status, code = Job.Status.DONE, ""
    try:
        KINDS[job.kind](job)
    except JobRefused as error:
        status, code = Job.Status.FAILED, error.code
    except Exception as error:  # noqa: BLE001 - a failed job must be seen, not lost with its worker
        # Type only: messages of database errors carry the values of the row.
        logger.error("job_failed kind=%s id=%s error=%s", job.kind, job.pk, type(error).__name__)
        status, code = Job.Status.FAILED, type(error).__name__
    Job.objects.filter(pk=job_pk).update(
        status=status, error_code=code[:60], finished_at=timezone.now()
    )


def beat(job: Job, *, done: int, total: int) -> None:
    """Show progress and life. Call it outside the work's own transaction to be seen at once."""
    job.done, job.total = done, total
    Job.objects.filter(pk=job.pk).update(done=done, total=total, heartbeat_at=timezone.now())


def _is_carried(job: Job) -> bool:
    """Whether a task of the queue will still bring this job to a worker.

    A worker that was killed between taking the task and starting the job leaves a task that no
    other worker takes.
    """
    try:
        task_id = uuid.UUID(job.task_id)
    except ValueError:  # never handed over, or run at once without a queue
        return False
    return DBTaskResult.objects.filter(pk=task_id, status=TaskResultStatus.READY).exists()


def resume_stale(now: datetime.datetime) -> int:
    """Send again the jobs that run without a sign of life, or were never picked up."""
    silent = models.Q(status=Job.Status.RUNNING, heartbeat_at__lt=now - STALE_AFTER)
    waiting = models.Q(status=Job.Status.QUEUED, created_at__lt=now - STALE_AFTER)
    resumed = 0
    for job in Job.objects.filter(silent | waiting):
        if job.status == Job.Status.QUEUED and _is_carried(job):
            continue
        fresh = job.attempts < MAX_ATTEMPTS
        changed = Job.objects.filter(
            pk=job.pk, status=job.status, heartbeat_at=job.heartbeat_at
        ).update(
            status=Job.Status.QUEUED if fresh else Job.Status.FAILED,
            # Should we die before it is handed over, the next round finds it again.
            task_id="",
            error_code="" if fresh else "worker_died",
            heartbeat_at=now,
        )
        if changed and fresh:
            _hand_over(job.pk)
            resumed += 1
    return resumed


def daily(name: str) -> Callable[[Callable[[datetime.datetime], None]], Any]:
    """Register a function that runs once per local date."""

    def register(function: Callable[[datetime.datetime], None]) -> Any:
        DAILY[name] = function
        return function

    return register


def run_due(now: datetime.datetime) -> list[str]:
    """Run each daily job that has not run today. Returns the names that ran.

    One that fails is tried again at the next call and keeps no other from running.
    """
    day = timezone.localdate(now)
    ran = []
    done = set(DailyRun.objects.filter(day=day).values_list("name", flat=True))
    for name, function in DAILY.items():
        if name in done:
            continue
        try:
            if _run_once(name, day, function, now):
                ran.append(name)
        except Exception as error:  # noqa: BLE001 - the jobs after it must run all the same
            logger.error("daily_failed name=%s error=%s", name, type(error).__name__)
    return ran


def _run_once(
    name: str,
    day: datetime.date,
    function: Callable[[datetime.datetime], None],
    now: datetime.datetime,
) -> bool:
    with transaction.atomic():
        # The unique row is the lock between workers; it goes if the work fails.
        _row, first = DailyRun.objects.get_or_create(name=name, day=day)
        if first:
            function(now)
    return first


@daily("prune")
def _prune(now: datetime.datetime) -> None:
    AccessLog.objects.filter(at__lt=now - KEEP_ACCESS_LOG).delete()
    Draft.objects.filter(created_at__lt=now - KEEP_DRAFTS).delete()
    files.remove_strays(now)
    prune_sent(now)
    OutgoingMail.objects.filter(sent_at__isnull=True, created_at__lt=now - KEEP_DRAFTS).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    ResetCode.objects.filter(expires_at__lt=now - KEEP_DRAFTS).delete()
    DBTaskResult.objects.finished().filter(finished_at__lt=now - KEEP_TASKS).delete()
