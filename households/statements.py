"""Giving a statement: number it, set it, seal it and note it.

The NIK is masked unless the officer ticks that the receiver asks for it: whoever is shown the paper
sees the person's own card beside it. With the full NIK the trail says so by a move of its own.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from households import families
from households.models import (
    LIVING,
    AidReceipt,
    CounterReason,
    HouseholdStatus,
    Member,
    Statement,
    StatementCounter,
)
from tkpk import files, formats, pdf, rights, trail
from tkpk.letterhead import office_of
from tkpk.models import Mandate, Territory, User
from tkpk.roles import Role

PRESSED_TWICE = datetime.timedelta(seconds=30)
MOST_AID = 15  # rows on the paper; more are counted in words
GIVERS = frozenset({Role.STAFF})
# The words of the form are Indonesian, whatever language the officer reads.
TITLE = "Surat Keterangan Terdaftar"


def giver_mandate(user: User, member: Member) -> Mandate | None:
    """The mandate by which this person gives statements about this family, if any."""
    return rights.mandate_at(user, GIVERS, code=member.household.territory.code)


def refusals(user: User, member: Member) -> list[str]:
    """Why this person gives no statement about this member, in words; empty if they may."""
    if giver_mandate(user, member) is None:
        return [_("Statements are given by the officers of the kelurahan.")]
    household = member.household
    if household.status != HouseholdStatus.ACTIVE or member.status not in LIVING:
        return [_("This person is not recorded as living here now, so there is nothing to state.")]
    return families.edit_refusals(user, household)


def give(
    member: Member, *, by: User, purpose: str, words: str = "", shows_nik: bool = False
) -> Statement:
    """Give a statement about a person. Raises PermissionDenied, ValidationError or PdfFailed."""
    rights.fresh_mandates(by)
    if why_not := refusals(by, member):
        raise PermissionDenied(" ".join(why_not))
    words = words.strip()
    if purpose == CounterReason.OTHER and not words:
        raise ValidationError({"words": _("Say what the statement is for.")})
    trail.refuse_identifiers(words)
    kelurahan, today = member.household.kelurahan, timezone.localdate()
    statement = Statement(
        kelurahan=kelurahan,
        household=member.household,
        member=member,
        year=today.year,
        issued_on=today,
        purpose=purpose,
        purpose_words=words,
        shows_nik=shows_nik and bool(member.nik),
        created_by=by,
        updated_by=by,
    )
    if again := _just_given(statement):
        return again
    statement.number = _next_number(kelurahan, today.year)
    # Outside any transaction: setting a paper takes longer than a lock should be held.
    paper = pdf.render("registered", paper_data(statement))
    return _seal(statement, paper, by=by)


def _just_given(statement: Statement) -> Statement | None:
    """The same paper of a moment ago: a button that was pressed twice gives one paper."""
    names = ("member", "created_by", "purpose", "purpose_words", "shows_nik", "issued_on")
    said = {name: getattr(statement, name) for name in names}
    since = timezone.now() - PRESSED_TWICE
    return Statement.objects.filter(created_at__gte=since, **said).last()


def _next_number(kelurahan: Territory, year: int) -> int:
    """Taken at once and for good: a paper that then fails leaves a gap, never a number twice."""
    with transaction.atomic():
        StatementCounter.objects.get_or_create(kelurahan=kelurahan, year=year)
        row = StatementCounter.objects.select_for_update().get(kelurahan=kelurahan, year=year)
        row.last += 1
        row.save(update_fields=["last"])
    return row.last


def _seal(statement: Statement, paper: bytes, *, by: User) -> Statement:
    """Store and note the paper, unless its twin was sealed while this one was being set."""
    with transaction.atomic():
        counters = StatementCounter.objects.select_for_update()
        counters.get(kelurahan=statement.kelurahan, year=statement.year)
        if again := _just_given(statement):
            return again
        statement.document = files.store(
            paper,
            name=f"surat-{statement.year}-{statement.number:04d}.pdf",
            content_type="application/pdf",
            kelurahan=statement.kelurahan,
            by=by,
        )
        statement.save()
        trail.record(
            chain=statement.kelurahan,
            by=by,
            mandate=giver_mandate(by, statement.member),
            process="statement",
            move="give_with_nik" if statement.shows_nik else "give",
            row=statement,
            reason=f"{statement.code}: {statement.purpose_text}",
            digest=statement.document.sha256,
        )
    return statement


# --- what stands on the paper ----------------------------------------------------------------
def paper_data(statement: Statement) -> dict[str, Any]:
    """The data of the form `registered`: words only, already formatted."""
    with translation.override("id"):
        household, day = statement.household, formats.date_long(statement.issued_on)
        receipts = AidReceipt.objects.standing().filter(household=household)
        aid = list(receipts.select_related("programme", "member")[: MOST_AID + 1])
        more = receipts.count() - MOST_AID if len(aid) > MOST_AID else 0
        return {
            "title": TITLE,
            "number": statement.code,
            "day": day,
            "foot": f"{statement.code} · {household.code}",
            "office": office_of(statement.kelurahan),
            "person": _person_lines(statement),
            "decile": _decile_line(statement),
            "aid": [_aid_line(receipt) for receipt in aid[:MOST_AID]],
            "more_aid": f"dan {formats.number(more)} penerimaan lain." if more else "",
            "purpose": statement.purpose_text,
            "signature": _signature(statement, day),
        }


def _person_lines(statement: Statement) -> list[list[str]]:
    member, household = statement.member, statement.household
    born = formats.date_long(member.birth_date) if member.birth_date else ""
    lines = [
        ("Nama", member.name),
        ("NIK", (member.nik if statement.shows_nik else member.nik_masked) if member.nik else "–"),
        ("Tempat, tanggal lahir", ", ".join(filter(None, (member.birth_place, born))) or "–"),
        ("Hubungan dalam keluarga", str(member.get_relation_display())),
        ("Alamat", ", ".join(filter(None, (household.address, household.territory.full_name)))),
        ("Status", "tercatat tinggal di sini" if member.status in LIVING else ""),
    ]
    return [[label, value] for label, value in lines if value]


def _decile_line(statement: Statement) -> str:
    household = statement.household
    if household.decile is None or household.decile_as_of is None:
        return "Desil kesejahteraan keluarga ini belum tercatat."
    return (
        f"Desil kesejahteraan keluarga ini: {household.decile} dari 10 (1 = paling rendah), "
        f"menurut {household.registry_source} per {formats.date_long(household.decile_as_of)}."
    )


def _aid_line(receipt: AidReceipt) -> list[str]:
    end = formats.date_long(receipt.last_day) if receipt.last_day else "sekarang"
    amount = "" if receipt.amount_idr is None else formats.rupiah(receipt.amount_idr)
    return [
        receipt.programme.name,
        receipt.member.name if receipt.member else "keluarga",
        f"{formats.date_long(receipt.period_from)} – {end}",
        " ".join(filter(None, (amount, receipt.goods))) or "–",
    ]


def _signature(statement: Statement, day: str) -> dict[str, str]:
    """The Lurah whose mandate holds that day; without one a line to write the name on."""
    name = statement.kelurahan.name
    held = Mandate.objects.filter(role=Role.LURAH, territory=statement.kelurahan)
    mandate = held.valid_on(statement.issued_on).select_related("user").first()
    return {
        "place": name,
        "day": day,
        "role": f"Lurah {name}",
        "name": mandate.user.name if mandate else "",
    }
