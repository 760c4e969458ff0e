"""Loaded by pytest before Django: gives every test process an installation of its own.

`TEST_ENGINE` (sqlite, the default, or postgres) chooses the database; the second needs a server in
`DATABASE_URL`, which `python -m tests.postgres -- …` starts.
"""

import atexit
import gc
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from tkpk import provision

ROOT = Path(__file__).resolve().parent.parent


def names_read_by_settings() -> set[str]:
    """Every environment variable that tkpk/settings.py reads, by name."""
    source = (ROOT / "tkpk" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r"""\benv(?:\.\w+)?\(\s*["']([A-Z][A-Z0-9_]*)["']""", source))


def _prepare_environment() -> None:
    engine = os.environ.get("TEST_ENGINE", "sqlite")
    if engine not in {"sqlite", "postgres"}:
        raise pytest.UsageError(f"TEST_ENGINE is sqlite or postgres, not {engine!r}")
    database = os.environ.get("DATABASE_URL", "")
    if engine == "postgres" and not database.startswith(("postgres://", "postgresql://")):
        raise pytest.UsageError(
            "TEST_ENGINE=postgres needs a server in DATABASE_URL. Start one around the tests: "
            "TEST_ENGINE=postgres python -m tests.postgres -- python -m pytest"
        )
    # What the developer's shell says about an installation is not true of this one.
    for name in names_read_by_settings():
        os.environ.pop(name, None)
    var = Path(tempfile.mkdtemp(prefix="tkpk-test-"))
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    provision.create_missing(var)
    (var / "static").mkdir()  # WhiteNoise warns when it is missing
    os.environ["VAR_DIR"] = str(var)
    os.environ["SECRET_KEY"] = "only-for-tests-" + "0123456789abcdef" * 3
    os.environ["TASKS_BACKEND"] = "django_tasks.backends.immediate.ImmediateBackend"
    if engine == "postgres":
        os.environ["DATABASE_URL"] = database
    # Playwright keeps an event loop in this thread; Django would take us for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


# On import, not in a hook: pytest-django reads the settings in the earliest hook there is. Under
# xdist each worker imports this again and gets a folder of its own.
_prepare_environment()


def pytest_configure() -> None:
    """What would only make tests slower: hashed static names and a hash made to be slow."""
    # Pages leave many cycles behind; looking for them at each 700th object took a quarter of a run.
    gc.set_threshold(100_000, 50, 100)
    from django.conf import settings  # noqa: PLC0415 - the environment above comes first

    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file, as in production: in memory all threads share one connection, so neither the
        # write lock nor the write-ahead log would be tested.
        database.setdefault("TEST", {})["NAME"] = str(Path(settings.VAR_DIR) / "test.sqlite3")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what asks the database; the rest says the same as beside SQLite."""
    if os.environ.get("TEST_ENGINE") != "postgres":
        return
    asks = [item for item in items if _asks_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(asks)])
    items[:] = asks


def _asks_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "live_server", "django_db_setup"}
    return item.get_closest_marker("django_db") is not None or bool(
        fixtures & set(getattr(item, "fixturenames", ()))
    )


def pytest_report_header() -> str:
    from django.db import connection  # noqa: PLC0415 - as above

    return f"database: {connection.vendor}"
