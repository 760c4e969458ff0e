"""Persons who move between two kelurahan of one installation: nothing happens unless both agree."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from households.codes import Relation, Sex
from households.events.recording import cancel, record
from households.models import Household, LifeEvent, Member, Transfer
from households.transfers import CARRIED, Arrival, Release, accept, ask, offer, release
from households.workflows.transferring import DESTINATION_FLOW, ORIGIN_FLOW, make_move
from tests import factories as make
from tests.households.eventful import DAY, everything, member_of, new_family, told
from tests.rounds import undone
from tkpk.models import TrailEntry
from tkpk.roles import Role
from tkpk.trail import check_trail
from tkpk.views.work import waiting_for

pytestmark = pytest.mark.django_db
REASON = "Belum ada surat pindah"


@pytest.fixture
def there(kelurahan):
    return make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")


@pytest.fixture
def receiver(there):
    return make.make_user("penerima", Role.STAFF, there)


@pytest.fixture
def household(rt, staff):
    family = make.make_family(rt, by=staff, others=2)
    make.make_member(
        family, "Suminah", by=staff, relation=Relation.WIFE, sex=Sex.FEMALE,
        work=3, education=4, chronic_illness="asma", disability=2, religion=1,
    )  # fmt: skip
    return family


@pytest.fixture
def home(there, receiver):
    return make.make_family(make.make_rt(there), by=receiver, head="Harjo", others=0)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def leave(household, *relations, **more):
    people = [m.pk for m in household.members.filter(relation__in=relations)]
    return Release(household=household, people=people, on=DAY, document_kind="MOVE", **more)


@pytest.fixture
def offered(household, staff, there):
    """Wife and children are let go."""
    said = leave(household, Relation.WIFE, Relation.CHILD)
    return offer(said, destination=there, by=staff)


def test_an_offer_changes_nothing_yet(household, staff, there):
    before = everything()
    transfer = offer(leave(household, Relation.WIFE), destination=there, by=staff)
    assert everything() == before
    assert (transfer.status, transfer.released_by) == ("OFFERED", staff)
    assert not LifeEvent.objects.exists()


def test_with_acceptance_they_leave_and_arrive_in_one_act(
    offered, household, home, kelurahan, there, staff, receiver
):
    wife = member_of(household, Relation.WIFE)
    relations = {p.member_id: Relation.OTHER_KIN for p in offered.people.all()}
    accepted = accept(offered, Arrival(home, relations), by=receiver)
    assert accepted.status == "ACCEPTED"
    assert (fresh(wife).status, fresh(wife).status_on) == ("MOVED", DAY)
    new = offered.people.get(member=wife).arrived
    assert (new.household, new.kelurahan, new.status) == (home, there, "ACTIVE")
    assert (new.nik, new.name, new.relation) == (wife.nik, wife.name, Relation.OTHER_KIN)
    assert household.members.living().count() == 1
    assert home.members.count() == 4
    out, into = LifeEvent.objects.order_by("pk")
    assert (out.kind, out.kelurahan, out.created_by) == ("MOVE_OUT", kelurahan, staff)
    assert (into.kind, into.kelurahan, into.created_by) == ("MOVE_IN", there, receiver)
    assert out.transfer == into.transfer == accepted
    assert check_trail() == []


def test_only_what_the_other_office_needs_is_carried_over(offered, household, home, receiver):
    wife = member_of(household, Relation.WIFE)
    accept(offered, Arrival(home), by=receiver)
    new = offered.people.get(member=wife).arrived
    for name in CARRIED:
        assert getattr(new, name) == getattr(wife, name)
    assert (new.chronic_illness, new.disability) == ("", None)
    facts = {f.name for f in Member._meta.concrete_fields} - set(CARRIED)
    assert {"insurance_number", "disability", "pregnant", "mother_nik"} <= facts


def test_both_chains_tell_the_whole_of_it(offered, home, kelurahan, there, staff, receiver):
    accept(offered, Arrival(home), by=receiver)
    for place, process in (
        (kelurahan, "transfer_origin"),
        (there, "transfer_destination"),
    ):
        entries = TrailEntry.objects.filter(chain=place, process=process).order_by("number")
        assert [e.move for e in entries] == ["offer", "accept"]
        assert [e.by for e in entries] == [staff, receiver]
    assert TrailEntry.objects.filter(chain=kelurahan, move="record_move").count() == 3
    Transfer.objects.update(status="DECLINED")
    assert len(check_trail()) == 2


def test_a_whole_family_arrives_as_a_new_one(household, there, staff, receiver):
    everybody = leave(household, *Relation)
    transfer = offer(everybody, destination=there, by=staff)
    place = new_family(make.make_rt(there), there, household.kk_number)
    accept(transfer, Arrival(None, new_family=place), by=receiver)
    assert fresh(household).status == "CLOSED"
    stored = Household.objects.get(kelurahan=there)
    assert stored.members.living().count() == 4
    assert stored.members.active().filter(relation=Relation.HEAD).count() == 1
    assert check_trail() == []


def test_the_head_who_goes_leaves_a_head_chosen_when_let_go(
    household, home, there, staff, receiver
):
    with pytest.raises(ValidationError) as caught:
        offer(leave(household, Relation.HEAD), destination=there, by=staff)
    assert caught.value.error_dict["new_head"][0].code == "head_missing"
    wife, head = member_of(household, Relation.WIFE), member_of(household, Relation.HEAD)
    said = leave(household, Relation.HEAD, new_head=wife.pk)
    transfer = offer(said, destination=there, by=staff)
    accept(transfer, Arrival(home, {head.pk: Relation.OTHER}), by=receiver)
    assert fresh(wife).is_head


def asked(kelurahan, there, receiver, nik):
    return ask(
        origin=kelurahan, destination=there, nik=nik, name="Suminah", on=DAY,
        document_kind="MOVE", by=receiver,
    )  # fmt: skip


def test_the_receiving_side_asks_and_the_origin_lets_go(
    household, home, kelurahan, there, staff, receiver
):
    wife = member_of(household, Relation.WIFE)
    request = asked(kelurahan, there, receiver, wife.nik)
    assert (request.status, request.household) == ("REQUESTED", None)
    with pytest.raises(PermissionDenied):
        make_move("release", request, by=receiver)
    let_go = release(request, leave(household, Relation.WIFE), by=staff)
    assert let_go.status == "OFFERED"
    accept(let_go, Arrival(home, {wife.pk: Relation.OTHER}), by=receiver)
    assert fresh(wife).status == "MOVED"
    moves = TrailEntry.objects.filter(process="transfer_origin").order_by("number")
    assert [e.move for e in moves] == ["ask", "release", "accept"]
    assert check_trail() == []


def test_a_request_says_the_same_whether_the_person_is_known_or_not(
    household, kelurahan, there, receiver
):
    known = asked(kelurahan, there, receiver, member_of(household, Relation.WIFE).nik)
    unknown = asked(kelurahan, there, receiver, make.make_nik())
    for name in ("status", "household", "released_by", "note"):
        assert getattr(known, name) == getattr(unknown, name)


def test_the_same_request_sent_twice_is_one(household, kelurahan, there, receiver):
    nik = member_of(household, Relation.WIFE).nik
    first = asked(kelurahan, there, receiver, nik)
    entries = TrailEntry.objects.count()
    assert asked(kelurahan, there, receiver, nik) == first
    assert Transfer.objects.count() == 1
    assert TrailEntry.objects.count() == entries


def test_another_request_for_the_same_person_is_refused_while_one_is_open(
    household, kelurahan, there, receiver
):
    nik = member_of(household, Relation.WIFE).nik
    first = asked(kelurahan, there, receiver, nik)
    other = {"origin": kelurahan, "destination": there, "nik": nik, "name": "Lain", "on": DAY}
    with pytest.raises(ValidationError) as refusal:
        ask(**other, document_kind="MOVE", by=receiver)
    assert first.code in str(refusal.value.message_dict["nik"])
    make_move("withdraw_request", first, by=receiver, reason=REASON)
    assert ask(**other, document_kind="MOVE", by=receiver) != first


# --- who may what ----------------------------------------------------------------------------
PROCEDURE = {
    # move: side, from, to
    "release": ("origin", "REQUESTED", "OFFERED"),
    "refuse": ("origin", "REQUESTED", "REFUSED"),
    "withdraw_offer": ("origin", "OFFERED", "WITHDRAWN"),
    "accept": ("destination", "OFFERED", "ACCEPTED"),
    "decline": ("destination", "OFFERED", "DECLINED"),
    "withdraw_request": ("destination", "REQUESTED", "WITHDRAWN"),
}


def test_the_tables_have_the_rows_of_the_procedure_and_no_other():
    assert {*ORIGIN_FLOW.moves, *DESTINATION_FLOW.moves} == set(PROCEDURE)


STATES = ("REQUESTED", "OFFERED", "ACCEPTED", "REFUSED", "DECLINED", "WITHDRAWN")


@pytest.mark.parametrize("side", ["origin", "destination"])
@pytest.mark.parametrize("name", sorted(PROCEDURE))
def test_each_side_does_its_own_part_only(offered, kelurahan, there, name, side):
    tried = set()
    for role in Role:
        with undone():
            user = make.make_user("pelaku", role, kelurahan if side == "origin" else there)
            tried |= tries_at_every_state(offered, name, user, role=role, side=side)
    assert tried == {(role, status) for role in Role for status in STATES}


def tries_at_every_state(offered, name, user, *, role, side):
    place, source, target = PROCEDURE[name]
    tried = set()
    for status in STATES:
        Transfer.objects.filter(pk=offered.pk).update(status=status)
        allowed = role == Role.STAFF and side == place
        expected = "done" if allowed else "denied"
        if status != source:
            expected = "not_open"
        try:
            with transaction.atomic():
                make_move(name, fresh(offered), by=user, reason=REASON)
                found = "done"
        except PermissionDenied:
            found = "denied"
        except ValidationError as error:
            found = error.code
        assert found == expected, (role, status)
        assert fresh(offered).status == (target if expected == "done" else status), (role, status)
        tried.add((role, status))
    return tried


def test_one_person_with_mandates_on_both_sides_does_only_one(
    household, home, kelurahan, there, staff
):
    make.make_mandate(staff, Role.STAFF, there)
    transfer = offer(leave(household, Relation.WIFE), destination=there, by=staff)
    with pytest.raises(PermissionDenied):
        accept(transfer, Arrival(home, {}), by=staff)
    request = asked(kelurahan, there, staff, make.make_nik())
    with pytest.raises(PermissionDenied):
        release(request, leave(household, Relation.CHILD), by=staff)
    assert fresh(request).status == "REQUESTED"


def test_nobody_lets_go_or_receives_the_own_family(offered, household, home, there, kelurahan):
    going = leave(household, Relation.CHILD)
    for place, relation, act in (
        (kelurahan, Relation.HEAD, lambda by: offer(going, destination=there, by=by)),
        (there, Relation.WIFE, lambda by: accept(offered, Arrival(home), by=by)),
    ):
        kin = make.make_user(f"kerabat{place.pk}", Role.STAFF, place, nik="")
        kin.set_nik(member_of(household, relation).nik)
        kin.save()
        with pytest.raises(PermissionDenied):
            act(kin)


def test_a_transfer_waits_in_the_inbox_of_the_side_whose_turn_it_is(
    household, kelurahan, there, staff, receiver, offered
):
    assert [w.title for w in waiting_for(receiver)] == [offered.code]
    assert waiting_for(staff) == []
    request = asked(kelurahan, there, receiver, make.make_nik())
    assert [w.title for w in waiting_for(staff)] == [request.code]
    assert waiting_for(make.make_user("lurah", Role.LURAH, kelurahan)) == []


def test_only_the_two_sides_see_a_transfer(offered, staff, receiver):
    third = make.make_kelurahan("34.71.04.1003", "Bausasran")
    stranger = make.make_user("asing", Role.STAFF, third)
    assert not Transfer.objects.visible_to(stranger).exists()
    assert Transfer.objects.visible_to(staff).get() == offered
    assert Transfer.objects.visible_to(receiver).get() == offered


# --- what stands in the way ------------------------------------------------------------------
def test_one_person_is_in_one_open_transfer(offered, household, there, staff):
    with pytest.raises(ValidationError) as caught:
        offer(leave(household, Relation.WIFE), destination=there, by=staff)
    assert caught.value.error_dict["people"][0].code == "waits"
    assert offered.code in caught.value.messages[0]
    make_move("withdraw_offer", offered, by=staff, reason=REASON)
    assert offer(leave(household, Relation.WIFE), destination=there, by=staff).pk


def test_a_change_at_the_origin_meanwhile_stops_the_arrival_and_tells_nothing(
    offered, household, home, staff, receiver
):
    wife = member_of(household, Relation.WIFE)
    record("DEATH", household, told(people=[wife.pk]), by=staff)
    before = everything()
    with pytest.raises(ValidationError) as caught:
        accept(offered, Arrival(home), by=receiver)
    assert caught.value.code == "origin_changed"
    assert wife.code not in str(caught.value)
    assert everything() == before
    assert fresh(offered).status == "OFFERED"


def test_what_the_arrival_lacks_leaves_both_sides_as_they_were(offered, home, receiver, household):
    before, entries = everything(), TrailEntry.objects.count()
    for person in offered.people.all():
        relations = {person.member_id: Relation.HEAD}
        with pytest.raises(ValidationError):
            accept(offered, Arrival(home, relations), by=receiver)
        break
    with pytest.raises(ValidationError):
        accept(offered, Arrival(household), by=receiver)
    assert everything() == before
    assert TrailEntry.objects.count() == entries


def test_an_officer_who_left_office_lets_nobody_go(offered, home, staff, receiver):
    staff.is_active = False
    staff.save()
    with pytest.raises(ValidationError) as caught:
        accept(offered, Arrival(home), by=receiver)
    assert caught.value.code == "origin_changed"


def test_a_move_of_a_transfer_is_not_taken_back_alone(offered, home, staff, receiver):
    accept(offered, Arrival(home), by=receiver)
    for event, by in zip(LifeEvent.objects.order_by("pk"), (staff, receiver), strict=True):
        with pytest.raises(ValidationError) as caught:
            cancel(event, by=by, reason=REASON)
        assert caught.value.code == "transferred"


def test_nobody_transfers_within_one_kelurahan(household, kelurahan, staff):
    with pytest.raises(ValidationError):
        offer(leave(household, Relation.WIFE), destination=kelurahan, by=staff)
    with pytest.raises(ValidationError):
        asked(kelurahan, kelurahan, staff, make.make_nik())


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "GONE"},
        {"document_kind": "HEARSAY"},
        {"released_by": None},
        {"released_by": None, "released_at": None},
        {"household": None},
    ],
)
def test_the_database_refuses_what_no_transfer_is(offered, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=offered.pk).update(**wrong)


def test_the_database_refuses_a_transfer_to_itself(offered):
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=offered.pk).update(destination=offered.origin)
