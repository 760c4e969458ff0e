"""Who reads which part of the pages on aid: names, amounts, or counts only."""

from django.db.models import Q

from households.models import AidReceipt, Household
from households.models.aid import AidReceiptQuerySet
from households.models.household import HouseholdQuerySet
from tkpk.models import Mandate, Territory, User
from tkpk.models.territory import Level, within
from tkpk.rights import mandates, scopes
from tkpk.roles import Role

WRITERS = frozenset({Role.STAFF})
# Amounts tell of a family's income.
AMOUNT_READERS = frozenset({Role.STAFF, Role.LURAH, Role.AUDITOR})
NAME_READERS = AMOUNT_READERS | {Role.RW_HEAD, Role.RT_HEAD}
# Names where money went: an auditor knows none of families that no aid reached.
UNAIDED_READERS = NAME_READERS - {Role.AUDITOR}
COUNT_READERS = NAME_READERS | {Role.KEMANTREN}
# Who takes a list of persons out of the portal.
TAKERS = frozenset({Role.STAFF, Role.LURAH})


def kelurahan_of(user: User, *, code: str = "") -> Territory | None:
    """The kelurahan whose aid this person looks at: the one asked for, else the first.

    None for who reads nothing of it. For a mandate of a kelurahan it costs no query.
    """
    held = [m.territory for m in mandates(user) if m.role in COUNT_READERS]
    own = [place for place in held if place.level == Level.KELURAHAN]
    if own and (not code or code in {place.code for place in own}):
        return next((place for place in own if place.code == code), own[0])
    rows = Territory.objects.filter(level=Level.KELURAHAN).select_related("office")
    above = {place.code[:13] for place in held}
    rows = rows.filter(within("code", *scopes(user, COUNT_READERS)) | Q(code__in=above))
    found = list(rows.order_by("code"))
    return next((place for place in found if place.code == code), found[0] if found else None)


def families_of(kelurahan: Territory, user: User, roles: frozenset[Role]) -> HouseholdQuerySet:
    """The families of a kelurahan at the places where this person holds one of the roles."""
    codes = scopes(user, roles)
    if any(_covers(one, kelurahan.code) for one in codes):
        return Household.objects.filter(kelurahan=kelurahan)
    return Household.objects.filter(within("territory__code", *codes), kelurahan=kelurahan)


def receipts_of(kelurahan: Territory, user: User, roles: frozenset[Role]) -> AidReceiptQuerySet:
    """The standing receipts of those families."""
    rows = AidReceipt.objects.standing().filter(kelurahan=kelurahan)
    codes = scopes(user, roles)
    if any(_covers(one, kelurahan.code) for one in codes):
        return rows
    return rows.filter(within("household__territory__code", *codes))


def _covers(code: str, place: str) -> bool:
    return place == code or place.startswith(f"{code}.")


def mandate_at(kelurahan: Territory, user: User, roles: frozenset[Role]) -> Mandate | None:
    """The mandate by which this person acts in one of the roles there, if any."""
    held = (m for m in mandates(user) if m.role in roles)
    return next((m for m in held if m.territory.covers(kelurahan.code)), None)
