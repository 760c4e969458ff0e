"""Lists without any header, and sheets that are named by somebody's number."""

import re

import pytest
from django.urls import reverse

from households.imports.reading import read_file
from households.models import BatchStatus
from tests import factories as make
from tests.households import lists
from tests.households import workbooks as file
from tests.households.importing import pressing, uploading
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
DECILE_ANSWER = {
    "column0": "nik",
    "column1": "name",
    "column2": "decile",
    "purpose": "known",
    "registry_source": "DTSEN",
    "decile_as_of": "2026-10-01",
    "name": "Daftar desil dinas",
    "lembar": "0",
}


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def officer(client, place):
    user = make.make_user("petugas", Role.STAFF, place)
    client.force_login(user)
    return user


@pytest.fixture
def upload(client, officer, django_capture_on_commit_callbacks):
    return uploading(client, django_capture_on_commit_callbacks)


@pytest.fixture
def press(client, django_capture_on_commit_callbacks):
    return pressing(client, django_capture_on_commit_callbacks)


@pytest.fixture
def family(place, officer):
    return lists.known_family(place, officer)


def columns_page(client, batch, query=""):
    answer = client.get(reverse("import_columns", args=[batch.pk]) + query)
    assert answer.status_code == 200
    return answer


def chosen(page, name):
    """The value of the option that is selected in this select."""
    select = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)[0]
    return re.findall(r'<option value="([^"]*)"\s+selected', select)


BARE = [[file.HEAD_NIK, "PAK CONTOH", 2], [file.WIFE_NIK, "BU CONTOH", 2]]
BARE_ANSWER = {**DECILE_ANSWER, "judul": "0"}


def test_a_list_without_any_header_is_said_by_the_letters_of_its_columns(
    client, upload, press, family
):
    batch = upload(file.xlsx(BARE))
    page = columns_page(client, batch)
    sheet = page.context["sheet"]
    assert (sheet.header_row, sheet.rows) == (0, 2)
    assert [column.header for column in sheet.columns] == ["A", "B", "C"]
    assert "3471…" in sheet.columns[0].samples[0]
    assert "judul=0" in page.content.decode()
    assert file.HEAD_NIK not in page.content.decode()
    press(batch, "import_columns", **BARE_ANSWER)
    assert batch.status == BatchStatus.CHECKED
    assert (batch.counts["rows"], batch.counts["changed"]) == (2, 1)
    press(batch, "import_step", "confirm", version=batch.version)
    family.refresh_from_db()
    assert family.decile == 2


@pytest.mark.parametrize("form", ["xlsx", "ods", "csv"])
def test_a_list_without_headers_comes_in_every_form(form, client, upload, press, family):
    make_file = {"xlsx": file.xlsx, "ods": file.ods, "csv": file.text}[form]
    batch = upload(make_file([[str(cell) for cell in row] for row in BARE]), f"daftar.{form}")
    press(batch, "import_columns", **BARE_ANSWER)
    assert batch.counts["changed"] == 1


def test_what_was_said_of_letters_is_offered_and_never_taken_by_itself(
    client, upload, press, family
):
    press(upload(file.xlsx(BARE)), "import_columns", **BARE_ANSWER)
    batch = upload(file.xlsx([BARE[0]]))
    assert batch.status == BatchStatus.NEEDS_COLUMNS
    page = columns_page(client, batch).content.decode()
    assert chosen(page, "column2") == ["decile"]
    assert chosen(page, "column0") == ["nik"]
    other = upload(file.xlsx([[*BARE[0], "satu lagi"]]))
    assert chosen(columns_page(client, other).content.decode(), "column2") == [""]


def test_the_first_row_can_be_said_to_be_data_although_it_looks_like_headers(
    client, upload, press, family
):
    rows = [["Orang", "Tanpa", "Nomor"], *BARE]
    batch = upload(file.xlsx(rows))
    assert columns_page(client, batch).context["sheet"].header_row == 1
    page = columns_page(client, batch, "?judul=0")
    assert page.context["sheet"].rows == 3
    press(batch, "import_columns", **BARE_ANSWER)
    assert batch.counts["rows"] == 3
    assert batch.counts["refused"] == 1


def test_refused_rows_of_a_list_without_headers_come_back_clean_once_mended(
    client, upload, press, family
):
    batch = upload(file.xlsx([[file.HEAD_NIK, "PAK CONTOH", 22], BARE[1]]))
    press(batch, "import_columns", **BARE_ANSWER)
    assert (batch.counts["refused"], batch.counts["changed"]) == (1, 1)
    body = client.post(reverse("import_refused", args=[batch.pk])).content
    [sheet] = read_file(body, name="ditolak.xlsx")
    assert [row[:3] for row in sheet.rows] == [["A", "B", "C"], [file.HEAD_NIK, "PAK CONTOH", "22"]]
    sheet.rows[1][2] = "2"
    again = upload(file.xlsx(sheet.rows))
    press(again, "import_columns", **{**DECILE_ANSWER, "judul": "1"})
    assert (again.counts["rows"], again.counts["changed"]) == (1, 1)


def test_a_sheet_named_by_a_number_is_shown_masked(client, upload, press, family):
    kk = "3471040101150000"
    rows = [lists.DECILE_HEADERS, [file.HEAD_NIK, "PAK CONTOH", 22]]
    batch = upload(file.xlsx(rows, rows, names=[kk, f"KK {kk}"]))
    seen = columns_page(client, batch).content.decode()
    assert kk not in seen
    assert "3471••••" in seen
    press(batch, "import_columns", **DECILE_ANSWER)
    assert batch.counts["refused"] == 2
    shown = client.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert kk not in shown
    assert "3471••••" in shown


def test_a_sheet_named_by_a_number_is_masked_where_it_is_left_out(client, upload, press, place):
    kk = "3471040101150000"
    rows = file.grid([file.person()])
    batch = upload(file.xlsx(rows, [["catatan", "lain"]], names=["Data", f"KK {kk}"]))
    shown = client.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert kk not in shown
    assert "KK 3471••••" in shown
