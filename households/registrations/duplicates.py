"""What the search for duplicates registers: table, menu, sealed record, and what merges move."""

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from households import assistance
from households.duplicates import search as _search  # noqa: F401 - registers the job kind
from households.models import AidReceipt, Member
from households.models.duplicate import REVIEWERS
from households.workflows.duplicates import DUPLICATE_FLOW
from tkpk.registry import MenuItem, register_workflow, registry
from tkpk.rights import scopes

register_workflow(DUPLICATE_FLOW, url=lambda pair: reverse("duplicate_pair", args=[pair.pk]))
registry.menu.append(
    MenuItem(
        _("Possible duplicates"),
        "duplicate_list",
        "intersect",
        lambda user: bool(scopes(user, REVIEWERS)),
        order=32,
    )
)
registry.act_words["duplicate", "search"] = (_("Possible duplicate"), _("Search asked for"))
registry.sealed_blobs["households.MergeRecord", "blob"] = lambda record: record.blob_context


def merge_aid(kept: Model, merged: Model) -> None:
    """Aid goes with the person. Where both rows hold the same aid, both facts stay as they are:
    two lists said so, and which of them is right is for people to find out."""
    if not isinstance(kept, Member) or not isinstance(merged, Member):
        return
    own = assistance.standing_for(kept)
    for receipt in AidReceipt.objects.filter(member=merged).order_by("pk"):
        standing = receipt.withdrawn_at is None
        if standing and (receipt.programme_id, receipt.period_from) in own:
            continue
        receipt.member, receipt.household_id = kept, kept.household_id
        receipt.version += 1
        receipt.updated_by = merged.updated_by
        receipt.save()


def stays_as_written(kept: Model, merged: Model) -> None:
    """A list that was sent, or a transfer that was agreed, names the row that it was made with."""


registry.merge_handlers.setdefault("households.AidReceipt", merge_aid)
registry.merge_handlers.setdefault("households.SubmissionItem", stays_as_written)
registry.merge_handlers.setdefault("households.Transfer", stays_as_written)
