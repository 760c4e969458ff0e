"""What the counter, aid and data health register: menu, panels, words, readers, merge."""

from collections.abc import Iterator
from typing import Any

from django.core.cache import caches
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from households import counter, families, health
from households import nik_remarks as _nik_remarks  # noqa: F401 - registers the daily job
from households.models import AidReceipt, Household, Member, Statement
from households.visibility import Column, columns_for, roles_seeing
from tkpk.models import Document, Mandate, User
from tkpk.registry import MenuItem, registry
from tkpk.rights import mandate_at, scopes

PANEL_ROWS = 20
KEEP_TOTAL = 600  # seconds; the page of data health itself counts anew each time

registry.menu += [
    MenuItem(
        _("Counter"),
        "counter",
        "person-vcard",
        lambda user: bool(scopes(user, counter.ROLES)),
        order=5,
    ),
    MenuItem(
        _("Data health"),
        "health_overview",
        "clipboard-check",
        lambda user: bool(scopes(user, health.READERS)),
        order=30,
    ),
]
registry.act_words |= {
    ("statement", "give"): (_("Statement"), _("Statement given")),
    ("statement", "give_with_nik"): (_("Statement"), _("Statement given with the full NIK")),
    ("aid", "withdraw"): (_("Aid received"), _("Entry withdrawn")),
}
registry.open_matters["workflows"] = counter.waiting_matters


# --- the family's file -----------------------------------------------------------------------
def aid_panel(user: User, row: Model) -> tuple[str, dict[str, Any]] | None:
    """What the family received, for who may see facts there."""
    if not isinstance(row, Household):
        return None
    if Column.FACTS not in columns_for(user, row.territory.code):
        return None
    rows = AidReceipt.objects.standing().filter(household=row)
    found = list(rows.select_related("programme", "member")[: PANEL_ROWS + 1])
    return "staff/aid/_panel.html", {
        "receipts": found[:PANEL_ROWS],
        "more": rows.count() - PANEL_ROWS if len(found) > PANEL_ROWS else 0,
        "may_edit": not families.edit_refusals(user, row),
    }


def statements_panel(user: User, row: Model) -> tuple[str, dict[str, Any]] | None:
    """The statements that were given; nothing where there is none."""
    if not isinstance(row, Household):
        return None
    if Column.IDENTIFIERS not in columns_for(user, row.territory.code):
        return None
    rows = Statement.objects.filter(household=row).select_related("member", "created_by")
    found = list(rows[:PANEL_ROWS])
    return ("staff/counter/_statements_panel.html", {"statements": found}) if found else None


registry.file_panels["aid"] = aid_panel
registry.file_panels["statements"] = statements_panel


# --- the first page --------------------------------------------------------------------------
def _total(user: User) -> int:
    """All remarks of one's area. Kept a while: the first page must not count 100,000 people."""
    cache = caches["memory"]  # a GET writes nothing to the database
    key = "health.total." + ".".join(scopes(user, health.READERS))
    total: int | None = cache.get(key)
    if total is None:
        total = sum(health.counts(health.families_to_check(user)).values())
        cache.set(key, total, KEEP_TOTAL)
    return total


def health_panel(user: User) -> tuple[str, dict[str, Any]] | None:
    """How many remarks wait in the data of one's area."""
    if not scopes(user, health.READERS):
        return None
    total = _total(user)
    return "staff/health/_home_panel.html", {
        "total": total,
        "url": reverse("health_overview"),
        "to_mend": total,
    }


# --- files, and rows recorded twice ----------------------------------------------------------
def statement_reader(user: User, document: Document) -> Mandate | None:
    """A statement goes to those who see numbers at the family's place."""
    statement = (
        Statement.objects.visible_to(user)
        .filter(document=document)
        .select_related("household__territory")
        .first()
    )
    if statement is None:
        return None
    code = statement.household.territory.code
    return mandate_at(user, roles_seeing(Column.IDENTIFIERS), code=code)


registry.document_readers.append(statement_reader)


def merge_statements(kept: Model, merged: Model) -> None:
    """Papers of a person recorded twice belong to the kept row; the family stays as it was said."""
    if isinstance(kept, Member) and isinstance(merged, Member):
        Statement.objects.filter(member=merged).update(member=kept)


registry.merge_handlers["households.Statement"] = merge_statements


def statements_about(person: Model) -> Iterator[tuple[str, Any]]:
    """Number, day and purpose of each paper about a person."""
    if isinstance(person, Member):
        for statement in Statement.objects.filter(member=person).order_by("pk"):
            words = f"{statement.issued_on.isoformat()}, {statement.purpose_text}"
            yield statement.code, words


registry.personal_data["households.Statement"] = statements_about
