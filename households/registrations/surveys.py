"""What surveys register: table, menu, acts, sealed column, panel, merge, personal data."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from households import families
from households.models import Household, InstrumentVersion, Member, Survey
from households.models.survey import COUNT_READERS, STATUS_READERS, SURVEY_READERS
from households.surveys.consent import add_shipped_consent
from households.workflows.registering import AFTER_STATE
from households.workflows.surveys import SURVEY_FLOW, return_withdrawn, withdraw_open
from tkpk.models import Territory, User
from tkpk.registry import MenuItem, register_workflow, registry
from tkpk.rights import holds, scopes
from tkpk.roles import Role

PANEL_ROWS = 5

register_workflow(SURVEY_FLOW, url=lambda survey: reverse("survey_detail", args=[survey.pk]))
registry.menu.append(
    MenuItem(
        _("Surveys"),
        "survey_list",
        "file-earmark-text",
        lambda user: bool(scopes(user, COUNT_READERS)),
        order=15,
    )
)
registry.act_words |= {
    ("survey", "begin"): (_("Survey"), _("Survey begun")),
    ("consent_text", "add"): (_("Consent text"), _("New text written")),
    ("survey", "take_along"): (_("Survey"), _("Taken along on a phone")),
    ("survey", "apply_facts"): (_("Survey"), _("Family's data updated from a survey")),
}
registry.sealed_blobs |= {("households.Survey", "answers"): lambda row: row.answers_context}


def _consent(kelurahan: Territory, administrator: User) -> None:
    add_shipped_consent(kelurahan, administrator)


registry.on_kelurahan_created.append(_consent)
AFTER_STATE["close"].append(withdraw_open)
AFTER_STATE["reopen"].append(return_withdrawn)


def survey_panel(user: User, row: Model) -> tuple[str, dict[str, Any]] | None:
    """The surveys of a family: the office reads them, RT and RW see how far they are."""
    if not isinstance(row, Household):
        return None
    if not holds(user, STATUS_READERS, code=row.territory.code):
        return None
    rows = Survey.objects.filter(household=row).select_related("instrument_version__instrument")
    may_fill = row.status == Household.Status.ACTIVE and not families.edit_refusals(user, row)
    versions = InstrumentVersion.objects.in_use().select_related("instrument")
    return "staff/surveys/_panel.html", {
        "surveys": list(rows[:PANEL_ROWS]),
        "reads_answers": holds(user, SURVEY_READERS, code=row.territory.code),
        "survey_versions": list(versions.filter(kelurahan=row.kelurahan_id)) if may_fill else [],
    }


registry.file_panels["surveys"] = survey_panel


def surveys_about(person: Model) -> Iterator[tuple[str, Any]]:
    """Year, questionnaire and state of each survey of the person's family."""
    if isinstance(person, Member):
        rows = Survey.objects.filter(household=person.household_id)
        for survey in rows.select_related("instrument_version__instrument").order_by("pk"):
            words = f"{survey.year}, {survey.instrument_version}, {survey.get_status_display()}"
            yield survey.code, words


registry.personal_data["households.Survey"] = surveys_about

_SIGHTS = {
    **dict.fromkeys(sorted(SURVEY_READERS), _("answers of surveys and scores")),
    **dict.fromkeys(sorted(STATUS_READERS - SURVEY_READERS), _("how far the surveys are")),
    Role.KEMANTREN: _("how many surveys are done"),
}
registry.role_sights.append(lambda role: [_SIGHTS[role]] if role in _SIGHTS else [])
