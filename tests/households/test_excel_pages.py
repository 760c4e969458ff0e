"""Pages of lists that leave and come back: by role, by place, by verb."""

import io

import openpyxl
import pytest
from django.http import QueryDict
from django.urls import reverse

from households.codes import Relation, Religion
from households.forms.search import FilterForm
from households.imports import bulk_setting, edited
from households.imports.jobs import job_of
from households.models import ImportBatch, Member
from households.views.excel_lists import chosen_families
from households.workflows.importing import OWN_LAYOUTS
from tests import factories
from tests.households.pages import page_text
from tkpk.jobs import run_job
from tkpk.models import Job, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DOWNLOAD, BULK = "/kerja/keluarga/unduh/", "/kerja/keluarga/isi-massal/"


def workbook(response):
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def signed_in(client, role, place, name="lain"):
    client.force_login(factories.make_user(name, role, place), BACKEND)
    return client


# --- the list --------------------------------------------------------------------------------
def test_the_list_offers_boxes_and_both_ways_out(officer, household):
    page = officer.get(reverse("household_list")).content.decode()
    assert 'name="family"' in page
    assert DOWNLOAD in page
    assert BULK in page
    assert reverse("export_list") in page


def test_the_filters_go_with_the_links(officer, household):
    page = officer.get(reverse("household_list"), {"status": "ACTIVE"}).content.decode()
    assert f"{DOWNLOAD}?status=ACTIVE" in page
    assert f"{BULK}?status=ACTIVE" in page


@pytest.mark.parametrize("name", FilterForm.base_fields)
def test_no_filter_of_the_list_is_lost_on_the_way_out(rf, staff, household, name):
    place = household.territory
    said = {"rw": place.parent.code, "rt": place.code, "status": "ACTIVE", "desil": "1"}
    request = rf.get("/", {name: said.get(name, "on")})
    request.user = staff
    chosen = chosen_families(request)
    assert set(chosen.filters.chosen) == {name}
    request.GET = QueryDict(chosen.query)
    assert chosen_families(request).filters.chosen == chosen.filters.chosen


@pytest.mark.parametrize("role", [Role.LURAH, Role.RT_HEAD, Role.RW_HEAD])
def test_who_does_not_enter_data_has_no_boxes(client, kelurahan, household, role):
    page = signed_in(client, role, kelurahan).get(reverse("household_list")).content.decode()
    assert 'name="family"' not in page
    assert DOWNLOAD not in page


# --- unduh untuk diedit ----------------------------------------------------------------------
def test_a_download_needs_a_reason_and_leaves_a_trail(officer, household):
    refused = officer.post(DOWNLOAD, {"reason": ""})
    assert refused.status_code == 200
    assert not TrailEntry.objects.filter(process="export").exists()
    response = officer.post(DOWNLOAD, {"reason": "Perbaikan data RW 03", "groups": ["person0"]})
    sheet = workbook(response)["Data"]
    assert sheet.max_row == 3
    assert sheet.max_column < 30
    entry = TrailEntry.objects.get(process="export")
    assert (entry.move, entry.reason.split(" (")[0]) == ("export", "Perbaikan data RW 03")
    assert "no-store" in response.headers["Cache-Control"]


def test_full_numbers_are_an_act_of_their_own(officer, household):
    response = officer.post(DOWNLOAD, {"reason": "Rapat", "numbers": "on"})
    values = {cell.value for row in workbook(response)["Data"].iter_rows() for cell in row}
    assert household.kk_number in values
    assert TrailEntry.objects.get(process="export").move == "export_with_numbers"


def test_only_what_the_filters_show_leaves(officer, kelurahan, staff, household):
    other = factories.make_rt(kelurahan, rw=4, rt=1)
    factories.make_family(other, by=staff, others=4)
    response = officer.post(f"{DOWNLOAD}?rw={other.parent.code}", {"reason": "RW 04"})
    assert workbook(response)["Data"].max_row == 6


@pytest.mark.parametrize("role", [r for r in Role if r != Role.STAFF])
def test_nobody_else_downloads_to_edit(client, kelurahan, household, role):
    client = signed_in(client, role, kelurahan)
    assert client.get(DOWNLOAD).status_code == 403
    assert client.post(DOWNLOAD, {"reason": "x"}).status_code == 403


def test_an_officer_of_another_kelurahan_gets_none_of_ours(client, household):
    there = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    response = signed_in(client, Role.STAFF, there).post(DOWNLOAD, {"reason": "Rapat"})
    assert workbook(response)["Data"].max_row == 1


def test_the_workbook_comes_back_by_the_page_of_imports(officer, household):
    head = household.members.get(relation=Relation.HEAD)
    book = workbook(officer.post(DOWNLOAD, {"reason": "Perbaikan", "groups": ["person0"]}))
    sheet = book["Data"]
    row = next(r[0].row for r in sheet.iter_rows(min_row=2) if r[0].value.startswith(head.code))
    label = str(Member._meta.get_field("ethnicity").verbose_name).lower()
    place = next(cell.column for cell in sheet[1] if cell.value.lower() == label)
    sheet.cell(row, place).value = "Jawa"
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    out.name = "diedit.xlsx"
    officer.post(reverse("import_new"), {"file": out})
    batch = ImportBatch.objects.get()
    _work(officer, batch)
    assert "Jawa" in page_text(officer.get(reverse("import_detail", args=[batch.pk])))


def _work(client, batch):
    """Let the waiting jobs of a batch run, as the worker does."""
    job = job_of(batch)
    if job.status == Job.Status.QUEUED:
        run_job.call(job.pk)
    batch.refresh_from_db()


# --- isi massal ------------------------------------------------------------------------------
def started(client, household, **said):
    data = {"family": [household.pk], "step": "start", "key": "religion", **said}
    client.post(BULK, data)
    batch = ImportBatch.objects.latest("pk")
    _work(client, batch)
    return batch


def test_a_fact_is_chosen_then_its_value(officer, household):
    first = officer.post(BULK, {"family": [household.pk]})
    assert 'name="key"' in first.content.decode()
    second = officer.post(BULK, {"family": [household.pk], "step": "value", "key": "religion"})
    page = second.content.decode()
    assert str(Religion.HINDU.label) in page
    assert f'name="family" value="{household.pk}"' in page
    assert not ImportBatch.objects.exists()


def test_many_rows_are_set_seen_first_and_taken_back(officer, household):
    batch = started(officer, household, value=str(Religion.HINDU.label), whom="all")
    assert (batch.status, batch.counts["changed"], batch.layout) == ("CHECKED", 2, "isi_massal")
    assert not Member.objects.filter(religion=Religion.HINDU).exists()
    shown = officer.get(reverse("import_detail", args=[batch.pk]))
    assert shown.context["tab"] == "berubah"
    assert str(Religion.HINDU.label) in page_text(shown)
    step = "import_step"
    officer.post(reverse(step, args=[batch.pk, "confirm"]), {"version": batch.version})
    batch.refresh_from_db()
    _work(officer, batch)
    assert Member.objects.filter(religion=Religion.HINDU).count() == 2
    officer.post(reverse(step, args=[batch.pk, "undo"]), {"reason": "Salah pilih"})
    assert not Member.objects.filter(religion=Religion.HINDU).exists()
    moves = set(TrailEntry.objects.filter(process="import").values_list("move", flat=True))
    assert {"confirm", "save", "undo"} <= moves


def test_what_is_no_list_of_rows_is_neither_mended_nor_arranged(officer, staff, household):
    head = household.members.get(relation=Relation.HEAD)
    head.set_nik(staff.nik)
    head.save()
    batch = started(officer, household, value=str(Religion.HINDU.label), whom="all")
    assert batch.counts["refused"] == 2
    page = officer.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert reverse("import_refused", args=[batch.pk]) not in page
    assert reverse("import_arrange", args=[batch.pk]) not in page
    assert officer.post(reverse("import_refused", args=[batch.pk])).status_code == 404
    officer.post(reverse("import_arrange", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.status == "CHECKED"
    assert {edited.NAME, bulk_setting.NAME} == OWN_LAYOUTS


def test_heads_only_and_empty_only(officer, household):
    head = household.members.get(relation=Relation.HEAD)
    batch = started(officer, household, value=str(Religion.HINDU.label), whom="heads")
    assert batch.counts["rows"] == 1
    Member.objects.filter(pk=head.pk).update(religion=Religion.ISLAM)
    batch = started(
        officer, household, value=str(Religion.HINDU.label), whom="all", only_empty="on"
    )
    assert (batch.counts["changed"], batch.counts["unchanged"]) == (1, 1)


def test_a_fact_of_the_family_and_its_place(officer, kelurahan, household):
    batch = started(officer, household, key="family.hamlet", value="Juminahan")
    assert (batch.counts["rows"], batch.counts["changed"]) == (1, 1)
    place = factories.make_rt(kelurahan, rw=3, rt=14)
    batch = started(officer, household, key="territory_id", value=place.code)
    officer.post(reverse("import_step", args=[batch.pk, "confirm"]), {"version": batch.version})
    batch.refresh_from_db()
    _work(officer, batch)
    household.refresh_from_db()
    assert household.territory == place


@pytest.mark.parametrize("key", ["name", "nik", "status", "relation", "family.kk_number", "x"])
def test_names_numbers_and_states_are_not_set_in_bulk(officer, household, key):
    officer.post(BULK, {"family": [household.pk], "step": "start", "key": key, "value": "x"})
    assert not ImportBatch.objects.exists()


def test_a_value_that_the_fact_cannot_hold_is_told_at_once(officer, household):
    response = officer.post(
        BULK,
        {
            "family": [household.pk],
            "step": "start",
            "key": "family.monthly_income_idr",
            "value": "banyak",
        },
    )
    assert "invalid-feedback" in response.content.decode() or "field-error" in (
        response.content.decode()
    )
    assert not ImportBatch.objects.exists()


def test_all_of_the_filters_means_every_page(officer, kelurahan, rt, staff, household):
    for _number in range(30):
        factories.make_family(rt, by=staff, others=0)
    officer.post(
        BULK, {"every": "1", "step": "start", "key": "family.hamlet", "value": "Juminahan"}
    )
    batch = ImportBatch.objects.get()
    _work(officer, batch)
    assert batch.counts["changed"] == 31


def test_the_own_family_and_other_places_are_left_out_and_listed(
    officer, staff, kelurahan, household, rt
):
    head = household.members.get(relation=Relation.HEAD)
    head.set_nik(staff.nik)
    head.save()
    there = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    factories.make_mandate(staff, Role.LURAH, there)
    elsewhere = factories.make_family(factories.make_rt(there), by=staff)
    free = factories.make_family(rt, by=staff, others=0)
    officer.post(
        BULK,
        {
            "family": [household.pk, elsewhere.pk, free.pk],
            "step": "start",
            "key": "religion",
            "value": str(Religion.HINDU.label),
            "whom": "all",
        },
    )
    batch = ImportBatch.objects.get()
    _work(officer, batch)
    assert (batch.counts["changed"], batch.counts["refused"]) == (1, 2)
    assert elsewhere.code in page_text(officer.get(reverse("import_detail", args=[batch.pk])))


def test_nothing_ticked_is_told(officer, household):
    response = officer.post(BULK, {}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("household_list")


def test_a_ticked_row_that_one_may_not_see_is_nothing(officer, household):
    there = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    stranger = factories.make_family(factories.make_rt(there), by=household.created_by)
    officer.post(
        BULK,
        {"family": [stranger.pk], "step": "start", "key": "family.hamlet", "value": "Satu"},
    )
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("role", [r for r in Role if r != Role.STAFF])
def test_nobody_else_sets_many(client, kelurahan, household, role):
    data = {"family": [household.pk]}
    assert signed_in(client, role, kelurahan).post(BULK, data).status_code == 403


def test_setting_many_is_no_address_to_open(officer):
    assert officer.get(BULK).status_code == 405
