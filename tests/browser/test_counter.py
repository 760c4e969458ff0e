"""The counter by keyboard alone: from the card to the answer, the number keys, a paper."""

import datetime
import time

import pytest

from households import assistance
from households.codes import Relation
from households.models import AidProgramme, AidTarget, Household, Statement
from tests.browser.test_account import sign_in
from tests.factories import (
    PASSWORD,
    make_family,
    make_installation,
    make_kelurahan,
    make_rt,
    make_user,
)
from tkpk.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def families():
    make_installation()
    kelurahan = make_kelurahan()
    staff = make_user("petugas", Role.STAFF, kelurahan)
    first = make_family(make_rt(kelurahan), by=staff, head="Sri Rahayu", others=0)
    second = make_family(make_rt(kelurahan, 4, 7), by=staff, head="Sri Rahayu", others=0)
    Household.objects.update(decile=2, decile_as_of="2026-10-01", registry_source="DTSEN")
    programme = AidProgramme.objects.create(
        kelurahan=kelurahan,
        name="Sembako",
        target=AidTarget.FAMILY,
        created_by=staff,
        updated_by=staff,
    )
    assistance.record(
        programme,
        first,
        by=staff,
        period_from=datetime.date(2026, 1, 1),
        amount_idr=200_000,
    )
    return first, second


def type_and_enter(page, text):
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_from_the_card_to_the_answer_by_keyboard_alone(page_at, families, assert_accessible):
    first, _second = families
    head = first.members.get(relation=Relation.HEAD)
    sign_in(page_at, "petugas", PASSWORD)
    page_at.goto("/kerja/loket/")
    assert_accessible(page_at)
    start = time.monotonic()
    type_and_enter(page_at, head.nik)  # as a card reader does: digits, then Enter
    page_at.locator("#who").wait_for()
    assert time.monotonic() - start < 15
    assert head.nik not in page_at.url
    assert "Rp200.000" in page_at.locator("main").inner_text()
    assert_accessible(page_at)
    # Loading it again asks nothing and shows the same; the next card can be read at once.
    page_at.reload()
    assert "Sri Rahayu" in page_at.locator("#who").inner_text()
    type_and_enter(page_at, families[1].kk_number)
    page_at.locator(f"main a[href='/kerja/keluarga/{families[1].pk}/']").wait_for()


def test_of_several_one_is_chosen_by_its_number_or_by_enter(page_at, families, assert_accessible):
    sign_in(page_at, "petugas", PASSWORD)
    page_at.goto("/kerja/loket/")
    type_and_enter(page_at, "sri rahayu")
    page_at.locator("#hits").wait_for()
    assert_accessible(page_at)
    page_at.keyboard.press("2")
    page_at.locator("#who").wait_for()
    assert "RT 07 RW 04" in page_at.locator("main").inner_text()
    type_and_enter(page_at, "sri rahayu")
    page_at.locator("#hits").wait_for()
    page_at.keyboard.press("Enter")
    page_at.locator("#who").wait_for()
    assert "RT 12 RW 03" in page_at.locator("main").inner_text()
    # A card that is read while the list stands is a new question and no choice.
    type_and_enter(page_at, "sri rahayu")
    page_at.locator("#hits").wait_for()
    type_and_enter(page_at, families[1].kk_number)
    page_at.locator("#who").wait_for()
    assert "RT 07 RW 04" in page_at.locator("main").inner_text()


def test_a_paper_is_given_by_one_tap_and_downloaded(page_at, families, assert_accessible):
    sign_in(page_at, "petugas", PASSWORD)
    page_at.goto("/kerja/loket/")
    type_and_enter(page_at, families[0].kk_number)
    page_at.locator("form[action$='/surat/'] button[value=SCHOOL]").click()
    page_at.wait_for_url("**/kerja/loket/surat/*/")
    assert_accessible(page_at)
    with page_at.expect_download() as download:
        page_at.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".pdf")
    assert Statement.objects.get().purpose == "SCHOOL"


def test_a_remark_on_the_data_is_mended_beside_it(
    page_at, families, assert_accessible, expected_console
):
    expected_console.append("422")  # a refused form
    Household.objects.filter(pk=families[0].pk).update(decile=None, decile_as_of=None)
    sign_in(page_at, "petugas", PASSWORD)
    page_at.goto("/kerja/kelengkapan-data/")
    assert_accessible(page_at)
    page_at.goto("/kerja/kelengkapan-data/tanpa-desil/")
    assert_accessible(page_at)
    page_at.select_option("[name=registry_source]", "DTSEN")
    page_at.fill("[name=decile]", "11")
    page_at.fill("[name=decile_as_of]", "2026-10-01")
    page_at.locator(".mend-form button").click()
    page_at.locator(".mend-form .field-error, .mend-form .is-invalid").first.wait_for()
    assert_accessible(page_at)
    page_at.fill("[name=decile]", "3")
    page_at.locator(".mend-form button").click()
    page_at.locator(".alert-success").wait_for()
    assert page_at.locator(".mend-form").count() == 0
    families[0].refresh_from_db()
    assert families[0].decile == 3
