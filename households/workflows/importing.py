"""The way of an import batch. Reading and saving are jobs; an officer decides between them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.models.imports import BatchStatus, ImportBatch
from tkpk.models import User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

S = BatchStatus


def no_conflicts(batch: ImportBatch, user: User) -> list[str]:
    """None: a batch brings a list and decides about nobody.

    A change of state inside the officer's own family is refused row by row, see the checks.
    """
    return []


def _something_to_save(batch: ImportBatch) -> None:
    counts: dict[str, Any] = batch.counts
    if batch.all_or_nothing and counts.get("refused"):
        raise ValidationError(
            _("All or nothing was chosen and %(n)d rows are refused: mend them first."),
            code="refused_rows",
            params={"n": counts["refused"]},
        )
    if not counts.get("new") and not counts.get("changed"):
        raise ValidationError(_("There is nothing new to save."), code="nothing_to_save")


def _has_columns(batch: ImportBatch) -> None:
    """A workbook that was taken out of the registry, or an order, has columns of its own."""
    if batch.layout in OWN_LAYOUTS:
        raise ValidationError(
            _("The columns of this file are the registry's own."), code="own_layout"
        )


# Files that the registry wrote itself: a workbook taken out to be edited, an order to set a fact.
OWN_LAYOUTS = frozenset({"diedit", "isi_massal"})
_STAFF = {Role.STAFF}
# The registry is not touched yet, so the officer may drop the file.
OPEN_STATUSES = frozenset({S.READING, S.NEEDS_COLUMNS, S.NEEDS_AREAS, S.CHECKED})

IMPORT_FLOW = Workflow(
    process="import",
    title=_("Import"),
    model=ImportBatch,
    moves={
        "confirm": Move(_("Save"), {S.CHECKED}, S.APPLYING, _STAFF, guard=_something_to_save),
        "map_columns": Move(_("Answer columns"), {S.NEEDS_COLUMNS}, S.READING, _STAFF),
        "arrange": Move(
            _("Set the columns yourself"),
            {S.NEEDS_AREAS, S.CHECKED},
            S.READING,
            _STAFF,
            guard=_has_columns,
        ),
        "map_areas": Move(_("Answer areas"), {S.NEEDS_AREAS}, S.READING, _STAFF),
        "recheck": Move(_("Check again"), {S.CHECKED}, S.READING, _STAFF),
        "discard": Move(_("Discard"), OPEN_STATUSES, S.DISCARDED, _STAFF),
        "undo": Move(
            _("Undo this import"),
            {S.APPLIED},
            S.UNDONE,
            _STAFF,
            needs_reason=True,
            warning=_(
                "Persons and families that this import created are deleted, changed ones get their "
                "old values back."
            ),
        ),
        # The steps of the jobs.
        "ask_columns": Move(_("Ask for columns"), {S.READING}, S.NEEDS_COLUMNS, _STAFF),
        "ask_areas": Move(_("Ask for areas"), {S.READING}, S.NEEDS_AREAS, _STAFF),
        "present": Move(_("Show what would change"), {S.READING}, S.CHECKED, _STAFF),
        "refuse": Move(_("Refuse the file"), {S.READING}, S.REFUSED, _STAFF),
        "save": Move(_("Finish saving"), {S.APPLYING}, S.APPLIED, _STAFF),
        "renew": Move(_("Renew the preview"), {S.APPLYING}, S.READING, _STAFF),
    },
    conflicts=no_conflicts,
    sealed_fields=("kelurahan_id", "code", "status", "source_sha256", "all_or_nothing", "counts"),
    duties=frozenset({"confirm", "map_columns", "map_areas"}),
)
# What a person may press; the rest is done by the jobs.
BUTTONS = ("confirm", "discard", "undo")
