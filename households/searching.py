"""Finding families by name, full number or code, and the list's filters."""

import re
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from households.codes import Relation
from households.models import LIVING, AidReceipt, Household, Member, MemberStatus
from households.models.member import name_key
from households.visibility import Column, scopes_seeing
from tkpk.encryption import blind_index
from tkpk.models import Level, User
from tkpk.models.territory import within
from tkpk.nik import LENGTH, clean_digits

# Bands that matter to the programmes; "-" asks for families whose decile is not known.
DECILES = {"1": (1, 1), "2": (2, 2), "3-4": (3, 4), "5-10": (5, 10)}
# More persons than this, and a name is a common one.
COMMON = 1_000
_CODE = re.compile(r"KLG-0*([0-9]{1,12})", re.IGNORECASE)
_PERSON_CODE = re.compile(r"ORG-0*([0-9]{1,12})", re.IGNORECASE)


def full_number(text: str) -> str:
    """The 16 digits that the text is, else ""."""
    digits = clean_digits(text)
    return digits if re.fullmatch(rf"[0-9]{{{LENGTH}}}", digits) else ""


def find_families(rows: QuerySet[Household], user: User, text: str) -> QuerySet[Household]:
    """Those of `rows` that the text names: a full number, a code, or words of a member's name.

    A number is looked up only where the person may see identifiers: elsewhere the answer alone
    would say that somebody is known.
    """
    text = text.strip()
    if number := full_number(text):
        holders = Member.objects.filter(nik_index=blind_index("nik", number))
        return rows.filter(
            within("territory__code", *scopes_seeing(user, Column.IDENTIFIERS)),
            Q(kk_index=blind_index("kk", number)) | Q(pk__in=holders.values("household_id")),
        )
    if match := _CODE.fullmatch(text):
        return rows.filter(pk=int(match[1]))
    if match := _PERSON_CODE.fullmatch(text):
        return rows.filter(members__pk=int(match[1]))
    return _named(rows, text) if text else rows


def _named(rows: QuerySet[Household], text: str) -> QuerySet[Household]:
    """Families with a member of this name.

    A rare name is looked up and leads to its few families. A name that very many bear would lead
    to all of them before the first page is known: there the families are walked in the order of
    the list, until the page is full.
    """
    named = Member.objects.named(text)
    if named.order_by()[: COMMON + 1].count() <= COMMON:
        return rows.filter(pk__in=named.values("household_id"))
    own = Member.objects.filter(household=OuterRef("pk"))
    return rows.filter(Exists(own.with_words(name_key(text).split())))


def is_exact(text: str) -> bool:
    """Whether the text is a number or a code, which one family answers."""
    return bool(full_number(text) or _CODE.fullmatch(text) or _PERSON_CODE.fullmatch(text))


def filter_families(
    rows: QuerySet[Household], user: User, chosen: dict[str, Any]
) -> QuerySet[Household]:
    """Apply the list's filters; a decile is asked for only where the person may see deciles."""
    for name in ("rw", "rt"):
        if chosen.get(name):
            rows = rows.filter(within("territory__code", chosen[name]))
    if chosen.get("status"):
        rows = rows.filter(status=chosen["status"])
    if chosen.get("tanpa_rt"):
        rows = rows.exclude(territory__level=Level.RT)
    if chosen.get("tanpa_bantuan"):
        served = AidReceipt.objects.standing().filter(household=OuterRef("pk")).order_by()
        rows = rows.filter(
            within("territory__code", *scopes_seeing(user, Column.FACTS)), ~Exists(served)
        )
    if band := chosen.get("desil"):
        rows = rows.filter(within("territory__code", *scopes_seeing(user, Column.FACTS)))
        wanted = Q(decile__isnull=True) if band == "-" else Q(decile__range=DECILES[band])
        rows = rows.filter(wanted)
    return rows


def with_counts(rows: QuerySet[Household]) -> QuerySet[Household]:
    """Rows with `head_name` (None without a head) and `living`, the number of living members."""
    members = Member.objects.filter(household=OuterRef("pk")).order_by()
    head = members.filter(relation=Relation.HEAD, status=MemberStatus.ACTIVE)
    living = (
        members.filter(status__in=sorted(LIVING))
        .values("household")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return rows.annotate(
        head_name=Subquery(head.values("name")[:1]),
        living=Coalesce(Subquery(living, output_field=IntegerField()), 0),
    ).select_related("territory__parent")


def with_list_facts(rows: QuerySet[Household], text: str = "") -> QuerySet[Household]:
    """Also `matched_name` for a search by name; identifiers are neither read nor decrypted."""
    rows = with_counts(rows)
    if text and not is_exact(text):
        own = Member.objects.filter(household=OuterRef("pk"))
        named = own.with_words(name_key(text).split()).order_by("pk")
        rows = rows.annotate(matched_name=Subquery(named.values("name")[:1]))
    return rows.only(
        "status",
        "decile",
        "decile_as_of",
        "kelurahan_id",
        "territory__code",
        "territory__name",
        "territory__level",
        "territory__parent__name",
    )
