"""Python's collector of cycles, while a long list is worked on."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Without it for a while: an import makes no cycles, and each round walks over all its rows.

    Objects are still freed as soon as nobody refers to them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
