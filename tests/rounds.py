"""Many rounds of one test on the same rows: each begins as the test's fixtures left them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import caches
from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done inside is taken back, also what is remembered about rows that are gone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    caches["memory"].clear()
