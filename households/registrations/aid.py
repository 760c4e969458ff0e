"""What aid across families, report cards and access reports register."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from households.aid import access, pairs, stopping
from households.models import AccessReport, AidReceipt, Household, ReportCard
from households.models.report_card import CARD_READERS
from households.report_cards.reading import card_panel
from households.visibility import Column, columns_for, roles_seeing
from households.workflows.report_cards import REPORT_CARD_FLOW
from tkpk.models import Document, Mandate, User
from tkpk.registry import MenuItem, OpenMatter, register_workflow, registry
from tkpk.rights import mandates, scopes

registry.menu.append(
    MenuItem(
        _("Aid"),
        "aid_overview",
        "cash-stack",
        lambda user: bool(scopes(user, access.COUNT_READERS)),
        order=28,
    )
)
registry.act_words |= {
    ("aid", "stop"): (_("Aid received"), _("Aid stopped")),
    ("aid", "resume"): (_("Aid received"), _("End of the aid taken back")),
    ("aid", "stop_many"): (_("Aid received"), _("Aid of several stopped")),
    ("aid", "record_many"): (_("Aid received"), _("Aid of several recorded")),
    ("aid", "despite_pair"): (_("Aid received"), _("Recorded although a rule excludes the pair")),
    ("commitment", "settle"): (_("Report card"), _("Outcome of a commitment noted")),
    ("access_report", "give"): (_("Access report"), _("Access report given to the family")),
}
register_workflow(
    REPORT_CARD_FLOW,
    url=lambda card: reverse("report_card", args=[card.household_id, card.year]),
)
registry.sealed_blobs[("households.ReportCard", "content")] = lambda card: card.content_context
registry.file_panels["report_card"] = card_panel


def aid_matters(user: User, row: Model) -> Iterator[OpenMatter]:
    """Aid that runs for somebody who is gone, and pairs that a rule excludes."""
    if not isinstance(row, Household):
        return
    if Column.FACTS not in columns_for(user, row.territory.code):
        return
    today = timezone.localdate()
    mine = AidReceipt.objects.filter(household=row)
    for receipt in stopping.proposed(mine, today).select_related("programme", "member"):
        yield OpenMatter(
            _now("%(programme)s: perhaps to be stopped") % {"programme": receipt.programme.name},
            reverse("aid_stop", args=[row.pk, receipt.pk]),
            str(receipt.member.get_status_display()) if receipt.member else "",
        )
    for clash in pairs.forbidden_between(row, today):
        yield OpenMatter(
            _now("Aid that a rule excludes: %(pair)s") % {"pair": str(clash.rule)},
            f"{reverse('household_file', args=[row.pk])}#bantuan",
            clash.receipt.despite_pair,
        )


registry.open_matters["aid"] = aid_matters


def _paper_reader(user: User, household: Household, roles: Any) -> Mandate | None:
    held = (m for m in mandates(user) if m.role in roles)
    return next((m for m in held if m.territory.covers(household.territory.code)), None)


def card_reader(user: User, document: Document) -> Mandate | None:
    """A report card goes to those who may read it whole."""
    cards = ReportCard.objects.visible_to(user).filter(document=document)
    card = cards.select_related("household__territory").first()
    return _paper_reader(user, card.household, CARD_READERS) if card else None


def access_report_reader(user: User, document: Document) -> Mandate | None:
    """An access report goes to those who see numbers at the family's place."""
    rows = AccessReport.objects.visible_to(user).filter(document=document)
    report = rows.select_related("household__territory").first()
    if report is None:
        return None
    return _paper_reader(user, report.household, roles_seeing(Column.IDENTIFIERS))


registry.document_readers += [card_reader, access_report_reader]


def merge_papers(kept: Model, merged: Model) -> None:
    """Papers about a family recorded twice belong to the kept one; editions are counted on.

    A card that is being written stays with the doubled row where the kept family has one too.
    """
    if not (isinstance(kept, Household) and isinstance(merged, Household)):
        return
    AccessReport.objects.filter(household=merged).update(household=kept)
    for card in ReportCard.objects.filter(household=merged).order_by("year", "edition"):
        same = ReportCard.objects.filter(household=kept, year=card.year)
        if card.status == ReportCard.Status.DRAFT and same.filter(status=card.status).exists():
            continue
        last = same.order_by("-edition").values_list("edition", flat=True).first() or 0
        card.household, card.edition = kept, last + 1
        card.save()


registry.merge_handlers["households.ReportCard"] = merge_papers
registry.merge_handlers["households.AccessReport"] = lambda kept, merged: None


def papers_about(person: Model) -> Iterator[tuple[str, Any]]:
    """Nothing of its own about one person: cards and access reports are the family's."""
    return iter(())


registry.personal_data["households.ReportCard"] = papers_about
registry.personal_data["households.AccessReport"] = papers_about
