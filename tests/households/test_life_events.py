"""What follows from each life event, and what is refused before anything is written."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from households.codes import Relation
from households.events.recording import preview, record
from households.models import (
    Household,
    LifeEvent,
    Member,
    PersonRole,
)
from tests import factories as make
from tests.households.eventful import DAY, fresh, new_family, newcomer, refused, told
from tkpk.models import TrailEntry
from tkpk.roles import Role
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def household(couple_with_children):
    return couple_with_children


# --- birth -----------------------------------------------------------------------------------
def test_a_child_is_born_into_the_family_of_its_mother(staff, household, wife):
    baby = newcomer("Bayu", nik="")
    event = record("BIRTH", household, told(newcomers=[baby], mother=wife.pk), by=staff)
    born = Member.objects.get(name="Bayu")
    assert (born.household, born.birth_date, born.status) == (household, DAY, "ACTIVE")
    assert (born.mother_name, born.mother_nik) == (wife.name, wife.nik)
    roles = set(event.people.values_list("member_id", "role"))
    assert roles == {(born.pk, PersonRole.BORN), (wife.pk, PersonRole.MOTHER)}
    assert check_trail() == []


def test_a_birth_is_not_in_the_future(staff, household):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    said = told(tomorrow, newcomers=[newcomer()])
    assert refused("BIRTH", household, said, by=staff) == ("on", "future")


def test_a_birth_before_the_mothers_own_is_refused(staff, household, wife):
    said = told(datetime.date(1979, 1, 1), newcomers=[newcomer()], mother=wife.pk)
    assert refused("BIRTH", household, said, by=staff) == ("on", "before_birth")


def test_a_very_young_mother_is_looked_at_again(staff, household, wife):
    said = told(datetime.date(1990, 1, 1), newcomers=[newcomer(nik="")], mother=wife.pk)
    words = " ".join(preview("BIRTH", household, said, by=staff).warnings)
    assert wife.name in words
    assert "9" in words


def test_a_newborn_is_no_head(staff, household):
    said = told(newcomers=[newcomer(relation=Relation.HEAD)])
    assert refused("BIRTH", household, said, by=staff) == ("relation", "head")


def test_a_nik_of_somebody_living_is_refused_by_code(staff, household, head):
    said = told(newcomers=[newcomer(nik=head.nik)])
    assert refused("BIRTH", household, said, by=staff) == ("new_nik", "taken")
    with pytest.raises(ValidationError, match=head.code):
        preview("BIRTH", household, said, by=staff)


# --- death -----------------------------------------------------------------------------------
def test_a_death_is_recorded_with_its_day(staff, household, children):
    event = record("DEATH", household, told(people=[children[0].pk]), by=staff)
    gone = fresh(children[0])
    assert (gone.status, gone.status_on) == ("DECEASED", DAY)
    assert fresh(household).status == "ACTIVE"
    moves = TrailEntry.objects.order_by("number").values_list("process", "move")
    assert list(moves) == [("member", "record_death"), ("life_event", "record_death")]
    assert TrailEntry.objects.last().subject_id == event.pk
    assert event.code in TrailEntry.objects.first().reason


def test_when_the_head_dies_the_new_head_is_chosen_in_the_same_act(staff, household, head, wife):
    assert refused("DEATH", household, told(people=[head.pk]), by=staff) == (
        "new_head",
        "head_missing",
    )
    said = told(people=[head.pk], new_head=wife.pk)
    assert preview("DEATH", household, said, by=staff).warnings  # the others' relations stay
    record("DEATH", household, said, by=staff)
    assert fresh(head).status == "DECEASED"
    assert fresh(wife).is_head


def test_relations_to_the_new_head_may_be_set_in_the_same_act(staff, household, head, children):
    said = told(people=[head.pk], new_head=children[0].pk)
    said.relations = {
        member.pk: Relation.OTHER_KIN
        for member in household.members.exclude(pk__in=[head.pk, children[0].pk])
    }
    assert preview("DEATH", household, said, by=staff).warnings == []
    record("DEATH", household, said, by=staff)
    assert fresh(children[0]).is_head
    assert fresh(children[1]).relation == Relation.OTHER_KIN


def test_somebody_who_dies_or_is_missing_does_not_become_head(staff, household, head, children):
    Member.objects.filter(pk=children[0].pk).update(status="MISSING")
    for chosen in (head, children[0]):
        said = told(people=[head.pk], new_head=chosen.pk)
        assert refused("DEATH", household, said, by=staff)[0] == "new_head"


def test_a_new_head_is_refused_where_the_head_stays(staff, household, wife, children):
    said = told(people=[children[0].pk], new_head=wife.pk)
    assert refused("DEATH", household, said, by=staff) == ("new_head", "not_needed")


def test_with_the_last_member_the_family_is_closed(staff, rt):
    alone = make.make_family(rt, by=staff, others=0)
    plan = preview("DEATH", alone, told(people=[alone.members.get().pk]), by=staff)
    assert alone.code in plan.consequences[-1]
    record("DEATH", alone, told(people=[alone.members.get().pk]), by=staff)
    assert (fresh(alone).status, fresh(alone).status_on) == ("CLOSED", DAY)
    assert check_trail() == []


def test_the_dead_do_not_move_and_do_not_die_again(staff, household, children):
    record("DEATH", household, told(people=[children[0].pk]), by=staff)
    for kind in ("DEATH", "MOVE_OUT", "RETURN"):
        with pytest.raises(ValidationError) as caught:
            record(kind, household, told(people=[children[0].pk]), by=staff)
        assert caught.value.error_dict["people"][0].code == "gone"
        assert children[0].code in caught.value.messages[0]
    assert LifeEvent.objects.count() == 1


def test_a_death_lies_neither_before_birth_nor_before_the_last_event(staff, household, children):
    early = told(datetime.date(1970, 1, 1), people=[children[0].pk])
    assert refused("DEATH", household, early, by=staff) == ("on", "before_birth")
    Member.objects.filter(pk=children[0].pk).update(status="AWAY", status_on=DAY)
    early = told(DAY - datetime.timedelta(days=1), people=[children[0].pk])
    assert refused("DEATH", household, early, by=staff) == ("on", "before_last")
    record("DEATH", household, told(people=[children[0].pk]), by=staff)


# --- moving out and in -----------------------------------------------------------------------
def test_some_move_out_and_the_others_stay(staff, household, children, wife):
    gone = [child.pk for child in children]
    event = record("MOVE_OUT", household, told(people=gone, destination="Sleman"), by=staff)
    assert {fresh(child).status for child in children} == {"MOVED"}
    assert fresh(wife).status == "ACTIVE"
    assert event.destination == "Sleman"


def test_when_all_move_out_the_family_is_closed(staff, household):
    everybody = [m.pk for m in household.members.all()]
    record("MOVE_OUT", household, told(people=everybody), by=staff)
    assert set(household.members.values_list("status", flat=True)) == {"MOVED"}
    assert fresh(household).status == "CLOSED"


def test_a_head_who_moves_out_leaves_a_new_head(staff, household, head, wife):
    said = told(people=[head.pk])
    assert refused("MOVE_OUT", household, said, by=staff) == ("new_head", "head_missing")
    record("MOVE_OUT", household, told(people=[head.pk], new_head=wife.pk), by=staff)
    assert fresh(wife).is_head


def test_persons_move_into_a_family(staff, household, kelurahan):
    people = [newcomer("Satu"), newcomer("Dua", relation=Relation.OTHER_KIN)]
    record("MOVE_IN", household, told(newcomers=people), by=staff)
    arrived = household.members.filter(name__in=["Satu", "Dua"])
    assert {(m.status, m.kelurahan) for m in arrived} == {("ACTIVE", kelurahan)}
    said = told(newcomers=[newcomer(relation=Relation.HEAD)])
    with pytest.raises(ValidationError) as caught:
        record("MOVE_IN", household, said, by=staff)
    assert caught.value.error_dict["__all__"][0].code == "two_heads"


def test_a_new_family_moves_in_with_its_members(staff, rt, kelurahan):
    home = new_family(rt, kelurahan)
    people = [newcomer("Kepala", relation=Relation.HEAD), newcomer("Anak")]
    event = record("MOVE_IN", None, told(newcomers=people, new_family=home), by=staff)
    stored = Household.objects.get()
    assert event.household == stored
    assert stored.kk_index == home.kk_index
    assert stored.members.count() == 2
    assert check_trail() == []


def test_a_new_family_needs_one_head_and_a_kk_number_of_its_own(staff, rt, kelurahan, household):
    for people, code in (
        ([newcomer()], "head_missing"),
        ([newcomer(relation=1), newcomer(relation=1)], "two_heads"),
    ):
        said = told(newcomers=people, new_family=new_family(rt, kelurahan))
        assert refused("MOVE_IN", None, said, by=staff) == ("__all__", code)
    taken = new_family(rt, kelurahan, household.kk_number)
    said = told(newcomers=[newcomer(relation=1)], new_family=taken)
    assert refused("MOVE_IN", None, said, by=staff) == ("kk_number", "taken")


def test_two_newcomers_do_not_share_a_nik(staff, household):
    one = newcomer()
    said = told(newcomers=[one, newcomer(nik=one.nik)])
    assert refused("MOVE_IN", household, said, by=staff) == ("newcomer_1", "twice")


def test_somebody_registered_in_another_kelurahan_comes_by_transfer(staff, household):
    other = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    there = make.make_family(make.make_rt(other), by=staff).members.first()
    said = told(newcomers=[newcomer(nik=there.nik)])
    assert refused("MOVE_IN", household, said, by=staff) == ("newcomer_0", "elsewhere")
    with pytest.raises(ValidationError) as caught:
        preview("MOVE_IN", household, said, by=staff)
    # Whose and where is not said: numbers could be tried one by one to read another register.
    assert "Suryatmajan" not in caught.value.messages[0]
    assert there.code not in caught.value.messages[0]


def test_nobody_moves_into_a_closed_family(staff, household):
    Household.objects.filter(pk=household.pk).update(status="CLOSED")
    said = told(newcomers=[newcomer()])
    assert refused("MOVE_IN", household, said, by=staff) == ("__all__", "closed")


# --- splitting, joining, heads ---------------------------------------------------------------
def test_a_family_splits_with_a_new_kk_number_and_head(staff, rt, kelurahan, household, children):
    first, second = children
    said = told(people=[first.pk, second.pk], new_family=new_family(rt, kelurahan))
    said.relations = {first.pk: Relation.HEAD, second.pk: Relation.OTHER_KIN}
    event = record("SPLIT", household, said, by=staff)
    founded = Household.objects.exclude(pk=household.pk).get()
    assert fresh(first).household == fresh(second).household == founded
    assert fresh(first).is_head
    assert fresh(second).relation == Relation.OTHER_KIN
    assert household.members.count() == 2
    assert {link.household_id for link in event.families.all()} == {household.pk, founded.pk}
    assert check_trail() == []


def test_a_split_needs_one_founder_and_somebody_who_stays(
    staff, rt, kelurahan, household, head, wife, children
):
    def said(people, relations, **more):
        place = new_family(rt, kelurahan)
        return told(people=people, relations=relations, new_family=place, **more)

    one = [children[0].pk]
    assert refused("SPLIT", household, said(one, {}), by=staff) == ("founder", "head_missing")
    everybody = [m.pk for m in household.members.all()]
    assert refused("SPLIT", household, said(everybody, {}), by=staff) == ("people", "everybody")
    left = said([head.pk], {})
    assert refused("SPLIT", household, left, by=staff) == ("new_head", "head_missing")
    record("SPLIT", household, said([head.pk], {}, new_head=wife.pk), by=staff)
    assert fresh(wife).is_head
    assert fresh(head).is_head
    assert fresh(head).household_id != fresh(wife).household_id


def test_a_split_does_not_take_the_kk_number_of_another_family(
    staff, rt, kelurahan, household, children
):
    other = make.make_family(rt, by=staff)
    said = told(people=[children[0].pk], relations={children[0].pk: 1})
    said.new_family = new_family(rt, kelurahan, other.kk_number)
    assert refused("SPLIT", household, said, by=staff) == ("kk_number", "taken")


def test_members_join_another_family_and_an_empty_one_is_closed(staff, rt, household, head):
    other = make.make_family(rt, by=staff, head="Harjo", others=0)
    lone = other.members.get()
    said = told(people=[lone.pk], other_family=household)
    field, code = refused("JOIN", other, said, by=staff)
    assert (field, code) == (f"relation_{lone.pk}", "relation_missing")
    said.relations = {lone.pk: Relation.HEAD}
    field, code = refused("JOIN", other, said, by=staff)
    assert (field, code) == (f"relation_{lone.pk}", "two_heads")
    said.relations = {lone.pk: Relation.PARENT}
    record("JOIN", other, said, by=staff)
    assert (fresh(lone).household, fresh(lone).relation) == (household, Relation.PARENT)
    assert fresh(head).is_head
    assert fresh(other).status == "CLOSED"


def test_a_family_of_another_kelurahan_a_closed_one_or_itself_is_not_joined(
    staff, rt, household, children
):
    away = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    make.make_mandate(staff, Role.STAFF, away)
    foreign = make.make_family(make.make_rt(away), by=staff)
    closed = make.make_family(rt, by=staff, status="CLOSED")
    for other, code in ((foreign, "family"), (household, "family"), (closed, "closed")):
        said = told(people=[children[0].pk], other_family=other)
        assert refused("JOIN", household, said, by=staff) == ("other_family", code)


def test_the_head_changes_and_the_former_head_becomes_something_else(
    staff, household, head, wife, children
):
    said = told(new_head=wife.pk)
    assert refused("HEAD", household, said, by=staff) == (
        f"relation_{head.pk}",
        "relation_missing",
    )
    said.relations = {head.pk: Relation.HUSBAND, children[0].pk: Relation.OTHER_KIN}
    assert preview("HEAD", household, said, by=staff).warnings  # the other child's relation stays
    event = record("HEAD", household, said, by=staff)
    assert event.people.filter(member=head).count() == 1  # named once, as the former head
    assert fresh(wife).is_head
    assert fresh(head).relation == Relation.HUSBAND
    assert fresh(children[0]).relation == Relation.OTHER_KIN
    assert fresh(children[1]).relation == Relation.CHILD
    roles = {(link.member_id, link.role) for link in event.people.all()}
    assert (head.pk, "FORMER_HEAD") in roles
    assert (wife.pk, "NEW_HEAD") in roles


def test_the_head_does_not_follow_himself(staff, household, head):
    said = told(new_head=head.pk, relations={head.pk: 2})
    assert refused("HEAD", household, said, by=staff) == ("new_head", "same_head")


def test_a_family_without_head_gets_one(staff, household, head, wife):
    Member.objects.filter(pk=head.pk).update(status="MOVED")
    record("HEAD", household, told(new_head=wife.pk), by=staff)
    assert fresh(wife).is_head
