"""`manage.py serve`: what it checks first, what it does once, and how it ends."""

import os
import socket
import subprocess

import pytest
from django.core.management.base import CommandError

from tkpk import processes
from tkpk.management.commands import serve


class Child:
    """A child process that lives until it is told otherwise."""

    def __init__(self) -> None:
        self.code: int | None = None
        self.told: list[str] = []
        self.deaf = False

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        self.told.append("terminate")
        if not self.deaf:
            self.code = 0

    def kill(self) -> None:
        self.told.append("kill")
        self.code = -9

    def wait(self, seconds: float | None = None) -> int:
        if self.code is None:
            raise subprocess.TimeoutExpired("child", seconds or 0)
        return self.code


@pytest.fixture
def started(monkeypatch) -> list[str]:
    """What would have been started."""
    commands: list[str] = []

    def run(*arguments: str) -> Child:
        commands.append(" ".join(arguments))
        return Child()

    monkeypatch.setattr(processes, "_run", run)
    monkeypatch.setattr(processes.signal, "signal", lambda number, handler: None)
    return commands


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(processes.time, "monotonic", lambda: now[0])
    return now


def test_a_taken_port_is_told_before_anything_starts():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=str(port)):
            serve.refuse_taken_port("127.0.0.1", port)
    serve.refuse_taken_port("127.0.0.1", port)


def test_a_name_that_is_no_address_of_this_machine_is_told():
    with pytest.raises(CommandError, match=r"192\.0\.2\.1"):
        serve.refuse_taken_port("192.0.2.1", 8000)


def test_a_folder_is_served_once_at_a_time():
    with serve.one_at_a_time(), pytest.raises(CommandError), serve.one_at_a_time():
        pass
    with serve.one_at_a_time():
        pass


def test_static_files_are_collected_again_only_after_a_change(tmp_path, settings, monkeypatch):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.VAR_DIR = tmp_path
    collected = []

    def collect(name, **options):
        collected.append(name)
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        (settings.STATIC_ROOT / "staticfiles.json").touch()

    monkeypatch.setattr(serve, "call_command", collect)
    monkeypatch.setattr(serve, "static_fingerprint", lambda: "one")
    serve.collect_static_files()
    serve.collect_static_files()
    assert collected == ["collectstatic"]
    monkeypatch.setattr(serve, "static_fingerprint", lambda: "two")
    serve.collect_static_files()
    assert collected == ["collectstatic"] * 2


def test_the_fingerprint_follows_a_touched_file(tmp_path, settings):
    settings.STATICFILES_DIRS = [tmp_path]
    (tmp_path / "a.css").write_text("a{}")
    before = serve.static_fingerprint()
    assert serve.static_fingerprint() == before
    os.utime(tmp_path / "a.css", (1, 1))
    assert serve.static_fingerprint() != before


def test_the_accounts_are_printed_as_the_file_has_them(tmp_path):
    path = tmp_path / "demo-accounts.txt"
    assert str(path) in serve.accounts_table(path)
    path.write_text("petugas  rahasia\nlurah    rahasia\n", encoding="utf-8")
    assert "  petugas  rahasia\n  lurah    rahasia" in serve.accounts_table(path)


def test_a_dead_worker_is_started_again_after_growing_pauses(started, clock):
    children = processes.Children("127.0.0.1", 8000)
    children._start_worker()
    pauses = []
    for _ in range(8):
        children.worker.code = 1
        children._revive_worker()
        died = clock[0]
        while children.worker is None:
            clock[0] += 0.5
            children._revive_worker()
        pauses.append(clock[0] - died)
    assert pauses[:3] == [1.0, 2.0, 4.0]
    assert max(pauses) == processes.LONGEST_PAUSE
    assert len(started) == 9
    # One that has lived for long starts without a long pause.
    clock[0] += 3600
    children.worker.code = 1
    children._revive_worker()
    assert children.start_worker_at - clock[0] == 1.0


def test_the_end_of_the_web_server_is_the_end(started):
    children = processes.Children("127.0.0.1", 8000)
    children.web = Child()
    children.web.code = 3
    with pytest.raises(CommandError, match=r"web|Web"):
        children.watch()


def test_both_are_asked_to_stop_and_the_deaf_one_is_ended(started, clock, monkeypatch):
    children = processes.Children("127.0.0.1", 8000)
    children.web, children.worker = Child(), Child()
    children.worker.deaf = True
    children.worker.wait = lambda seconds=None: (
        Child.wait(children.worker, seconds) if seconds else -9
    )
    children.stop()
    assert children.web.told == ["terminate"]
    assert children.worker.told == ["terminate", "kill"]
