"""What the yearly list registers: tables, words of the trail, menu, panels, what events mean."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from households.events import recording
from households.listing import duties, events, leaving
from households.listing.lines import keeper_mandate
from households.listing.rows import TONES
from households.listing.standing import current_listing
from households.models import Household, Listing, Member, PoorList
from households.models.poor_list import AREA_HEADS, COUNT_READERS, LIST_KEEPERS
from households.workflows.decrees import DECREE_FLOW
from households.workflows.listings import LISTING_FLOW
from households.workflows.poor_lists import POOR_LIST_FLOW
from households.workflows.registering import AFTER_STATE
from tkpk.models import User
from tkpk.registry import MenuItem, OpenMatter, register_workflow, registry
from tkpk.rights import scopes

SHOWN = 10

register_workflow(POOR_LIST_FLOW, url=lambda row: reverse("poor_list_detail", args=[row.pk]))
register_workflow(LISTING_FLOW, url=lambda row: reverse("listing_detail", args=[row.pk]))
register_workflow(DECREE_FLOW, url=lambda row: reverse("decree_detail", args=[row.pk]))
registry.act_words |= {
    (POOR_LIST_FLOW.process, move): (POOR_LIST_FLOW.title, words)
    for move, words in (
        ("open", _("List opened")),
        ("change", _("Settings or evidence changed")),
        ("carry_over", _("Families of last year's list carried over")),
    )
}
registry.act_words |= {
    (LISTING_FLOW.process, "nominate"): (LISTING_FLOW.title, _("Nominated")),
    (LISTING_FLOW.process, "choose_meeting"): (
        LISTING_FLOW.title,
        _("Meeting of the graduation said"),
    ),
    (LISTING_FLOW.process, "hand_over"): (
        LISTING_FLOW.title,
        _("Handed over to the family that stays after a merge"),
    ),
    (DECREE_FLOW.process, "bring"): (DECREE_FLOW.title, _("File of the city read")),
    ("list_paper", "print"): (_("List of poor families"), _("Paper with names printed")),
    ("list_paper", "export"): (_("List of poor families"), _("List taken as a workbook")),
}
registry.menu += [
    MenuItem(
        _("List of poor families"),
        "poor_list_list",
        "card-checklist",
        lambda user: bool(scopes(user, COUNT_READERS | AREA_HEADS)),
        order=12,
    ),
]
registry.sealed_blobs["households.DecreeRow", "blob"] = lambda row: row.context
recording.AFTER_EVENT.append(events.after_event)
recording.AFTER_CANCELLING.append(events.after_cancelling)
AFTER_STATE["close"].append(leaving.after_closing)
AFTER_STATE["reopen"].append(leaving.after_reopening)


# --- the family's file, the counter, the first page ------------------------------------------
def listing_panel(user: User, row: Model) -> tuple[str, dict[str, Any]] | None:
    """Where the family stands on the list; heads of RT and RW see name and status only."""
    if not isinstance(row, Household):
        return None
    lines = Listing.objects.visible_to(user).filter(household=row)
    found = list(lines.select_related("poor_list", "score_class").order_by("-poor_list__year"))
    keeps = keeper_mandate(user, row.kelurahan.code) is not None
    listed = {line.poor_list_id for line in found}
    running = PoorList.objects.running().filter(kelurahan=row.kelurahan_id)
    open_lists = [
        one for one in running if keeps and one.takes_nominations and one.pk not in listed
    ]
    if not found and not open_lists:
        return None
    return "staff/listing/_panel.html", {
        "lines": [(line, TONES[line.status]) for line in found],
        "keeps": keeps,
        "open_lists": open_lists,
    }


def listing_matter(user: User, row: Model) -> Iterator[OpenMatter]:
    """What the counter says of the list: year, status, class."""
    if not isinstance(row, Household) or keeper_mandate(user, row.kelurahan.code) is None:
        return
    line = current_listing(row)
    if line is None:
        return
    words = _now("Listed for %(year)d: %(status)s") % {
        "year": line.poor_list.year,
        "status": line.get_status_display(),
    }
    note = str(line.score_class) if line.score_class else ""
    yield OpenMatter(words, reverse("listing_detail", args=[line.pk]), note)


def home_panel(user: User) -> tuple[str, dict[str, Any]] | None:
    """Families that wait for a step, and visits that fall due."""
    waiting = duties.waiting_families(user)
    visits = list(duties.visits_due(user)[: SHOWN + 1])
    graduations = list(duties.graduations_to_decide(user)[: SHOWN + 1])
    if not waiting and not visits and not graduations:
        return None
    return "staff/listing/_home_panel.html", {
        "waiting": waiting,
        "visits": visits[:SHOWN],
        "graduations": graduations[:SHOWN],
    }


registry.file_panels["listing"] = listing_panel
registry.open_matters["listing"] = listing_matter
registry.home_panels["listing"] = home_panel


# --- what is kept about a person, and who sees what ------------------------------------------
def lines_about(person: Model) -> Iterator[tuple[str, Any]]:
    """Year and status of the lines of the person's family."""
    if isinstance(person, Member):
        rows = Listing.objects.filter(household=person.household_id).select_related("poor_list")
        for line in rows.order_by("pk"):
            yield line.code, f"{line.poor_list.year}, {line.get_status_display()}"


registry.personal_data["households.Listing"] = lines_about
_SIGHTS = {
    **dict.fromkeys(sorted(LIST_KEEPERS), _("the list of poor families with class and score")),
    **dict.fromkeys(sorted(AREA_HEADS), _("names and status on the list of poor families")),
    **dict.fromkeys(
        sorted(COUNT_READERS - LIST_KEEPERS), _("how many families the list has, by class")
    ),
}
registry.role_sights.append(lambda role: [_SIGHTS[role]] if role in _SIGHTS else [])
