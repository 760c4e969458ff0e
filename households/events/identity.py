"""What follows from correcting who a person is, and from a person's return."""

from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from households.codes import Relation, Sex
from households.events.acts import Act, Plan, Told
from households.events.checks import (
    ABSENT,
    check_day,
    check_kk,
    check_nik,
    chosen_relation,
    head_among,
    living_in,
    pick,
    refuse,
    relation_field,
)
from households.events.plans import change_state, set_relation
from households.models import (
    DocumentKind,
    FamilyRole,
    Household,
    HouseholdStatus,
    Member,
    PersonRole,
)
from households.sheet import label_of
from tkpk.formats import date_long
from tkpk.nik import mask

IDENTITY = ("nik", "name", "birth_place", "birth_date", "sex")


def plan_correction(family: Household, told: Told) -> Plan:
    """Old to new with the document; the history of the row keeps the old."""
    plan = Plan(place=family)
    everybody = {member.pk: member for member in family.members.all()}
    person = pick(everybody, told.people[:1], field="people")[0]
    check_day(told.on, [])
    if told.document_kind == DocumentKind.STATEMENT:
        refuse("document_kind", _("A correction needs a paper that shows it."), code="no_paper")
    changed = {
        name: value
        for name, value in told.identity.items()
        if name in IDENTITY and value != getattr(person, name)
    }
    if not changed:
        refuse("__all__", _("Nothing differs from what is recorded already."), code="same")
    if changed.get("nik"):
        check_nik(changed["nik"], kelurahan=family.kelurahan, own=person.pk, field="new_nik")
    plan.touches(family, FamilyRole.PLACE)
    plan.concerns(person, PersonRole.CORRECTED)
    for name in changed:
        was = getattr(person, name)
        text = _("%(label)s: “%(old)s” becomes “%(new)s”.") % {
            "label": label_of(person, name),
            "old": mask(person.nik) if name == "nik" and person.nik else _in_words(name, was),
            "new": _in_words(name, changed[name]),
        }
        plan.then(text, partial(_correct, person, name, changed[name]))
    return plan


def _correct(person: Member, name: str, value: Any, act: Act) -> None:
    act.change(person, **{name: value})


def _in_words(name: str, value: Any) -> str:
    """A value as it is read; the new NIK as it was just typed."""
    if value in (None, ""):
        return _("not known yet")
    if name == "birth_date":
        return date_long(value)
    return str(Sex(value).label) if name == "sex" else str(value)


def plan_return(family: Household, told: Told) -> Plan:
    """Somebody missing, long away or moved away lives here again."""
    plan = Plan(place=family)
    absent = {m.pk: m for m in family.members.filter(status__in=sorted(ABSENT))}
    person = pick(absent, told.people[:1], field="people")[0]
    person.household = family
    check_day(told.on, [person], since_last=True)
    check_nik(person.nik, kelurahan=family.kelurahan, own=person.pk, field="people")
    plan.concerns(person, PersonRole.RETURNED)
    plan.touches(family, FamilyRole.PLACE)
    relation = chosen_relation(told.relations, person)
    if relation == Relation.HEAD and head_among(living_in(family).values()):
        text = _("The family has another head now. Choose this person's relation to that head.")
        refuse(relation_field(person.pk), text, code="two_heads")
    if family.status == HouseholdStatus.CLOSED:
        check_kk(family.kk_index, kelurahan=family.kelurahan, own=family.pk, field="people")
        plan.touches(family, FamilyRole.REOPENED)
        text = _("Family %(code)s is opened again.") % {"code": family.code}
        plan.then(text, lambda act: act.move("reopen", family, on=told.on))
    # While absent a person may be called head too; two who live here may not.
    set_relation(plan, person, relation)
    change_state(plan, person, "restore", told)
    return plan
