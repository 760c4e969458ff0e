"""An event written down by mistake: everything gets its old value, or what came after is named."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from households.codes import Relation
from households.events.recording import cancel, record
from households.models import AidProgramme, Household, LifeEvent, Member
from tests import factories as make
from tests.households.eventful import DAY, everything, new_family, newcomer, told
from tkpk.models import TrailEntry
from tkpk.roles import Role
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db
WHY = "Salah keluarga"


@pytest.fixture
def household(couple_with_children):
    return couple_with_children


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def _death_of_head(household, head, wife, child, rt):
    said = told(people=[head.pk], new_head=wife.pk, relations={child.pk: Relation.OTHER})
    return "DEATH", household, said


def _all_move_out(household, head, wife, child, rt):
    return "MOVE_OUT", household, told(people=[m.pk for m in household.members.all()])


def _join_and_close(household, head, wife, child, rt):
    other = make.make_family(rt, by=household.created_by, others=1, head="Harjo")
    people = list(other.members.all())
    relations = {m.pk: Relation.OTHER_KIN for m in people}
    said = told(people=[m.pk for m in people], other_family=household, relations=relations)
    return "JOIN", other, said


def _head(household, head, wife, child, rt):
    return "HEAD", household, told(new_head=wife.pk, relations={head.pk: Relation.HUSBAND})


def _correction(household, head, wife, child, rt):
    identity = {"nik": make.make_nik(), "name": "Bagus", "birth_date": datetime.date(1990, 1, 2)}
    return "CORRECTION", household, told(people=[child.pk], identity=identity, document_kind="KTP")


def _return_of_a_head(household, head, wife, child, rt):
    Member.objects.filter(pk=head.pk).update(status="MISSING", status_on=DAY)
    Member.objects.filter(pk=wife.pk).update(relation=Relation.HEAD)
    return "RETURN", household, told(people=[head.pk], relations={head.pk: Relation.HUSBAND})


def _return_to_a_closed_family(household, head, wife, child, rt):
    household.members.update(status="MOVED", status_on=DAY)
    Household.objects.filter(pk=household.pk).update(status="CLOSED", status_on=DAY)
    return "RETURN", household, told(people=[head.pk])


def _death_of_somebody_away(household, head, wife, child, rt):
    Member.objects.filter(pk=child.pk).update(status="AWAY", status_on=DAY)
    return "DEATH", household, told(people=[child.pk])


@pytest.mark.parametrize(
    "event_of",
    [
        _death_of_head,
        _death_of_somebody_away,
        _all_move_out,
        _join_and_close,
        _head,
        _correction,
        _return_of_a_head,
        _return_to_a_closed_family,
    ],
)
def test_taking_back_restores_every_value(household, head, wife, child, rt, staff, event_of):
    kind, place, said = event_of(household, head, wife, child, rt)
    before = everything()
    event = record(kind, place, said, by=staff)
    assert everything() != before
    cancelled = cancel(event, by=staff, reason=WHY)
    assert everything() == before
    assert cancelled.status == "CANCELLED"
    assert TrailEntry.objects.filter(process="life_event", move="cancel").get().reason == WHY
    assert check_trail() == []


def test_whoever_was_entered_becomes_not_valid_and_the_nik_is_free(household, staff):
    baby = newcomer("Bayu")
    before = everything()
    event = record("BIRTH", household, told(newcomers=[baby]), by=staff)
    cancel(event, by=staff, reason=WHY)
    left = everything()
    assert left.pop(fresh(baby).code)["status"] == "INVALID"
    assert left == before
    again = newcomer("Bayu", nik=baby.nik)
    assert record("BIRTH", household, told(newcomers=[again]), by=staff).status == "RECORDED"


@pytest.mark.parametrize("kind", ["SPLIT", "MOVE_IN"])
def test_a_family_that_was_founded_is_closed(household, child, rt, kelurahan, staff, kind):
    before = everything()
    home = new_family(rt, kelurahan)
    if kind == "SPLIT":
        said = told(people=[child.pk], relations={child.pk: 1}, new_family=home)
        event = record(kind, household, said, by=staff)
    else:
        people = [newcomer("Kepala", relation=1), newcomer("Anak")]
        event = record(kind, None, told(newcomers=people, new_family=home), by=staff)
    cancel(event, by=staff, reason=WHY)
    after = everything()
    assert {code: after[code] for code in before} == before
    assert Household.objects.latest("pk").status == "CLOSED"
    assert not Member.objects.living().filter(household=Household.objects.latest("pk")).exists()
    assert check_trail() == []


def refused(event, *, by):
    before = everything()
    with pytest.raises(ValidationError) as caught:
        cancel(event, by=by, reason=WHY)
    assert everything() == before
    assert fresh(event).status == "RECORDED"
    return caught.value


def test_a_later_event_is_named(household, head, wife, child, staff):
    first = record("DEATH", household, told(people=[head.pk], new_head=wife.pk), by=staff)
    second = record(
        "HEAD", household, told(new_head=child.pk, relations={wife.pk: Relation.PARENT}), by=staff
    )
    error = refused(first, by=staff)
    assert error.code == "built_upon"
    assert second.code in error.messages[0]
    cancel(second, by=staff, reason=WHY)
    # What took the later event back stands on the rows too, though nothing of it is left.
    assert fresh(wife).is_head


def test_a_later_edit_is_named_by_the_code_of_the_row(household, child, staff):
    event = record("DEATH", household, told(people=[child.pk]), by=staff)
    Member.objects.filter(pk=child.pk).update(version=99)
    error = refused(event, by=staff)
    assert child.code in error.messages[0]
    assert child.name not in error.messages[0]


def test_what_hangs_on_an_entered_person_or_family_is_named(household, rt, kelurahan, staff):
    baby = newcomer("Bayu")
    event = record("BIRTH", household, told(newcomers=[baby]), by=staff)
    programme = AidProgramme.objects.create(
        name="PIP", target="PERSON", kelurahan=kelurahan, created_by=staff, updated_by=staff
    )
    programme.receipts.create(
        household=household, member=baby, period_from=DAY, source_kind="ENTRY",
        kelurahan=kelurahan, created_by=staff, updated_by=staff,
    )  # fmt: skip
    assert baby.code in refused(event, by=staff).messages[0]
    home = new_family(rt, kelurahan)
    said = told(newcomers=[newcomer(relation=1)], new_family=home)
    event = record("MOVE_IN", None, said, by=staff)
    make.make_member(home, "Menyusul", by=staff)
    assert home.code in refused(event, by=staff).messages[0]


def test_a_nik_given_away_meanwhile_keeps_a_correction(household, child, staff):
    old = child.nik
    said = told(people=[child.pk], identity={"nik": make.make_nik()}, document_kind="KTP")
    event = record("CORRECTION", household, said, by=staff)
    make.make_member(household, "Lain", by=staff, nik=old)
    assert refused(event, by=staff).code == "taken"


def test_an_event_is_taken_back_once_and_with_a_reason(household, child, staff):
    event = record("DEATH", household, told(people=[child.pk]), by=staff)
    with pytest.raises(ValidationError):
        cancel(event, by=staff, reason="  ")
    cancel(event, by=staff, reason=WHY)
    with pytest.raises(ValidationError) as caught:
        cancel(event, by=staff, reason=WHY)
    assert caught.value.code == "not_open"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.STAFF])
def test_only_an_officer_takes_an_event_back(household, child, kelurahan, staff, role):
    event = record("DEATH", household, told(people=[child.pk]), by=staff)
    with pytest.raises(PermissionDenied):
        cancel(event, by=make.make_user("lain", role, kelurahan), reason=WHY)
    assert fresh(child).status == "DECEASED"


def test_nobody_takes_back_an_event_of_the_own_family(household, child, head, kelurahan, staff):
    event = record("DEATH", household, told(people=[child.pk]), by=staff)
    kin = make.make_user("kerabat", Role.STAFF, kelurahan, nik="")
    kin.set_nik(head.nik)
    kin.save()
    with pytest.raises(PermissionDenied):
        cancel(event, by=kin, reason=WHY)
    away = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    with pytest.raises(PermissionDenied):
        cancel(event, by=make.make_user("sebelah", Role.STAFF, away), reason=WHY)
    assert LifeEvent.objects.get().status == "RECORDED"
