"""The two processes that make up a running portal, and the one that watches them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import NoReturn

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

START_SECONDS, STOP_SECONDS = 30, 30
# A worker that dies at once is started again after 1, 2, 4 … seconds, never later than this.
LONGEST_PAUSE = 60
# "Every address of this computer", and the one to try it under.
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - the operator's own choice


class StopAsked(Exception):
    """A signal asked for the end."""


class Children:
    """The web server, without which we end, and the worker, which is started again."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.web: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.pause = 0.5
        self.start_worker_at = 0.0

    def start(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _ask_to_stop)
        address = f"[{self.host}]" if ":" in self.host else self.host
        self.web = _run("-m", "gunicorn", f"--bind={address}:{self.port}", "tkpk.wsgi")
        self._wait_until_it_answers()
        self._start_worker()

    def _wait_until_it_answers(self) -> None:
        # Connecting to "every address" is not possible everywhere; the loopback is one of them.
        host = EVERY_ADDRESS.get(self.host, self.host)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            self._end_if_web_died()
            with contextlib.suppress(OSError), socket.create_connection((host, self.port), 1):
                return
            time.sleep(0.1)
        raise CommandError(_("The web server did not start in time. Its messages are above."))

    def _start_worker(self) -> None:
        self.worker = _run(str(settings.BASE_DIR / "manage.py"), "work")
        self.worker_started = time.monotonic()

    def watch(self) -> NoReturn:
        """Return never: StopAsked when told to stop, CommandError when the web server is gone."""
        while True:
            self._end_if_web_died()
            self._revive_worker()
            time.sleep(0.5)

    def _end_if_web_died(self) -> None:
        if self.web is not None and self.web.poll() is not None:
            raise CommandError(_("The web server has stopped. Its messages are above."))

    def _revive_worker(self) -> None:
        now = time.monotonic()
        if self.worker is not None:
            if self.worker.poll() is None:
                return
            lived = now - self.worker_started
            self.pause = 1.0 if lived > LONGEST_PAUSE else min(self.pause * 2, LONGEST_PAUSE)
            self.worker, self.start_worker_at = None, now + self.pause
        elif now >= self.start_worker_at:
            self._start_worker()

    def stop(self) -> None:
        """Ask both to end, wait for both, and end the one that does not."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        children = [child for child in (self.web, self.worker) if child is not None]
        for child in children:
            child.terminate()
        until = time.monotonic() + STOP_SECONDS
        for child in children:
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _ask_to_stop(number: int, frame: FrameType | None) -> None:
    raise StopAsked


def _run(*arguments: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tkpk.settings"}
    if not environment.get("WEB_CONCURRENCY", "1"):
        del environment["WEB_CONCURRENCY"]  # gunicorn fails on an empty one
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        # Ctrl+C reaches a whole group; children in their own are stopped by us, once, in order.
        start_new_session=True,
    )
