"""Papers of the list: what is read out, what was agreed, what goes to the city. In Indonesian.

The sheet for uji publik has names and RT and nothing else of a family: no number, no score, no
class. Every paper with names is taken for a reason, and the trail keeps it.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.listing.lines import keeper_mandate, require_keeper
from households.listing.rounds import outcome_of
from households.listing.rows import with_heads
from households.models import Basis, ListingStatus, PoorList, PoorListStatus
from households.models.poor_list import AREA_HEADS
from tkpk import formats, pdf, trail
from tkpk.letterhead import office_of
from tkpk.meetings import attendance_of
from tkpk.models import Level, Mandate, Meeting, Territory, User
from tkpk.models.territory import within
from tkpk.rights import fresh_mandates, mandate_at, scopes
from tkpk.roles import Role

SHEET = "review_sheet"
TITLES = {
    SHEET: gettext_lazy("Sheet for uji publik"),
    "minutes_1": gettext_lazy("Minutes of round 1"),
    "minutes_2": gettext_lazy("Minutes of round 2"),
    "minutes_established": gettext_lazy("Minutes of establishing"),
    "cover_letter": gettext_lazy("Cover letter to the city"),
}
_SHEET_OF = {
    PoorListStatus.REVIEW_1: ListingStatus.PUBLIC_REVIEW_1,
    PoorListStatus.REVIEW_2: ListingStatus.PUBLIC_REVIEW_2,
}
_SENT = {PoorListStatus.SUBMITTED, PoorListStatus.ESTABLISHED}


def _meeting(poor_list: PoorList, paper: str) -> Meeting | None:
    return {"minutes_1": poor_list.review_1, "minutes_2": poor_list.review_2}.get(paper)


def refusal(poor_list: PoorList, paper: str) -> str:
    """Why a paper cannot be printed now; "" if it can."""
    if paper == SHEET:
        reviewed = {PoorListStatus.REVIEW_1, PoorListStatus.REVIEW_2}
        return "" if poor_list.status in reviewed else _("The sheet is for the two rounds only.")
    if paper == "cover_letter":
        return "" if poor_list.status in _SENT else _("The list is not signed yet.")
    if paper == "minutes_established":
        held = poor_list.status == PoorListStatus.ESTABLISHED
        return "" if held else _("The list is not established yet.")
    meeting = _meeting(poor_list, paper)
    return "" if meeting and meeting.minutes else _("The meeting is not closed yet.")


def available(poor_list: PoorList, *, by: User) -> list[tuple[str, Any]]:
    """The papers that this person can print now: name and title."""
    return [
        (name, title)
        for name, title in TITLES.items()
        if not refusal(poor_list, name) and printable(poor_list, name, by=by)
    ]


def printable(poor_list: PoorList, paper: str, *, by: User) -> list[str]:
    """The codes of the places of which this person may print it; [] for none.

    Heads of RW and RT read out the names of their own area; every other paper is the office's.
    """
    own = poor_list.kelurahan.code
    if keeper_mandate(by, own):
        return [own]
    if paper != SHEET:
        return []
    return [code for code in scopes(by, AREA_HEADS) if code.startswith(f"{own}.")]


def _mandate(poor_list: PoorList, paper: str, place: Territory | None, by: User) -> Mandate:
    """By what right it is printed. Raises PermissionDenied."""
    if place is not None and paper == SHEET:
        fresh_mandates(by)
        code = place.code
        held = keeper_mandate(by, code) or mandate_at(by, AREA_HEADS, code=code)
        if held and code.startswith(f"{poor_list.kelurahan.code}."):
            return held
    return require_keeper(by, poor_list.kelurahan.code)


def printed(
    poor_list: PoorList, paper: str, *, by: User, reason: str, place: Territory | None = None
) -> bytes:
    """The paper as a PDF, the sheet on wish of one RW or RT alone.

    Raises PermissionDenied (not of this place), ValidationError (not now) and PdfFailed.
    """
    mandate = _mandate(poor_list, paper, place, by)
    if words := refusal(poor_list, paper):
        raise ValidationError(words, code="not_now")
    form = SHEET if paper == SHEET else "listing_minutes"
    with translation.override("id"):
        content = pdf.render(form, _data(poor_list, paper, by, place))
    with transaction.atomic():
        trail.record(
            chain=poor_list.kelurahan,
            by=by,
            mandate=mandate,
            process="list_paper",
            move="print",
            row=poor_list,
            reason=f"{_title(paper, place)}: {reason}"[:300],
        )
    return content


def _title(paper: str, place: Territory | None) -> str:
    return f"{TITLES[paper]} {place.full_name}" if place else str(TITLES[paper])


def _data(
    poor_list: PoorList, paper: str, by: User, place: Territory | None = None
) -> dict[str, Any]:
    if paper == SHEET:
        return sheet_data(poor_list, by=by, place=place)
    if paper == "cover_letter":
        return letter_data(poor_list)
    if paper == "minutes_established":
        return established_data(poor_list)
    meeting = _meeting(poor_list, paper)
    assert meeting is not None  # noqa: S101 - `refusal` asked already
    return minutes_data(poor_list, meeting)


def _common(poor_list: PoorList, title: str, number: str) -> dict[str, Any]:
    day = formats.date_long(timezone.localdate())
    return {
        "title": title,
        "number": number,
        "year": str(poor_list.year),
        "basis": str(poor_list.get_basis_display()),
        "foot": f"{title} {poor_list.year}",
        "office": office_of(poor_list.kelurahan),
        "signature": _signature(poor_list.kelurahan, day),
    }


def _signature(kelurahan: Territory, day: str) -> dict[str, str]:
    held = Mandate.objects.filter(role=Role.LURAH, territory=kelurahan)
    mandate = held.valid_on(timezone.localdate()).select_related("user").first()
    return {
        "place": kelurahan.name,
        "day": day,
        "role": f"Lurah {kelurahan.name}",
        "name": mandate.user.name if mandate else "",
    }


# --- the sheet -------------------------------------------------------------------------------
def sheet_data(poor_list: PoorList, *, by: User, place: Territory | None = None) -> dict[str, Any]:
    """Names and RT by RW, each RW on its own page; who printed it stands across each page."""
    stage = _SHEET_OF[PoorListStatus(poor_list.status)]
    rows = with_heads(poor_list.listings.filter(status=stage))
    if place is not None:
        rows = rows.filter(within("household__territory__code", place.code))
    found = rows.order_by("household__territory__code", "pk")
    mark = f"Hanya untuk rapat · dicetak {by.name}, {formats.moment(timezone.now())}"
    number = "1" if stage == ListingStatus.PUBLIC_REVIEW_1 else "2"
    return {
        **_common(poor_list, f"Lembar Uji Publik Tahap {number}", ""),
        "parts": _by_rw(found),
        "mark": mark,
        "foot": mark,
        "round": number,
    }


def _by_rw(rows: Iterable[Any]) -> list[dict[str, Any]]:
    parts: dict[str, list[list[str]]] = {}
    for row in rows:
        place = row.household.territory
        if place.level == Level.RT:
            rw, rt = place.parent.name, place.name
        else:
            rw, rt = (place.name if place.level == Level.RW else "RW belum diketahui"), "–"
        name = row.head_name or row.former_name or row.household.code
        parts.setdefault(rw, []).append([name, rt])
    return [
        {"rw": rw, "rows": [[str(n), *line] for n, line in enumerate(lines, 1)]}
        for rw, lines in parts.items()
    ]


# --- minutes and letter ----------------------------------------------------------------------
def counts_of(rows: Any) -> dict[str, int]:
    """How many lines stand at each status."""
    found: dict[str, int] = {}
    for status in rows.order_by().values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found


def _facts_of_meeting(meeting: Meeting) -> list[list[str]]:
    came = attendance_of(meeting)
    share = "–" if came.women_share is None else formats.percent(came.women_share)
    people = f"{formats.number(came.total)} orang, {formats.number(came.women)} perempuan ({share})"
    return [
        ["Waktu", formats.moment(meeting.starts_at)],
        ["Tempat", meeting.place],
        ["Wilayah", meeting.territory.full_name],
        ["Kehadiran", people],
    ]


def minutes_data(poor_list: PoorList, meeting: Meeting) -> dict[str, Any]:
    """What a round came to, in counts."""
    number = "1" if meeting.pk == poor_list.review_1_id else "2"
    stage = PoorListStatus.REVIEW_1 if number == "1" else PoorListStatus.REVIEW_2
    came_to = outcome_of(poor_list, stage)
    return {
        **_common(poor_list, f"Berita Acara Uji Publik Tahap {number}", meeting.minutes),
        "lead": (
            f"Telah dilaksanakan uji publik tahap {number} daftar keluarga miskin tahun "
            f"{poor_list.year} dengan hasil sebagai berikut."
        ),
        "facts": _facts_of_meeting(meeting),
        "counts": [
            ["Keluarga yang tetap dalam daftar", formats.number(came_to.standing)],
            ["Dikeluarkan dari daftar atau menolak", formats.number(came_to.off)],
            ["Pindah atau meninggal", formats.number(came_to.gone)],
        ],
        "closing": "Demikian berita acara ini dibuat untuk dipergunakan sebagaimana mestinya.",
        "witnesses": ["Wakil warga", "Ketua RW", "Petugas kelurahan"],
    }


def established_data(poor_list: PoorList) -> dict[str, Any]:
    """By what the list was established, in counts."""
    counts = counts_of(poor_list.listings)
    rembug = poor_list.rembug if poor_list.basis == Basis.REMBUG else None
    facts = _facts_of_meeting(rembug) if rembug else _facts_of_decree(poor_list)
    number = rembug.minutes if rembug else poor_list.decree_number
    return {
        **_common(poor_list, "Berita Acara Penetapan Daftar Keluarga Miskin", number),
        "lead": f"Daftar keluarga miskin tahun {poor_list.year} ditetapkan sebagai berikut.",
        "facts": facts,
        "counts": [
            ["Ditetapkan", formats.number(counts.get(ListingStatus.ESTABLISHED, 0))],
            ["Tidak diterima", formats.number(counts.get(ListingStatus.NOT_ACCEPTED, 0))],
        ],
        "closing": "Demikian berita acara ini dibuat untuk dipergunakan sebagaimana mestinya.",
        "witnesses": ["Wakil warga", "Petugas kelurahan"],
    }


def _facts_of_decree(poor_list: PoorList) -> list[list[str]]:
    day = formats.date_long(poor_list.decree_on) if poor_list.decree_on else "–"
    return [["Keputusan Wali Kota", poor_list.decree_number], ["Tanggal", day]]


def letter_data(poor_list: PoorList) -> dict[str, Any]:
    """What goes with the list to the city: counts, never a name."""
    sent = poor_list.listings.filter(status__in=(*_AFTER_SENDING,))
    by_class: dict[str, int] = {}
    for name in sent.order_by().values_list("score_class__name", flat=True):
        word = name or "Tanpa kelas (pengecualian)"
        by_class[word] = by_class.get(word, 0) + 1
    signed = timezone.localdate(poor_list.signed_at) if poor_list.signed_at else None
    until = poor_list.objection_closes_on
    facts = [["Masa sanggah", f"sampai {formats.date_long(until)}" if until else "–"]]
    facts.append(["Ditandatangani", formats.date_long(signed) if signed else "–"])
    rounds = (("tahap 1", poor_list.review_1), ("tahap 2", poor_list.review_2))
    facts += [[f"Uji publik {name}", one.minutes] for name, one in rounds if one]
    counts = [[name, formats.number(n)] for name, n in sorted(by_class.items())]
    return {
        **_common(poor_list, "Surat Pengantar Daftar Keluarga Miskin", ""),
        "lead": (
            f"Bersama ini kami kirimkan daftar keluarga miskin tahun {poor_list.year} yang telah "
            "diverifikasi di lapangan dan melalui dua tahap uji publik serta masa sanggah."
        ),
        "facts": facts,
        "counts": [*counts, ["Jumlah keluarga", formats.number(sum(by_class.values()))]],
        "closing": "Atas perhatian dan kerja samanya kami sampaikan terima kasih.",
        "witnesses": [],
    }


_AFTER_SENDING = (
    ListingStatus.SUBMITTED,
    ListingStatus.ESTABLISHED,
    ListingStatus.NOT_ACCEPTED,
    ListingStatus.GRADUATED,
)
