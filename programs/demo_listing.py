"""The yearly lists of the demo: last year's established by a rembug, this year's being verified."""

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
ROUND_1, ROUND_2, WINDOW_OPENS, REMBUG = 380, 370, 369, 350
LOOKED_AT = "Dikunjungi petugas dan ketua RT"


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


@transaction.atomic
def make_lists(kelurahan: Territory, *, file: Path) -> None:
    """Replay both lists; `file` says which families stand on which."""
    if PoorList.objects.filter(kelurahan=kelurahan).exists():
        return
    officer, lurah = (User.objects.get(username=name) for name in ("petugas", "lurah"))
    rows = [(row, Household.objects.with_kk(row["no_kk"]).get()) for row in _rows(file)]
    _last_years(kelurahan, [family for row, family in rows if row["last_year"]], officer, lurah)
    _this_years(kelurahan, rows, officer, lurah)


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


def _last_years(
    kelurahan: Territory, families: list[Household], officer: User, lurah: User
) -> None:
    poor_list = _open(kelurahan, timezone.localdate().year - 1, officer)
    for family in families:
        line = lines.nominate(poor_list, family, by=officer, origin="STAFF")
        lines.verify(line, by=lurah, exception=LOOKED_AT)
    plan = (
        ("review_1", "UJI_PUBLIK_1", "Uji publik tahap 1", ROUND_1),
        ("review_2", "UJI_PUBLIK_2", "Uji publik tahap 2", ROUND_2),
        ("rembug", "REMBUG", "Rembug warga penetapan daftar", REMBUG),
    )
    held = {name: _held(kelurahan, kind, title, days, officer) for name, kind, title, days in plan}

    def say(name: str) -> PoorList:
        fresh = PoorList.objects.get(pk=poor_list.pk)
        values = {name: held[name]}
        return keeping.change_list(fresh, values, by=officer, expected_version=fresh.version)

    keeping.advance(say("review_1"), "start_review_1", by=officer, at=_moment(ROUND_1 + 5))
    keeping.advance(poor_list, "start_review_2", by=officer, at=_moment(ROUND_2 + 5))
    keeping.advance(say("review_2"), "open_window", by=officer, at=_moment(WINDOW_OPENS))
    keeping.advance(poor_list, "send", by=lurah, at=_moment(REMBUG + 2))
    keeping.advance(say("rembug"), "establish", by=lurah, at=_moment(REMBUG - 1))


def _this_years(
    kelurahan: Territory,
    rows: list[tuple[dict[str, str], Household]],
    officer: User,
    lurah: User,
) -> None:
    poor_list = _open(kelurahan, timezone.localdate().year, officer)
    plan = keeping.carry_over_preview(poor_list)
    keeping.carry_over(poor_list, by=officer, seen=plan.mark)
    for row, family in rows:
        if row["this_year"] in {"nominate", "refuse"}:
            lines.nominate(poor_list, family, by=officer, origin="STAFF")
        line = Listing.objects.filter(poor_list=poor_list, household=family).first()
        if line is not None and row["this_year"] == "verify":
            lines.verify(line, by=lurah, exception=row["reason"])
        elif line is not None and row["this_year"] == "refuse":
            LISTING_FLOW.apply("record_refusal", line, by=officer, reason=row["reason"])
