"""The resident memory of this process, sampled while something runs."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE_KB = 4
EVERY_SECONDS = 0.02


def resident_kb() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_KB


@dataclass
class Growth:
    """The highest resident memory above that of the start."""

    start_kb: int
    peak_kb: int

    @property
    def mb(self) -> float:
        return (self.peak_kb - self.start_kb) / 1024


@contextlib.contextmanager
def watched() -> Iterator[Growth]:
    growth = Growth(resident_kb(), resident_kb())
    done = threading.Event()

    def sample() -> None:
        while not done.wait(EVERY_SECONDS):
            growth.peak_kb = max(growth.peak_kb, resident_kb())

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield growth
    finally:
        done.set()
        thread.join()
        growth.peak_kb = max(growth.peak_kb, resident_kb())
