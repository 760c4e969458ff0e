"""The yearly lists of the demo: last year's established by a rembug, this year's while objections
are taken, next year's being verified.
"""

import csv
import datetime
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from households.listing import keeping, lines
from households.models import Household, Listing, PoorList
from households.workflows.listings import LISTING_FLOW
from tkpk import meetings
from tkpk.models import Meeting, Territory, User

# Days before the first load: of each round and of what follows them.
LAST_YEAR = {"round_1": 380, "round_2": 370, "window": 369, "rembug": 350}
THIS_YEAR = {"round_1": 30, "round_2": 12, "window": 5}
LOOKED_AT = "Dikunjungi petugas dan ketua RT"


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


@transaction.atomic
def make_lists(kelurahan: Territory, *, file: Path) -> None:
    """Replay the three lists; `file` says which families stand on which."""
    if PoorList.objects.filter(kelurahan=kelurahan).exists():
        return
    officer, lurah = (User.objects.get(username=name) for name in ("petugas", "lurah"))
    rows = [(row, Household.objects.with_kk(row["no_kk"]).get()) for row in _rows(file)]
    listed = [family for row, family in rows if row["listed"]]
    last = _carried_to_window(kelurahan, listed, LAST_YEAR, years_ago=1, by=(officer, lurah))
    _established(last, officer, lurah)
    _carried_to_window(kelurahan, listed, THIS_YEAR, years_ago=0, by=(officer, lurah))
    _next_years(kelurahan, rows, officer, lurah)


def _open(kelurahan: Territory, year: int, by: User) -> PoorList:
    return keeping.open_list(PoorList(kelurahan=kelurahan, year=year, basis="REMBUG"), by=by)


def _moment(days_ago: int) -> datetime.datetime:
    day = timezone.localdate() - datetime.timedelta(days=days_ago)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(19, 30)))


def _held(kelurahan: Territory, kind: str, title: str, days_ago: int, by: User) -> Meeting:
    """A meeting that was planned, opened, attended and closed."""
    at = _moment(days_ago)
    meeting = Meeting(
        kelurahan=kelurahan,
        territory=kelurahan,
        kind=kind,
        title=title,
        place="Aula Kelurahan",
        starts_at=at,
        notes="Daftar dibacakan per RW; warga menyepakati hasilnya.",
        listed_women=19,
        listed_men=16,
    )
    meeting = meetings.open_meeting(meetings.plan(meeting, by=by), by=by, at=at)
    return meetings.close_meeting(meeting, by=by, at=at)


def _say(poor_list: PoorList, name: str, meeting: Meeting, by: User) -> PoorList:
    fresh = PoorList.objects.get(pk=poor_list.pk)
    values = {name: meeting}
    return keeping.change_list(fresh, values, by=by, expected_version=fresh.version)


def _carried_to_window(
    kelurahan: Territory,
    families: list[Household],
    days: dict[str, int],
    *,
    years_ago: int,
    by: tuple[User, User],
) -> PoorList:
    """A list through verification and both rounds, until objections are taken."""
    officer, lurah = by
    poor_list = _open(kelurahan, timezone.localdate().year - years_ago, officer)
    for family in families:
        line = lines.nominate(poor_list, family, by=officer, origin="STAFF")
        lines.verify(line, by=lurah, exception=LOOKED_AT)
    first, second = (
        _held(kelurahan, f"UJI_PUBLIK_{number}", f"Uji publik tahap {number}", ago, officer)
        for number, ago in ((1, days["round_1"]), (2, days["round_2"]))
    )
    poor_list = _say(poor_list, "review_1", first, officer)
    before = {"start_review_1": days["round_1"] + 5, "start_review_2": days["round_2"] + 5}
    for move, ago in before.items():
        keeping.advance(poor_list, move, by=officer, at=_moment(ago))
    poor_list = _say(poor_list, "review_2", second, officer)
    return keeping.advance(poor_list, "open_window", by=officer, at=_moment(days["window"]))


def _established(poor_list: PoorList, officer: User, lurah: User) -> None:
    held, title = LAST_YEAR["rembug"], "Rembug warga penetapan daftar"
    rembug = _held(poor_list.kelurahan, "REMBUG", title, held, officer)
    keeping.advance(poor_list, "send", by=lurah, at=_moment(held + 2))
    poor_list = _say(poor_list, "rembug", rembug, officer)
    keeping.advance(poor_list, "establish", by=lurah, at=_moment(held - 1))


def _next_years(
    kelurahan: Territory,
    rows: list[tuple[dict[str, str], Household]],
    officer: User,
    lurah: User,
) -> None:
    poor_list = _open(kelurahan, timezone.localdate().year + 1, officer)
    plan = keeping.carry_over_preview(poor_list)
    keeping.carry_over(poor_list, by=officer, seen=plan.mark)
    for row, family in rows:
        if row["next_year"] in {"nominate", "refuse"}:
            lines.nominate(poor_list, family, by=officer, origin="STAFF")
        line = Listing.objects.filter(poor_list=poor_list, household=family).first()
        if line is not None and row["next_year"] == "verify":
            lines.verify(line, by=lurah, exception=row["reason"])
        elif line is not None and row["next_year"] == "refuse":
            LISTING_FLOW.apply("record_refusal", line, by=officer, reason=row["reason"])
