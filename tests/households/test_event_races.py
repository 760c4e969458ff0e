"""Two officers at the same moment: one event is written, the other officer is told why not."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from households.codes import Relation
from households.events.recording import record
from households.models import Household, LifeEvent, Member
from households.transfers import Arrival, Release, accept, offer
from tests import factories as make
from tests.households.eventful import DAY, told
from tkpk.models import TrailEntry, User
from tkpk.roles import Role
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run the acts at the same moment; what became of each: "done" or the code of the refusal."""
    barrier, outcomes = threading.Barrier(len(acts)), []

    def run(act):
        try:
            barrier.wait()
            act()
            outcomes.append("done")
        except ValidationError as error:
            errors = getattr(error, "error_dict", None)
            code = next(iter(errors.values()))[0].code if errors else error.code
            outcomes.append(code)
        except Exception as error:  # noqa: BLE001 - shown by the assertion of the test
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.fixture
def place():
    make.make_installation()
    return make.make_kelurahan()


@pytest.fixture
def household(place):
    first = make.make_user("satu", Role.STAFF, place)
    make.make_user("dua", Role.STAFF, place)
    return make.make_family(make.make_rt(place), by=first, others=1)


def officer(name):
    return User.objects.get(username=name)


def test_of_a_death_and_a_move_at_once_one_is_written(household):
    child = household.members.get(relation=Relation.CHILD)
    found = at_once(
        lambda: record("DEATH", household, told(people=[child.pk]), by=officer("satu")),
        lambda: record("MOVE_OUT", household, told(people=[child.pk]), by=officer("dua")),
    )
    assert found == ["done", "gone"]
    event = LifeEvent.objects.get()
    status = {"DEATH": "DECEASED", "MOVE_OUT": "MOVED"}[event.kind]
    assert Member.objects.get(pk=child.pk).status == status
    assert check_trail() == []


def test_two_last_members_who_go_at_once_close_the_family_once(household):
    head, child = household.members.order_by("relation")
    found = at_once(
        lambda: record(
            "DEATH", household, told(people=[head.pk], new_head=child.pk), by=officer("satu")
        ),
        lambda: record("MOVE_OUT", household, told(people=[child.pk]), by=officer("dua")),
    )
    # With the child gone first there is nobody left to lead; else the child goes as the last.
    assert found in (["done", "done"], ["done", "not_needed"])
    closed = Household.objects.get().status == "CLOSED"
    assert closed == (found == ["done", "done"])
    assert TrailEntry.objects.filter(process="household", move="close").count() == int(closed)
    assert check_trail() == []


def test_a_transfer_is_received_once(household, place):
    other = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    for name in ("tiga", "empat"):
        make.make_user(name, Role.STAFF, other)
    child = household.members.get(relation=Relation.CHILD)
    home = make.make_family(make.make_rt(other), by=officer("tiga"), others=0)
    said = Release(household=household, people=[child.pk], on=DAY, document_kind="MOVE")
    transfer = offer(said, destination=other, by=officer("satu"))
    takers = ("tiga", "empat")
    found = at_once(
        *(lambda by=name: accept(transfer, Arrival(home), by=officer(by)) for name in takers)
    )
    assert found == ["done", "not_open"]
    assert home.members.count() == 2
    assert check_trail() == []
