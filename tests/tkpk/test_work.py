"""The background worker: tasks, chores, and nothing personal left behind by a failure."""

import logging

import pytest
from django.core.management import call_command
from django.db import DataError
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from tkpk import jobs, outbox
from tkpk.management.commands import work

done: list[str] = []


@task()
def note(word: str) -> None:
    done.append(word)


@task()
def fail_on_a_person() -> None:
    raise DataError("DETAIL: Failing row contains (Sutarmi Wijaya)")


@pytest.fixture(autouse=True)
def _queue(settings):
    """The real queue in the database; other tests run their tasks at once."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    done.clear()


@pytest.fixture
def calls(monkeypatch) -> list[str]:
    """The chores as they are called, without what they do."""
    heard: list[str] = []
    monkeypatch.setattr(jobs, "run_due", lambda now: heard.append("run_due"))
    monkeypatch.setattr(jobs, "resume_stale", lambda now: heard.append("resume_stale"))
    monkeypatch.setattr(outbox, "send_waiting", lambda: heard.append("send_waiting"))
    # The test's connection belongs to its transaction; a worker closes its own.
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    monkeypatch.setattr(
        "django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None
    )
    return heard


@pytest.mark.django_db(transaction=True)
def test_one_round_does_every_chore_and_every_ready_task(calls):
    note.enqueue("first")
    note.enqueue("second")
    call_command("work", "--once")
    assert sorted(calls) == ["resume_stale", "run_due", "send_waiting"]
    assert sorted(done) == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_a_failing_chore_stops_neither_the_others_nor_the_tasks(calls, monkeypatch, caplog):
    def fail(now):
        raise DataError("Sutarmi Wijaya")

    monkeypatch.setattr(jobs, "run_due", fail)
    note.enqueue("still done")
    with caplog.at_level(logging.ERROR, logger="tkpk.work"):
        call_command("work", "--once")
    assert "send_waiting" in calls
    assert done == ["still done"]
    (record,) = caplog.records
    assert record.getMessage() == "run_due failed"
    assert record.fields["error"] == "DataError"
    assert record.fields["place"].startswith("tests/tkpk/test_work.py:")
    assert record.exc_info is None


@pytest.mark.django_db(transaction=True)
def test_a_failed_task_keeps_the_type_of_its_error_and_not_its_text(calls):
    fail_on_a_person.enqueue()
    call_command("work", "--once")
    result = DBTaskResult.objects.get()
    assert result.status == TaskResultStatus.FAILED
    assert result.exception_class_path == "django.db.utils.DataError"
    assert "test_work.py" in result.traceback
    assert "Sutarmi" not in result.traceback


def test_a_chore_waits_for_its_time(calls, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(work.time, "monotonic", lambda: clock[0])
    worker = work.PortalWorker(work.chores())
    worker.do_chores()
    calls.clear()
    clock[0] += 11
    worker.do_chores()
    assert sorted(calls) == ["resume_stale", "send_waiting"]
    calls.clear()
    clock[0] += 50
    worker.do_chores()
    assert sorted(calls) == ["resume_stale", "run_due", "send_waiting"]


def test_a_stop_signal_during_a_chore_waits_for_its_end(calls, monkeypatch):
    worker = work.PortalWorker(work.chores())

    def stopped_halfway(now):
        worker.shutdown(15, None)
        calls.append("finished")

    monkeypatch.setattr(jobs, "resume_stale", stopped_halfway)
    worker.do_chores()
    assert calls == ["finished"]
    assert worker.running is False
