"""What the registry registers: its transition tables and its menu entries."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from households import visibility
from households.home_panel import home_panel
from households.imports import jobs as import_jobs  # noqa: F401 - registers the job kinds
from households.imports import standing
from households.models import Household, ImportBatch
from households.models.household import READERS
from households.registrations import aid as _aid  # noqa: F401 - registers by itself
from households.registrations import counter
from households.registrations import dashboard as _dashboard  # noqa: F401 - registers by itself
from households.registrations import duplicates as _duplicates  # noqa: F401 - registers by itself
from households.registrations import events as _events  # noqa: F401 - registers by itself
from households.registrations import excel as _excel  # noqa: F401 - registers by itself
from households.registrations import instruments as _instruments  # noqa: F401 - by itself
from households.registrations import listing as _listing  # noqa: F401 - registers by itself
from households.registrations import surveys as _surveys  # noqa: F401 - registers by itself
from households.registrations import voices as _voices  # noqa: F401 - registers by itself
from households.searching import find_families, with_list_facts
from households.statistics import PUBLISHERS
from households.workflows.importing import IMPORT_FLOW
from households.workflows.registering import HOUSEHOLD_FLOW, MEMBER_FLOW
from tkpk.models import Document, Mandate, User
from tkpk.registry import MenuItem, SearchHit, register_workflow, registry
from tkpk.rights import mandate_at, scopes
from tkpk.roles import Role

register_workflow(
    HOUSEHOLD_FLOW, url=lambda household: reverse("household_file", args=[household.pk])
)
register_workflow(
    MEMBER_FLOW, url=lambda member: reverse("household_file", args=[member.household_id])
)
registry.menu += [
    MenuItem(
        _("Families"),
        "household_list",
        "people",
        lambda user: bool(scopes(user, READERS)),
        order=10,
    ),
]
registry.menu += [
    MenuItem(
        _("Publish figures"),
        "statistics_publish",
        "eye",
        lambda user: bool(scopes(user, PUBLISHERS)),
        order=40,
    ),
]

SEARCH_LIMIT = 10


def search_families(user: User, text: str) -> Iterator[SearchHit]:
    """Families by a member's name, a full number or a code, among those the person may open."""
    if not text.strip():
        return
    rows = find_families(Household.objects.visible_to(user), user, text)
    row: Any  # with the annotations of the list
    for row in with_list_facts(rows, text).order_by("territory__code", "pk")[:SEARCH_LIMIT]:
        yield SearchHit(
            title=row.head_name or row.code,
            url=reverse("household_file", args=[row.pk]),
            note=f"{row.code} · {row.territory.full_name}",
        )


registry.act_words |= {
    ("identifier", "reveal_nik"): (_("Full numbers"), _("NIK shown")),
    ("identifier", "reveal_kk"): (_("Full numbers"), _("KK number shown")),
    ("export", "export"): (_("Export"), _("Export with masked numbers")),
    ("export", "export_with_numbers"): (_("Export"), _("Export with full numbers")),
    ("statistics", "publish"): (_("Published figures"), _("Figures published")),
    ("import", "make_programme"): (_("Import"), _("Aid programme added")),
    ("import", "error_workbook"): (_("Import"), _("Refused rows downloaded")),
}


def import_reader(user: User, document: Document) -> Mandate | None:
    """The source of an import goes to the officers of its kelurahan."""
    if not ImportBatch.objects.visible_to(user).filter(source=document).exists():
        return None
    return mandate_at(user, {Role.STAFF}, code=document.kelurahan.code)


registry.document_readers.append(import_reader)
registry.search_sources["families"] = search_families
registry.home_panels["families"] = home_panel
registry.home_panels["health"] = counter.health_panel
registry.role_sights.append(visibility.sights)

register_workflow(IMPORT_FLOW, url=lambda batch: reverse("import_detail", args=[batch.pk]))
registry.row_words[IMPORT_FLOW.process] = standing.words
registry.menu.append(
    MenuItem(
        _("Import"),
        "import_list",
        "upload",
        lambda user: bool(scopes(user, {Role.STAFF})),
        order=20,
    )
)
registry.sealed_blobs |= {
    ("households.ImportBatch", "notes"): lambda batch: batch.notes_context,
    ("households.ImportBatch", "columns"): lambda batch: batch.columns_context,
    ("households.ImportRow", "blob"): lambda row: row.blob_context,
    ("households.ImportChange", "blob"): lambda change: change.blob_context,
}
