"""Merging two rows of one person, and taking the merge back."""

import datetime

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import models
from django.test.utils import isolate_apps

from households import references
from households.assistance import record
from households.codes import Relation
from households.merging import MergePlan, merge, standing_merge, undo_merge
from households.models import (
    AidProgramme,
    AidReceipt,
    HouseholdStatus,
    Member,
    MemberStatus,
    PairStatus,
)
from households.workflows.registering import change_member_state
from tests.factories import make_member, make_rt, make_user
from tests.households.duplicates import pair_of
from tests.households.importing import everything
from tkpk import trail
from tkpk.models import TrailEntry
from tkpk.registry import registry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(rt, kelurahan, staff):
    return pair_of(rt, staff, make_rt(kelurahan, 5, 2), others=0)


def plan(pair, *, keep="low", taken=(), close=False):
    low, high = Member.objects.get(pk=pair.low), Member.objects.get(pk=pair.high)
    kept, merged = (low, high) if keep == "low" else (high, low)
    return MergePlan(kept, merged, tuple(taken), close)


def programme(kelurahan, staff, name="PKH", target="PERSON"):
    return AidProgramme.objects.create(
        kelurahan=kelurahan, name=name, target=target, created_by=staff, updated_by=staff
    )


def aid(kelurahan, staff, member, year=2025, of=None):
    return record(
        of or programme(kelurahan, staff),
        member.household,
        by=staff,
        member=member,
        period_from=datetime.date(year, 1, 1),
    )


def rows():
    return everything(Member), everything(AidReceipt)


# --- merging ---------------------------------------------------------------------------------
def test_the_row_that_stays_takes_what_was_chosen_and_the_other_is_marked(pair, staff):
    made = merge(pair, plan(pair, taken=["birth_place", "name"]), by=staff)
    kept, merged = Member.objects.get(pk=pair.low), Member.objects.get(pk=pair.high)
    assert (kept.name, kept.name_key) == ("Wirjo Kartosuwignjo", "WIRJO KARTOSUWIGNJO")
    assert (kept.birth_place, bool(kept.nik), kept.status) == ("Bantul", True, MemberStatus.ACTIVE)
    assert (merged.status, merged.birth_place) == (MemberStatus.DUPLICATE, "Bantul")
    assert (made.kept, made.merged) == (kept, merged)
    pair.refresh_from_db()
    assert pair.status == PairStatus.MERGED


def test_the_nik_of_the_row_that_goes_may_be_taken(pair, staff):
    number = Member.objects.get(pk=pair.low).nik
    merge(pair, plan(pair, keep="high", taken=["nik"]), by=staff)
    kept = Member.objects.get(pk=pair.high)
    assert kept.nik == number
    assert Member.objects.living().with_nik(number).get() == kept


def test_aid_moves_with_the_person_and_stays_where_both_rows_have_it(pair, staff, kelurahan):
    low, high = Member.objects.get(pk=pair.low), Member.objects.get(pk=pair.high)
    pkh = programme(kelurahan, staff)
    both = [aid(kelurahan, staff, one, of=pkh) for one in (low, high)]
    moving = aid(kelurahan, staff, high, year=2024, of=pkh)
    merge(pair, plan(pair), by=staff)
    moving.refresh_from_db()
    assert (moving.member, moving.household) == (low, low.household)
    assert AidReceipt.objects.get(pk=both[1].pk).member == high


def test_an_empty_family_is_closed_when_that_was_chosen(pair, staff):
    home = Member.objects.get(pk=pair.high).household
    record_ = merge(pair, plan(pair, close=True), by=staff)
    home.refresh_from_db()
    assert home.status == HouseholdStatus.CLOSED
    assert record_.closed_family == home


def test_a_family_stays_open_unless_it_was_chosen_or_somebody_lives_there(rt, kelurahan, staff):
    pair = pair_of(rt, staff, make_rt(kelurahan, 5, 2), others=1)
    chosen = plan(pair, close=True)
    assert chosen.leaves_family_without_head
    assert not chosen.leaves_family_empty
    merge(pair, chosen, by=staff)
    chosen.merged.household.refresh_from_db()
    assert chosen.merged.household.status == HouseholdStatus.ACTIVE


def test_within_a_family_the_row_that_stays_may_become_its_head(rt, staff):
    pair = pair_of(rt, staff, others=0)
    low, high = Member.objects.get(pk=pair.low), Member.objects.get(pk=pair.high)
    Member.objects.filter(pk=high.pk).update(household=low.household, relation=Relation.OTHER)
    merge(pair, plan(pair, keep="high", taken=["relation"]), by=staff)
    high.refresh_from_db()
    assert high.is_head


def test_every_step_of_a_merge_stands_in_the_trail_without_a_number(pair, staff, kelurahan):
    merge(pair, plan(pair, close=True), by=staff)
    moves = [(e.process, e.move) for e in TrailEntry.objects.order_by("number")]
    assert moves == [("duplicate", "merge"), ("member", "mark_duplicate"), ("household", "close")]
    assert list(trail.check_chain(kelurahan)) == []
    assert list(trail.check_seals(kelurahan)) == []


def test_what_a_merge_moved_lies_sealed(pair, staff):
    made = merge(pair, plan(pair, taken=["name"]), by=staff)
    blob = bytes(made.blob)
    assert b"Kartosuwignyo" not in blob
    assert registry.sealed_blobs["households.MergeRecord", "blob"](made) == made.blob_context


def test_rows_that_were_changed_meanwhile_are_not_merged(pair, staff):
    chosen = plan(pair)
    Member.objects.filter(pk=pair.low).update(version=99)
    with pytest.raises(ValidationError) as error:
        merge(pair, chosen, by=staff)
    assert error.value.code == "stale"
    assert not TrailEntry.objects.exists()


def test_a_row_that_is_gone_cannot_be_merged_again(pair, staff):
    Member.objects.filter(pk=pair.high).update(status=MemberStatus.DUPLICATE)
    with pytest.raises(ValidationError) as error:
        merge(pair, plan(pair), by=staff)
    assert error.value.code == "row_gone"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.STAFF])
def test_nobody_but_officers_merges(pair, kelurahan, role):
    with pytest.raises(PermissionDenied):
        merge(pair, plan(pair), by=make_user("lain", role, kelurahan))


@pytest.mark.parametrize("side", ["low", "high"])
def test_nobody_merges_rows_of_the_own_family(pair, staff, kelurahan, side):
    home = Member.objects.get(pk=getattr(pair, side)).household
    own = make_member(home, "Keluarga Sendiri", by=staff)
    officer = make_user("kerabat", Role.STAFF, kelurahan, nik=own.nik)
    before = rows()
    with pytest.raises(PermissionDenied):
        merge(pair, plan(pair), by=officer)
    assert rows() == before


# --- undo ------------------------------------------------------------------------------------
@pytest.mark.parametrize("keep", ["low", "high"])
def test_undoing_a_merge_gives_back_every_value_and_reference(pair, staff, kelurahan, keep):
    pkh = programme(kelurahan, staff)
    for number, pk in enumerate((pair.low, pair.high)):
        aid(kelurahan, staff, Member.objects.get(pk=pk), year=2023 + number, of=pkh)
    before = rows()
    chosen = plan(pair, keep=keep, taken=["name", "nik", "birth_place"], close=True)
    merge(pair, chosen, by=staff)
    assert rows() != before
    undone = undo_merge(pair, by=staff, reason="Ternyata dua orang")
    assert rows() == before
    assert undone.undone_by == staff
    chosen.merged.household.refresh_from_db()
    assert chosen.merged.household.status == HouseholdStatus.ACTIVE
    pair.refresh_from_db()
    assert pair.status == PairStatus.OPEN
    assert standing_merge(pair) is None
    assert list(trail.check_seals(kelurahan)) == []


def test_a_state_that_was_not_living_comes_back_too(pair, staff):
    gone = Member.objects.get(pk=pair.high)
    day = datetime.date(2024, 3, 1)
    change_member_state("record_move", gone, by=staff, on=day, reason="Pindah")
    merge(pair, plan(pair), by=staff)
    undo_merge(pair, by=staff, reason="Keliru")
    gone.refresh_from_db()
    assert (gone.status, gone.status_on) == (MemberStatus.MOVED, day)


def test_after_an_undo_the_pair_can_be_merged_again(pair, staff):
    merge(pair, plan(pair), by=staff)
    undo_merge(pair, by=staff, reason="Keliru")
    merge(pair, plan(pair, keep="high"), by=staff)
    assert standing_merge(pair).kept_id == pair.high


@pytest.mark.parametrize("what", ["kept", "merged", "aid", "family", "nik"])
def test_what_was_built_on_a_merge_keeps_it_from_being_undone(pair, staff, kelurahan, what):
    receipt = aid(kelurahan, staff, Member.objects.get(pk=pair.high))
    made = merge(pair, plan(pair, keep="low", taken=["name"], close=True), by=staff)
    named = {"kept": made.kept.code, "merged": made.merged.code, "aid": receipt.code}
    named |= {"family": made.closed_family.code, "nik": made.kept.code}
    if what == "aid":
        other = make_member(made.kept.household, "Orang Lain", by=staff)
        AidReceipt.objects.filter(pk=receipt.pk).update(member=other)
    elif what == "family":
        type(made.closed_family).objects.filter(pk=made.closed_family_id).update(version=50)
    elif what == "nik":
        made.kept.refresh_from_db()
        change_member_state(
            "record_death", made.kept, by=staff, on=datetime.date(2025, 1, 1), reason="Wafat"
        )
    else:
        Member.objects.filter(pk=getattr(made, f"{what}_id")).update(version=50)
    before, entries = rows(), TrailEntry.objects.count()
    with pytest.raises(ValidationError) as error:
        undo_merge(pair, by=staff, reason="Keliru")
    assert error.value.code == "built_upon"
    assert named[what] in str(error.value)
    assert rows() == before
    assert TrailEntry.objects.count() == entries


def test_undoing_needs_a_reason(pair, staff):
    merge(pair, plan(pair), by=staff)
    with pytest.raises(ValidationError):
        undo_merge(pair, by=staff, reason=" ")


# --- references ------------------------------------------------------------------------------
def test_every_model_that_points_to_persons_says_what_a_merge_does_with_it():
    assert references.without_handler() == []


@isolate_apps("households")
def test_a_foreign_key_without_a_handler_stops_the_merge(pair, staff, monkeypatch):
    class Visit(models.Model):  # noqa: DJ008 - lives as long as this test
        member = models.ForeignKey(Member, models.PROTECT, related_name="+")

        class Meta:
            app_label = "households"
            managed = False

    field = type("Relation", (), {"related_model": Visit, "field": Visit._meta.get_field("member")})
    known = references.relations_to_people()
    monkeypatch.setattr(references, "relations_to_people", lambda: [*known, field])
    assert references.without_handler() == ["households.Visit"]
    before = rows()
    with pytest.raises(ImproperlyConfigured, match=r"households\.Visit"):
        merge(pair, plan(pair), by=staff)
    assert rows() == before


def test_a_handler_that_is_taken_away_is_missed(monkeypatch):
    monkeypatch.delitem(registry.merge_handlers, "households.AidReceipt")
    assert references.without_handler() == ["households.AidReceipt"]


def test_history_is_no_reference_that_a_merge_moves():
    assert not any(
        "Historical" in r.related_model.__name__ for r in references.relations_to_people()
    )
