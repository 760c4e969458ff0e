"""Data health: what the register itself shows to be missing, old or in conflict.

Each check is one condition in the database, asked when a page is opened: a list is never older than
the rows. Only remarks on a NIK are kept in a table (`nik_remarks`), since no query can read one.
A remark is something to look at and never an error: the register takes what the family's papers
say (a NIK is not corrected to fit a birth date).

`FACTS_AGE` and `DECILE_AGE` say after how long facts and a decile count as old: the national
ranking is renewed every three months, and local governments bring their data up to date yearly.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
)
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.codes import MaritalStatus, Relation
from households.models import (
    LIVING,
    AidReceipt,
    HealthFinding,
    Household,
    Member,
    MemberStatus,
)
from households.models.household import living_within
from households.models.member import MemberQuerySet
from households.nik_remarks import remarks_on
from households.visibility import Column, roles_seeing
from tkpk.models import Level, User
from tkpk.models.territory import within, within_kelurahan
from tkpk.rights import scopes

DECILE_AGE = datetime.timedelta(days=365)
FACTS_AGE = datetime.timedelta(days=2 * 365)
POOR_DECILES = 4  # families of these deciles without any aid recorded are worth a look
READERS = roles_seeing(Column.IDENTIFIERS)


@dataclass(frozen=True)
class Check:
    """One list. `condition()` is asked anew each time, since some depend on the day."""

    code: str
    title: str | Promise
    why: str | Promise
    condition: Callable[[], Q]
    of_persons: bool = False


def _people() -> MemberQuerySet:
    return Member.objects.filter(household=OuterRef("pk")).order_by()


def _living() -> Exists:
    return Exists(_people().living())


def _same_kk() -> Q:
    # The sum hides the kelurahan from the planner: by its index each row would read all families.
    others = Household.objects.filter(kk_index=OuterRef("kk_index")).annotate(
        place=ExpressionWrapper(F("kelurahan_id") + 0, output_field=BigIntegerField())
    )
    others = others.filter(place=OuterRef("kelurahan_id")).exclude(pk=OuterRef("pk"))
    return ~Q(kk_index="") & Q(Exists(others.order_by()))


def _old_facts() -> Q:
    limit = timezone.now() - FACTS_AGE
    return Q(updated_at__lt=limit) & ~Q(Exists(_people().filter(updated_at__gte=limit)))


def _poor_without_aid() -> Q:
    aid = AidReceipt.objects.standing().filter(household=OuterRef("pk")).order_by()
    return Q(decile__lte=POOR_DECILES) & ~Q(Exists(aid))


def _not_younger() -> Q:
    """A child who is not younger than the head, or a parent of the head who is not older."""
    head = Member.objects.filter(
        household=OuterRef("household"), relation=Relation.HEAD, status=MemberStatus.ACTIVE
    ).order_by()
    child = Exists(head.filter(birth_date__gte=OuterRef("birth_date")))
    parent = Exists(head.filter(birth_date__lte=OuterRef("birth_date")))
    return Q(birth_date__isnull=False) & (
        Q(child, relation=Relation.CHILD) | Q(parent, relation=Relation.PARENT)
    )


CHECKS = {
    check.code: check
    for check in (
        Check(
            "tanpa-kepala",
            _("Families without a head"),
            _("Letters and lists name a family by its head. Choose who it is."),
            lambda: Q(_living()) & ~Q(Exists(_people().active().filter(relation=Relation.HEAD))),
        ),
        Check(
            "tanpa-penghuni",
            _("Families in which nobody lives"),
            _("All members are dead, gone or not valid. Close the family, or correct a member."),
            lambda: ~Q(_living()),
        ),
        Check(
            "tanpa-rt",
            _("Families whose RT is not known"),
            _("Without an RT the family is missing in the lists of its RT."),
            lambda: ~Q(territory__level=Level.RT),
        ),
        Check(
            "tanpa-kk",
            _("Families without a KK number"),
            _("Copy it from the family card."),
            lambda: Q(kk_index=""),
        ),
        Check(
            "kk-sama",
            _("KK number in two files"),
            _("A family has one file. Compare both; correct the number that is wrong."),
            _same_kk,
        ),
        Check(
            "tanpa-nik",
            _("Persons without a NIK"),
            _("Copy it from the e-KTP or the family card; a newborn may have none yet."),
            lambda: Q(nik_index=""),
            of_persons=True,
        ),
        Check(
            "tanpa-tanggal-lahir",
            _("Persons without a date of birth"),
            _("Without it neither age nor school age is known."),
            lambda: Q(birth_date__isnull=True),
            of_persons=True,
        ),
        Check(
            "nik-berbeda",
            _("NIK and personal data disagree"),
            _("The NIK holds birth date and sex. Compare both with the card: either may be wrong."),
            lambda: Q(pk__in=HealthFinding.objects.values("member_id")),
            of_persons=True,
        ),
        Check(
            "status-kawin",
            _("Husband or wife, but not married"),
            _("Relation and marital status disagree."),
            lambda: (
                Q(
                    relation__in=[Relation.HUSBAND, Relation.WIFE],
                    marital_status__isnull=False,
                )
                & ~Q(marital_status=MaritalStatus.MARRIED)
            ),
            of_persons=True,
        ),
        Check(
            "umur-terbalik",
            _("Child not younger than the head, or parent not older"),
            _("A birth date or a relation is wrong."),
            _not_younger,
            of_persons=True,
        ),
        Check(
            "tanpa-desil",
            _("Families without a decile"),
            _("Copy it from the national registry, with source and date."),
            lambda: Q(decile__isnull=True),
        ),
        Check(
            "desil-lama",
            _("Decile older than 12 months"),
            _("The national registry renews it; programmes look at the newest."),
            lambda: Q(decile_as_of__lt=timezone.localdate() - DECILE_AGE),
        ),
        Check(
            "data-lama",
            _("Data not touched for two years"),
            _("Ask the family or its RT, mend what changed, or say that all still holds."),
            _old_facts,
        ),
        Check(
            "desil-rendah-tanpa-bantuan",
            _("Decile 1–4, no aid recorded"),
            _("Either the family receives none, or its aid is not recorded yet."),
            _poor_without_aid,
        ),
    )
}


def families_to_check(user: User) -> QuerySet[Household]:
    """The families that live here and whose identifiers this person may see."""
    codes = scopes(user, READERS)
    return Household.objects.active().filter(within_kelurahan(*codes, place=living_within))


def rows_of(check: Check, user: User, *, rw: str = "") -> QuerySet[Any]:
    """The families or persons of a list, in one RW if a code is given."""
    families = families_to_check(user)
    if rw:
        families = families.filter(within("territory__code", rw))
    if not check.of_persons:
        return families.filter(check.condition())
    return _persons_of(families).filter(check.condition())


def _persons_of(families: QuerySet[Household]) -> QuerySet[Member]:
    return Member.objects.living().filter(household__in=families.order_by().values("pk"))


def counts(families: QuerySet[Household]) -> dict[str, int]:
    """How many rows each list has; two queries."""
    found: dict[str, int] = {}
    for of_persons, rows in ((False, families), (True, _persons_of(families))):
        asked = {
            f"n{number}": Count("pk", filter=check.condition())
            for number, check in enumerate(CHECKS.values())
            if check.of_persons == of_persons
        }
        numbers = rows.order_by().aggregate(**asked)
        names = list(CHECKS)
        found |= {names[int(key[1:])]: number for key, number in numbers.items()}
    return {code: found[code] for code in CHECKS}


def remarks_of(household: Household, members: list[Member]) -> list[Check]:
    """The lists in which this family or one of its living members stands; two queries."""
    found = counts(Household.objects.active().filter(pk=household.pk))
    living = [member for member in members if member.status in LIVING]
    # Looked at afresh: the kept remarks may be a day old.
    found["nik-berbeda"] = sum(bool(remarks_on(member)) for member in living)
    return [check for code, check in CHECKS.items() if found[code]]
