"""Fixtures for every test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db.backends.base.operations import BaseDatabaseOperations


@pytest.fixture(scope="session", autouse=True)
def _trail_survives_flush() -> Iterator[None]:
    """Let Django empty the trail between tests that commit.

    The trail's triggers refuse DELETE and TRUNCATE, and the flush after a test with
    `transaction=True` or a live server is exactly that. They are taken off for the flush alone and
    are back before the next test, so that no test runs without them.
    """
    from tkpk.models import trail  # noqa: PLC0415 - models load after Django's set-up

    original: Callable[..., Any] = BaseDatabaseOperations.execute_sql_flush

    def flush(operations: BaseDatabaseOperations, sql_list: list[str]) -> None:
        trail.remove_guards(operations.connection)
        try:
            original(operations, sql_list)
            with operations.connection.cursor() as cursor:
                # No model's table: else one test's failed tries would lock the next one out.
                cursor.execute(f"DELETE FROM {settings.CACHES['default']['LOCATION']}")  # noqa: S608
        finally:
            trail.install_guards(operations.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def _cards_cost_little() -> Iterator[None]:
    """A card's twenty hashes take a second as they are made to; a test wants to know whether a code
    fits. That a stolen table stays dear is asked here, since afterwards nobody could see it."""
    from tkpk import cards  # noqa: PLC0415 - models load after Django's set-up

    assert cards._COST["n"] >= 2**14
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(cards._COST, "n", 2)
        yield


@pytest.fixture(autouse=True)
def _empty_memory_cache() -> Iterator[None]:
    """The cache in memory outlives a test's rollback; what it knows of its rows would not be so."""
    yield
    caches["memory"].clear()
