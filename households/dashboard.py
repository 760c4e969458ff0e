"""The figures that staff and the TKPK steer by: how far the year is, and who is left out.

Counts only, of the families in the places of the reader's mandates. Each figure names the page of
its rows; who may not open that page reads the figure without the way to it.
"""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from households.aid import gaps
from households.models import (
    Household,
    Listing,
    ListingStatus,
    Objection,
    PoorList,
    ScoreClass,
    Survey,
    SurveyStatus,
)
from households.models.household import HouseholdQuerySet
from tkpk.models import Level, Territory, User
from tkpk.models.territory import within
from tkpk.rights import scopes
from tkpk.roles import TKPK_ROLES, Role

READERS = frozenset({Role.STAFF, Role.LURAH, Role.KEMANTREN}) | TKPK_ROLES
# What waits longer is called overdue. The guidelines name no days; an office works by weeks.
VERIFY_WITHIN = datetime.timedelta(days=14)
CHECK_WITHIN = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Rows:
    """The page on which the rows of a figure stand: URL name, its arguments, its query."""

    url_name: str
    args: tuple[int, ...] = ()
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Figure:
    """One count. `of` is what it is a part of; `alarm` says that something is to be done."""

    label: str | Promise
    count: int
    rows: Rows | None = None
    of: int | None = None
    alarm: bool = False


@dataclass(frozen=True)
class ClassMatrix:
    """Families on the list by RW (lines) and class (columns); the last class is None: no score."""

    classes: list[ScoreClass | None]
    lines: list[tuple[Territory, list[Figure]]]


@dataclass
class Dashboard:
    """Everything on the page of one kelurahan and year."""

    kelurahan: Territory
    year: int
    coverage: list[Figure] = field(default_factory=list)
    listing: list[Figure] = field(default_factory=list)
    overdue: list[Figure] = field(default_factory=list)
    gaps: list[Figure] = field(default_factory=list)
    classes: ClassMatrix | None = None


def places(user: User) -> QuerySet[Territory]:
    """The kelurahan whose figures this person may read."""
    return Territory.objects.kelurahan().filter(within("code", *scopes(user, READERS)))


def of_year(kelurahan: Territory, year: int) -> Dashboard:
    """The figures of one kelurahan; at most ten queries, however many families there are."""
    found = Dashboard(kelurahan, year)
    families = Household.objects.filter(kelurahan=kelurahan).active()
    number = families.count()
    poor_list = PoorList.objects.filter(kelurahan=kelurahan, year=year).first()
    _coverage(found, families, number)
    if poor_list:
        _listing(found, poor_list)
        found.classes = _classes(poor_list)
    _overdue(found, poor_list)
    _gaps(found, families)
    return found


def _coverage(found: Dashboard, families: HouseholdQuerySet, number: int) -> None:
    """How far the visits are, by the questionnaire with which most of them are made."""
    surveys = Survey.objects.standing().filter(kelurahan=found.kelurahan, year=found.year)
    surveys = surveys.filter(household__status=Household.Status.ACTIVE)
    by_version: dict[int, Counter[str]] = {}
    rows = surveys.order_by().values_list("instrument_version", "status").annotate(n=Count("pk"))
    for version, status, n in rows:
        by_version.setdefault(version, Counter())[status] = n
    version = max(by_version, key=lambda key: by_version[key].total(), default=None)
    counts = by_version[version] if version else Counter()
    found.coverage = [
        Figure(_("Families that live here"), number, Rows("household_list")),
        Figure(
            _("Visited and checked"),
            counts[SurveyStatus.CHECKED],
            _surveys(found, version, "selesai"),
            of=number,
        ),
        Figure(
            _("Waiting for the check"),
            counts[SurveyStatus.SENT],
            _surveys(found, version, "periksa"),
        ),
        Figure(
            _("Not visited yet"),
            number - counts.total(),
            _surveys(found, version, "belum"),
            of=number,
        ),
    ]


def _surveys(found: Dashboard, version: int | None, state: str) -> Rows | None:
    """The work list, which is one of this year."""
    if found.year != timezone.localdate().year:
        return None
    query = (("keadaan", state), *((("versi", str(version)),) if version else ()))
    return Rows("survey_list", query=query)


def _listing(found: Dashboard, poor_list: PoorList) -> None:
    counts = Counter(
        dict(poor_list.listings.order_by().values_list("status").annotate(n=Count("pk")))
    )
    found.listing = [
        Figure(status.label, counts[status], _lines(poor_list, status=status.value))
        for status in ListingStatus
        if counts[status]
    ]


def _lines(poor_list: PoorList, **query: str) -> Rows:
    return Rows("listing_list", (poor_list.pk,), tuple(query.items()))


def _overdue(found: Dashboard, poor_list: PoorList | None) -> None:
    now = timezone.now()
    checks = Survey.objects.filter(
        kelurahan=found.kelurahan, status=SurveyStatus.SENT, sent_at__lt=now - CHECK_WITHIN
    ).count()
    waiting_checks = _surveys(found, None, "periksa")
    visits = Listing.objects.filter(
        kelurahan=found.kelurahan, visit_due_on__lt=timezone.localdate(now)
    ).monitored()
    found.overdue = [
        _late(_("Surveys not checked for more than 7 days"), checks, waiting_checks),
        _late(_("Visits to graduates that are due"), visits.count(), None),
    ]
    if poor_list:
        waiting = poor_list.listings.filter(
            status=ListingStatus.NOMINATED, created_at__lt=now - VERIFY_WITHIN
        ).count()
        objections = Objection.objects.filter(poor_list=poor_list).open().count()
        rows = _lines(poor_list, status=ListingStatus.NOMINATED.value)
        found.overdue[:0] = [
            _late(_("Nominated more than 14 days ago, not verified"), waiting, rows),
            _late(_("Objections that nobody has decided"), objections, Rows("voice_list")),
        ]


def _late(label: str, count: int, rows: Rows | None) -> Figure:
    return Figure(label, count, rows, alarm=bool(count))


def _gaps(found: Dashboard, families: HouseholdQuerySet) -> None:
    counts = gaps.with_standing(families, found.year).aggregate(
        established=Count("pk", filter=Q(on_list=True)),
        unserved=Count("pk", filter=gaps.CONDITIONS[gaps.UNSERVED]),
        never=Count("pk", filter=gaps.CONDITIONS[gaps.NEVER]),
        unlisted=Count("pk", filter=gaps.CONDITIONS[gaps.UNLISTED]),
    )
    established = counts["established"]
    found.gaps = [
        Figure(_("Established"), established),
        _gap(
            found,
            _("Established, no aid this year"),
            counts["unserved"],
            "aid_unserved",
            established,
        ),
        _gap(found, _("Established, never any aid"), counts["never"], "aid_never", established),
        _gap(found, _("Aid this year, not established"), counts["unlisted"], "aid_unlisted"),
    ]


def _gap(found: Dashboard, label: str, count: int, url_name: str, of: int | None = None) -> Figure:
    rows = Rows(url_name, query=(("tahun", str(found.year)),))
    return Figure(label, count, rows, of, alarm=bool(count))


def _classes(poor_list: PoorList) -> ClassMatrix:
    rows = (
        poor_list.listings.standing()
        .order_by()
        .values_list("household__territory__code", "score_class")
        .annotate(n=Count("pk"))
    )
    counts: Counter[tuple[str, int | None]] = Counter()
    start = len(poor_list.kelurahan.code)
    for code, chosen, number in rows:
        counts[code[: start + 4], chosen] += number
    used = {chosen for _code, chosen in counts}
    words = ScoreClass.objects.filter(pk__in=[key for key in used if key is not None]).order_by(
        "position", "pk"
    )
    classes: list[ScoreClass | None] = [*words, None] if None in used else [*words]
    places_ = Territory.objects.filter(code__in={code for code, _chosen in counts})
    return ClassMatrix(
        classes,
        [(place, list(_line(poor_list, place, classes, counts))) for place in places_],
    )


def _line(
    poor_list: PoorList,
    place: Territory,
    classes: Iterable[ScoreClass | None],
    counts: Counter[tuple[str, int | None]],
) -> Iterable[Figure]:
    for one in classes:
        query = {"kelas": str(one.pk) if one else "-", "status": "berdiri"}
        if place.level == Level.RW:
            query["rw"] = place.code
        label = one.said("name") if one else _("No score yet")
        yield Figure(label, counts[place.code, one.pk if one else None], _lines(poor_list, **query))
