"""Where an import stands, in the same words on its page, in the list and on the first page."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from households.imports.staging import notes_of
from households.models import BatchStatus, ImportBatch
from tkpk import formats

S = BatchStatus
# Keys of `ImportBatch.counts`: how many areas and programmes of aid the file asked for.
ASKED_AREAS, ASKED_PROGRAMMES = "asked_areas", "asked_programmes"
TONES: dict[str, str] = {
    S.READING: "running",
    S.NEEDS_COLUMNS: "attention",
    S.NEEDS_AREAS: "attention",
    S.CHECKED: "attention",
    S.APPLYING: "running",
    S.APPLIED: "done",
    S.REFUSED: "danger",
}
# Its counts say what the file would do, or did. Of every other batch nothing was left.
COUNTED = frozenset({S.CHECKED, S.APPLYING, S.APPLIED})


def saves(batch: ImportBatch) -> int:
    """How many rows saving would write."""
    return int(batch.counts.get("new", 0) + batch.counts.get("changed", 0))


def only_to_close(batch: ImportBatch) -> bool:
    """Whether it was checked and there is nothing that saving, or mending, would bring."""
    return batch.status == S.CHECKED and not saves(batch) and not batch.counts.get("refused")


def asked(counts: dict[str, Any]) -> dict[str, int]:
    """What was asked of the officer, to be kept when the file is compared again."""
    return {key: counts[key] for key in (ASKED_AREAS, ASKED_PROGRAMMES) if counts.get(key)}


def asked_step(batch: ImportBatch) -> str:
    """What the step of the questions is called; "" where it asks, or asked, for nothing."""
    areas, programmes = _asks(batch)
    if areas and programmes:
        return _("Areas and aid")
    if programmes:
        return _("Aid programmes")
    return _("Areas") if areas else ""


def _asks(batch: ImportBatch) -> tuple[int, int]:
    said = asked(batch.counts)
    if batch.status == S.NEEDS_AREAS and not said:
        # Asked before these counts were kept.
        notes = notes_of(batch)
        return len(notes.get("areas", [])), len(notes.get("programmes", []))
    return said.get(ASKED_AREAS, 0), said.get(ASKED_PROGRAMMES, 0)


def words(batch: ImportBatch) -> str:
    """What the import waits for; where it waits for nobody, its status."""
    if batch.status == S.NEEDS_COLUMNS:
        return _("Waiting for an answer: columns")
    if batch.status == S.NEEDS_AREAS:
        return _waiting_for_answer(batch)
    if batch.status == S.CHECKED:
        return _checked(batch)
    return batch.get_status_display()


def _waiting_for_answer(batch: ImportBatch) -> str:
    areas, programmes = _asks(batch)
    if areas and programmes:
        return _("Waiting for an answer: areas and aid programmes")
    if programmes:
        return _("Waiting for an answer: aid programmes")
    return _("Waiting for an answer: areas")


def _checked(batch: ImportBatch) -> str:
    refused, number = batch.counts.get("refused", 0), saves(batch)
    if refused and (batch.all_or_nothing or not number):
        said = ngettext(
            "Cannot be saved: %(n)s row is refused", "Cannot be saved: %(n)s rows are refused",
            refused,
        )  # fmt: skip
        return said % {"n": formats.number(refused)}
    if not number:
        return _("Nothing to save, only to be closed")
    said = ngettext("Waiting to be saved: %(n)s row", "Waiting to be saved: %(n)s rows", number)
    return said % {"n": formats.number(number)}


def fate(batch: ImportBatch) -> str:
    """What became of a file of which nothing stands in the registry; "" for every other one."""
    if batch.status in {S.DISCARDED, S.REFUSED}:
        return _("Nothing of it was saved.")
    if batch.status != S.UNDONE:
        return ""
    return _("Taken back: %(new)s new rows deleted, %(changed)s changed rows as before.") % {
        "new": formats.number(batch.counts.get("new", 0)),
        "changed": formats.number(batch.counts.get("changed", 0)),
    }
