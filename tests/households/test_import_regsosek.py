"""The Regsosek workbook through the whole import: families, dwellings, aid, and back."""

import pytest

from households.imports.applying import apply_batch
from households.imports.checking import check_batch
from households.imports.error_workbook import refused_workbook
from households.imports.programmes import answer_programmes
from households.imports.staging import staged_content, start_batch
from households.imports.undoing import undo_batch
from households.models import AidReceipt, BatchStatus, Household, Member
from households.workflows.importing import IMPORT_FLOW
from tests import factories as make
from tests.households import test_regsosek as regsosek
from tests.households import workbooks as file
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
PROGRAMMES = [file.KK, 1, 4, 2022, 1, None, 2022, 1, 2, 1, 0, 3, 1]
DWELLING = {"q301a": 1, "q302": "36,5", "q303": 4}


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def officer(place):
    return make.make_user("petugas", Role.STAFF, place)


def started(place, by, data, **options):
    fallback = place.children.get().children.get()
    return start_batch(data, name="r.xlsx", kelurahan=place, by=by, fallback=fallback, **options)


def workbook(**dwelling):
    wife = regsosek.member(2, "BU CONTOH", file.WIFE_NIK, q405=2, q409=2)
    housing = regsosek.housing_row(**{**DWELLING, **dwelling})
    return regsosek.workbook([regsosek.head(), wife], [housing], [PROGRAMMES])


def saved(batch, by):
    batch = apply_batch(IMPORT_FLOW.apply("confirm", batch, by=by), by=by)
    assert batch.status == BatchStatus.APPLIED
    return batch


def answered(batch, by):
    answer_programmes(batch.kelurahan, {"Sembako/BPNT": "new-family", "PKH": "new-family"}, by=by)
    batch = IMPORT_FLOW.apply("map_areas", batch, by=by, changes={"areas_asked": True})
    return check_batch(batch, by=by)


def test_a_workbook_makes_families_with_dwelling_and_aid_and_an_undo_takes_all_back(place, officer):
    batch = check_batch(started(place, officer, workbook()), by=officer)
    assert (batch.status, batch.layout) == (BatchStatus.NEEDS_AREAS, "regsosek2022")
    batch = answered(batch, officer)
    assert (batch.counts["new"], batch.counts["receipts"]) == (2, 2)
    batch = saved(batch, officer)
    family = Household.objects.get()
    assert (family.tenure, str(family.floor_area_m2), family.has_gold) == (1, "36.50", True)
    assert family.source_value["502k"] == "1"
    assert {receipt.programme.name for receipt in AidReceipt.objects.all()} == {
        "PKH",
        "Sembako/BPNT",
    }
    assert AidReceipt.objects.first().household == family
    again = check_batch(started(place, officer, workbook()), by=officer)
    assert again.counts["unchanged"] == 2
    undo_batch(batch, by=officer, reason="Berkas yang salah")
    assert not Household.objects.exists()
    assert not Member.objects.exists()
    assert not AidReceipt.objects.exists()


def test_facts_of_another_source_are_shown_old_and_new_before_they_are_overwritten(place, officer):
    answered(check_batch(started(place, officer, workbook()), by=officer), officer)
    batch = check_batch(started(place, officer, workbook(), areas_asked=True), by=officer)
    saved(batch, officer)
    family = Household.objects.get()
    family.floor_material, family.monthly_income_idr = 1, 900_000
    family.version += 1
    family.save()
    batch = check_batch(started(place, officer, workbook(q303=4)), by=officer)
    content = staged_content(batch.rows.get(position=1))
    assert content["family_changes"] == {"floor_material": [1, 3]}
    batch = saved(batch, officer)
    family.refresh_from_db()
    assert (family.floor_material, family.monthly_income_idr) == (3, 900_000)
    undo_batch(batch, by=officer, reason="Yang lama lebih baru")
    family.refresh_from_db()
    assert family.floor_material == 1


def test_programmes_without_an_answer_are_left_out_and_the_people_taken(place, officer):
    batch = check_batch(started(place, officer, workbook(), areas_asked=True), by=officer)
    assert (batch.counts["new"], batch.counts["receipts"]) == (2, 0)
    codes = [said["code"] for said in staged_content(batch.rows.get(position=1))["findings"]]
    assert codes.count("programme_unknown") == 2


def test_the_workbook_of_refused_rows_keeps_the_sheets_of_dwelling_and_aid(place, officer):
    data = workbook(q301a=9)
    batch = check_batch(started(place, officer, data, areas_asked=True), by=officer)
    assert batch.counts["refused"] == 2
    book = refused_workbook(batch)
    again = check_batch(started(place, officer, book, areas_asked=True), by=officer)
    assert (again.layout, again.counts["refused"]) == ("regsosek2022", 2)
    codes = {said["code"] for said in staged_content(again.rows.get(position=1))["findings"]}
    assert "unknown_code" in codes
