"""Aid on the family's file: entering, editing and withdrawing, and the list of those without."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from households import assistance
from households.models import AidProgramme, AidReceipt, AidTarget
from tests.factories import SURYATMAJAN, make_family, make_kelurahan, make_user
from tests.households.pages import file_url, page_text
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
START = datetime.date(2026, 1, 1)


@pytest.fixture
def programme(kelurahan, staff):
    return AidProgramme.objects.create(
        kelurahan=kelurahan, name="Sembako", provider="Kementerian Sosial",
        target=AidTarget.FAMILY, created_by=staff, updated_by=staff,
    )  # fmt: skip


@pytest.fixture
def receipt(programme, household, staff):
    return assistance.record(programme, household, by=staff, period_from=START, amount_idr=200_000)


def urls_of(household, receipt):
    return {
        "add": reverse("aid_add", args=[household.pk]),
        "edit": reverse("aid_edit", args=[household.pk, receipt.pk]),
        "withdraw": reverse("aid_withdraw", args=[household.pk, receipt.pk]),
    }


def facts(programme, **changes):
    return {"programme": programme.pk, "member": "", "period_from": "2026-02-01", "period_to": "",
            "amount_idr": "150000", "goods": "", **changes}  # fmt: skip


# --- who -------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_only_officers_enter_aid(client, role, kelurahan, rt, household, receipt):
    place = {Role.RW_HEAD: rt.parent, Role.RT_HEAD: rt}.get(role, kelurahan)
    client.force_login(make_user("seseorang", role, place))
    reader = role in {Role.LURAH, Role.RW_HEAD, Role.RT_HEAD}
    expected = 200 if role == Role.STAFF else 403 if reader else 404
    found = {name: client.get(url).status_code for name, url in urls_of(household, receipt).items()}
    assert found == dict.fromkeys(found, expected)


def test_aid_of_another_kelurahan_does_not_exist(client, household, receipt):
    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    client.force_login(make_user("tetangga", Role.STAFF, other))
    for url in urls_of(household, receipt).values():
        assert client.get(url).status_code == 404
        assert client.post(url, {}).status_code == 404


def test_nobody_enters_aid_for_the_own_family(officer, staff, household, receipt, programme):
    member = household.members.first()
    member.set_nik(staff.nik)
    member.save()
    for url in urls_of(household, receipt).values():
        assert officer.get(url).status_code == 403
        assert officer.post(url, facts(programme)).status_code == 403
    assert AidReceipt.objects.count() == 1


def test_the_panel_shows_aid_to_those_who_see_facts(officer, client, rt, household, receipt):
    page = page_text(officer.get(file_url(household)))
    assert "Sembako" in page
    assert "Rp200.000" in page
    client.force_login(make_user("rt12", Role.RT_HEAD, rt))
    assert "Rp200.000" not in page_text(client.get(file_url(household)))


# --- entering --------------------------------------------------------------------------------
def test_aid_is_entered_once(officer, household, programme):
    url = reverse("aid_add", args=[household.pk])
    answer = officer.post(url, facts(programme))
    assert answer.url == file_url(household) + "#bantuan"
    found = AidReceipt.objects.get()
    assert (found.programme, found.household, found.amount_idr) == (programme, household, 150_000)
    assert found.source_kind == "ENTRY"
    again = officer.post(url, facts(programme))
    assert again.status_code == 200
    assert again.context["form"].errors["period_from"]
    assert AidReceipt.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period_to": "2025-12-31"}, "period_to"),
        ({"period_from": ""}, "period_from"),
        ({"amount_idr": "-1"}, "amount_idr"),
        ({"member": "0"}, "member"),
        ({"goods": "paket 3471012345670000"}, "goods"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(officer, household, programme, changes, field):
    url = reverse("aid_add", args=[household.pk])
    answer = officer.post(url, facts(programme, **changes))
    assert answer.status_code == 200
    assert answer.context["form"].errors[field]
    assert not AidReceipt.objects.exists()


def test_a_programme_of_persons_asks_who_and_only_of_this_family(
    officer, staff, rt, household, programme
):
    programme.target = AidTarget.PERSON
    programme.save()
    url = reverse("aid_add", args=[household.pk])
    assert officer.post(url, facts(programme)).context["form"].errors["member"]
    stranger = make_family(rt, by=staff).members.first()
    answer = officer.post(url, facts(programme, member=stranger.pk))
    assert answer.context["form"].errors["member"]
    member = household.members.first()
    assert officer.post(url, facts(programme, member=member.pk)).status_code == 302
    assert AidReceipt.objects.get().member == member


# --- editing ---------------------------------------------------------------------------------
def test_an_entry_is_edited_with_its_version(officer, household, receipt, programme):
    url = reverse("aid_edit", args=[household.pk, receipt.pk])
    assert officer.post(url, facts(programme, version=1)).status_code == 302
    receipt.refresh_from_db()
    assert (receipt.amount_idr, receipt.version) == (150_000, 2)
    stale = officer.post(url, facts(programme, version=1, amount_idr="9"))
    assert stale.status_code == 409
    receipt.refresh_from_db()
    assert receipt.amount_idr == 150_000


def test_an_entry_is_not_edited_into_another_one(officer, staff, household, receipt, programme):
    assistance.record(programme, household, by=staff, period_from=datetime.date(2026, 2, 1))
    url = reverse("aid_edit", args=[household.pk, receipt.pk])
    answer = officer.post(url, facts(programme, version=1))
    assert answer.status_code == 200
    assert answer.context["form"].errors


# --- withdrawing -----------------------------------------------------------------------------
def test_an_entry_is_withdrawn_with_a_reason_and_stays(officer, staff, household, receipt):
    url = reverse("aid_withdraw", args=[household.pk, receipt.pk])
    for data in ({"version": 1, "reason": " "}, {"version": 1, "reason": "3471012345670000"}):
        assert officer.post(url, data).status_code == 200
    assert officer.post(url, {"version": 1, "reason": "Salah keluarga"}).status_code == 302
    receipt.refresh_from_db()
    assert (receipt.withdrawn_by, receipt.withdrawn_because) == (staff, "Salah keluarga")
    entry = TrailEntry.objects.get()
    assert (entry.process, entry.move, entry.reason) == ("aid", "withdraw", "Salah keluarga")
    assert "Rp200.000" not in page_text(officer.get(file_url(household)))
    assert officer.get(url).status_code == 404
    # Its place is free again.
    assistance.record(receipt.programme, household, by=staff, period_from=START)


def test_an_entry_that_somebody_changed_meanwhile_is_not_withdrawn(officer, household, receipt):
    AidReceipt.objects.update(version=2)
    url = reverse("aid_withdraw", args=[household.pk, receipt.pk])
    assert officer.post(url, {"version": 1, "reason": "Salah"}).status_code == 302
    receipt.refresh_from_db()
    assert receipt.withdrawn_at is None
    assert not TrailEntry.objects.exists()


def test_the_database_refuses_half_a_withdrawal(receipt):
    with pytest.raises(IntegrityError), transaction.atomic():
        AidReceipt.objects.update(withdrawn_at="2026-01-01T00:00:00Z")


# --- the list --------------------------------------------------------------------------------
def test_the_list_finds_families_without_aid(officer, client, staff, rt, household, receipt):
    without = make_family(rt, by=staff, head="Tanpa Bantuan")
    url = reverse("household_list")
    page = officer.get(url, {"tanpa_bantuan": "on"})
    assert [row.pk for row in page.context["page"].rows] == [without.pk]
    # A role that sees no aid is not offered the filter and gets the whole list.
    client.force_login(make_user("rt12", Role.RT_HEAD, rt))
    page = client.get(url, {"tanpa_bantuan": "on"})
    assert len(page.context["page"].rows) == 2
    assert "tanpa_bantuan" not in page.content.decode()


def test_the_form_says_where_programmes_come_from(officer, household):
    where = reverse("admin:households_aidprogramme_changelist")
    page = officer.get(reverse("aid_add", args=[household.pk])).content.decode()
    assert f'<a href="{where}">' in page
    assert officer.get(where).status_code == 200
