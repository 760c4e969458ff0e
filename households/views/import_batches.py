"""A batch as its officer may see it, and the moves that hand it to a job."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404

from households.imports.jobs import ask_to_apply, ask_to_read
from households.models import BatchStatus, ImportBatch
from households.workflows.importing import IMPORT_FLOW
from tkpk.requests import StaffRequest


def batch_for(request: StaffRequest, pk: int) -> ImportBatch:
    """A stranger's batch is not there: Http404."""
    rows = ImportBatch.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("kelurahan", "source", "created_by", "fallback__parent"), pk=pk
    )


def move_to_job(request: StaffRequest, move: str, batch: ImportBatch, **options: Any) -> bool:
    """Make a move that hands the batch to a job; a refusal is shown as a message."""
    try:
        with transaction.atomic():
            batch = IMPORT_FLOW.apply(move, batch, by=request.user, **options)
            ask = ask_to_apply if batch.status == BatchStatus.APPLYING else ask_to_read
            ask(batch, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    return True
