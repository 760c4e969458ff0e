"""The receipt that a resident takes home: the ticket, the day to answer by, where to look."""

from typing import Any

from django.utils import translation

from tkpk import formats, pdf, submissions
from tkpk.letterhead import office_of
from tkpk.models import OfficeRule, Submission
from tkpk.registry import registry


def receipt(row: Submission) -> bytes:
    """The paper as PDF. Raises PdfFailed."""
    return pdf.render("ticket", paper_data(row))


def paper_data(row: Submission) -> dict[str, Any]:
    """The data of the form `ticket`: words only; nothing that the sender said, and no name."""
    with translation.override("id"):
        door = registry.voice_doors.get(row.kind)
        days = OfficeRule.on(row.created_at.date(), row.kelurahan).answer_days
        return {
            "title": "Tanda Terima Laporan Warga",
            "foot": row.ticket,
            "office": office_of(row.kelurahan),
            "ticket": row.ticket,
            "facts": [
                ["Perihal", str(door.title if door else row.get_kind_display())],
                ["Diterima", formats.moment(row.created_at)],
                ["Melalui", row.get_channel_display()],
                [
                    "Dijawab paling lambat",
                    f"{formats.date_long(row.due_on)} ({formats.number(days)} hari kerja)",
                ],
            ],
            "address": submissions.ticket_url(row),
        }
