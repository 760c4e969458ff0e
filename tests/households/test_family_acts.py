"""Acts on a family: a full number with a reason, and what became of its members."""

import pytest
from django.urls import reverse

from households.codes import Relation
from households.models import Household, Member
from households.models.household import READERS
from households.workflows.registering import change_household_state, change_member_state
from tests.factories import (
    make_family,
    make_rt,
    make_user,
)
from tests.households.pages import file_url
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
HEAD = "Wiryo Kartosuwignyo"


# --- numbers ---------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_may_see_numbers_are_shown_one(client, role, kelurahan, rt, household):
    place = {Role.RW_HEAD: rt.parent, Role.RT_HEAD: rt}.get(role, kelurahan)
    client.force_login(make_user("seseorang", role, place))
    answer = client.post(reverse("kk_reveal", args=[household.pk]), {"choice": "COUNTER"})
    if role in {Role.STAFF, Role.LURAH}:
        assert answer.status_code == 200
        assert household.kk_number in answer.content.decode()
    else:
        assert answer.status_code == (403 if role in READERS else 404)
        assert household.kk_number not in answer.content.decode()
        assert not TrailEntry.objects.exists()


def test_a_full_number_is_shown_once_with_a_reason_in_the_trail(officer, staff, household):
    member = household.members.get(relation=Relation.HEAD)
    url = reverse("nik_reveal", args=[household.pk, member.pk])
    answer = officer.post(url, {"choice": "COUNTER", "words": "warga datang sendiri"})
    assert member.nik in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert member.nik not in officer.get(file_url(household)).content.decode()
    entry = TrailEntry.objects.get()
    assert (entry.process, entry.move) == ("identifier", "reveal_nik")
    assert (entry.by, entry.subject, entry.subject_id) == (staff, "households.member", member.pk)
    assert "warga datang sendiri" in entry.reason
    assert entry.mandate.role == Role.STAFF


def test_without_a_reason_no_number_is_shown(officer, household):
    answer = officer.post(reverse("kk_reveal", args=[household.pk]), {"words": "  "})
    assert household.kk_number not in answer.content.decode()
    assert not TrailEntry.objects.exists()


def test_a_reason_with_a_number_in_it_is_refused(officer, household):
    data = {"words": "minta 3471012345670000"}
    answer = officer.post(reverse("kk_reveal", args=[household.pk]), data)
    assert household.kk_number not in answer.content.decode()
    assert not TrailEntry.objects.exists()


# --- moves -----------------------------------------------------------------------------------
def test_a_state_is_recorded_with_day_and_reason(officer, household):
    member = household.members.exclude(relation=Relation.HEAD).get()
    url = reverse("member_move", args=[household.pk, member.pk, "record_absence"])
    assert officer.get(url).status_code == 200
    answer = officer.post(url, {"on": "2026-01-05", "reason": "Pindah ke Sleman"})
    assert answer["Location"] == reverse("member_file", args=[household.pk, member.pk])
    member.refresh_from_db()
    assert member.status == Member.Status.AWAY
    assert str(member.status_on) == "2026-01-05"
    assert TrailEntry.objects.get().reason == "Pindah ke Sleman"


def test_a_move_without_reason_or_in_the_future_changes_nothing(officer, household):
    member = household.members.first()
    url = reverse("member_move", args=[household.pk, member.pk, "record_missing"])
    for data in ({"on": "2026-01-05", "reason": " "}, {"on": "2999-01-01", "reason": "x"}):
        assert officer.post(url, data).status_code == 200
    assert Member.objects.get(pk=member.pk).status == Member.Status.ACTIVE
    assert officer.get(url.replace("catat-hilang", "melompat")).status_code == 404


def test_a_family_is_closed_only_when_nobody_is_left(officer, staff, household):
    url = reverse("household_move", args=[household.pk, "close"])
    data = {"on": "2026-01-05", "reason": "Kosong"}
    assert officer.post(url, data).status_code == 200
    for member in household.members.all():
        change_member_state("record_move", member, by=staff, on="2026-01-04", reason="Pindah")
    assert officer.post(url, data).status_code == 302
    household.refresh_from_db()
    assert household.status == Household.Status.CLOSED
    # Nobody looks for the head of a family that is no more.
    heading = officer.get(file_url(household)).content.decode().split("<h1>")[1].split("</h1>")[0]
    assert heading.split()[-1] == household.code


def test_the_lurah_sees_no_moves_and_makes_none(client, kelurahan, household):
    client.force_login(make_user("lurah", Role.LURAH, kelurahan))
    response = client.get(file_url(household))
    assert response.context["moves"] == []
    url = reverse("household_move", args=[household.pk, "close"])
    answer = client.post(url, {"on": "2026-01-05", "reason": "Kosong"})
    assert answer.status_code in {302, 403}
    household.refresh_from_db()
    assert household.status == Household.Status.ACTIVE


def test_a_closed_family_opens_again(officer, staff, kelurahan):
    empty = make_family(make_rt(kelurahan), by=staff, others=0)
    change_member_state(
        "record_move", empty.members.get(), by=staff, on="2026-01-04", reason="Pindah"
    )
    change_household_state("close", empty, by=staff, on="2026-01-05", reason="Kosong")
    url = reverse("household_move", args=[empty.pk, "reopen"])
    assert officer.post(url, {"on": "2026-01-06", "reason": "Kembali"}).status_code == 302
