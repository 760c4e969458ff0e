"""What must hold before an event is written: days, places of heads, numbers, who lives where."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from households.codes import Relation
from households.models import (
    LIVING,
    EventPerson,
    EventStatus,
    Household,
    HouseholdStatus,
    Member,
    MemberStatus,
)
from tkpk.encryption import blind_index
from tkpk.formats import date_long
from tkpk.models import Territory


def refuse(field: str, text: str, *, code: str) -> None:
    """Raise ValidationError at one field of the form."""
    raise ValidationError({field: ValidationError(text, code=code)})


def relation_field(pk: int) -> str:
    """The name of the field that asks a person's new relation to the head."""
    return f"relation_{pk}"


def living_in(household: Household) -> dict[int, Member]:
    """Those who belong to the family now, by key; they all hold the same family object."""
    found = {}
    for member in household.members.living().order_by("relation", "birth_date", "pk"):
        member.household = household
        found[member.pk] = member
    return found


def head_among(people: Iterable[Member]) -> Member | None:
    return next((member for member in people if member.is_head), None)


def require_open(household: Household, field: str = "__all__") -> None:
    if household.status != HouseholdStatus.ACTIVE:
        text = _("Family %(code)s is closed. Open it again first.")
        refuse(field, text % {"code": household.code}, code="closed")


def pick(people: dict[int, Member], keys: Iterable[int], *, field: str) -> list[Member]:
    """The chosen persons; whoever has left meanwhile is named with what became of them."""
    found = []
    for key in keys:
        if key not in people:
            _refuse_gone(key, field)
        found.append(people[key])
    if not found:
        refuse(field, _("Choose who this is about."), code="nobody")
    return found


def _refuse_gone(key: int, field: str) -> None:
    member = Member.objects.filter(pk=key).first()
    if member is None:
        refuse(field, _("Choose who this is about."), code="nobody")
    elif member.status in LIVING:
        text = _("%(code)s belongs to another family now. Open the family's page again.")
        refuse(field, text % {"code": member.code}, code="gone")
    else:
        text = _("%(code)s is recorded as “%(status)s” already, so this cannot be recorded.")
        status = member.get_status_display()
        refuse(field, text % {"code": member.code, "status": status}, code="gone")


def check_day(day: datetime.date, people: Iterable[Member], *, since_last: bool = False) -> None:
    """An event lies neither in the future nor before the births of those it concerns.

    With `since_last` also not before what was last recorded of them: who died in March did not
    move in May.
    """
    if day > timezone.localdate():
        refuse("on", _("This day has not come yet."), code="future")
    people = list(people)
    for member in people:
        if member.birth_date and day < member.birth_date:
            text = _("%(name)s was born on %(day)s, after this day.")
            words = {"name": member.name, "day": date_long(member.birth_date)}
            refuse("on", text % words, code="before_birth")
    if since_last:
        for member in people:
            _check_last(day, member)


def _check_last(day: datetime.date, member: Member) -> None:
    events = EventPerson.objects.filter(member=member, event__status=EventStatus.RECORDED)
    last = events.order_by("-event__on").values_list("event__on", flat=True).first()
    days = [known for known in (last, member.status_on) if known]
    if days and day < max(days):
        text = _("The last event of %(name)s was on %(day)s; this one cannot lie before it.")
        refuse("on", text % {"name": member.name, "day": date_long(max(days))}, code="before_last")


def check_nik(number: str, *, kelurahan: Territory, own: int | None, field: str) -> None:
    """A NIK belongs to one living person of the whole installation."""
    if not number:
        return
    others = Member.objects.living().filter(nik_index=blind_index("nik", number))
    others = others.exclude(pk=own or 0).select_related("kelurahan")
    # The own kelurahan first: there the other person can be looked up.
    found = sorted(others, key=lambda member: member.kelurahan_id != kelurahan.pk)
    if not found:
        return
    if found[0].kelurahan_id == kelurahan.pk:
        text = _("This NIK belongs to %(code)s, who lives here already.")
        refuse(field, text % {"code": found[0].code}, code="taken")
    # Not where: the person says so, or another kelurahan's register would be read number by number.
    text = _("This NIK is registered in another kelurahan of this portal. Ask for a transfer.")
    refuse(field, text, code="elsewhere")


def check_not_here(member: Member, family: Household, *, field: str) -> None:
    """A newcomer without a NIK who was just recorded is not recorded once more."""
    same = Member.objects.living().filter(
        household=family, name_key=member.name_key, birth_date=member.birth_date
    )
    found = same.first()
    if found:
        text = _("%(code)s with this name and date of birth belongs to the family already.")
        refuse(field, text % {"code": found.code}, code="here_already")


def check_kk(number_index: str, *, kelurahan: Territory, own: int | None, field: str) -> None:
    """A KK number belongs to one family of the kelurahan that lives here."""
    rows = Household.objects.active().filter(kelurahan=kelurahan, kk_index=number_index or "-")
    other = rows.exclude(pk=own or 0).first()
    if other:
        text = _("This KK number belongs to family %(code)s.") % {"code": other.code}
        refuse(field, text, code="taken")


def check_one_head(people: Iterable[Member], *, other: Member | None = None) -> None:
    """Refuse a second head among those who come, beside the one a family has already."""
    for member in people:
        if member.relation == Relation.HEAD and other is not None:
            text = _("The family already has a head: %(name)s.") % {"name": other.name}
            refuse("__all__", text, code="two_heads")
        if member.relation == Relation.HEAD:
            other = member


def chosen_relation(relations: dict[int, int], member: Member) -> int:
    """The relation that a person has from the event on; unchanged where nothing was chosen."""
    found: Any = relations.get(member.pk) or member.relation
    return int(found)


ABSENT = frozenset({MemberStatus.MISSING, MemberStatus.AWAY, MemberStatus.MOVED})
