"""Background jobs: asked for once, resumed when their worker died, and daily jobs once a day."""

import datetime
import logging

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import DataError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tkpk import jobs
from tkpk.models import DailyRun, Job

ran: list[int] = []


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    def note(job):
        ran.append(job.pk)

    def fail(job):
        raise DataError("DETAIL: Failing row contains (Sutarmi Wijaya)")

    def refuse(job):
        raise jobs.JobRefused("too_large")

    ran.clear()
    monkeypatch.setattr(jobs, "KINDS", {"note": note, "fail": fail, "refuse": refuse})


@pytest.fixture
def queue(settings):
    """The real queue in the database, with nobody working on it."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


# --- asking ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_same_key_is_the_same_job():
    first = jobs.enqueue("note", key="a", payload={"id": 1})
    again = jobs.enqueue("note", key="a", payload={"id": 2})
    assert again == first
    assert ran == [first.pk]
    stored = Job.objects.get()
    assert (stored.status, stored.attempts, stored.payload) == ("DONE", 1, {"id": 1})
    assert stored.finished_at


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_request_leaves_neither_job_nor_task(queue):
    with transaction.atomic():
        jobs.enqueue("note", key="a", payload={})
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()
    jobs.enqueue("note", key="a", payload={})
    assert Job.objects.get().task_id == str(DBTaskResult.objects.get().id)


@pytest.mark.django_db
def test_an_unknown_kind_is_an_error_of_ours():
    with pytest.raises(KeyError):
        jobs.enqueue("nothing", key="a", payload={})


# --- running ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_failed_job_tells_its_type_and_keeps_its_values_to_itself(caplog):
    with caplog.at_level(logging.INFO):
        jobs.enqueue("fail", key="a", payload={})
    job = Job.objects.get()
    assert (job.status, job.error_code) == ("FAILED", "DataError")
    assert "Sutarmi" not in caplog.text
    assert "DataError" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_refused_work_says_why_by_a_code():
    jobs.enqueue("refuse", key="a", payload={})
    job = Job.objects.get()
    assert (job.status, job.error_code) == ("FAILED", "too_large")


@pytest.mark.django_db
def test_a_job_that_another_worker_has_is_left_alone():
    job = Job.objects.create(kind="note", key="a", status="RUNNING")
    jobs.run_job.call(job.pk)
    assert ran == []


@pytest.mark.django_db
def test_a_beat_shows_progress():
    job = Job.objects.create(kind="note", key="a", status="RUNNING")
    jobs.beat(job, done=3, total=4)
    stored = Job.objects.get()
    assert (stored.done, stored.total, stored.share) == (3, 4, 0.75)
    assert stored.heartbeat_at
    assert Job(done=0, total=0).share == 0


# --- resuming --------------------------------------------------------------------------------


def silent(seconds, **facts):
    ago = timezone.now() - datetime.timedelta(seconds=seconds)
    facts = {"kind": "note", "status": "RUNNING", "heartbeat_at": ago, "attempts": 1} | facts
    return Job.objects.create(key=str(seconds), **facts)


@pytest.mark.django_db
def test_a_job_without_a_sign_of_life_for_a_minute_is_resumed():
    alive, dead = silent(55), silent(65)
    assert jobs.resume_stale(timezone.now()) == 1
    assert ran == [dead.pk]
    dead.refresh_from_db()
    alive.refresh_from_db()
    assert (dead.status, dead.attempts) == ("DONE", 2)
    assert (alive.status, alive.attempts) == ("RUNNING", 1)


def task_of(status):
    taken = {"started_at": timezone.now()} if status == "RUNNING" else {}
    return DBTaskResult.objects.create(
        status=status,
        task_path="tkpk.jobs.run_job",
        args_kwargs={"args": [], "kwargs": {}},
        queue_name="default",
        backend_name="default",
        **taken,
    )


@pytest.mark.django_db
def test_a_job_that_was_never_handed_over_is_resumed():
    lost = Job.objects.create(kind="note", key="lost")
    waiting = Job.objects.create(kind="note", key="waiting", task_id=str(task_of("READY").pk))
    # Its worker was killed after taking the task and before starting the job.
    orphan = Job.objects.create(kind="note", key="orphan", task_id=str(task_of("RUNNING").pk))
    old = timezone.now() - datetime.timedelta(minutes=5)
    Job.objects.update(created_at=old)
    assert jobs.resume_stale(timezone.now()) == 2
    assert sorted(ran) == [lost.pk, orphan.pk]
    assert Job.objects.get(pk=waiting.pk).status == "QUEUED"


@pytest.mark.django_db
def test_after_five_attempts_a_job_is_given_up():
    job = silent(65, attempts=5)
    assert jobs.resume_stale(timezone.now()) == 0
    job.refresh_from_db()
    assert (job.status, job.error_code) == ("FAILED", "worker_died")
    assert ran == []


@pytest.mark.django_db
def test_a_worker_that_dies_while_resuming_loses_nothing(monkeypatch):
    job = silent(65, task_id="7")
    monkeypatch.setattr(jobs, "_hand_over", lambda pk: None)
    jobs.resume_stale(timezone.now())
    Job.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=5))
    monkeypatch.undo()
    monkeypatch.setitem(jobs.KINDS, "note", lambda job: ran.append(job.pk))
    assert jobs.resume_stale(timezone.now()) == 1
    assert ran == [job.pk]


# --- daily -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_daily_job_runs_once_for_each_date_in_jakarta(monkeypatch):
    days = []
    monkeypatch.setattr(jobs, "DAILY", {"count": lambda now: days.append(timezone.localdate(now))})
    for moment in (
        "2026-03-01T16:58:00", "2026-03-01T16:59:59", "2026-03-01T17:00:00", "2026-03-02T02:00:00",
        "2026-03-02T16:59:59", "2026-03-02T17:00:01",
    ):  # fmt: skip
        with time_machine.travel(f"{moment}+00:00", tick=False):
            jobs.run_due(timezone.now())
    assert days == [datetime.date(2026, 3, day) for day in (1, 2, 3)]


@pytest.mark.django_db
def test_a_daily_job_that_fails_is_tried_again_and_stops_no_other(monkeypatch, caplog):
    calls = []

    def fail(now):
        calls.append("fail")
        raise DataError("Sutarmi Wijaya")

    monkeypatch.setattr(jobs, "DAILY", {"fail": fail, "after": lambda now: calls.append("after")})
    now = timezone.now()
    assert jobs.run_due(now) == ["after"]
    assert jobs.run_due(now) == []
    assert calls == ["fail", "after", "fail"]
    assert list(DailyRun.objects.values_list("name", flat=True)) == ["after"]
    assert "Sutarmi" not in caplog.text


@pytest.mark.django_db
def test_what_has_run_out_is_cleared_away_once_a_day():
    now = timezone.now()
    for key, days in (("lama", -1), ("baru", 1)):
        Session.objects.create(session_key=key, expire_date=now + datetime.timedelta(days=days))
    old = task_of("READY")
    DBTaskResult.objects.filter(pk=old.pk).update(
        status="SUCCESSFUL",
        started_at=now - datetime.timedelta(days=32),
        finished_at=now - datetime.timedelta(days=31),
    )
    kept = task_of("READY")
    assert "prune" in jobs.run_due(now)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["baru"]
    assert list(DBTaskResult.objects.values_list("pk", flat=True)) == [kept.pk]
