"""This side: the pipeline's own functions, from parsed rows to the registry."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from households.imports import applying, examination, staging
from households.imports.areas import AreaBook
from households.models import BatchStatus
from households.workflows.importing import IMPORT_FLOW
from tkpk.models import Territory, User


class Clock:
    """Seconds by the name of a part."""

    def __init__(self) -> None:
        self.start = self.last = time.perf_counter()
        self.parts: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.parts[name], self.last = now - self.last, now


@contextlib.contextmanager
def _lock_noted(clock: Clock) -> Iterator[None]:
    """The seconds from the moment in which the rows are locked to the end of the transaction."""
    began, original = [], applying.lock_targets

    def noted(*arguments: Any, **named: Any) -> None:
        began.append(time.perf_counter())
        original(*arguments, **named)

    applying.lock_targets = noted
    try:
        yield
    finally:
        applying.lock_targets = original
        clock.parts["locked"] = time.perf_counter() - began[-1]


def run(content: Any, place: Territory, by: User) -> dict[str, float]:
    """What `check_batch` and `apply_batch` do once the file is read."""
    batch = staging.start_batch(b"-", name="bench.xlsx", kelurahan=place, by=by)
    clock = Clock()
    choices = examination.Choices(AreaBook(place, content.layout), acting_nik_index=by.nik_index)
    found = examination.examine(content, choices)
    counts = found.counts
    clock.lap("examine")
    with transaction.atomic():
        staging.stage_rows(batch, found)
        changes = {
            "layout": found.layout,
            "counts": counts,
            "notes": staging.sealed_notes(batch, found),
        }
        batch = IMPORT_FLOW.apply("present", batch, by=by, changes=changes)
    clock.lap("stage")
    batch = IMPORT_FLOW.apply("confirm", batch, by=by)
    with _lock_noted(clock):
        batch = applying.apply_batch(batch, by=by)
    clock.lap("save")
    if batch.status != BatchStatus.APPLIED or counts["refused"]:
        raise RuntimeError(f"not saved: {batch.status}, {counts}")
    return {
        "seconds": clock.last - clock.start,
        "written": counts["new"] + counts["changed"],
        **clock.parts,
    }
