"""Signing in without a password, by card, and the page of rights, in a real browser."""

import pytest

from tests.browser.test_account import press, sign_in
from tests.factories import (
    PASSWORD,
    make_installation,
    make_kelurahan,
    make_mandate,
    make_user,
)
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lurah():
    make_installation(demo=False)
    return make_user("lurah", Role.LURAH, make_kelurahan())


def give_key(page, **options):
    """A device with a fingerprint reader, as the browser's own developer tools pretend it."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    answer = tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
                **options,
            }
        },
    )
    return tools, answer["authenticatorId"]


def sign_out(page):
    page.goto("/akun/keluar/")
    press(page)
    page.wait_for_url("**/akun/masuk/")


def add_passkey(page, name="Ponsel saya"):
    page.goto("/akun/langkah-kedua/kunci-sandi/tambah/")
    page.fill("[name=name]", name)
    press(page)
    page.wait_for_url("**/akun/langkah-kedua/")


def test_a_passkey_is_added_and_opens_with_and_without_the_password(
    page_at, assert_accessible, lurah
):
    give_key(page_at)
    sign_in(page_at, "lurah", PASSWORD)
    page_at.wait_for_url("**/akun/langkah-kedua/")
    assert_accessible(page_at)
    page_at.goto("/akun/langkah-kedua/kunci-sandi/tambah/")
    assert_accessible(page_at)
    add_passkey(page_at)
    assert "Ponsel saya" in page_at.inner_text("main")
    assert_accessible(page_at)
    sign_out(page_at)
    # Without name and password.
    assert_accessible(page_at)
    page_at.click("form[data-passkey] button")
    page_at.wait_for_url("**/kerja/")
    sign_out(page_at)
    # As the second step.
    sign_in(page_at, "lurah", PASSWORD)
    page_at.wait_for_url("**/masuk/langkah-kedua/")
    assert_accessible(page_at)
    page_at.click("form[data-passkey] button")
    page_at.wait_for_url("**/kerja/")
    # Given up again.
    page_at.goto("/akun/langkah-kedua/")
    page_at.click("main table a")
    assert_accessible(page_at)
    page_at.click(".form-actions .btn-danger")
    page_at.wait_for_url("**/akun/langkah-kedua/")
    assert page_at.locator("main table").count() == 0
    moves = list(TrailEntry.objects.order_by("number").values_list("move", flat=True))
    assert moves == ["passkey_added", "passkey_removed"]


def test_a_finger_that_is_not_the_owners_adds_nothing(phone, lurah):
    give_key(phone, isUserVerified=False)
    sign_in(phone, "lurah", PASSWORD)
    phone.goto("/akun/langkah-kedua/kunci-sandi/tambah/")
    press(phone)
    phone.wait_for_selector("[data-passkey-failed]:not([hidden])")
    assert not TrailEntry.objects.exists()


def test_a_copied_passkey_is_refused(phone, lurah):
    """Its count of signatures falls behind that of the other copy."""
    tools, key = give_key(phone)
    sign_in(phone, "lurah", PASSWORD)
    add_passkey(phone)
    (copy,) = tools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    for _time in range(2):
        sign_out(phone)
        phone.click("form[data-passkey] button")
        phone.wait_for_url("**/kerja/")
    sign_out(phone)
    tools.send("WebAuthn.clearCredentials", {"authenticatorId": key})
    tools.send("WebAuthn.addCredential", {"authenticatorId": key, "credential": copy})
    phone.click("form[data-passkey] button")
    phone.wait_for_selector(".alert-danger")
    assert phone.url.endswith("/akun/masuk/")


def test_the_confirmation_before_a_security_page_takes_the_passkey(
    phone, assert_accessible, lurah, settings
):
    settings.FRESH_SIGN_IN_SECONDS = 0
    give_key(phone)
    sign_in(phone, "lurah", PASSWORD)
    phone.goto("/akun/langkah-kedua/kunci-sandi/tambah/")
    phone.fill("[name=password]", PASSWORD)
    press(phone)
    phone.wait_for_url("**/tambah/")
    press(phone)
    phone.wait_for_url("**/akun/langkah-kedua/")
    phone.goto("/akun/konfirmasi/kunci-sandi/")
    assert_accessible(phone)
    press(phone)
    phone.wait_for_url("**/kerja/")


def test_the_card_is_made_printed_and_used(page_at, assert_accessible, lurah):
    sign_in(page_at, "lurah", PASSWORD)
    page_at.wait_for_url("**/akun/langkah-kedua/")
    page_at.goto("/akun/langkah-kedua/kartu/baru/")
    assert_accessible(page_at)
    press(page_at)
    page_at.wait_for_selector(".code-card")
    assert_accessible(page_at)
    code = page_at.inner_text(".code-card code >> nth=0")
    page_at.emulate_media(media="print")
    assert page_at.locator(".code-card").bounding_box()["width"] <= 400
    assert not page_at.locator(".top-bar").is_visible()
    page_at.emulate_media(media="screen")
    page_at.goto("/akun/langkah-kedua/kartu/hapus/")
    assert_accessible(page_at)
    sign_out(page_at)
    sign_in(page_at, "lurah", PASSWORD)
    page_at.wait_for_url("**/masuk/langkah-kedua/")
    assert_accessible(page_at)
    page_at.fill("[name=code]", code.lower())
    press(page_at)
    page_at.wait_for_url("**/kerja/")


def test_the_page_of_rights_and_the_list_of_clashes_are_accessible(page_at, assert_accessible):
    make_installation()
    kelurahan = make_kelurahan()
    make_user("admin", Role.ADMIN, kelurahan)
    officer = make_user("petugas", Role.STAFF, kelurahan)
    make_mandate(officer, Role.LURAH, kelurahan)
    sign_in(page_at, "admin", PASSWORD)
    page_at.wait_for_url("**/kerja/")
    assert page_at.locator("#mandate-panel").is_visible()
    assert_accessible(page_at)
    page_at.goto("/kerja/peran/")
    assert_accessible(page_at)
