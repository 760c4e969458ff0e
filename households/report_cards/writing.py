"""Writing a card: starting it, notes, commitments, closing. Each act raises what it refuses."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households import families
from households.imports.sealing import sealed_json, unsealed_json
from households.models import (
    CardNote,
    CardStatus,
    Commitment,
    CommitmentOutcome,
    Household,
    ReportCard,
)
from households.report_cards.reading import MOST_AID, content, score_of
from households.workflows.report_cards import REPORT_CARD_FLOW
from tkpk import files, formats, pdf, rights, trail
from tkpk.letterhead import office_of
from tkpk.models import Mandate, User
from tkpk.nik import find_identifiers
from tkpk.roles import Role

FIRST_YEAR = 2000
# The card is one page.
MOST_NOTES, MOST_COMMITMENTS = 4, 5
TITLE = "Rapor Keluarga"
_FULL = gettext_lazy("The card is one page: at most %(n)s of these. Strike one out first.")


def require_writer(by: User, household: Household) -> None:
    """Raise PermissionDenied for who enters no data here, and for the own family."""
    rights.fresh_mandates(by)
    if refusals := families.edit_refusals(by, household):
        raise PermissionDenied("; ".join(refusals))


def start(household: Household, year: int, *, by: User) -> ReportCard:
    """A new card of a year; after a closed one the next edition. The open one if there is one."""
    require_writer(by, household)
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise ValidationError({"year": _("Choose this year or an earlier one.")}, code="year")
    rows = ReportCard.objects.filter(household=household, year=year)
    try:
        with transaction.atomic():
            if draft := rows.filter(status=CardStatus.DRAFT).first():
                return draft
            last = rows.order_by("-edition").values_list("edition", flat=True).first() or 0
            return ReportCard.objects.create(
                kelurahan=household.kelurahan,
                household=household,
                year=year,
                edition=last + 1,
                created_by=by,
                updated_by=by,
            )
    except IntegrityError:  # somebody started it in this moment
        return rows.get(status=CardStatus.DRAFT)


def _draft(card: ReportCard, *, by: User) -> ReportCard:
    """The card locked for writing, counted on so that a closing sees that it has changed."""
    locked = (
        ReportCard.objects.select_for_update(of=("self",))
        .select_related("household__territory", "household__kelurahan", "kelurahan")
        .get(pk=card.pk)
    )
    if locked.status != CardStatus.DRAFT:
        raise ValidationError(_("This card is closed: start a new edition."), code="closed")
    locked.version, locked.updated_by = locked.version + 1, by
    locked.save()
    return locked


def _no_number(text: str, field: str) -> str:
    text = text.strip()
    if not text:
        raise ValidationError({field: _("Write it in a sentence or two.")})
    if find_identifiers(text):
        raise ValidationError({field: _("Leave NIK and KK numbers out: the paper is given away.")})
    return text


def add_note(
    card: ReportCard, *, by: User, author: str, text: str, author_name: str = ""
) -> CardNote:
    """Write a note down, in whose words it is."""
    require_writer(by, card.household)
    text = _no_number(text, "text")
    with transaction.atomic():
        locked = _draft(card, by=by)
        if locked.notes.filter(struck_at=None).count() >= MOST_NOTES:
            raise ValidationError({"text": _FULL % {"n": MOST_NOTES}}, code="full")
        return CardNote.objects.create(
            kelurahan=locked.kelurahan, card=locked, author=author, author_name=author_name.strip(),
            text=text, created_by=by, updated_by=by,
        )  # fmt: skip


def promise(
    card: ReportCard, *, by: User, side: str, what: str, due_on: datetime.date
) -> Commitment:
    """Write a commitment down: who will do what by when."""
    require_writer(by, card.household)
    what = _no_number(what, "what")
    if due_on < datetime.date(card.year, 1, 1):
        raise ValidationError({"due_on": _("This day lies before the year of the card.")})
    with transaction.atomic():
        locked = _draft(card, by=by)
        if locked.commitments.standing().count() >= MOST_COMMITMENTS:
            raise ValidationError({"what": _FULL % {"n": MOST_COMMITMENTS}}, code="full")
        return Commitment.objects.create(
            kelurahan=locked.kelurahan, card=locked, side=side, what=what, due_on=due_on,
            created_by=by, updated_by=by,
        )  # fmt: skip


def strike(row: CardNote | Commitment, *, by: User) -> None:
    """Strike out what was written by mistake on a card that is not closed."""
    require_writer(by, row.card.household)
    with transaction.atomic():
        _draft(row.card, by=by)
        row.struck_at, row.struck_by, row.updated_by = timezone.now(), by, by
        row.save()


def settle(one: Commitment, *, by: User, outcome: str, remark: str = "") -> Commitment:
    """Note what became of a commitment, also on a closed card: its paper stays as it was given."""
    household = one.card.household
    require_writer(by, household)
    if outcome not in CommitmentOutcome.values:
        raise ValidationError({"outcome": _("Choose what became of it.")})
    if find_identifiers(remark):
        raise ValidationError({"remark": _("Leave NIK and KK numbers out.")})
    with transaction.atomic():
        one.outcome, one.remark = outcome, remark.strip()
        one.settled_on, one.settled_by, one.updated_by = timezone.localdate(), by, by
        one.version += 1
        one.save()
        trail.record(
            chain=one.kelurahan,
            by=by,
            mandate=families.editor_mandate(by, household),
            process="commitment",
            move="settle",
            row=one,
            to_status=outcome,
        )
    return one


# --- closing ---------------------------------------------------------------------------------
def close(card: ReportCard, *, by: User) -> ReportCard:
    """Make the paper, keep its bytes and close the card.

    Raises PermissionDenied, ValidationError (empty, closed, changed meanwhile) or PdfFailed.
    """
    require_writer(by, card.household)
    if card.status != CardStatus.DRAFT:
        raise ValidationError(_("This card is closed: start a new edition."), code="closed")
    for move in REPORT_CARD_FLOW.open_to(by, card):
        if move.name == "close" and move.blocked:
            raise ValidationError(move.blocked)
    with translation.override("id"):
        said = content(card)
    paper = pdf.render("report_card", paper_data(card, said, by=by))
    with transaction.atomic():
        locked = ReportCard.objects.select_for_update(of=("self",)).get(pk=card.pk)
        if locked.version != card.version:
            raise ValidationError(
                _("Somebody wrote on this card meanwhile. Look at it again, then close it."),
                code="stale",
            )
        return REPORT_CARD_FLOW.apply(
            "close", locked, by=by, changes=_sealed(card, said, paper, by=by)
        )


def _sealed(card: ReportCard, said: dict[str, Any], paper: bytes, *, by: User) -> dict[str, Any]:
    score = score_of(card.household, card.year)
    return {
        "document": files.store(
            paper,
            name=f"rapor-{card.year}-{card.pk:06d}.pdf",
            content_type="application/pdf",
            kelurahan=card.kelurahan,
            by=by,
        ),
        "content": sealed_json(said, context=card.content_context),
        "score": score,
        "category": score.category if score else None,
        "closed_at": timezone.now(),
        "closed_by": by,
    }


def sealed_content(card: ReportCard) -> dict[str, Any]:
    """What the paper of a closed card says."""
    said: dict[str, Any] = unsealed_json(card.content or b"", context=card.content_context)
    return said


def paper_data(card: ReportCard, said: dict[str, Any], *, by: User) -> dict[str, Any]:
    """The data of the form `report_card`: words only. In Indonesian, whatever the officer reads."""
    day = formats.date_long(timezone.localdate())
    more = len(said["aid"]) - MOST_AID
    edition = f" · terbitan {card.edition}" if card.edition > 1 else ""
    return {
        **said,
        "title": f"{TITLE} {card.year}",
        "foot": f"{card.code} · {card.household.code}{edition}",
        "day": day,
        "office": office_of(card.kelurahan),
        "aid": said["aid"][:MOST_AID],
        "more_aid": f"dan {formats.number(more)} penerimaan lain." if more > 0 else "",
        "officer": by.name,
        "signature": _signature(card, day),
    }


def _signature(card: ReportCard, day: str) -> dict[str, str]:
    name = card.kelurahan.name
    held = Mandate.objects.filter(role=Role.LURAH, territory=card.kelurahan)
    mandate = held.valid_on(timezone.localdate()).select_related("user").first()
    return {
        "place": name,
        "day": day,
        "role": f"Lurah {name}",
        "name": mandate.user.name if mandate else "",
    }
