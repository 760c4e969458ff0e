"""Every page in a real browser: accessible, nothing too wide, nothing in the console."""

import pytest
from django.db import transaction

from households import statistics
from households.models import Household
from programs.content_loader import load_profile
from tests.browser.test_account import sign_in
from tests.factories import (
    PASSWORD,
    make_family,
    make_installation,
    make_kelurahan,
    make_mandate,
    make_rt,
    make_user,
)
from tkpk.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)

PUBLIC = ["/", "/profil/", "/en/", "/en/profil/"]
OFFICER = [
    "/kerja/",
    "/kerja/gaya/",
    "/kerja/keluarga/",
    "/kerja/keluarga/?status=CLOSED",
    "/kerja/keluarga/baru/",
    "/kerja/impor/",
    "/kerja/impor/baru/",
    "/kerja/statistik/",
]
FAMILY = ["", "ubah/", "riwayat/", "anggota/baru/"]
ADMIN_SCREENS = [
    "",
    "tkpk/territory/",
    "tkpk/user/",
    "tkpk/user/add/",
    "tkpk/mandate/add/",
    "tkpk/organisation/",
    "tkpk/trailentry/",
    "tkpk/job/",
]
OFFICER_SCREENS = ["", "households/household/", "programs/profilesection/"]


@pytest.fixture
def kelurahan():
    """A kelurahan with six families, its profile and published figures."""
    make_installation()
    place = make_kelurahan()
    officer = make_user("petugas", Role.STAFF, place)
    make_mandate(officer, Role.ADMIN, place)
    for number in range(6):
        make_family(make_rt(place), by=officer, head=f"Wiryo Kartosuwignyo {number}", others=2)
    with transaction.atomic():
        load_profile(place, by=officer)
        statistics.publish(place, by=officer)
    return place


@pytest.fixture
def family(kelurahan):
    return Household.objects.order_by("pk").first()


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_are_accessible_and_set_no_cookie(page_at, kelurahan, assert_accessible, path):
    page_at.goto(path)
    assert_accessible(page_at)
    assert page_at.context.cookies() == []


def test_pages_of_the_staff_are_accessible(page_at, kelurahan, family, assert_accessible):
    sign_in(page_at, "petugas", PASSWORD)
    for path in [*OFFICER, *(f"/kerja/keluarga/{family.pk}/{tail}" for tail in FAMILY)]:
        response = page_at.goto(path)
        assert response.status == 200, path
        assert_accessible(page_at)


def test_admin_screens_leave_the_console_silent(page_at, kelurahan, family):
    sign_in(page_at, "petugas", PASSWORD)
    for path in [
        *ADMIN_SCREENS,
        *OFFICER_SCREENS,
        f"households/household/{family.pk}/change/",
    ]:
        assert page_at.goto(f"/kelola/{path}").status == 200, path


def test_admin_screens_are_accessible(
    page_at, kelurahan, family, assert_accessible, expected_console
):
    # axe's own doing: it reads style sheets again and sets styles to measure. What the pages
    # themselves say is the matter of the test above.
    expected_console += ["preload assets", "inline style"]
    sign_in(page_at, "petugas", PASSWORD)
    for path in ADMIN_SCREENS + OFFICER_SCREENS:
        page_at.goto(f"/kelola/{path}")
        assert_accessible(page_at)


def test_a_family_is_found_by_name_and_by_number_without_either_in_the_address(
    page_at, kelurahan, family
):
    sign_in(page_at, "petugas", PASSWORD)
    head = family.members.order_by("pk").first()
    page_at.goto("/kerja/")
    page_at.fill("[name=text]", head.name)
    page_at.keyboard.press("Enter")
    page_at.wait_for_url("**/keluarga/?cari=*")
    assert head.name.split()[0] not in page_at.url
    assert page_at.get_by_role("link", name=head.name).is_visible()
    page_at.goto("/kerja/")
    page_at.fill("[name=text]", head.nik)
    page_at.keyboard.press("Enter")
    page_at.wait_for_url(f"**/keluarga/{family.pk}/")


def test_error_pages_are_accessible(page_at, kelurahan, assert_accessible, expected_console):
    expected_console.append("404")
    assert page_at.goto("/tidak-ada/").status == 404
    assert_accessible(page_at)
