"""An installation of the benchmark's own: a folder, keys, an empty database, one kelurahan."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import postgres

ENGINES = ("sqlite", "postgres")


@contextlib.contextmanager
def environment(engine: str) -> Iterator[dict[str, str]]:
    """What a process needs to work on a fresh installation; it is gone afterwards."""
    with contextlib.ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="tkpk-bench-"))
        values = {**os.environ, "VAR_DIR": var, "DJANGO_SETTINGS_MODULE": "tkpk.settings"}
        values.pop("DATABASE_URL", None)
        if engine == "postgres":
            values["DATABASE_URL"] = stack.enter_context(postgres.server())
        yield values


def enter(values: dict[str, str]) -> None:
    """Take an installation's environment over for this process."""
    os.environ.update(values)
    set_up()


def set_up() -> None:
    """Make the installation that the environment names and load Django. Once a process."""
    from tkpk import provision  # noqa: PLC0415 - the environment comes first

    var = Path(os.environ["VAR_DIR"])
    provision.create_missing(var)
    (var / "static").mkdir(exist_ok=True)
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def make_place():
    """The kelurahan with the RTs of the list, and the officer who acts."""
    from tests import factories as make  # noqa: PLC0415 - models load after the set-up
    from tkpk.console import console_user  # noqa: PLC0415

    make.make_installation()
    kelurahan = make.make_kelurahan()
    for rw in range(1, 9):
        for rt in range(1, 6):
            make.make_rt(kelurahan, rw, rt)
    return kelurahan, console_user(kelurahan)
