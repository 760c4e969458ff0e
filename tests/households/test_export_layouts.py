"""Saved export layouts: by role, by place, what leaves by them."""

import html
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from households.codes import Relation
from households.exporting.shipped import add_shipped_layouts
from households.forms.excel_layouts import LayoutForm
from households.models import ExportLayout, Household
from tests import factories
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def workbook(response):
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def signed_in(client, role, place, name="lain"):
    client.force_login(factories.make_user(name, role, place), BACKEND)
    return client


def test_the_shipped_layouts_are_added_once(kelurahan, staff, layouts):
    add_shipped_layouts(kelurahan, staff)
    assert ExportLayout.objects.count() == 2


def test_a_kelurahan_without_them_gets_them_by_a_button(officer, kelurahan):
    assert reverse("layouts_shipped") in officer.get(reverse("export_list")).content.decode()
    officer.post(reverse("layouts_shipped"))
    page = officer.get(reverse("export_list")).content.decode()
    assert "Daftar hadir musyawarah" in page
    assert reverse("layouts_shipped") not in page
    entries = TrailEntry.objects.filter(process="export_layout", move="create")
    assert {entry.subject_id for entry in entries} == set(
        ExportLayout.objects.values_list("pk", flat=True)
    )
    officer.post(reverse("layouts_shipped"))
    assert entries.count() == 2


def test_the_attendance_list_has_no_numbers_and_prints(officer, layouts, household):
    url = reverse("layout_export", args=[layouts["daftar-hadir"].pk])
    assert 'name="numbers"' not in officer.get(url).content.decode()
    book = workbook(officer.post(url, {"reason": "Rembug warga"}))
    sheet = book.worksheets[0]
    head = household.members.get(relation=Relation.HEAD)
    assert [cell.value for cell in sheet[3]] == ["No", "Nama", "Alamat", "Tanda tangan"]
    assert [cell.value for cell in sheet[4]][:2] == ["1", head.name]
    assert sheet.print_title_rows == "$1:$3"
    assert TrailEntry.objects.filter(process="export", move="export").count() == 1


def test_the_dtsen_list_keeps_numbers_as_text(officer, layouts, household):
    url = reverse("layout_export", args=[layouts["dtsen"].pk])
    head = household.members.get(relation=Relation.HEAD)
    hidden = workbook(officer.post(url, {"reason": "Usulan"})).worksheets[0]
    assert hidden.cell(2, 2).value == f"{head.nik[:4]}••••••••••••"
    full = workbook(officer.post(url, {"reason": "Usulan", "numbers": "on"})).worksheets[0]
    cell = full.cell(2, 2)
    assert (cell.value, cell.data_type, cell.number_format) == (head.nik, "s", "@")


def test_the_layouts_own_filters_hold_where_the_list_has_none(
    officer, layouts, kelurahan, staff, household
):
    other = factories.make_rt(kelurahan, rw=4, rt=1)
    factories.make_family(other, by=staff, head="Orang Lain", others=0)
    layout = layouts["daftar-hadir"]
    layout.chosen = {"rw": other.parent.code}
    layout.save()
    url = reverse("layout_export", args=[layout.pk])
    sheet = workbook(officer.post(url, {"reason": "Rapat"})).worksheets[0]
    assert (sheet.max_row, sheet.cell(4, 2).value) == (4, "Orang Lain")
    sheet = workbook(officer.post(f"{url}?rw={household.territory.parent.code}", {"reason": "R"}))
    assert sheet.worksheets[0].cell(4, 2).value != "Orang Lain"


def test_a_layout_is_made_and_its_columns_arranged(officer, household):
    officer.post(
        reverse("layout_new"),
        {"name": "Daftar BLT", "row_unit": "PERSON", "lines_above": "Kelurahan [kelurahan]"},
    )
    layout = ExportLayout.objects.get(name="Daftar BLT")
    column = reverse("layout_column", args=[layout.pk])

    def act(**said):
        layout.refresh_from_db()
        officer.post(column, {"version": layout.version, **said})
        layout.refresh_from_db()
        return [each["header"] for each in layout.columns]

    act(act="add", source="name", header="NAMA")
    act(act="add", source="sex", header="")
    assert act(act="up", place="1")[1] == "NAMA"
    act(act="add", source="nik", header="NIK")
    assert act(act="remove", place="2")[-1] == "NAMA"
    officer.post(
        reverse("column_edit", args=[layout.pk, 0]),
        {"version": layout.version, "header": "JK", "codes": "MAP", "words": "1 = MALE\n2 = F"},
    )
    layout.refresh_from_db()
    assert layout.columns[0]["map"] == {"1": "MALE", "2": "F"}
    url = reverse("layout_export", args=[layout.pk])
    sheet = workbook(officer.post(url, {"reason": "Uji"})).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "Kelurahan Tegalpanggung"
    assert rows[1] == ["JK", "NAMA"]
    assert rows[2][0] == "MALE"
    assert TrailEntry.objects.filter(process="export_layout").count() >= 6


def test_codes_of_a_map_that_are_not_in_the_list_are_refused(officer, layouts):
    layout = layouts["dtsen"]
    place = [each["source"] for each in layout.columns].index("sex")
    response = officer.post(
        reverse("column_edit", args=[layout.pk, place]),
        {"version": layout.version, "header": "JK", "codes": "MAP", "words": "7 = X"},
    )
    layout.refresh_from_db()
    assert (response.status_code, layout.columns[place]["map"]) == (200, {})


def test_an_old_version_changes_nothing(officer, layouts):
    layout = layouts["dtsen"]
    before = list(layout.columns)
    url = reverse("layout_column", args=[layout.pk])
    officer.post(url, {"version": layout.version + 5, "act": "remove", "place": "0"})
    layout.refresh_from_db()
    assert layout.columns == before


def test_filters_are_kept_and_a_layout_is_put_aside_and_taken_back(officer, layouts, kelurahan, rt):
    layout = layouts["dtsen"]
    officer.post(
        reverse("layout_edit", args=[layout.pk]),
        {
            "name": "DTSEN",
            "row_unit": "PERSON",
            "version": layout.version,
            "filter-rt": rt.code,
            "filter-desil": "1",
        },
    )
    layout.refresh_from_db()
    assert (layout.name, layout.chosen) == ("DTSEN", {"rt": rt.code, "desil": "1"})
    for active in (False, True):
        officer.post(reverse("layout_use", args=[layout.pk]), {"version": layout.version})
        layout.refresh_from_db()
        assert layout.active is active


def test_a_name_is_in_use_once_and_who_was_slower_is_told(
    officer, layouts, kelurahan, staff, monkeypatch
):
    first, second = layouts["dtsen"], layouts["daftar-hadir"]
    # As when another officer's layout is saved between the look of the form and the saving.
    monkeypatch.setattr(LayoutForm, "clean", lambda form: form.cleaned_data)
    said = {"name": first.name, "row_unit": "PERSON", "version": second.version}
    page = officer.post(reverse("layout_new"), said)
    assert page.context["form"].errors.as_data()["name"][0].code == "name_taken"
    page = officer.post(reverse("layout_edit", args=[second.pk]), said)
    assert page.context["form"].errors.as_data()["name"][0].code == "name_taken"
    assert page.context["layout"].version == second.version
    assert ExportLayout.objects.filter(name=first.name).count() == 1


def test_a_layout_is_not_taken_back_while_another_has_its_name(officer, layouts, kelurahan, staff):
    layout = layouts["dtsen"]
    ExportLayout.objects.filter(pk=layout.pk).update(active=False)
    ExportLayout.objects.create(
        name=layout.name, kelurahan=kelurahan, created_by=staff, updated_by=staff
    )
    url = reverse("layout_use", args=[layout.pk])
    page = officer.post(url, {"version": layout.version}, follow=True)
    assert _("Another layout has this name.") in html.unescape(page.content.decode())
    layout.refresh_from_db()
    assert not layout.active


def test_the_lurah_takes_lists_and_keeps_none(client, kelurahan, layouts, household):
    client = signed_in(client, Role.LURAH, kelurahan)
    page = client.get(reverse("export_list")).content.decode()
    url = reverse("layout_export", args=[layouts["dtsen"].pk])
    assert url in page
    assert reverse("layout_new") not in page
    assert workbook(client.post(url, {"reason": "Laporan"})).worksheets[0].max_row == 3
    assert client.get(reverse("layout_edit", args=[layouts["dtsen"].pk])).status_code == 403
    assert client.post(reverse("layout_use", args=[layouts["dtsen"].pk])).status_code == 403


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.STAFF, Role.LURAH}])
def test_nobody_else_takes_lists(client, kelurahan, layouts, household, role):
    client = signed_in(client, role, kelurahan)
    assert client.get(reverse("export_list")).status_code == 403
    url = reverse("layout_export", args=[layouts["dtsen"].pk])
    assert client.post(url, {"reason": "x"}).status_code == 404


def test_a_layout_of_another_kelurahan_is_not_found(client, layouts):
    there = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    client = signed_in(client, Role.STAFF, there)
    for name in ("layout_edit", "layout_export"):
        assert client.get(reverse(name, args=[layouts["dtsen"].pk])).status_code == 404
    assert client.post(reverse("layout_column", args=[layouts["dtsen"].pk])).status_code == 404


def test_a_family_without_head_is_on_the_list_of_families(officer, layouts, household):
    household.members.filter(relation=Relation.HEAD).update(relation=Relation.CHILD)
    url = reverse("layout_export", args=[layouts["daftar-hadir"].pk])
    sheet = workbook(officer.post(url, {"reason": "Rapat"})).worksheets[0]
    assert (sheet.max_row, sheet.cell(4, 2).value) == (4, None)
    assert Household.objects.count() == 1
