"""The one door to stored files."""

import uuid

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from tkpk import files, trail
from tkpk.models import Document
from tkpk.registry import registry
from tkpk.requests import StaffRequest


@require_POST
def document_download(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Hand a stored file to somebody whom its app lets read it; the trail says who took it.

    Whoever may not read it, and whoever comes after its bytes are gone, gets the same 404.
    """
    document = get_object_or_404(Document.objects.select_related("kelurahan"), pk=pk)
    found = (reader(request.user, document) for reader in registry.document_readers)
    mandate = next((mandate for mandate in found if mandate), None)
    if mandate is None:
        raise Http404
    try:
        content = files.load(document)
    except files.FileRemoved as error:
        raise Http404 from error
    with transaction.atomic():
        trail.record(
            chain=document.kelurahan,
            by=request.user,
            mandate=mandate,
            process="document",
            move="download",
            reason=document.name,
        )
    # Never shown in the page: what a stranger once uploaded is only ever saved.
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, document.name) or ""
    response["Cache-Control"] = "no-store"
    return response
