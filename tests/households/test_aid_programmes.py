"""Pages of aid across families, by role; ends, many at once, groups, and the import's warning."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from households.aid import stopping
from households.models import AidReceipt, AidTarget, Household, MemberStatus, StopReason
from tests.factories import (
    SURYATMAJAN,
    make_family,
    make_kelurahan,
    make_rt,
    make_user,
)
from tests.households.aided import establish, give, make_list, make_pair, make_programme
from tests.households.pages import page_text
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
THIS_YEAR = timezone.localdate().year
START = datetime.date(THIS_YEAR, 1, 1)
LIST_PAGES = ["aid_overview", "aid_matrix", "aid_gaps"]
NAME_PAGES = ["aid_proposed", "aid_unserved", "aid_never", "aid_unlisted"]


@pytest.fixture
def sembako(kelurahan, staff):
    return make_programme(kelurahan, staff)


@pytest.fixture
def pkh(kelurahan, staff):
    return make_programme(kelurahan, staff, "PKH", max_decile=4)


@pytest.fixture
def receipt(sembako, household, staff):
    return give(sembako, household, staff, START, amount_idr=200_000)


def urls_of(programme, other):
    return {
        **{name: reverse(name) for name in LIST_PAGES + NAME_PAGES},
        "aid_both": reverse("aid_both", args=[programme.pk, other.pk]),
        "aid_programme": reverse("aid_programme", args=[programme.pk]),
        "aid_export": reverse("aid_export", args=[programme.pk]),
        "aid_record_many": reverse("aid_record_many"),
    }


# --- who -------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_what_the_table_of_visibility_says(
    client, role, kelurahan, rt, sembako, pkh, receipt
):
    place = {Role.RW_HEAD: rt.parent, Role.RT_HEAD: rt}.get(role, kelurahan)
    if role == Role.KEMANTREN:
        place = kelurahan.parent
    client.force_login(make_user("seseorang", role, place))
    names = {Role.STAFF, Role.LURAH, Role.AUDITOR, Role.RW_HEAD, Role.RT_HEAD}
    counts = names | {Role.KEMANTREN}
    for name, url in urls_of(sembako, pkh).items():
        may = {
            **dict.fromkeys(LIST_PAGES, counts),
            "aid_export": {Role.STAFF, Role.LURAH},
            "aid_record_many": {Role.STAFF},
            # An auditor knows names where money went.
            **dict.fromkeys(["aid_unserved", "aid_never"], names - {Role.AUDITOR}),
        }.get(name, names)
        expected = 200 if role in may else 403
        assert client.get(url).status_code == expected, name
    page = client.get(reverse("aid_programme", args=[sembako.pk]))
    if page.status_code == 200:
        sees = role in {Role.STAFF, Role.LURAH, Role.AUDITOR}
        assert ("Rp200.000" in page.content.decode()) == sees


def test_another_kelurahan_does_not_exist(client, sembako, receipt):
    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    client.force_login(make_user("tetangga", Role.STAFF, other))
    assert client.get(reverse("aid_programme", args=[sembako.pk])).status_code == 404
    assert client.get(reverse("aid_export", args=[sembako.pk])).status_code == 404
    assert client.post(reverse("aid_stop_many", args=[sembako.pk])).status_code == 404
    assert "Sembako" not in page_text(client.get(reverse("aid_overview")))


def test_a_head_of_rt_sees_the_own_families_only(client, kelurahan, rt, staff, sembako, receipt):
    other = make_family(make_rt(kelurahan, 4, 1), by=staff, head="Orang Jauh")
    give(sembako, other, staff, START)
    client.force_login(make_user("rt12", Role.RT_HEAD, rt))
    page = page_text(client.get(reverse("aid_programme", args=[sembako.pk])))
    assert "Wiryo" in page
    assert "Orang Jauh" not in page


@pytest.mark.parametrize("name", [*LIST_PAGES, *NAME_PAGES])
def test_lists_are_read_by_get_only(officer, sembako, name):
    assert officer.post(reverse(name)).status_code == 405


def test_ends_of_many_come_by_post_only(officer, sembako):
    assert officer.get(reverse("aid_stop_many", args=[sembako.pk])).status_code == 405


# --- lists -----------------------------------------------------------------------------------
def test_lists_take_a_fixed_number_of_queries(officer, kelurahan, staff, rt, sembako, pkh):
    make_list(kelurahan, staff, THIS_YEAR)

    def counted(url):
        officer.get(url)
        with CaptureQueriesContext(connection) as found:
            assert officer.get(url).status_code == 200
        return len(found)

    def add(number):
        for _ in range(number):
            family = make_family(rt, by=staff, decile=7, registry_source="DTSEN",
                                 decile_as_of=START)  # fmt: skip
            give(sembako, family, staff, START)
            give(pkh, family, staff, START)
            establish(make_family(rt, by=staff), staff, THIS_YEAR)
            gone = make_family(rt, by=staff)
            give(sembako, gone, staff, START)
            Household.objects.filter(pk=gone.pk).update(status="CLOSED", status_on=START)

    urls = urls_of(sembako, pkh)
    for name in ("aid_export", "aid_record_many"):
        del urls[name]
    add(1)
    few = {name: counted(url) for name, url in urls.items()}
    add(3)
    assert {name: counted(url) for name, url in urls.items()} == few
    # Sessions, the user and the mandates are among them.
    assert max(few.values()) <= 12, few


def test_the_filters_leave_what_they_say(officer, kelurahan, staff, rt, sembako, receipt):
    far = make_family(make_rt(kelurahan, 4, 1), by=staff, head="Orang Jauh")
    give(sembako, far, staff, START, period_to=START)
    url = reverse("aid_programme", args=[sembako.pk])

    def found(**query):
        return {row.household_id for row in officer.get(url, query).context["page"].rows}

    assert found() == {receipt.household_id, far.pk}
    assert found(rw=rt.parent.code) == {receipt.household_id}
    assert found(status="berjalan") == {receipt.household_id}
    assert found(status="selesai") == {far.pk}
    assert found(status="dihentikan") == set()
    assert found(tahun="1900", rt="salah") == found()


def test_a_number_of_the_gaps_leads_to_its_families(officer, staff, rt, household, sembako):
    establish(household, staff, THIS_YEAR)
    served = make_family(rt, by=staff, head="Dapat Bantuan")
    give(sembako, served, staff, START)
    page = officer.get(reverse("aid_gaps"))
    total = page.context["total"]
    assert (total.unserved, total.never, total.unlisted) == (1, 1, 1)
    assert f"{reverse('aid_unserved')}?tahun={THIS_YEAR}&amp;rt={rt.code}" in page.content.decode()
    rows = officer.get(reverse("aid_unserved"), {"rt": rt.code}).context["page"].rows
    assert [row.pk for row in rows] == [household.pk]
    rows = officer.get(reverse("aid_unlisted")).context["page"].rows
    assert [row.pk for row in rows] == [served.pk]


def test_an_excluded_pair_is_marked_by_word_in_the_matrix(officer, staff, household, sembako, pkh):
    give(sembako, household, staff, START)
    make_pair(sembako, pkh, staff, valid_from=START)
    give(pkh, household, staff, START, despite_pair="Surat dinas")
    page = officer.get(reverse("aid_matrix"))
    assert len(page.context["clashing"]) == 1
    assert 'badge-danger"' in page.content.decode()
    both = page_text(officer.get(reverse("aid_both", args=[sembako.pk, pkh.pk])))
    assert "Surat dinas" in both
    assert officer.get(reverse("aid_both", args=[sembako.pk, sembako.pk])).status_code == 404


def test_the_export_asks_for_a_reason_and_holds_no_number(officer, staff, sembako, receipt):
    url = reverse("aid_export", args=[sembako.pk])
    assert officer.post(url, {"reason": ""}).context["form"].errors["reason"]
    answer = officer.post(url, {"reason": "Rapat kelurahan"})
    data = b"".join(answer.streaming_content)
    assert data.startswith(b"PK")
    assert receipt.household.kk_number.encode() not in data
    assert TrailEntry.objects.filter(process="export", move="export").count() == 1


# --- ends ------------------------------------------------------------------------------------
def ending(**said):
    return {"stopped_on": START.isoformat(), "stop_reason": "MOVED", "stop_words": "", **said}


def test_one_receipt_is_stopped_and_taken_back(officer, household, receipt):
    url = reverse("aid_stop", args=[household.pk, receipt.pk])
    later = (timezone.localdate() + datetime.timedelta(days=1)).isoformat()
    early = (START - datetime.timedelta(days=1)).isoformat()
    refused = {
        "stopped_on": [ending(stopped_on=later), ending(stopped_on=early), ending(stopped_on="x")],
        "stop_reason": [ending(stop_reason=""), ending(stop_reason="X")],
        "stop_words": [ending(stop_reason="OTHER"), ending(stop_words="3471012345670000")],
    }
    for field, said in refused.items():
        for data in said:
            answer = officer.post(url, {**data, "version": 1})
            assert answer.status_code == 200
            assert answer.context["form"].errors[field], data
    assert officer.post(url, {**ending(), "version": 1}).status_code == 302
    receipt.refresh_from_db()
    assert (receipt.stopped_on, receipt.last_day, receipt.version) == (START, START, 2)
    entry = TrailEntry.objects.get()
    assert (entry.process, entry.move, entry.reason) == ("aid", "stop", "MOVED")
    assert officer.get(url).status_code == 404
    back = reverse("aid_resume", args=[household.pk, receipt.pk])
    assert officer.post(back, {"version": 2, "reason": " "}).status_code == 200
    assert officer.post(back, {"version": 2, "reason": "Salah orang"}).status_code == 302
    receipt.refresh_from_db()
    assert (receipt.stopped_at, receipt.last_day) == (None, None)
    assert officer.get(back).status_code == 404


def test_a_stale_end_is_not_written(officer, household, receipt):
    AidReceipt.objects.update(version=5)
    url = reverse("aid_stop", args=[household.pk, receipt.pk])
    assert officer.post(url, {**ending(), "version": 1}).status_code == 302
    receipt.refresh_from_db()
    assert receipt.stopped_at is None


def test_many_are_stopped_in_one_act(officer, staff, rt, sembako, receipt):
    own = make_family(rt, by=staff)
    head = own.members.first()
    head.set_nik(staff.nik)
    head.save()
    for family in (own, make_family(rt, by=staff)):
        give(sembako, family, make_user(role=Role.STAFF, territory=sembako.kelurahan), START)
    late = give(sembako, make_family(rt, by=staff), staff, START + datetime.timedelta(days=5))
    url = reverse("aid_stop_many", args=[sembako.pk])
    assert officer.post(url, {}).status_code == 302  # nothing ticked
    asked = officer.post(url, {"every": "1"})
    assert asked.context["count"] == 4
    assert not AidReceipt.objects.filter(stopped_at__isnull=False).exists()
    bad = officer.post(url, {"every": "1", "step": "stop", **ending(stop_reason="")})
    assert bad.status_code == 422
    done = officer.post(url, {"every": "1", "step": "stop", **ending()})
    assert done.status_code == 302
    assert AidReceipt.objects.filter(stop_reason=StopReason.MOVED).count() == 2
    late.refresh_from_db()
    assert late.stopped_at is None
    entry = TrailEntry.objects.get(move="stop_many")
    assert entry.reason == "MOVED (2)"
    assert entry.digest
    assert receipt.history.count() == 2


def test_only_an_officer_of_the_kelurahan_stops_many(sembako, receipt, rt):
    for role in (Role.LURAH, Role.RT_HEAD):
        by = make_user(role=role, territory=rt if role == Role.RT_HEAD else sembako.kelurahan)
        with pytest.raises(PermissionDenied):
            stopping.stop_many(
                sembako, AidReceipt.objects.all(), stopping.Ending(START, "ENDED"), by=by
            )


@pytest.mark.parametrize(
    "spoilt",
    [
        {"stop_reason": "MOVED"},
        {"stop_reason": "BORED", "stopped_on": START, "stopped_at": timezone.now()},
        {"stopped_on": START},
    ],
)
def test_the_database_refuses_half_an_end(receipt, spoilt):
    with pytest.raises(IntegrityError), transaction.atomic():
        AidReceipt.objects.update(**spoilt)


def test_the_register_proposes_the_end_of_aid_for_who_is_gone(
    officer, kelurahan, staff, couple_with_children, sembako
):
    pbi = make_programme(kelurahan, staff, "PBI-JK", AidTarget.PERSON)
    head, *others = couple_with_children.members.order_by("pk")
    mine = give(pbi, couple_with_children, staff, START, member=head)
    give(pbi, couple_with_children, staff, START, member=others[0])
    give(sembako, couple_with_children, staff, START)
    head.status, head.status_on = MemberStatus.DECEASED, START
    head.save()
    rows = officer.get(reverse("aid_proposed")).context["page"].rows
    # The family's own aid goes on: the others keep it.
    assert [(row.pk, row.proposed_reason) for row in rows] == [(mine.pk, "DECEASED")]
    form = officer.get(reverse("aid_stop", args=[couple_with_children.pk, mine.pk])).context["form"]
    assert form.initial["stop_reason"] == "DECEASED"
    Household.objects.filter(pk=couple_with_children.pk).update(status="CLOSED", status_on=START)
    assert len(officer.get(reverse("aid_proposed")).context["page"].rows) == 3
