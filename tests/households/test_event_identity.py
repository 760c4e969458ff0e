"""Correcting who somebody is, coming back, who may write events down, and what is registered."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from households.codes import Relation
from households.events.recording import preview, record
from households.models import (
    EventFamily,
    EventKind,
    EventPerson,
    LifeEvent,
    Member,
)
from households.workflows.life_events import LIFE_EVENT_FLOW
from households.workflows.transferring import DESTINATION_FLOW, FLOWS, ORIGIN_FLOW
from tests import factories as make
from tests.households.eventful import DAY, fresh, member_of, newcomer, refused, told
from tkpk.models import TrailEntry
from tkpk.registry import registry
from tkpk.roles import Role
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def household(couple_with_children):
    return couple_with_children


# --- identity and return ---------------------------------------------------------------------
def test_identity_is_corrected_and_history_keeps_the_old(staff, household, children):
    child, nik = children[0], make.make_nik()
    old = child.nik
    said = told(people=[child.pk], document_kind="KTP")
    said.identity = {"nik": nik, "name": "Bagus Pratomo", "sex": child.sex}
    event = record("CORRECTION", household, said, by=staff)
    stored = fresh(child)
    assert (stored.nik, stored.name, stored.name_key) == (nik, "Bagus Pratomo", "BAGUS PRATOMO")
    assert Member.objects.with_nik(nik).get() == child
    assert [row.nik for row in child.history.all()][-1] == old
    for number in (old, nik):
        assert number.encode() not in bytes(event.changes)
        assert not TrailEntry.objects.filter(reason__contains=number).exists()


def test_a_correction_never_shows_the_old_nik_in_full(staff, household, children):
    said = told(people=[children[0].pk], document_kind="KTP")
    said.identity = {"nik": make.make_nik()}
    words = " ".join(preview("CORRECTION", household, said, by=staff).consequences)
    assert children[0].nik not in words
    assert children[0].nik[:4] in words


def test_a_correction_to_a_nik_of_another_or_to_nothing_new_is_refused(
    staff, household, head, children
):
    child = children[0]
    said = told(people=[child.pk], identity={"nik": make.make_nik()})
    assert refused("CORRECTION", household, said, by=staff) == ("document_kind", "no_paper")
    said = told(people=[child.pk], document_kind="KTP", identity={"nik": head.nik})
    assert refused("CORRECTION", household, said, by=staff) == ("new_nik", "taken")
    said = told(people=[child.pk], document_kind="KTP")
    said.identity = {"name": child.name, "nik": child.nik}
    assert refused("CORRECTION", household, said, by=staff) == ("__all__", "same")


@pytest.mark.parametrize("status", ["MISSING", "AWAY", "MOVED"])
def test_whoever_was_absent_comes_back(staff, household, children, status):
    Member.objects.filter(pk=children[0].pk).update(status=status, status_on=DAY)
    record("RETURN", household, told(people=[children[0].pk]), by=staff)
    assert (fresh(children[0]).status, fresh(children[0]).status_on) == ("ACTIVE", DAY)


def test_a_former_head_comes_back_as_something_else(staff, household, head, wife):
    record("MOVE_OUT", household, told(people=[head.pk], new_head=wife.pk), by=staff)
    with pytest.raises(ValidationError) as caught:
        record("RETURN", household, told(people=[head.pk]), by=staff)
    assert caught.value.error_dict[f"relation_{head.pk}"][0].code == "two_heads"
    said = told(people=[head.pk], relations={head.pk: Relation.HUSBAND})
    record("RETURN", household, said, by=staff)
    assert (fresh(head).status, fresh(head).relation) == ("ACTIVE", Relation.HUSBAND)
    assert fresh(wife).is_head


def test_with_somebody_who_comes_back_a_closed_family_is_open_again(staff, household):
    everybody = [m.pk for m in household.members.all()]
    record("MOVE_OUT", household, told(people=everybody), by=staff)
    record("RETURN", household, told(people=[everybody[0]]), by=staff)
    assert fresh(household).status == "ACTIVE"
    assert fresh(household.members.get(pk=everybody[0])).is_head
    assert check_trail() == []


# --- who -------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [role for role in Role if role != Role.STAFF])
def test_only_an_officer_writes_events_down(household, kelurahan, children, role):
    other = make.make_user("lain", role, kelurahan)
    with pytest.raises(PermissionDenied):
        record("DEATH", household, told(people=[children[0].pk]), by=other)
    assert not LifeEvent.objects.exists()
    assert fresh(children[0]).status == "ACTIVE"


def test_an_officer_of_elsewhere_writes_nothing_down(household, children):
    away = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    stranger = make.make_user("sebelah", Role.STAFF, away)
    with pytest.raises(PermissionDenied):
        record("DEATH", household, told(people=[children[0].pk]), by=stranger)


def test_nobody_writes_down_an_event_of_the_own_family(household, rt, kelurahan, head, children):
    kin = make.make_user("kerabat", Role.STAFF, kelurahan, nik="")
    kin.set_nik(head.nik)
    kin.save()
    with pytest.raises(PermissionDenied):
        record("DEATH", household, told(people=[children[0].pk]), by=kin)
    other = make.make_family(rt, by=kin, others=1)
    said = told(people=[member_of(other, Relation.CHILD).pk], other_family=household)
    with pytest.raises(PermissionDenied):
        record("JOIN", other, said, by=kin)


def test_a_note_with_a_number_in_it_is_refused(staff, household, children):
    said = told(people=[children[0].pk], note="NIK 3471012345670000")
    with pytest.raises(ValidationError):
        record("DEATH", household, said, by=staff)
    assert not EventPerson.objects.exists()


# --- the rows and what is registered ---------------------------------------------------------
@pytest.mark.parametrize(
    "wrong",
    [{"kind": "PARTY"}, {"status": "LOST"}, {"document_kind": "HEARSAY"}],
)
def test_the_database_refuses_what_no_event_is(staff, household, children, wrong):
    record("DEATH", household, told(people=[children[0].pk]), by=staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        LifeEvent.objects.update(**wrong)
    for links in (EventPerson, EventFamily):
        with pytest.raises(IntegrityError), transaction.atomic():
            links.objects.update(role="GUEST")


def test_every_act_has_words_in_the_trail():
    for kind in EventKind.values:
        assert (LIFE_EVENT_FLOW.process, f"record_{kind.lower()}") in registry.act_words
    for flow in (ORIGIN_FLOW, DESTINATION_FLOW):
        for name in {*FLOWS, "offer", "ask"} - set(flow.moves):
            assert (flow.process, name) in registry.act_words


def test_a_merge_hands_the_events_over_and_doubles_none(staff, household, children):
    kept, merged = children
    first = record("MOVE_OUT", household, told(people=[kept.pk, merged.pk]), by=staff)
    second = record("RETURN", household, told(people=[merged.pk]), by=staff)
    for label in ("households.EventPerson", "households.TransferPerson"):
        registry.merge_handlers[label](kept, merged)
    links = EventPerson.objects.filter(member=kept).values_list("event_id", flat=True)
    assert sorted(links) == [first.pk, second.pk]
    assert EventPerson.objects.get(member=merged).event == first


def test_what_is_kept_about_a_person_names_the_events(staff, household, children):
    event = record("DEATH", household, told(people=[children[0].pk]), by=staff)
    ((code, words),) = registry.personal_data["households.LifeEvent"](children[0])
    assert code == event.code
    assert str(DAY) in words
    assert list(registry.personal_data["households.Transfer"](children[0])) == []


def test_a_child_without_nik_is_entered_and_named(staff, household):
    said = told(newcomers=[newcomer("Bayu", nik="")])
    assert "Bayu" in " ".join(preview("BIRTH", household, said, by=staff).warnings)
