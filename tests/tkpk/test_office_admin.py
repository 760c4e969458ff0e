"""Admin screens of the office: days off in and out of a file, and terms with their dates."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tablib import Dataset

from tests import factories
from tkpk.holiday_resource import HolidayResource
from tkpk.models import Holiday, OfficeRule
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
DAY = {"day": "2027-03-08", "name": "Nyepi", "kind": "NATIONAL", "note": "SKB 2027"}
RULE = {
    "valid_from": "2026-01-01", "answer_days": 7, "spam_days": 30, "contact_days": 365,
    "least_attendance": 12, "minutes_code": "BA/TKPK-TGP",
}  # fmt: skip


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def officer(client, kelurahan):
    client.force_login(factories.make_user("petugas", Role.STAFF, kelurahan))
    return client


@pytest.fixture
def admin(client, kelurahan):
    client.force_login(factories.make_user("admin", Role.ADMIN, kelurahan))
    return client


def test_an_officer_adds_a_day_off_and_calls_it_off(officer, kelurahan):
    assert officer.post(reverse("admin:tkpk_holiday_add"), DAY).status_code == 302
    row = Holiday.objects.get()
    assert row.kelurahan == kelurahan
    again = officer.post(reverse("admin:tkpk_holiday_add"), DAY)
    assert again.status_code == 200
    assert again.context["adminform"].form.errors["day"]
    url = reverse("admin:tkpk_holiday_change", args=[row.pk])
    assert officer.post(url, {**DAY, "kind": "CALLED_OFF"}).status_code == 302
    assert not Holiday.objects.standing().exists()
    assert officer.post(reverse("admin:tkpk_holiday_delete", args=[row.pk])).status_code == 403


def bring(rows, kelurahan):
    data = Dataset(*rows, headers=["day", "name", "kind", "note"])
    user = factories.make_user()
    return HolidayResource(home=kelurahan, by=user).import_data(data, dry_run=False)


def test_a_decree_comes_in_as_a_file_and_changes_only_what_differs(kelurahan):
    there = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    first = bring(
        [["2027-03-08", "Nyepi", "NATIONAL", ""], ["09/03/2027", "Cuti", "JOINT_LEAVE", ""]],
        kelurahan,
    )
    assert first.totals["new"] == 2
    second = bring(
        [["2027-03-08", "Nyepi", "national", ""], ["2027-03-09", "Cuti", "CALLED_OFF", ""]],
        kelurahan,
    )
    assert (second.totals["new"], second.totals["update"], second.totals["skip"]) == (0, 1, 1)
    assert bring([["2027-03-08", "Nyepi", "", ""]], there).totals["new"] == 1
    assert Holiday.objects.filter(kelurahan=kelurahan).count() == 2


@pytest.mark.parametrize(
    "row",
    [["31/02/2027", "X", "", ""], ["", "X", "", ""], ["2027-01-02", "", "", ""],
     ["2027-01-02", "X", "PESTA", ""], [12345, "X", "", ""]],
)  # fmt: skip
def test_a_line_that_is_none_is_refused_with_its_reason(kelurahan, row):
    result = bring([row], kelurahan)
    assert result.has_errors() or result.has_validation_errors()
    assert not Holiday.objects.exists()


def test_a_day_twice_in_a_file_is_refused(kelurahan):
    result = bring([["2027-01-02", "X", "", ""], ["02/01/2027", "Y", "", ""]], kelurahan)
    assert result.has_errors()
    assert not Holiday.objects.exists()


def test_the_page_of_the_file_opens_and_the_export_leaves(officer, kelurahan):
    Holiday.objects.create(kelurahan=kelurahan, day=datetime.date(2027, 3, 8), name="Nyepi")
    assert officer.get(reverse("admin:tkpk_holiday_import")).status_code == 200
    file = SimpleUploadedFile("libur.csv", b"day,name,kind,note\n2027-03-09,Cuti,JOINT_LEAVE,\n")
    answer = officer.post(
        reverse("admin:tkpk_holiday_import"), {"import_file": file, "format": "1"}
    )
    assert answer.status_code == 200
    assert "Cuti" in answer.content.decode()


def test_the_administrator_sets_terms_from_a_date_on(admin, kelurahan):
    url = reverse("admin:tkpk_officerule_add")
    assert admin.post(url, RULE).status_code == 302
    for wrong in ({"answer_days": 0}, {"minutes_code": "BA / TKPK"}, {"contact_days": 3}):
        assert admin.post(url, {**RULE, "valid_from": "2026-02-01", **wrong}).status_code == 200
    assert OfficeRule.objects.count() == 1
    row = OfficeRule.objects.get()
    change = reverse("admin:tkpk_officerule_change", args=[row.pk])
    data = {**RULE, "answer_days": 9, "read_version": 1}
    assert admin.post(change, data).status_code == 302
    assert admin.post(change, data).status_code == 200, "saved by somebody else meanwhile"


def test_the_terms_of_a_day_are_the_latest_that_had_begun(kelurahan):
    user = factories.make_user()
    for start, days in (("2026-01-01", 5), ("2026-07-01", 8)):
        OfficeRule.objects.create(
            kelurahan=kelurahan,
            valid_from=start,
            answer_days=days,
            created_by=user,
            updated_by=user,
        )
    asked = [datetime.date(2025, 1, 1), datetime.date(2026, 6, 30), datetime.date(2026, 7, 1)]
    assert [OfficeRule.on(day, kelurahan).answer_days for day in asked] == [10, 5, 8]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STAFF, Role.LURAH, Role.ADMIN}))
def test_other_roles_see_neither(client, kelurahan, role):
    client.force_login(factories.make_user("lain", role, kelurahan))
    for model in ("holiday", "officerule"):
        answer = client.get(reverse(f"admin:tkpk_{model}_changelist"))
        assert answer.status_code in {302, 403}
