"""The families behind the figures of the overview that no other list shows.

Who may open families reads their names; everybody else how many there are in each RW.
"""

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.aid import gaps
from households.aid.coverage import established_in
from households.codes import Relation
from households.models import Household, Listing, ListingStatus, Member, Survey, SurveyStatus
from households.models.household import HouseholdQuerySet
from households.models.survey import SurveyQuerySet
from tkpk.models import Level, Territory

# What waits longer is called overdue. The guidelines name no days; an office works by weeks.
VERIFY_WITHIN = datetime.timedelta(days=14)
CHECK_WITHIN = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """Of which kelurahan and year, and of which version of a questionnaire (any)."""

    kelurahan: Territory
    year: int
    version: int | None = None

    @property
    def families(self) -> HouseholdQuerySet:
        return Household.objects.filter(kelurahan=self.kelurahan)

    @property
    def surveys(self) -> SurveyQuerySet:
        own = Survey.objects.standing().filter(household=OuterRef("pk"), year=self.year)
        return own.filter(instrument_version=self.version) if self.version else own


Find = Callable[[Asked], HouseholdQuerySet]


@dataclass(frozen=True)
class Kind:
    """One figure: how it is called, and its families."""

    slug: str
    label: str | Promise
    find: Find


def _living(asked: Asked) -> HouseholdQuerySet:
    return asked.families.active()


def _of_survey(*statuses: str) -> Find:
    return lambda asked: asked.families.active().filter(
        Exists(asked.surveys.filter(status__in=statuses))
    )


def _not_visited(asked: Asked) -> HouseholdQuerySet:
    return asked.families.active().filter(~Exists(asked.surveys))


def late_checks(asked: Asked) -> HouseholdQuerySet:
    """Of whatever year: the survey waits as long."""
    own = Survey.objects.filter(
        household=OuterRef("pk"),
        status=SurveyStatus.SENT,
        sent_at__lt=timezone.now() - CHECK_WITHIN,
    )
    return asked.families.filter(Exists(own))


def _late_nominations(asked: Asked) -> HouseholdQuerySet:
    own = Listing.objects.filter(
        household=OuterRef("pk"),
        poor_list__year=asked.year,
        status=ListingStatus.NOMINATED,
        created_at__lt=timezone.now() - VERIFY_WITHIN,
    )
    return asked.families.filter(Exists(own))


def visits_due(asked: Asked) -> HouseholdQuerySet:
    """Graduates of whatever year whose visit was due before today."""
    own = Listing.objects.filter(
        household=OuterRef("pk"), visit_due_on__lt=timezone.localdate()
    ).monitored()
    return asked.families.filter(Exists(own))


def _established(asked: Asked) -> HouseholdQuerySet:
    return asked.families.active().filter(established_in(asked.year))


def _gap(kind: str) -> Find:
    return lambda asked: gaps.of_kind(asked.families, kind, asked.year)


_KINDS = (
    Kind("tinggal-di-sini", _("Families that live here"), _living),
    Kind("sudah-dikunjungi", _("Visited and checked"), _of_survey(SurveyStatus.CHECKED)),
    Kind("menunggu-periksa", _("Waiting for the check"), _of_survey(SurveyStatus.SENT)),
    Kind("belum-dikunjungi", _("Not visited yet"), _not_visited),
    Kind(
        "terlambat-periksa",
        _("Families whose survey has waited for its check for more than 7 days"),
        late_checks,
    ),
    Kind(
        "terlambat-verifikasi",
        _("Nominated more than 14 days ago, not verified"),
        _late_nominations,
    ),
    Kind("kunjungan-lulusan", _("Visits to graduates that are due"), visits_due),
    Kind("ditetapkan", _("Established"), _established),
    Kind("belum-tahun-ini", _("Established, no aid this year"), _gap(gaps.UNSERVED)),
    Kind("belum-pernah", _("Established, never any aid"), _gap(gaps.NEVER)),
    Kind("di-luar-daftar", _("Aid this year, not established"), _gap(gaps.UNLISTED)),
)
KINDS = {kind.slug: kind for kind in _KINDS}


def address_name(slug: str) -> str:
    """The name of the address of a figure's page."""
    return f"dashboard_{slug.replace('-', '_')}"


def with_heads(families: QuerySet[Household]) -> QuerySet[Household]:
    """Families with `head_name`; no identifier is read or decrypted."""
    heads = Member.objects.filter(
        household=OuterRef("pk"), relation=Relation.HEAD, status="ACTIVE"
    ).order_by()
    rows = families.annotate(head_name=Subquery(heads.values("name")[:1]))
    return rows.select_related("territory__parent").defer("kk_number", "source_value")


def by_rw(families: QuerySet[Household], kelurahan: Territory) -> list[tuple[str, int]]:
    """How many there are in each RW; "" where the RW is not known. Two queries."""
    counts: Counter[str] = Counter()
    length = len(kelurahan.code) + 4
    rows = families.order_by().values_list("territory__code").annotate(n=Count("pk"))
    for code, number in rows:
        counts[code[:length]] += number
    places = Territory.objects.filter(code__in=set(counts)).order_by("code")
    return [(place.name if place.level == Level.RW else "", counts[place.code]) for place in places]
