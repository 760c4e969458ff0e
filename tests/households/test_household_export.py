"""What leaves in a file: with a reason, without formulas, and without numbers unless asked for."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation

from households.models import Household
from households.resources import FamilyResource, PersonResource
from tests.factories import (
    SURYATMAJAN,
    make_family,
    make_installation,
    make_kelurahan,
    make_member,
    make_rt,
    make_user,
)
from tkpk.exports import STARTS_FORMULA, csv_cell, plain_cell, write_csv, write_xlsx
from tkpk.models import TrailEntry
from tkpk.roles import Role

URL = "/kelola/households/household/export/"
FAMILIES, PERSONS = "0", "1"
XLSX, CSV = "0", "1"


@pytest.mark.parametrize("sign", STARTS_FORMULA)
def test_a_cell_that_could_be_a_formula_becomes_text(sign):
    assert plain_cell(f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"


def test_other_cells_stay_as_they_are():
    assert plain_cell("Siti Aminah") == "Siti Aminah"
    assert plain_cell(None) == ""
    assert plain_cell(Decimal("-7.795600")) == "-7.795600"


def test_in_csv_long_digits_and_leading_zeros_stay_text():
    assert csv_cell("3471012345670000") == "'3471012345670000"
    assert csv_cell("0812") == "'0812"
    assert csv_cell("1250000") == "1250000"


def test_every_cell_of_a_workbook_is_text_and_none_a_formula():
    data = write_xlsx(["=A", "NIK"], [["=1+1", "3471012345670000"], ["http://x.id", "007"]])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == [
        "'=A",
        "NIK",
        "'=1+1",
        "3471012345670000",
        "http://x.id",
        "007",
    ]
    assert not any(cell.hyperlink for cell in cells)


def test_csv_opens_in_an_indonesian_excel():
    data = write_csv(["Nama", "NIK"], [["Siti; Aminah", "3471012345670000"]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert b'"Siti; Aminah";"\'3471012345670000"\r\n' in data


# --- through the page ------------------------------------------------------------------------
@pytest.fixture
def staff():
    make_installation()
    return make_user("petugas", Role.STAFF, make_kelurahan())


@pytest.fixture
def household(staff):
    rt = make_rt(make_kelurahan())
    return make_family(rt, by=staff, address="=1+1", monthly_income_idr=1_250_000)


@pytest.fixture
def officer(client, staff):
    client.force_login(staff)
    return client


def order(**changed):
    return {"resource": FAMILIES, "format": XLSX, "reason": "Rapat RW 03", **changed}


def rows_of(answer):
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.django_db
def test_a_file_leaves_with_a_reason_in_the_trail(officer, staff, household):
    answer = officer.post(URL, order())
    assert answer["Content-Disposition"].startswith('attachment; filename="keluarga-')
    assert "no-store" in answer["Cache-Control"]
    (row,) = rows_of(answer)
    assert "Wiryo Kartosuwignyo" in row.values()
    assert "'=1+1" in row.values()
    assert "1250000" in row.values()
    entry = TrailEntry.objects.get()
    assert (entry.process, entry.move, entry.by) == ("export", "export", staff)
    assert entry.reason.startswith("Rapat RW 03 (1 ")


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "   ", "untuk 3471012345670000"])
def test_without_a_fit_reason_nothing_leaves(officer, household, reason):
    answer = officer.post(URL, order(reason=reason))
    assert "Content-Disposition" not in answer
    assert answer.context["form"].errors["reason"]
    assert not TrailEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("resource", [FAMILIES, PERSONS])
@pytest.mark.parametrize("kind", [XLSX, CSV])
def test_numbers_leave_masked_unless_asked_for(officer, household, resource, kind):
    numbers = [household.kk_number]
    if resource == PERSONS:
        numbers += household.members.values_list("nik", flat=True)

    def text(answer):
        if kind == CSV:
            return answer.getvalue().decode("utf-8-sig")
        return repr(rows_of(answer))

    masked = text(officer.post(URL, order(resource=resource, format=kind)))
    assert not [number for number in numbers if number in masked]
    assert household.kk_masked in masked
    asked = order(resource=resource, format=kind, numbers="on")
    full = text(officer.post(URL, asked))
    assert all(number in full for number in numbers)
    assert [entry.move for entry in TrailEntry.objects.order_by("number")] == [
        "export",
        "export_with_numbers",
    ]


@pytest.mark.django_db
def test_persons_leave_one_a_row(officer, staff, household):
    make_member(household, "@SUM(A1)", by=staff)
    answer = officer.post(URL, order(resource=PERSONS, format=CSV))
    lines = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 1 + 3
    assert {len(line) for line in lines} == {len(lines[0])}
    assert any("'@SUM(A1)" in line for line in lines)


@pytest.mark.django_db
def test_only_the_filtered_families_of_the_own_kelurahan_leave(officer, staff, household):
    make_family(make_rt(make_kelurahan(SURYATMAJAN, "Suryatmajan")), by=staff)
    other = make_family(make_rt(make_kelurahan(), rw=4, rt=1), by=staff)
    assert len(rows_of(officer.post(URL, order()))) == 2
    (row,) = rows_of(officer.post(f"{URL}?rt={other.territory.code}", order()))
    assert other.code in row.values()


@pytest.mark.django_db
def test_an_export_asks_the_same_number_of_questions_at_one_and_three_families(
    officer, staff, household, django_assert_max_num_queries
):
    with django_assert_max_num_queries(45) as asked:
        officer.post(URL, order(resource=PERSONS))
    make_family(household.territory, by=staff, others=3)
    make_family(household.territory, by=staff)
    with django_assert_max_num_queries(len(asked)):
        officer.post(URL, order(resource=PERSONS))
    assert Household.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("resource", [FamilyResource, PersonResource])
def test_every_header_begins_with_a_capital(resource, language):
    with translation.override(language):
        headers = resource(numbers=True).headers()
    assert all(header[0].isupper() for header in headers if header[0].isalpha()), headers
