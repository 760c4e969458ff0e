"""Reference data of the registry on its admin screens, and programmes in and out of a file."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from households.imports.column_choice import Said, remember_columns
from households.imports.programmes import answer_programmes
from households.models import AidProgramme, AreaMapping, ColumnMapping, ProgrammeAlias
from tests import factories as make
from tests.households import lists
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
LIST, ADD = "admin:households_aidprogramme_changelist", "admin:households_aidprogramme_add"
IMPORT, CHANGE = "admin:households_aidprogramme_import", "admin:households_aidprogramme_change"


@pytest.fixture
def pkh(kelurahan, staff):
    return lists.programme(kelurahan, staff)


def test_an_officer_adds_and_changes_a_programme_of_the_own_kelurahan(officer, kelurahan):
    form = {"name": "BLT", "provider": "Kemensos", "target": "FAMILY", "active": "on"}
    assert officer.post(reverse(ADD), form).status_code == 302
    row = AidProgramme.objects.get()
    assert row.kelurahan == kelurahan
    url = reverse(CHANGE, args=[row.pk])
    assert officer.post(url, {**form, "name": "BLT DD", "read_version": 1}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.version) == ("BLT DD", 2)
    # What somebody else saved meanwhile is not written over.
    answer = officer.post(url, {**form, "name": "Lain", "read_version": 1})
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.name == "BLT DD"


def test_whom_a_programme_is_given_to_is_fixed_once_something_was_received(
    officer, pkh, household, staff
):
    household.aid_receipts.create(
        kelurahan=household.kelurahan, programme=pkh, period_from="2026-01-01",
        source_kind="ENTRY", created_by=staff, updated_by=staff,
    )  # fmt: skip
    url = reverse(CHANGE, args=[pkh.pk])
    form = {"name": "PKH", "target": "PERSON", "active": "on", "read_version": 1}
    assert officer.post(url, form).status_code == 200
    pkh.refresh_from_db()
    assert pkh.target == "FAMILY"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STAFF, Role.LURAH}))
def test_other_roles_see_no_reference_data_of_the_registry(client, kelurahan, pkh, role):
    client.force_login(make.make_user("lain", role, kelurahan))
    for model in ("aidprogramme", "columnmapping", "areamapping", "programmealias"):
        answer = client.get(reverse(f"admin:households_{model}_changelist"))
        assert answer.status_code in {302, 403}, (role, model)


def test_the_lurah_looks_and_changes_nothing(client, kelurahan, pkh):
    client.force_login(make.make_user("lurah", Role.LURAH, kelurahan))
    assert client.get(reverse(LIST)).status_code == 200
    assert client.get(reverse(ADD)).status_code == 403
    assert client.get(reverse(IMPORT)).status_code == 403


def test_an_officer_of_another_kelurahan_sees_other_programmes(client, pkh):
    elsewhere = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    client.force_login(make.make_user("tetangga", Role.STAFF, elsewhere))
    assert b"PKH" not in client.get(reverse(LIST)).content
    assert client.get(reverse(CHANGE, args=[pkh.pk])).status_code == 302


def upload(officer, text):
    file = SimpleUploadedFile("program.csv", text.encode(), content_type="text/csv")
    return officer.post(reverse(IMPORT), {"import_file": file, "format": "1"})


def test_programmes_come_in_as_a_file_after_a_preview(officer, kelurahan, pkh):
    answer = upload(officer, "name,provider,target,active\nPKH,Kemensos,FAMILY,1\nBLT,,person,\n")
    assert answer.status_code == 200
    assert AidProgramme.objects.count() == 1
    confirm = answer.context["confirm_form"].initial
    answer = officer.post(reverse("admin:households_aidprogramme_process_import"), confirm)
    assert answer.status_code == 302
    rows = AidProgramme.objects.filter(kelurahan=kelurahan).order_by("name")
    assert [(row.name, row.provider, row.target) for row in rows] == [
        ("BLT", "", "PERSON"),
        ("PKH", "Kemensos", "FAMILY"),
    ]


def test_a_file_with_an_unknown_target_is_refused(officer, kelurahan):
    answer = upload(officer, "name,provider,target,active\nBLT,,RT,1\n")
    assert answer.context["result"].has_errors() or answer.context["result"].has_validation_errors()
    assert not AidProgramme.objects.exists()


def test_two_officers_who_say_the_same_columns_at_once_keep_them_once(
    kelurahan, staff, monkeypatch
):
    """The second began before the first was written: its answer is the later one and stays."""
    said = Said("S", 1, "abc", {"NIK": "nik"}, "known", {}, "Daftar dinas")
    real, raced = ColumnMapping.set_said, []

    def set_said(row, *args):
        if not raced:
            raced.append(True)
            remember_columns(kelurahan, replace(said, name="Daftar lain"), by=staff)
        real(row, *args)

    monkeypatch.setattr(ColumnMapping, "set_said", set_said)
    remember_columns(kelurahan, said, by=staff)
    mapping = ColumnMapping.objects.get()
    assert (mapping.name, mapping.version) == ("Daftar dinas", 2)


def test_remembered_answers_can_be_looked_at_and_a_wrong_place_mended(
    officer, kelurahan, rt, staff, pkh
):
    said = Said("S", 1, "abc", {"NIK": "nik", "Catatan": "keep"}, "known", {}, "Daftar dinas")
    remember_columns(kelurahan, said, by=staff)
    mapping = ColumnMapping.objects.get()
    page = officer.get(reverse("admin:households_columnmapping_change", args=[mapping.pk]))
    assert "Catatan" in page.content.decode()
    area = AreaMapping.objects.create(
        kelurahan=kelurahan, layout="opensid", words_index="x", words="MANGGIS/-/004",
        whole_words="MANGGIS/-/004", territory=kelurahan, created_by=staff,
    )  # fmt: skip
    url = reverse("admin:households_areamapping_change", args=[area.pk])
    assert officer.post(url, {"territory": rt.pk}).status_code == 302
    area.refresh_from_db()
    assert area.territory == rt
    answer_programmes(kelurahan, {"Program Keluarga Harapan": pkh}, by=staff)
    alias = ProgrammeAlias.objects.get()
    url = reverse("admin:households_programmealias_change", args=[alias.pk])
    assert officer.get(url).status_code == 200
    assert officer.get(reverse("admin:households_programmealias_changelist")).status_code == 200
