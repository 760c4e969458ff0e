"""The figures that staff and the TKPK steer by: how far the year is, and who is left out.

Counts only, of the families in the places of the reader's mandates. Each figure names the page of
its rows, and the one with its counts that who may not read names opens instead.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from households import dashboard_rows
from households.aid import gaps
from households.dashboard_rows import Asked
from households.models import (
    Household,
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


@dataclass(frozen=True)
class Rows:
    """The page on which the rows of a figure stand: URL name, its arguments, its query."""

    url_name: str
    args: tuple[int, ...] = ()
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Figure:
    """One count. `of` is what it is a part of; `alarm` says that something is to be done.

    `rows` is the page of its families, `counts` the page for who may not read names.
    """

    label: str | Promise
    count: int
    rows: Rows
    counts: Rows
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
    number = _gaps(found, families)
    poor_list = PoorList.objects.filter(kelurahan=kelurahan, year=year).first()
    _coverage(found, number)
    late = 0
    if poor_list:
        poor_list.kelurahan = kelurahan
        late = _listing(found, poor_list)
        found.classes = _classes(poor_list)
    _overdue(found, poor_list, late)
    return found


def _figure(
    found: Dashboard,
    slug: str,
    count: int,
    *,
    rows: Rows | None = None,
    of: int | None = None,
    version: int | None = None,
) -> Figure:
    """A figure with a page of its own; `rows` is the one that does more for who reads names."""
    query = [("tahun", str(found.year)), ("kelurahan", found.kelurahan.code)]
    query += [("versi", str(version))] if version else []
    page = Rows(dashboard_rows.address_name(slug), query=tuple(query))
    return Figure(dashboard_rows.KINDS[slug].label, count, rows or page, page, of)


def _late(found: Dashboard, slug: str, count: int, **more: Any) -> Figure:
    return replace(_figure(found, slug, count, **more), alarm=bool(count))


def _coverage(found: Dashboard, number: int) -> None:
    """How far the visits are, by the questionnaire with which most of them are made."""
    surveys = Survey.objects.standing().filter(kelurahan=found.kelurahan, year=found.year)
    surveys = surveys.filter(household__status=Household.Status.ACTIVE)
    by_version: dict[int, Counter[str]] = {}
    rows = surveys.order_by().values_list("instrument_version", "status").annotate(n=Count("pk"))
    for version, status, n in rows:
        by_version.setdefault(version, Counter())[status] = n
    version = max(by_version, key=lambda key: by_version[key].total(), default=None)
    counts = by_version[version] if version else Counter()
    found.coverage = [_figure(found, "tinggal-di-sini", number)] + [
        _figure(found, slug, count, of=of, version=version)
        for slug, count, of in (
            ("sudah-dikunjungi", counts[SurveyStatus.CHECKED], number),
            ("menunggu-periksa", counts[SurveyStatus.SENT], None),
            ("belum-dikunjungi", number - counts.total(), number),
        )
    ]


def _listing(found: Dashboard, poor_list: PoorList) -> int:
    """The list by status; returns how many were nominated too long ago."""
    since = timezone.now() - dashboard_rows.VERIFY_WITHIN
    late = Count("pk", filter=Q(status=ListingStatus.NOMINATED, created_at__lt=since))
    rows = poor_list.listings.order_by().values_list("status").annotate(n=Count("pk"), late=late)
    counts = {status: (number, overdue) for status, number, overdue in rows}
    found.listing = [
        Figure(
            status.label,
            counts[status][0],
            _lines(poor_list, status=status.value),
            _numbers(poor_list),
        )
        for status in ListingStatus
        if status in counts
    ]
    return sum(overdue for _number, overdue in counts.values())


def _numbers(poor_list: PoorList) -> Rows:
    """The page of the list, which tells its counts and what is not decided yet."""
    return Rows("poor_list_detail", (poor_list.pk,))


def _lines(poor_list: PoorList, **query: str) -> Rows:
    return Rows("listing_list", (poor_list.pk,), tuple(query.items()))


def _overdue(found: Dashboard, poor_list: PoorList | None, late: int) -> None:
    asked = Asked(found.kelurahan, found.year)
    found.overdue = [
        _late(found, "terlambat-periksa", dashboard_rows.late_checks(asked).count()),
        _late(found, "kunjungan-lulusan", dashboard_rows.visits_due(asked).count()),
    ]
    if poor_list:
        objections = Objection.objects.filter(poor_list=poor_list).open().count()
        found.overdue[:0] = [
            _late(found, "terlambat-verifikasi", late),
            Figure(
                _("Objections that nobody has decided"),
                objections,
                Rows("voice_list"),
                _numbers(poor_list),
                alarm=bool(objections),
            ),
        ]


def _gaps(found: Dashboard, families: HouseholdQuerySet) -> int:
    """Who is left out; returns the number of families, counted in the same query."""
    conditions = gaps.CONDITIONS
    counts = gaps.with_standing(families, found.year).aggregate(
        families=Count("pk"),
        established=Count("pk", filter=Q(on_list=True)),
        **{kind.replace("-", "_"): Count("pk", filter=conditions[kind]) for kind in conditions},
    )
    of = counts["established"]

    def gap(slug: str, kind: str, url_name: str, of: int | None = None) -> Figure:
        rows = Rows(url_name, query=(("tahun", str(found.year)),))
        return _late(found, slug, counts[kind.replace("-", "_")], rows=rows, of=of)

    found.gaps = [
        _figure(found, "ditetapkan", of),
        gap("belum-tahun-ini", gaps.UNSERVED, "aid_unserved", of),
        gap("belum-pernah", gaps.NEVER, "aid_never", of),
        gap("di-luar-daftar", gaps.UNLISTED, "aid_unlisted"),
    ]
    return int(counts["families"])


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
        count = counts[place.code, one.pk if one else None]
        yield Figure(label, count, _lines(poor_list, **query), _numbers(poor_list))
