"""Aid for several families at once and for groups, and what an import says of excluded pairs."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from households.aid import recording
from households.aid.recording import Share, record_group
from households.models import AidReceipt, AidTarget, Household, MemberStatus
from tests.factories import make_family, make_member
from tests.households import lists
from tests.households.aided import give, make_pair, make_programme
from tests.households.test_import_lists import aid_batch, said_by, save
from tkpk.models import TrailEntry

pytestmark = pytest.mark.django_db
START = datetime.date(timezone.localdate().year, 1, 1)


@pytest.fixture
def sembako(kelurahan, staff):
    return make_programme(kelurahan, staff)


@pytest.fixture
def pkh(kelurahan, staff):
    return make_programme(kelurahan, staff, "PKH", max_decile=4)


@pytest.fixture
def receipt(sembako, household, staff):
    return give(sembako, household, staff, START, amount_idr=200_000)


# --- many at once ----------------------------------------------------------------------------
def given(chosen, **said):
    return {"programme": chosen.pk, "who": "head", "period_from": START.isoformat(),
            "period_to": "", "amount_idr": "150000", "goods": "", "despite_pair": "",
            **said}  # fmt: skip


def test_ticked_families_get_a_receipt_each_after_a_preview(officer, staff, rt, sembako, receipt):
    second = make_family(rt, by=staff)
    url = reverse("aid_record_many")
    assert officer.post(url, {}).status_code == 302
    ticked = {"family": [receipt.household_id, second.pk]}
    assert officer.post(url, ticked).context["count"] == 2
    shown = officer.post(url, {**ticked, **given(sembako), "step": "preview"})
    assert [bool(one.refused) for one in shown.context["planned"]].count(True) == 1
    assert AidReceipt.objects.count() == 1
    done = officer.post(url, {**ticked, **given(sembako), "step": "record"})
    assert done.url == reverse("aid_programme", args=[sembako.pk])
    assert AidReceipt.objects.get(household=second).amount_idr == 150_000
    assert TrailEntry.objects.filter(move="record_many").count() == 1
    again = officer.post(url, {**ticked, **given(sembako), "step": "record"})
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"period_from": ""}, "period_from"),
        ({"period_to": "2001-01-01"}, "period_to"),
        ({"amount_idr": "-1"}, "amount_idr"),
        ({"goods": "3471012345670000"}, "goods"),
        ({"despite_pair": "3471012345670000"}, "despite_pair"),
        ({"programme": "0"}, "programme"),
    ],
)
def test_bad_input_for_many_is_refused_at_the_field(officer, household, sembako, said, field):
    data = {"family": [household.pk], **given(sembako, **said), "step": "record"}
    answer = officer.post(reverse("aid_record_many"), data)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not AidReceipt.objects.exists()


def test_excluded_families_are_left_out_and_told_unless_somebody_says_why(
    officer, staff, rt, sembako, pkh, receipt
):
    make_pair(sembako, pkh, staff, valid_from=START)
    free = make_family(rt, by=staff, decile=9, decile_as_of=START, registry_source="DTSEN")
    url, ticked = reverse("aid_record_many"), {"family": [receipt.household_id, free.pk]}
    shown = officer.post(url, {**ticked, **given(pkh), "step": "preview"})
    assert shown.context["excluded"] == 1
    notes = [note for one in shown.context["planned"] for note in one.notes]
    assert any("9" in note for note in notes)  # a word on the decile, no refusal
    officer.post(url, {**ticked, **given(pkh), "step": "record"})
    assert set(AidReceipt.objects.filter(programme=pkh).values_list("household", flat=True)) == {
        free.pk
    }
    officer.post(url, {**ticked, **given(pkh, despite_pair="Surat kota"), "step": "record"})
    assert AidReceipt.objects.get(programme=pkh, household=receipt.household).despite_pair
    assert TrailEntry.objects.filter(move="despite_pair").count() == 1


def test_a_programme_for_persons_names_the_head_or_everybody(staff, kelurahan, household):
    pbi = make_programme(kelurahan, staff, "PBI-JK", AidTarget.PERSON)
    rows = Household.objects.filter(pk=household.pk)
    one = recording.plan(rows, recording.Given(pbi, START), by=staff)
    assert [planned.member for planned in one] == [household.members.get(relation=1)]
    everybody = recording.Given(pbi, START, who=recording.EVERYBODY)
    assert len(recording.plan(rows, everybody, by=staff)) == 2
    household.members.update(status="MOVED", status_on=START)
    assert recording.plan(rows, everybody, by=staff)[0].refused


# --- groups ----------------------------------------------------------------------------------
def test_a_group_is_written_as_one_receipt_for_each_member(staff, rt, household, sembako):
    members = [household.members.first(), make_family(rt, by=staff).members.first()]
    shares = [Share(member, amount_idr=100_000 * n) for n, member in enumerate(members, 1)]
    rows = record_group(sembako, shares, by=staff, group_code="KSM-MAWAR", period_from=START)
    assert [(row.member, row.amount_idr) for row in rows] == list(zip(
        members, [100_000, 200_000], strict=True))  # fmt: skip
    assert {(row.source_kind, row.source_code) for row in rows} == {("GROUP", "KSM-MAWAR")}


@pytest.mark.parametrize("case", ["nobody", "twice", "gone", "known", "nameless"])
def test_a_group_is_written_whole_or_not_at_all(staff, household, sembako, case):
    first, second = household.members.first(), make_member(household, by=staff)
    shares, code = [Share(first), Share(second)], "KSM-MAWAR"
    if case == "nobody":
        shares = []
    elif case == "twice":
        shares = [Share(first), Share(first)]
    elif case == "gone":
        second.status, second.status_on = MemberStatus.MOVED, START
    elif case == "known":
        give(sembako, household, staff, START, member=second)
    else:
        code = " "
    before = AidReceipt.objects.count()
    with pytest.raises(ValidationError):
        record_group(sembako, shares, by=staff, group_code=code, period_from=START)
    assert AidReceipt.objects.count() == before


# --- the import ------------------------------------------------------------------------------
def test_the_preview_of_a_list_warns_of_an_excluded_pair_and_saving_asks_why(
    officer, kelurahan, staff, sembako
):
    family = lists.known_family(kelurahan, staff)
    pkh = make_programme(kelurahan, staff, "PKH")
    make_pair(sembako, pkh, staff, valid_from=datetime.date(2026, 1, 1))
    give(sembako, family, staff, datetime.date(2026, 1, 1))
    batch = aid_batch(kelurahan, staff)
    content, codes = said_by(batch)
    assert "aid_pair_excluded" in codes
    assert content["receipts"][0]["excluded"]
    assert batch.counts["excluded"] == 1
    url = reverse("import_step", args=[batch.pk, "confirm"])
    assert (
        'name="reason"' in officer.get(reverse("import_detail", args=[batch.pk])).content.decode()
    )
    officer.post(url, {"version": batch.version})
    batch.refresh_from_db()
    assert batch.status == "CHECKED"
    officer.post(url, {"version": batch.version, "reason": "Surat dinas"})
    batch.refresh_from_db()
    assert batch.status != "CHECKED"
    assert TrailEntry.objects.filter(process="import", reason="Surat dinas").exists()


def test_a_saved_excluded_receipt_points_to_its_batch(kelurahan, staff, sembako):
    family = lists.known_family(kelurahan, staff)
    pkh = make_programme(kelurahan, staff, "PKH")
    make_pair(sembako, pkh, staff, valid_from=datetime.date(2026, 1, 1))
    give(sembako, family, staff, datetime.date(2026, 1, 1))
    batch = save(aid_batch(kelurahan, staff), staff)
    assert AidReceipt.objects.get(programme=pkh).despite_pair == batch.code


def test_a_list_without_excluded_pairs_asks_nothing(kelurahan, staff):
    lists.known_family(kelurahan, staff)
    make_programme(kelurahan, staff, "PKH")
    assert "excluded" not in aid_batch(kelurahan, staff).counts
