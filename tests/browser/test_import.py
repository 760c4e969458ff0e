"""The main job in a real browser: from the file on the desk to the family in the registry."""

import pytest

from households.models import Household, Member
from tests.browser.test_account import sign_in
from tests.factories import PASSWORD, make_installation, make_kelurahan, make_rt, make_user
from tests.households import lists
from tests.households import workbooks as make
from tkpk.models import User
from tkpk.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def office():
    make_installation()
    kelurahan = make_kelurahan()
    make_rt(kelurahan)
    make_user("petugas", Role.STAFF, kelurahan)
    return kelurahan


def hand_in(page, *people):
    page.goto("/kerja/impor/baru/")
    data = make.xlsx(make.grid(people))
    page.set_input_files(
        "input[type=file]", {"name": "penduduk.xlsx", "mimeType": XLSX, "buffer": data}
    )
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/kerja/impor/*/")


def answer_columns(page):
    """A decile list: what the headers did not say, by keyboard where a keyboard does it best."""
    page.locator("select[name=column2]").select_option("decile")
    page.locator("main form .btn-primary").click()
    page.locator(".field-error").first.wait_for()
    page.locator("details:has([name=registry_source])").wait_for()
    page.locator("[name=registry_source]").select_option("DTSEN")
    page.locator("[name=decile_as_of]").fill("2026-10-01")
    page.locator("[name=name]").focus()
    page.keyboard.press("Enter")


def test_an_unknown_list_is_told_its_columns_once(
    page_at, office, assert_accessible, expected_console
):
    expected_console.append("422")
    family = lists.known_family(office, User.objects.get(username="petugas"))
    sign_in(page_at, "petugas", PASSWORD)
    page_at.goto("/kerja/impor/baru/")
    page_at.set_input_files(
        "input[type=file]",
        {"name": "desil.xlsx", "mimeType": XLSX, "buffer": lists.decile_list()},
    )
    page_at.locator("main form button.btn-primary").click()
    page_at.wait_for_url("**/kolom/")
    assert_accessible(page_at)
    answer_columns(page_at)
    page_at.locator("form[action$='/langkah/confirm/']").wait_for()
    assert_accessible(page_at)
    save(page_at)
    family.refresh_from_db()
    assert (family.registry_source, family.decile) == ("DTSEN", 2)


def save(page):
    page.locator("form[action$='/langkah/confirm/'] button").click()
    page.locator("form[action$='/langkah/undo/']").wait_for(state="attached")


def test_areas_are_asked_once_the_list_is_saved_and_taken_back(page_at, office, assert_accessible):
    sign_in(page_at, "petugas", PASSWORD)
    people = [
        {**person, "dusun": "MANGGIS", "rw": "-", "rt": "004"}
        for person in (make.person(), make.wife(), make.child())
    ]
    hand_in(page_at, *people)
    assert_accessible(page_at)
    page_at.locator("form[action$='/wilayah/'] select").select_option(label="RT 12 RW 03")
    page_at.locator("form[action$='/wilayah/'] button").click()
    page_at.locator("form[action$='/langkah/confirm/']").wait_for()
    assert not Member.objects.exists()
    assert_accessible(page_at)
    save(page_at)
    assert_accessible(page_at)
    assert (Household.objects.count(), Member.objects.count()) == (1, 3)

    # The same list again: the area is remembered, and nothing is new.
    hand_in(page_at, *people)
    page_at.locator("form[action$='/langkah/discard/']").wait_for()
    assert page_at.locator("form[action$='/wilayah/']").count() == 0
    assert page_at.locator("form[action$='/langkah/confirm/']").count() == 0

    page_at.goto("/kerja/impor/")
    page_at.locator("main table a").last.click()
    page_at.locator("details:has(form[action$='/langkah/undo/']) summary").click()
    page_at.fill("form[action$='/langkah/undo/'] [name=reason]", "Berkas yang salah")
    page_at.locator("form[action$='/langkah/undo/'] button").click()
    page_at.wait_for_load_state()
    assert (Household.objects.count(), Member.objects.count()) == (0, 0)


def test_a_wrong_date_is_explained_and_its_family_comes_back_as_a_workbook(
    page_at, office, assert_accessible
):
    sign_in(page_at, "petugas", PASSWORD)
    hand_in(page_at, make.person(tanggallahir="31/02/1990"), make.wife())
    page_at.locator("form[action$='/ditolak/']").wait_for()
    assert_accessible(page_at)
    with page_at.expect_download() as download:
        page_at.locator("form[action$='/ditolak/'] button").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert not Member.objects.exists()
