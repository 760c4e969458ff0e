"""The way of a report card: written, closed and sealed; or set aside."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.models import CardStatus, ReportCard
from households.workflows.registering import own_family
from tkpk.models import User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

S = CardStatus


def own_card(card: ReportCard, user: User) -> list[str]:
    """Nobody closes the card of the own family."""
    return own_family(card.household, user)


def sealed_paper(card: ReportCard) -> None:
    """Guard: closing goes through `report_cards.closing.close`, which makes the paper."""
    if not card.notes.filter(struck_at=None).exists() and not card.commitments.standing().exists():
        raise ValidationError(
            _("Write at least one note or one commitment first: an empty card tells nobody."),
            code="empty",
        )


REPORT_CARD_FLOW = Workflow(
    process="report_card",
    title=_("Report card"),
    model=ReportCard,
    moves={
        "close": Move(
            _("Close and seal"),
            {S.DRAFT},
            S.CLOSED,
            {Role.STAFF},
            guard=sealed_paper,
            warning=_(
                "The paper is made now and kept as it is. A mistake found later is mended in a new "
                "edition."
            ),
        ),
        "set_aside": Move(
            _("Set aside"),
            {S.DRAFT},
            S.SET_ASIDE,
            {Role.STAFF},
            needs_reason=True,
            warning=_("A card that was set aside cannot be written on any more."),
        ),
    },
    conflicts=own_card,
    # Family and edition change when rows recorded twice are merged; the document does not.
    sealed_fields=("year", "status", "document_id", "score_id", "category_id"),
    territory_path="household__territory",
    duties=frozenset(),
)
