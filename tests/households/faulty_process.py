"""A process that a test kills: it says when it begins, then works on the test's own database.

    python -m tests.households.faulty_process job PK
    python -m tests.households.faulty_process upload USER_PK FILE

A worker runs one job; a web process takes one upload.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

READY = "ready"
ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    """That of the test process, pointed at the database of the tests."""
    from django.conf import settings  # noqa: PLC0415 - the child sets Django up itself
    from django.db import connection  # noqa: PLC0415

    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    return {
        **os.environ,
        "DATABASE_URL": url,
        "VAR_DIR": str(settings.VAR_DIR),
        "DJANGO_SETTINGS_MODULE": "tkpk.settings",
        # Asked for jobs are queued: nobody but the test takes them.
        "TASKS_BACKEND": "django_tasks_db.DatabaseBackend",
    }


def started(*arguments: object) -> "subprocess.Popen[str]":
    """Returns when the process is about to begin its work."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.households.faulty_process", *map(str, arguments)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.strip() == READY, f"the process did not begin: {line!r}"
    return process


def killed_after(seconds: float, *arguments: object) -> bool:
    """Whether the process was still at work when it was killed."""
    process = started(*arguments)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    with process:
        return process.wait() == -signal.SIGKILL


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def run_job(pk: int) -> None:
    from tkpk import jobs  # noqa: PLC0415 - after the set-up

    _say(READY)
    jobs.run_job.func(pk)


def upload(user_pk: int, path: Path) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from tkpk.models import User  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost", headers={"host": "localhost"})
    client.force_login(
        User.objects.get(pk=user_pk), "allauth.account.auth_backends.AuthenticationBackend"
    )
    file = SimpleUploadedFile("data.xlsx", path.read_bytes())
    _say(READY)
    answer = client.post(reverse("import_new"), {"file": file})
    _say(str(answer.status_code))


def main(what: str, *arguments: str) -> None:
    import django  # noqa: PLC0415

    django.setup()
    if what == "job":
        run_job(int(arguments[0]))
    else:
        upload(int(arguments[0]), Path(arguments[1]))


if __name__ == "__main__":
    main(*sys.argv[1:])
