"""Somebody else who saves a form now and then: how long does that wait for an import?"""

import contextlib
import threading
import time
from collections.abc import Iterator

from django.db import connection

from tkpk.models import Installation

EVERY_SECONDS = 0.05


@contextlib.contextmanager
def writing() -> Iterator[list[float]]:
    """The seconds that each small write took, in a thread with a connection of its own."""
    waits: list[float] = []
    done = threading.Event()

    def write() -> None:
        while not done.wait(EVERY_SECONDS):
            start = time.perf_counter()
            Installation.objects.filter(pk=1).update(demo=True)
            waits.append(time.perf_counter() - start)
        connection.close()

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield waits
    finally:
        done.set()
        thread.join()
