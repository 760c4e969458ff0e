"""Drafts after their first moment: a copy to change, and the note that one was edited."""

import datetime

from django.db import transaction

from households.instruments.building import Heading, record, write_draft
from households.models import FrozenVersion, InstrumentVersion
from households.models.compiled import content
from tkpk.models import User


def copy_version(
    version: InstrumentVersion, *, label: str, valid_from: datetime.date, by: User
) -> InstrumentVersion:
    """A draft with the same content: how anything is changed that is in use.

    Raises ValidationError where the instrument has a version of this name already.
    """
    heading = Heading(
        label=label,
        valid_from=valid_from,
        method=version.method,
        weights_note=version.weights_note,
        source_note=version.source_note,
    )
    return write_draft(version.instrument, heading, content(version), by=by, move="copy")


def note_edit(version: InstrumentVersion, *, by: User) -> InstrumentVersion:
    """Say that the content of a draft was edited: who puts it into use must be somebody else.

    Raises FrozenVersion.
    """
    with transaction.atomic():
        row = InstrumentVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if row.frozen:
            raise FrozenVersion
        row.updated_by = by
        row.version += 1
        row.save()
        record("edit", row, by=by)
    return row
