"""What reports about families register: three doors, three tables, what to keep out of answers."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from households import intake, privacy
from households.forms.voices import AREA_HEADS
from households.models import Household, Member, Nomination, Objection, RemovalWish
from households.voices import matching
from households.workflows.objections import NOMINATION_FLOW, OBJECTION_FLOW, REMOVAL_FLOW
from tkpk.models import SentKind, Submission, Territory, User
from tkpk.registry import MenuItem, VoiceDoor, register_workflow, registry
from tkpk.rights import scopes

FLOWS = (OBJECTION_FLOW, NOMINATION_FLOW, REMOVAL_FLOW)
for flow in FLOWS:
    register_workflow(flow, url=lambda report: reverse("voice_detail", args=[report.submission_id]))
registry.act_words |= {
    (flow.process, act): (flow.title, words)
    for flow in FLOWS
    for act, words in (
        ("match", _("Family of the report found")),
        ("hand_over", _("Handed over to the family that stays after a merge")),
    )
}

REPORTS = ("objection__household", "nomination__household", "removal_wish__household")
registry.inbox_joins |= {
    "voice": REPORTS,
    "voice_again": tuple(f"submission__{report}" for report in REPORTS),
    **{flow.process: ("submission", "household") for flow in FLOWS},
}


def panel(user: User, submission: Submission) -> tuple[str, dict[str, Any]] | None:
    """What the report says of the family, which one it is, and the decisions open."""
    report = matching.report_of(submission)
    flow = matching.flow_of(report)
    household = None
    if report.household_id:
        rows = Household.objects.visible_to(user).select_related("territory__parent")
        household = rows.filter(pk=report.household_id).first()
    may_match = report.status == "OPEN" and submission.status == Submission.Status.IN_REVIEW
    return "staff/voices/_panel.html", {
        "report": report,
        "household": household,
        "moves": {found.name: found for found in flow.open_to(user, report)},
        "may_match": may_match and matching.finder_mandate(user, report) is not None,
    }


def always_open(kelurahan: Territory) -> str:
    return ""


def window_words(kelurahan: Territory) -> str:
    return intake.objection_window(kelurahan).refusal


_SHARED: dict[str, Any] = {
    "panel": panel,
    "unsettled": matching.unsettled,
    "conflicts": matching.conflicts,
    "erase": matching.erase,
}
for door in (
    VoiceDoor(
        kind=SentKind.NOMINATION,
        title=_("Nominate a family"),
        lead=_("You know a family that is poor and should be helped."),
        icon="person-plus",
        url_name="nomination_send",
        record_url_name="nomination_record",
        closed=always_open,
        order=10,
        **_SHARED,
    ),
    VoiceDoor(
        kind=SentKind.OBJECTION,
        title=_("Object to the list (sanggah)"),
        lead=_("Somebody stands on this year's list by mistake, or is missing there."),
        icon="exclamation-triangle-fill",
        url_name="objection_send",
        record_url_name="objection_record",
        closed=window_words,
        order=20,
        **_SHARED,
    ),
    VoiceDoor(
        kind=SentKind.SELF_REMOVAL,
        title=_("Leave the list yourself"),
        lead=_("Your own family does not want to stand on the list, or needs it no longer."),
        icon="box-arrow-right",
        url_name="removal_send",
        record_url_name="removal_record",
        closed=always_open,
        order=30,
        **_SHARED,
    ),
):
    registry.voice_doors[door.kind] = door

registry.menu.append(
    MenuItem(
        _("Nominate or object"),
        "area_report",
        "person-plus",
        lambda user: bool(scopes(user, AREA_HEADS)),
        order=55,
    )
)


def named_people(text: str, kelurahan: Territory) -> list[str]:
    """What an answer must not say: it is read by whoever knows the ticket."""
    return [finding.message for finding in privacy.findings(text, kelurahan)]


registry.text_findings.append(named_people)


# --- what is kept about a person --------------------------------------------------------------
def reports_on(person: Model) -> Iterator[tuple[str, Any]]:
    """Tickets of reports about the person's family, without who sent them."""
    if isinstance(person, Member):
        for model in (Objection, Nomination, RemovalWish):
            rows: Any = model.objects.filter(household=person.household_id).order_by("pk")
            for report in rows:
                yield report.code, report.get_status_display()


registry.personal_data["households.Objection"] = reports_on
