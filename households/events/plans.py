"""What follows from each kind of event, worked out before anything is written."""

from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from households.codes import Relation
from households.events.acts import Act, Plan, Told
from households.events.checks import (
    check_day,
    check_kk,
    check_nik,
    check_not_here,
    check_one_head,
    chosen_relation,
    head_among,
    living_in,
    pick,
    refuse,
    relation_field,
    require_open,
)
from households.models import FamilyRole, Household, Member, MemberStatus, PersonRole
from tkpk.ages import whole_years
from tkpk.formats import date_long

# Outside these a mother's age is looked at again, never refused.
MOTHER_AGES = range(13, 56)


# --- pieces ----------------------------------------------------------------------------------
def set_relation(plan: Plan, member: Member, relation: int) -> None:
    """A new relation to the head; nothing where it stays."""
    if relation == member.relation:
        return
    if relation == Relation.HEAD:
        plan.concerns(member, PersonRole.NEW_HEAD)
        text = _("%(name)s becomes the head of the family.") % {"name": member.name}
    else:
        if all(known is not member for known, _role in plan.people):
            plan.concerns(member, PersonRole.RELATION)  # not beside what says it already
        text = _("%(name)s: relation to the head “%(old)s” becomes “%(new)s”.") % {
            "name": member.name,
            "old": Relation(member.relation).label,
            "new": Relation(relation).label,
        }
    plan.then(text, lambda act: act.change(member, relation=relation))


def those_who_stay(plan: Plan, told: Told, *, leaving: list[Member]) -> None:
    """The family left behind: a new head where the head goes, closed where nobody is left.

    Call it after the steps by which the others leave: the place of head is free only then.
    """
    family = plan.place
    staying = [m for pk, m in living_in(family).items() if m not in leaving]
    if not staying and not told.new_head:
        close(plan, family, told)
        return
    head_goes = any(member.is_head for member in leaving)
    can_lead = [member for member in staying if member.status == MemberStatus.ACTIVE]
    new_head = next((member for member in can_lead if member.pk == told.new_head), None)
    if told.new_head and (not head_goes or new_head is None):
        text = _("Choose a new head only where the head goes, among those who stay.")
        refuse("new_head", text, code="not_needed")
    if head_goes and can_lead and new_head is None:
        text = _("The head goes and others stay: choose who becomes the head.")
        refuse("new_head", text, code="head_missing")
    if head_goes and not can_lead:
        plan.warnings.append(_("Nobody who lives there now can be the head: none is recorded."))
    others = [member for member in staying if member is not new_head]
    if new_head:
        set_relation(plan, new_head, Relation.HEAD)
        _warn_of_relations(plan, told, others)
    _relations_of(plan, told, others)


def _warn_of_relations(plan: Plan, told: Told, others: list[Member]) -> None:
    if any(not told.relations.get(member.pk) for member in others):
        plan.warnings.append(
            _(
                "The head changes, and what others are to the head stays as it was recorded. "
                "Look at it again: a parent may now be a parent-in-law."
            )
        )


def _relations_of(plan: Plan, told: Told, people: list[Member]) -> None:
    for member in people:
        relation = chosen_relation(told.relations, member)
        if relation == Relation.HEAD and not member.is_head:
            text = _("A family has one head. Choose another relation.")
            refuse(relation_field(member.pk), text, code="two_heads")
        set_relation(plan, member, relation)


def close(plan: Plan, family: Household, told: Told) -> None:
    plan.touches(family, FamilyRole.CLOSED)
    text = _("Nobody lives in family %(code)s any more: it is closed.") % {"code": family.code}
    plan.then(text, lambda act: act.move("close", family, on=told.on))


def change_state(plan: Plan, member: Member, name: str, told: Told) -> None:
    words = {
        "record_death": _("%(name)s is recorded as deceased on %(day)s."),
        "record_move": _("%(name)s is recorded as moved away on %(day)s."),
        "restore": _("%(name)s lives here again from %(day)s."),
    }
    text = words[name] % {"name": member.name, "day": date_long(told.on)}
    plan.then(text, lambda act: act.move(name, member, on=told.on))


def enter(plan: Plan, member: Member, family: Household) -> None:
    """A newcomer becomes a member of a family."""
    text = _("%(name)s becomes a member of the family as “%(relation)s”.") % {
        "name": member.name,
        "relation": Relation(member.relation).label,
    }
    plan.then(text, lambda act: act.add(member, family))
    if not member.nik:
        plan.warnings.append(_("%(name)s has no NIK yet.") % {"name": member.name})


# --- kinds -----------------------------------------------------------------------------------
def plan_birth(family: Household, told: Told) -> Plan:
    plan = Plan(place=family)
    require_open(family)
    people, baby = living_in(family), told.newcomers[0]
    baby.birth_date = told.on
    check_day(told.on, [])
    check_nik(baby.nik, kelurahan=family.kelurahan, own=None, field="new_nik")
    check_not_here(baby, family, field="name")
    if baby.relation == Relation.HEAD:
        refuse("relation", _("A child that is born is not the head of a family."), code="head")
    plan.touches(family, FamilyRole.PLACE)
    plan.concerns(baby, PersonRole.BORN)
    if told.mother:
        mother = pick(people, [told.mother], field="mother")[0]
        plan.concerns(mother, PersonRole.MOTHER)
        check_day(told.on, [mother])
        _look_at_age(plan, mother, told)
        baby.mother_name, baby.mother_nik = mother.name, mother.nik
    enter(plan, baby, family)
    return plan


def _look_at_age(plan: Plan, mother: Member, told: Told) -> None:
    if mother.birth_date is None:
        return
    age = whole_years(mother.birth_date, told.on)
    if age not in MOTHER_AGES:
        text = ngettext(
            "%(name)s was %(n)d year old on this day. Look at both birth dates again.",
            "%(name)s was %(n)d years old on this day. Look at both birth dates again.",
            age,
        )
        plan.warnings.append(text % {"name": mother.name, "n": age})


def plan_death(family: Household, told: Told) -> Plan:
    plan = Plan(place=family)
    person = pick(living_in(family), told.people[:1], field="people")[0]
    check_day(told.on, [person], since_last=True)
    plan.touches(family, FamilyRole.PLACE)
    plan.concerns(person, PersonRole.DIED)
    change_state(plan, person, "record_death", told)
    those_who_stay(plan, told, leaving=[person])
    return plan


def plan_move_out(family: Household, told: Told) -> Plan:
    plan = Plan(place=family)
    leaving = pick(living_in(family), told.people, field="people")
    check_day(told.on, leaving, since_last=True)
    plan.touches(family, FamilyRole.FROM)
    for member in leaving:
        plan.concerns(member, PersonRole.LEFT)
        change_state(plan, member, "record_move", told)
    those_who_stay(plan, told, leaving=leaving)
    return plan


def plan_move_in(family: Household | None, told: Told) -> Plan:
    """Into a family that is here, or as a new one (`told.new_family`)."""
    place = told.new_family if family is None else family
    if place is None or not told.newcomers:
        refuse("__all__", _("Write down at least one person."), code="nobody")
    assert place is not None  # noqa: S101 - refused above; said for the types
    plan = Plan(place=place)
    check_day(told.on, told.newcomers)
    if place.pk:
        require_open(place)
        check_one_head(told.newcomers, other=head_among(living_in(place).values()))
        plan.touches(place, FamilyRole.TO)
    else:
        _found(plan, place, told)
    seen: set[str] = set()
    for number, member in enumerate(told.newcomers):
        field = f"newcomer_{number}"
        if member.nik_index and member.nik_index in seen:
            refuse(field, _("Two persons have the same NIK here."), code="twice")
        seen.add(member.nik_index)
        check_nik(member.nik, kelurahan=place.kelurahan, own=None, field=field)
        if place.pk:
            check_not_here(member, place, field=field)
        plan.concerns(member, PersonRole.ARRIVED)
        enter(plan, member, place)
    return plan


def _found(plan: Plan, place: Household, told: Told) -> None:
    check_kk(place.kk_index, kelurahan=place.kelurahan, own=None, field="kk_number")
    check_one_head(told.newcomers)
    if not any(member.relation == Relation.HEAD for member in told.newcomers):
        refuse("__all__", _("A new family needs a head."), code="head_missing")
    plan.touches(place, FamilyRole.FOUNDED)
    text = _("A new family is entered at %(place)s.") % {"place": place.territory.full_name}
    plan.then(text, lambda act: act.created(place))


def plan_split(family: Household, told: Told) -> Plan:
    """Some members found a family of their own; `told.new_head` is the head of those who stay."""
    plan, founded = Plan(place=family), told.new_family
    people = living_in(family)
    leaving = pick(people, told.people, field="people")
    if len(leaving) == len(people):
        text = _("Everybody goes. Where only the number changes, edit the KK number instead.")
        refuse("people", text, code="everybody")
    assert founded is not None  # noqa: S101 - the form of a split always makes one
    check_day(told.on, leaving, since_last=True)
    check_kk(founded.kk_index, kelurahan=family.kelurahan, own=None, field="kk_number")
    heads = [m for m in leaving if chosen_relation(told.relations, m) == Relation.HEAD]
    if len(heads) != 1:
        text = _("Choose one of those who go as head of the new family, and only one.")
        refuse("founder", text, code="head_missing")
    plan.touches(family, FamilyRole.FROM)
    plan.touches(founded, FamilyRole.FOUNDED)
    place = founded.territory.full_name
    text = _("A new family is entered at %(place)s.") % {"place": place}
    plan.then(text, partial(_save_family, founded))
    change_family(plan, leaving, founded, told)
    those_who_stay(plan, told, leaving=leaving)
    return plan


def _save_family(founded: Household, act: Act) -> None:
    founded.created_by = founded.updated_by = act.by
    founded.save()
    act.created(founded)


def change_family(plan: Plan, leaving: list[Member], family: Household, told: Told) -> None:
    """Persons of the place go over to another family, with their relation to its head."""
    for member in leaving:
        relation = chosen_relation(told.relations, member)
        plan.concerns(member, PersonRole.CHANGED_FAMILY)
        if relation == Relation.HEAD:
            plan.concerns(member, PersonRole.NEW_HEAD)
        text = _("%(name)s goes over to family %(code)s as “%(relation)s”.") % {
            "name": member.name,
            "code": family.code if family.pk else _("the new one"),
            "relation": Relation(relation).label,
        }
        plan.then(text, partial(_go_over, member, family, relation))


def _go_over(member: Member, family: Household, relation: int, act: Act) -> None:
    act.change(member, household_id=family.pk, relation=relation)
    member.household = family


def plan_join(family: Household, told: Told) -> Plan:
    plan, other = Plan(place=family), told.other_family
    leaving = pick(living_in(family), told.people, field="people")
    if other is None or other.kelurahan_id != family.kelurahan_id or other.pk == family.pk:
        refuse("other_family", _("Choose another family of this kelurahan."), code="family")
    assert other is not None  # noqa: S101 - refused above; said for the types
    require_open(other, "other_family")
    check_day(told.on, leaving, since_last=True)
    for member in leaving:
        if not told.relations.get(member.pk):
            text = _("Choose what %(name)s is to the head of the family that is joined.")
            field = relation_field(member.pk)
            refuse(field, text % {"name": member.name}, code="relation_missing")
    head = head_among(living_in(other).values())
    heads = [m for m in leaving if chosen_relation(told.relations, m) == Relation.HEAD]
    if heads and (head or len(heads) > 1):
        text = _("The family that is joined has a head. Choose this person's relation to the head.")
        refuse(relation_field(heads[0].pk), text, code="two_heads")
    plan.touches(family, FamilyRole.FROM)
    plan.touches(other, FamilyRole.TO)
    change_family(plan, leaving, other, told)
    those_who_stay(plan, told, leaving=leaving)
    return plan


def plan_head(family: Household, told: Told) -> Plan:
    plan = Plan(place=family)
    require_open(family)
    check_day(told.on, [])
    people = living_in(family)
    former = head_among(people.values())
    new = pick(people, [told.new_head] if told.new_head else [], field="new_head")[0]
    if new is former or new.status != MemberStatus.ACTIVE:
        text = _("Choose somebody who lives here and is not the head yet.")
        refuse("new_head", text, code="same_head")
    plan.touches(family, FamilyRole.PLACE)
    if former:
        relation = told.relations.get(former.pk)
        if not relation or relation == Relation.HEAD:
            text = _("Choose what the former head is to the new one.")
            refuse(relation_field(former.pk), text, code="relation_missing")
        plan.concerns(former, PersonRole.FORMER_HEAD)
        set_relation(plan, former, int(relation or 0))
    set_relation(plan, new, Relation.HEAD)
    others = [member for member in people.values() if member not in (new, former)]
    _warn_of_relations(plan, told, others)
    _relations_of(plan, told, others)
    return plan
