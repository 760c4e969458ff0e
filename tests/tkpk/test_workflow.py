"""Rules of the engine, on small tables over the registry's own model."""

import datetime
import itertools

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from households.models import Household, Member
from tests import factories
from tkpk import trail
from tkpk.models import Mandate, TrailEntry, User
from tkpk.roles import NEEDS_IDENTITY, Role
from tkpk.workflow import Move, Workflow

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def no_conflict(row, user):
    return []


def small(moves=None, **options):
    """A table over families: open → closed → open."""
    rows = moves or {"close": Move("Close", {"ACTIVE"}, "CLOSED", {Role.STAFF})}
    options.setdefault("conflicts", no_conflict)
    return Workflow(
        process="small", title="Small", model=Household, moves=rows,
        sealed_fields=("status", "address"), territory_path="territory", **options,
    )  # fmt: skip


def one(**facts):
    facts.setdefault("roles", {Role.STAFF})
    return {"close": Move("Close", {"ACTIVE"}, "CLOSED", **facts)}


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def officer(kelurahan):
    return factories.make_user("petugas", Role.STAFF, kelurahan)


@pytest.fixture
def family(kelurahan):
    return factories.make_family(
        factories.make_rt(kelurahan), by=factories.make_user("pembuat"), others=0
    )


def nothing_written(family):
    stored = Household.objects.get(pk=family.pk)
    return (
        (stored.status, stored.version) == ("ACTIVE", 1)
        and stored.history.count() == 1
        and not TrailEntry.objects.exists()
    )


# --- tables ----------------------------------------------------------------------------------


def test_a_table_without_conflicts_does_not_load():
    with pytest.raises(TypeError):
        Workflow(process="x", title="X", model=Household, moves=one(), sealed_fields=("status",))


@pytest.mark.parametrize(
    "move",
    [
        Move("x", {"ACTIVE"}, "GONE", {Role.STAFF}),
        Move("x", {"NOWHERE"}, "CLOSED", {Role.STAFF}),
        Move("x", {"ACTIVE"}, "CLOSED", set()),
    ],
)
def test_a_table_with_an_unknown_status_or_without_a_role_does_not_load(move):
    with pytest.raises(ValueError, match="unknown status"):
        small({"close": move})


def test_an_unknown_move_is_an_error_of_ours(officer, family):
    with pytest.raises(KeyError):
        small().apply("vanish", family, by=officer)


# --- acting ----------------------------------------------------------------------------------


def test_a_move_writes_status_history_version_and_trail(officer, family):
    done = small(one(needs_reason=True)).apply(
        "close", family, by=officer, reason="Pindah semua", changes={"address": "Jalan Juminahan"}
    )
    stored = Household.objects.get(pk=family.pk)
    assert (stored.status, stored.version, stored.updated_by) == ("CLOSED", 2, officer)
    assert stored.address == "Jalan Juminahan"
    assert stored.history.first().history_user == officer
    entry = TrailEntry.objects.get()
    assert (entry.by, entry.role, entry.process, entry.move) == (officer, "STAFF", "small", "close")
    assert (entry.from_status, entry.to_status) == ("ACTIVE", "CLOSED")
    assert (entry.subject, entry.subject_id) == ("households.household", family.pk)
    assert entry.mandate == officer.mandates.get()
    assert entry.digest == small().digest(stored) == small().digest(done)


def test_the_row_is_read_again_under_its_lock(officer, family):
    stale = Household.objects.get(pk=family.pk)
    Household.objects.filter(pk=family.pk).update(status="CLOSED", address="baru")
    with pytest.raises(ValidationError) as error:
        small().apply("close", stale, by=officer)
    assert error.value.code == "not_open"
    again = small({"open": Move("Open", {"CLOSED"}, "ACTIVE", {Role.STAFF})})
    assert again.apply("open", stale, by=officer).address == "baru"


def test_the_lock_is_asked_of_the_database(officer, family, monkeypatch):
    locked, original = [], QuerySet.select_for_update

    def spy(self, *args, **kwargs):
        locked.append(self.model)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", spy)
    small().apply("close", family, by=officer)
    assert locked[0] is Household


def test_a_moment_recorded_later_keeps_both_times(officer, family):
    then = timezone.now() - 30 * DAY
    small().apply("close", family, by=officer, at=then)
    entry = TrailEntry.objects.get()
    assert entry.acted_at == then
    assert entry.recorded_at > then


def test_a_guard_that_refuses_leaves_nothing_written(officer, family):
    def refuse(row):
        raise ValidationError("missing", code="guarded")

    flow = small(one(guard=refuse))
    with pytest.raises(ValidationError) as error:
        flow.apply("close", family, by=officer, changes={"address": "x"})
    assert error.value.code == "guarded"
    assert nothing_written(family)
    (shown,) = flow.open_to(officer, family)
    assert shown.blocked == ["missing"]


def test_without_its_trail_entry_a_move_does_not_happen(officer, family, monkeypatch):
    def fail(**facts):
        raise RuntimeError("disk full")

    monkeypatch.setattr(trail, "record", fail)
    with pytest.raises(RuntimeError):
        small().apply("close", family, by=officer)
    assert nothing_written(family)


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_move_that_needs_a_reason_refuses_none(officer, family, reason):
    with pytest.raises(ValidationError) as error:
        small(one(needs_reason=True)).apply("close", family, by=officer, reason=reason)
    assert "reason" in error.value.message_dict
    assert nothing_written(family)


@pytest.mark.parametrize(
    "number", ["3471041705800000", "3471 0417 0580 0000", "3471.041705.800000"]
)
def test_a_reason_never_carries_an_identifier(officer, family, number):
    with pytest.raises(ValidationError) as error:
        small().apply("close", family, by=officer, reason=f"NIK {number} pindah")
    assert "reason" in error.value.message_dict
    assert nothing_written(family)


# --- rights ----------------------------------------------------------------------------------


def refused(flow, user, family):
    with pytest.raises(PermissionDenied):
        flow.apply("close", family, by=user)
    assert nothing_written(family)
    assert flow.open_to(user, family) == []


def test_without_the_role_there_is_no_move(kelurahan, family):
    refused(small(), factories.make_user("lurah", Role.LURAH, kelurahan), family)
    refused(small(), factories.make_user("tanpa"), family)


def test_the_role_at_another_place_is_no_right_here(kelurahan, family):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    refused(small(), factories.make_user("lain", Role.STAFF, other), family)
    neighbour = factories.make_rt(kelurahan, rw=3, rt=1)
    refused(small(), factories.make_user("tetangga", Role.STAFF, neighbour), family)


def test_the_role_at_a_wider_place_is_a_right_here(kelurahan, family):
    city = kelurahan.parent.parent
    small().apply("close", family, by=factories.make_user("kota", Role.STAFF, city))


@pytest.mark.parametrize(("starts", "ends"), [(-9, -1), (1, None), (1, 9)])
def test_a_mandate_counts_on_its_days_only(kelurahan, family, starts, ends):
    user = factories.make_user("petugas")
    today = timezone.localdate()
    factories.make_mandate(
        user, Role.STAFF, kelurahan, starts_on=today + starts * DAY,
        ends_on=today + ends * DAY if ends else None,
    )  # fmt: skip
    refused(small(), user, family)


def test_a_mandate_counts_on_its_first_and_last_day(kelurahan, family):
    user, today = factories.make_user("petugas"), timezone.localdate()
    factories.make_mandate(user, Role.STAFF, kelurahan, starts_on=today, ends_on=today)
    small().apply("close", family, by=user)


@pytest.mark.parametrize(
    ("moment", "open_"), [("2026-03-01 16:59:59", True), ("2026-03-01 17:00:01", False)]
)
def test_the_last_day_ends_at_midnight_in_jakarta(kelurahan, family, moment, open_):
    user, day = factories.make_user("petugas"), datetime.date(2026, 3, 1)
    factories.make_mandate(user, Role.STAFF, kelurahan, starts_on=day, ends_on=day)
    with time_machine.travel(f"{moment}+00:00", tick=False):
        assert bool(small().open_to(user, family)) is open_


def test_a_mandate_that_ends_while_the_session_runs_takes_its_right(officer, family):
    assert small().open_to(officer, family)  # asked once, kept on the user object
    Mandate.objects.filter(user=officer).update(ends_on=timezone.localdate() - DAY)
    with pytest.raises(PermissionDenied):
        small().apply("close", family, by=officer)
    assert nothing_written(family)


def test_who_is_shut_out_while_the_session_runs_acts_no_more(officer, family):
    assert small().open_to(officer, family)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    with pytest.raises(PermissionDenied):
        small().apply("close", family, by=officer)
    assert nothing_written(family)


def test_a_role_of_an_organisation_acts_on_rows_of_its_own_alone(kelurahan, family):
    own = factories.make_organisation(kelurahan, "BKM")
    other = factories.make_organisation(kelurahan, "PARTNER")
    user = factories.make_user("bkm1", Role.BKM_MEMBER, kelurahan)
    moves = one(roles={Role.BKM_MEMBER})
    refused(small(moves, organisation=lambda row: other.pk), user, family)
    assert small(moves, organisation=lambda row: None).open_to(user, family)
    small(moves, organisation=lambda row: own.pk).apply("close", family, by=user)


def test_a_role_of_no_organisation_is_not_bound_by_the_rows_one(kelurahan, officer, family):
    other = factories.make_organisation(kelurahan, "PARTNER")
    small(organisation=lambda row: other.pk).apply("close", family, by=officer)


def test_who_made_a_row_does_not_check_it(kelurahan, family):
    factories.make_mandate(family.created_by, Role.STAFF, kelurahan)
    refused(small(one(four_eyes=True)), family.created_by, family)
    assert small(one()).open_to(family.created_by, family)
    second = factories.make_user("kedua", Role.STAFF, kelurahan)
    small(one(four_eyes=True)).apply("close", family, by=second)


def test_further_makers_are_refused_too(officer, family):
    flow = small(one(four_eyes=True), makers=lambda row: {row.created_by_id, officer.pk})
    refused(flow, officer, family)


def test_a_conflict_refuses_and_says_why(officer, family):
    flow = small(conflicts=lambda row, user: ["own family", "own group"])
    with pytest.raises(PermissionDenied, match="own family; own group"):
        flow.apply("close", family, by=officer)
    assert nothing_written(family)
    assert flow.open_to(officer, family) == []


@pytest.mark.parametrize("role", sorted(NEEDS_IDENTITY))
def test_who_decides_must_be_known_by_nik(kelurahan, family, role):
    user = factories.make_user("pemutus", Role(role), kelurahan, nik="")
    flow = small(one(roles={Role(role)}))
    refused(flow, user, family)
    user.set_nik(factories.make_nik())
    user.save()
    flow.apply("close", family, by=user)


def test_what_is_open_can_be_done_and_nothing_else(kelurahan, family):
    """open_to and apply agree for every status, role, maker and family tie."""
    maker = family.created_by
    users = [factories.make_user(f"u-{role}", role, kelurahan) for role in Role]
    factories.make_mandate(maker, Role.LURAH, kelurahan)
    kin = factories.make_user("kerabat", Role.LURAH, kelurahan)
    flow = small(
        {
            "close": Move("c", {"ACTIVE"}, "CLOSED", {Role.STAFF, Role.LURAH}, four_eyes=True),
            "open": Move("o", {"CLOSED"}, "ACTIVE", {Role.BKM_MEMBER, Role.ADMIN}),
        },
        conflicts=lambda row, user: ["kin"] if user == kin else [],
    )
    for user, status, name in itertools.product(
        [*users, maker, kin], ["ACTIVE", "CLOSED"], flow.moves
    ):
        Household.objects.filter(pk=family.pk).update(status=status)
        family.refresh_from_db()
        shown = name in [found.name for found in flow.open_to(user, family)]
        try:
            flow.apply(name, family, by=user)
        except (PermissionDenied, ValidationError):
            assert not shown, (user, status, name)
        else:
            assert shown, (user, status, name)


def test_rows_that_may_wait_are_those_of_status_and_place(kelurahan, officer, family):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    foreign = factories.make_family(factories.make_rt(other), by=officer, others=0)
    closed = factories.make_family(
        factories.make_rt(kelurahan), by=officer, others=0, status="CLOSED"
    )
    rows = set(small().rows_open_to(officer))
    assert rows == {family}
    assert not {foreign, closed} & rows
    assert not small().rows_open_to(factories.make_user("tanpa")).exists()


def test_places_are_told_apart_by_whole_parts_of_the_code(officer, family):
    assert not Member.objects.filter(household__territory__code="34.71.04.1002.0031").exists()
    rw = factories.make_rt(factories.make_kelurahan(), rw=3).parent
    assert not rw.covers("34.71.04.1002.0031")
    assert rw.covers("34.71.04.1002.003.012")
