"""The background worker: tasks, the jobs of the minute, waiting mail."""

import logging
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from tkpk import jobs, logs, outbox

logger = logging.getLogger("tkpk.work")


@dataclass
class Chore:
    """Something done every so many seconds, beside the tasks."""

    name: str
    every_seconds: float
    run: Callable[[], Any]
    due_at: float = 0.0


def chores() -> list[Chore]:
    return [
        Chore("resume_stale", 10, lambda: jobs.resume_stale(timezone.now())),
        Chore("run_due", 60, lambda: jobs.run_due(timezone.now())),
        Chore("send_waiting", 10, lambda: outbox.send_waiting()),
    ]


class PortalWorker(Worker):
    """django-tasks-db's worker, with chores between the tasks."""

    def __init__(self, chores: list[Chore]) -> None:
        super().__init__(
            queue_names=["*"],
            interval=1,
            batch=True,  # one round: all that is ready, then back to the chores
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self.chores = chores

    def serve_forever(self) -> None:
        while self.running:
            self.one_round()
            if self.running:
                time.sleep(self.interval)

    def one_round(self) -> None:
        """Every chore that is due and every task that is ready; no error ends the loop."""
        self.do_chores()
        try:
            self.run()
        except Exception as error:  # noqa: BLE001 - a database away for a minute must not end us
            logger.error("tasks failed", extra=_told(error))
        close_old_connections()

    def do_chores(self) -> None:
        for chore in self.chores:
            if time.monotonic() < chore.due_at:
                continue
            chore.due_at = time.monotonic() + chore.every_seconds
            # A stop signal waits for the chore's end, as it does for a task's.
            self.running_task = True
            try:
                chore.run()
            except Exception as error:  # noqa: BLE001 - the next chore and the next minute go on
                logger.error("%s failed", chore.name, extra=_told(error))
            finally:
                self.running_task = False
                close_old_connections()
            if not self.running:
                return

    def run_task(self, db_task_result: DBTaskResult) -> None:
        # A database error quotes the row it refused: its text must not reach the table, not even
        # for the moment until a second write replaces it (a write-ahead log keeps both).
        db_task_result.set_failed = partial(fail_bare, db_task_result)
        super().run_task(db_task_result)
        # A long queue must not keep mail and due jobs waiting.
        self.do_chores()


def fail_bare(result: DBTaskResult, error: BaseException) -> None:
    """Mark a task failed with the error's type and place, without its text."""
    result.status = TaskResultStatus.FAILED
    result.finished_at = timezone.now()
    result.exception_class_path = f"{type(error).__module__}.{type(error).__qualname__}"
    result.traceback = logs.bare_text(error)
    result.return_value = None
    result.save(
        update_fields=[
            "status",
            "finished_at",
            "exception_class_path",
            "traceback",
            "return_value",
        ]
    )


def _told(error: Exception) -> dict[str, Any]:
    """Type and place of an error; its text may quote personal data."""
    return {"fields": {"error": type(error).__qualname__, "place": logs.place_of(error)}}


class Command(BaseCommand):
    help = "Run background tasks, due jobs and waiting mail until told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then exit")

    def handle(self, **options: Any) -> None:
        # One line a second about nothing to do, and one about our own stop signal, bury the rest.
        logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
        worker = PortalWorker(chores())
        if options["once"]:
            worker.one_round()
            return
        worker.configure_signals()
        worker.serve_forever()
