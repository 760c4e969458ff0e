"""What stands on a card: for the page while it is written, for the paper when it is closed."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from households import families, scores
from households.codes import Relation
from households.instruments.words import number_words
from households.models import (
    LIVING,
    AidReceipt,
    Commitment,
    Household,
    Listing,
    Member,
    ReportCard,
    Score,
)
from households.models.report_card import CARD_READERS
from tkpk import formats
from tkpk.models import User
from tkpk.rights import holds

MOST_AID = 6  # lines on the paper; more are counted in words
PANEL_CARDS = 5


def score_of(household: Household, year: int) -> Score | None:
    """The newest current score of a year, complete ones first."""
    rows = Score.objects.current().for_year(year).filter(household=household)
    return (
        rows.select_related("category", "instrument_version__instrument", "survey")
        .order_by("-complete", "-computed_at", "-pk")
        .first()
    )


def content(card: ReportCard) -> dict[str, Any]:
    """The card in words, in the language spoken now; a fixed number of queries."""
    household, year = card.household, card.year
    score, before = score_of(household, year), score_of(household, year - 1)
    return {
        "year": year,
        "edition": card.edition,
        "family": _family(household),
        "result": scores.result_words(score) if score else _("not assessed this year"),
        "measured": measured_words(score) if score else "",
        "change": change_words(score, before),
        "aspects": _aspects(score, before),
        "aid": aid_lines(household, year),
        "listing": listing_words(household, year),
        "monitoring": monitoring_words(household, year),
        "notes": [
            [_author(note), note.text] for note in card.notes.filter(struck_at=None).order_by("pk")
        ],
        "commitments": [commitment_line(one) for one in card.commitments.standing()],
        "earlier": [commitment_line(one) for one in earlier_commitments(card)],
    }


def _family(household: Household) -> list[list[str]]:
    people = Member.objects.filter(household=household, status__in=sorted(LIVING))
    names = list(people.order_by("relation", "pk").values_list("relation", "name"))
    head = next((name for relation, name in names if relation == Relation.HEAD), household.code)
    return [
        [_("Head of family"), head],
        [_("Members"), formats.number(len(names))],
        [_("Place"), household.territory.full_name],
        [_("Family code"), household.code],
    ]


def measured_words(score: Score) -> str:
    """With which version the result was reached, and what must be known of its weights."""
    version = score.instrument_version
    return f"{version}. {version.weights_note}".strip()


def change_words(score: Score | None, before: Score | None) -> str:
    """How the result moved since last year, in plain words; "" where nothing can be compared."""
    if not score or not before or not (score.complete and before.complete):
        return ""
    if score.instrument_version_id != before.instrument_version_id:
        return _("Last year was asked with another questionnaire, so the two are not compared.")
    if score.total is None or before.total is None:
        return ""
    words = {
        "before": scores.result_words(before),
        "n": number_words(abs(score.total - before.total)),
    }
    if score.total < before.total:
        return _("Last year: %(before)s. The burden became lighter by %(n)s.") % words
    if score.total > before.total:
        return _("Last year: %(before)s. The burden became heavier by %(n)s.") % words
    return _("Last year: %(before)s. Nothing has changed.") % words


def _aspects(score: Score | None, before: Score | None) -> list[list[str]]:
    """Aspect, points, at most, points of last year ("–" where they cannot be compared)."""
    if score is None:
        return []
    comparable = before and before.instrument_version_id == score.instrument_version_id
    earlier: dict[str, Decimal] = {}
    if before is not None and comparable:
        earlier = {one.name: one.score for one in scores.explained(before)}
    return [
        [
            one.name,
            number_words(one.score),
            number_words(one.maximum),
            number_words(earlier[one.name]) if one.name in earlier else "–",
        ]
        for one in scores.explained(score)
    ]


def aid_lines(household: Household, year: int, *, amounts: bool = True) -> list[list[str]]:
    """Programme, for whom, period, amount: the aid that reached into the year."""
    rows = AidReceipt.objects.in_year(year).filter(household=household)
    lines = []
    for row in rows.select_related("programme", "member").order_by(
        "programme__name", "period_from"
    ):
        end = formats.date_long(row.last_day) if row.last_day else _("still going on")
        amount = formats.rupiah(row.amount_idr) if amounts and row.amount_idr is not None else ""
        lines.append(
            [
                row.programme.name,
                row.member.name if row.member else _("the whole family"),
                f"{formats.date_long(row.period_from)} – {end}",
                " ".join(filter(None, (amount, row.goods))) or "–",
            ]
        )
    return lines


def listing_words(household: Household, year: int) -> str:
    row = Listing.objects.of_year(year).filter(household=household).first()
    return str(row.get_status_display()) if row else _("not on the list of this year")


def monitoring_words(household: Household, year: int) -> str:
    """A graduate is looked after for twelve months: until when, and when somebody came."""
    rows = Listing.objects.filter(
        household=household, status="GRADUATED", graduated_on__isnull=False
    )
    row = rows.filter(
        graduated_on__lte=datetime.date(year, 12, 31),
        monitored_until__gte=datetime.date(year, 1, 1),
    ).first()
    if row is None or row.graduated_on is None or row.monitored_until is None:
        return ""
    visits = [formats.date_long(one.visited_on) for one in row.visits.all()[:4]]
    words = {
        "on": formats.date_long(row.graduated_on),
        "until": formats.date_long(row.monitored_until),
        "visits": ", ".join(visits) or _("none yet"),
    }
    said = _("Graduated on %(on)s, accompanied until %(until)s. Visits: %(visits)s.")
    return said % words


def _author(note: Any) -> str:
    name = note.author_name
    return f"{note.get_author_display()}{f' ({name})' if name else ''}"


def commitment_line(one: Commitment) -> list[str]:
    """Who, what, by when, what became of it."""
    outcome = str(one.get_outcome_display()) if one.outcome else _("open")
    return [
        str(one.get_side_display()),
        one.what,
        formats.date_long(one.due_on),
        ": ".join(filter(None, (outcome, one.remark))),
    ]


def earlier_commitments(card: ReportCard) -> list[Commitment]:
    """Those of the last closed card of an earlier year."""
    last = (
        ReportCard.objects.closed()
        .filter(household=card.household, year__lt=card.year)
        .order_by("-year", "-edition")
        .first()
    )
    return list(last.commitments.standing()) if last else []


def card_panel(user: User, row: Model) -> tuple[str, dict[str, Any]] | None:
    """The family's cards on its file, for those who may read them."""
    if not isinstance(row, Household) or not holds(user, CARD_READERS, code=row.territory.code):
        return None
    cards = ReportCard.objects.standing().filter(household=row).select_related("category")
    return "staff/report_cards/_panel.html", {
        "cards": list(cards[:PANEL_CARDS]),
        "tells_access": not families.edit_refusals(user, row),
    }
