"""`make run`: brings the installation up to date and serves it."""

import contextlib
import fcntl
import hashlib
import socket
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from tkpk.encryption import WrongKey
from tkpk.models import Installation
from tkpk.processes import EVERY_ADDRESS, Children, StopAsked
from tkpk.setup_link import setup_url


class Command(BaseCommand):
    help = "Bring the installation up to date, then run web server and background worker."
    requires_system_checks: list[str] = []  # they run inside migrate and in the web server

    def handle(self, **options: Any) -> None:
        host, port = settings.SERVE_HOST, settings.SERVE_PORT
        with one_at_a_time():
            refuse_taken_port(host, port)
            self.bring_up_to_date()
            collect_static_files()
            demo_or_setup_link = self.first_steps()
            connection.close()
            children = Children(host, port)
            try:
                children.start()
                self.greet(demo_or_setup_link)
                children.watch()
            except StopAsked:
                self.say(_("Stopping …"))
            finally:
                children.stop()

    def bring_up_to_date(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.say(_("Preparing the database …"))
            call_command("migrate", interactive=False, verbosity=0)
        if settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
            call_command("createcachetable", verbosity=0)
        try:
            Installation.verify_keys()
        except WrongKey as error:
            raise CommandError(str(error)) from error

    def first_steps(self) -> str:
        """Load the demo on the first start, or return what the first administrator opens."""
        installation = Installation.current()
        if installation.set_up:
            return ""
        if settings.DEMO or installation.demo:  # a demo that was cut off while loading goes on
            self.say(_("Loading the fictional demo. This happens once and takes a while …"))
            call_command("seed_demo")
            return ""
        return setup_url()

    def greet(self, setup_link: str) -> None:
        self.say("")
        self.say(_("Portal TKPK is ready: %(url)s") % {"url": settings.PUBLIC_URL + "/"})
        if settings.SERVE_HOST in EVERY_ADDRESS and len(settings.ALLOWED_HOSTS) == 1:
            # Answering to any name would let a stranger choose the links in our mail.
            self.say(
                _(
                    "Other devices need a name or address of this computer in EXTRA_HOSTS, "
                    "for example: make run HOST=0.0.0.0 EXTRA_HOSTS=%(name)s"
                )
                % {"name": socket.gethostname()}
            )
        if setup_link:
            self.say(_("Set it up here (works once): %(url)s") % {"url": setup_link})
        if Installation.current().demo:
            self.say(accounts_table(settings.VAR_DIR / "demo-accounts.txt"))
        self.say(_("Stop it with Ctrl+C."))
        connection.close()

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two workers and two collections of static files on one folder would tread on each other."""
    with (settings.VAR_DIR / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise CommandError(_("The portal is already running from this folder.")) from taken
        yield


def refuse_taken_port(host: str, port: int) -> None:
    """Asked before anything is started, so that nothing is half started. Raises CommandError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As the server does it: a port whose last connections linger is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        raise CommandError(
            _(
                "Cannot listen on %(host)s port %(port)s: another program uses it, or it is not "
                "allowed. Choose another port, for example: make run PORT=8010"
            )
            % {"host": host, "port": port}
        ) from error


def collect_static_files() -> None:
    """Collect again only when a source file or a package changed: it takes seconds."""
    stamp = settings.VAR_DIR / "static.stamp"
    wanted = static_fingerprint()
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if manifest.exists() and stamp.exists() and stamp.read_text("ascii") == wanted:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted, "ascii")


def static_fingerprint() -> str:
    """A hash over name, size and time of every static file and over the installed packages."""
    lines = [f"{package.name}=={package.version}" for package in metadata.distributions()]
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            lines.append(f"{name} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def accounts_table(path: Path) -> str:
    """The demo's accounts as `seed_demo` wrote them, indented under a heading."""
    if not path.exists():
        return _("The file with the demo accounts is missing: %(path)s") % {"path": path}
    lines = path.read_text(encoding="utf-8").splitlines()
    heading = _("Fictional demo. Accounts (also in %(path)s):") % {"path": path}
    return "\n".join(["", heading, *(f"  {line}" for line in lines), ""])
