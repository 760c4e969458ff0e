"""What lists that leave and come back register: tables, menu, acts, sealed columns, old files."""

import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from households.exporting.shipped import add_shipped_layouts
from households.models import AnswerFile, AnswerFileStatus
from households.models.export_layout import TAKERS
from households.workflows.submissions import ANSWER_FLOW, SUBMISSION_FLOW
from tkpk import files, jobs
from tkpk.models import Document, Mandate, User
from tkpk.registry import MenuItem, register_workflow, registry
from tkpk.rights import mandate_at, scopes
from tkpk.roles import Role

KEEP_ANSWERS = datetime.timedelta(days=30)

register_workflow(
    SUBMISSION_FLOW, url=lambda submission: reverse("submission_detail", args=[submission.pk])
)
register_workflow(ANSWER_FLOW, url=lambda answers: reverse("answer_detail", args=[answers.pk]))
registry.menu.append(
    MenuItem(
        _("Export and proposals"),
        "export_list",
        "file-earmark-spreadsheet",
        lambda user: bool(scopes(user, TAKERS)),
        order=25,
    )
)
registry.act_words |= {
    ("export_layout", "create"): (_("Export layout"), _("Layout made")),
    ("export_layout", "edit"): (_("Export layout"), _("Layout changed")),
    ("submission", "draw_up"): (_("List to send"), _("List begun")),
    ("answers", "bring"): (_("Answers"), _("File of answers brought")),
}
registry.sealed_blobs |= {
    ("households.SubmissionItem", "blob"): lambda item: item.blob_context,
    ("households.AnswerFile", "blob"): lambda answers: answers.blob_context,
}
registry.on_kelurahan_created.append(add_shipped_layouts)


def answers_reader(user: User, document: Document) -> Mandate | None:
    """A file of answers goes to the officers of its kelurahan."""
    if not AnswerFile.objects.visible_to(user).filter(source=document).exists():
        return None
    return mandate_at(user, {Role.STAFF}, code=document.kelurahan.code)


registry.document_readers.append(answers_reader)


@jobs.daily("forget_answers")
def forget_answers(now: datetime.datetime) -> None:
    """Files whose answers were settled 30 days ago go; what is needed for an undo stays."""
    settled = AnswerFile.objects.exclude(status=AnswerFileStatus.CHECKED)
    for answers in settled.filter(
        updated_at__lt=now - KEEP_ANSWERS, source__removed_at__isnull=True
    ).select_related("source"):
        files.remove(answers.source)
